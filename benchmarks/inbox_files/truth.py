"""What is true of an inbox: who is on which page, and what should become of each file."""

import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass, replace
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody invented. `like` are the people they may be taken for: a namesake, a relative."""

    label: str
    name: str
    birth_date: str
    member_id: str
    address: str
    like: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class CaseTruth:
    """One denial and what its letter states; null is what it does not state. `like` are the person's other cases."""

    label: str
    person: str
    payer: str
    plan_type: str
    member_id: str
    claim_number: str | None
    reference_number: str | None
    letter_date: str
    service: str
    procedure_codes: tuple[str, ...]
    diagnosis_codes: tuple[str, ...]
    service_dates: tuple[str, ...]
    denied_amount: str | None
    like: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class PageTruth:
    """One page: whose it is (null: nobody's) and what it is of."""

    person: str | None
    of: str


@dataclass(frozen=True, slots=True)
class Entry:
    """One file, or one member of a mail or an archive.

    `path` lies below the folder; a member's is its name in its container, empty for a mail's own text. The first of
    `outcome` is the best, the others are defensible. `cases` are those it belongs to, `may` those it may join as well.
    In a `group` exactly one file is no duplicate, whichever comes first; a copy's `members` are not told again.
    """

    path: str
    kind: str
    outcome: tuple[str, ...]
    cases: tuple[str, ...] = ()
    may: tuple[str, ...] = ()
    pages: tuple[PageTruth, ...] = ()
    members: tuple["Entry", ...] = ()
    late: bool = False
    group: str | None = None
    sha256: str = ""

    def named(self, path: str) -> "Entry":
        """The same under another path."""
        return replace(self, path=path)

    def every(self) -> Iterator["Entry"]:
        """It and all that lies in it."""
        yield self
        for member in self.members:
            yield from member.every()


@dataclass(frozen=True, slots=True)
class Truth:
    """The whole of an inbox; `settings` are those it was made with."""

    about: str
    settings: dict[str, float]
    people: tuple[Person, ...]
    cases: tuple[CaseTruth, ...]
    files: tuple[Entry, ...]

    def write(self, path: Path) -> None:
        """Write it as JSON."""
        path.write_text(json.dumps(asdict(self), indent=1, ensure_ascii=False) + "\n", encoding="utf-8")

    def in_all(self) -> Iterator[Entry]:
        """Every file and every member."""
        for entry in self.files:
            yield from entry.every()
