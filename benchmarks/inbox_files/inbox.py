"""The whole of an inbox: the cases' files, what lies among them, and the folders that they lie in."""

import hashlib
import random
from collections import Counter
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path, PurePosixPath

from benchmarks.inbox_files import broken, typeset
from benchmarks.inbox_files.cases import FIRST_DAY, LAST_DAY, Denial, People, make_cases, table, written
from benchmarks.inbox_files.deliveries import Chart, Item, Office
from benchmarks.inbox_files.papers import SYNTHETIC, Paper, advertisement, paid, strangers_note
from benchmarks.inbox_files.truth import Entry, Truth

LATE = "late"  # the folder whose files are to be delivered after all others
_BROKEN, _LITTER, _LATE_SHARE = 0.05, 0.02, 0.1
# Files beside those of the cases, by share of all.
_EXTRAS = {"copy": 0.03, "rescan": 0.02, "stranger": 0.03, "nameless": 0.015, "paid": 0.01, "junk": 0.005}
_MAIN = {"letter": 58, "mail": 18, "packet": 16, "zip": 8}
_ALONE = {"letter": 15, "mail": 30, "packet": 45, "zip": 10}  # when one file is all of a case
_MOST = 8  # files of a case, while others have fewer
_COPIED = ("letter", "note", "remittance", "packet", "chart", "mail")
_DUPLICATE = "duplicate"


def truth_of(folder: Path) -> Path:
    """Where the truth of a folder lies: beside it."""
    return folder.parent / "truth.json"


def make(folder: Path, cases: int = 200, files: int = 1000, seed: int = 1, scans: float = 0.15) -> Truth:
    """Write an inbox and its truth.

    FileExistsError where the folder holds something; ValueError where so many cases do not fit into so few files.
    """
    if folder.exists() and any(folder.iterdir()):
        raise FileExistsError(f"{folder} is not empty")
    inbox = _Inbox(cases, files, seed, scans)
    inbox.fill()
    truth = inbox.truth()
    for path, data in inbox.files.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_bytes(data)
    truth.write(truth_of(folder))
    return truth


class _Inbox:
    def __init__(self, cases: int, files: int, seed: int, scans: float) -> None:
        self._settings: dict[str, float] = {"cases": cases, "files": files, "seed": seed, "scans": scans}
        self._rng = random.Random(seed)
        self._people = People(self._rng)
        self._denials = make_cases(cases, self._people, self._rng)
        cases_of: dict[str, tuple[str, ...]] = {}
        for one in self._denials:
            cases_of[one.person.label] = (*cases_of.get(one.person.label, ()), one.truth.label)
        self._office = Office(self._rng, scans, self._people, cases_of, self._denials)
        self._charts = [Chart(self._office, one) for one in self._denials]
        self._entries: list[Entry] = []
        self.files: dict[str, bytes] = {}

    def fill(self) -> None:
        """Make every file."""
        for chart, number in zip(self._charts, self._numbers(), strict=True):
            self._deliver(chart, number)
        for make_one, kind in (
            (self._copy, "copy"),
            (self._rescan, "rescan"),
            (self._stranger, "stranger"),
            (self._nameless, "nameless"),
            (self._paid, "paid"),
            (self._junk, "junk"),
        ):
            for number in range(self._count(_EXTRAS[kind])):
                make_one(number)
        self._broken()
        self._litter()

    def truth(self) -> Truth:
        """What is true of it."""
        sizes: Counter[str | None] = Counter(
            entry.group for top in self._entries for entry in top.every() if entry.group
        )
        return Truth(
            about=SYNTHETIC,
            settings=self._settings,
            people=tuple(self._people.made),
            cases=tuple(one.truth for one in self._denials),
            files=tuple(sorted((_settled(entry, sizes) for entry in self._entries), key=lambda entry: entry.path)),
        )

    def _count(self, share: float, least: int = 1) -> int:
        return max(least, round(share * self._settings["files"]))

    def _numbers(self) -> list[int]:
        """How many files each case has, so that all are as many as wanted."""
        beside = self._count(_BROKEN, len(broken.KINDS)) + self._count(_LITTER, 2)
        room = int(self._settings["files"]) - beside - sum(self._count(share) for share in _EXTRAS.values())
        numbers = [1] * len(self._charts)
        if room < len(numbers) or len(numbers) < 2:
            raise ValueError(f"{len(numbers)} cases do not go into {self._settings['files']} files")
        for _ in range(room - len(numbers)):
            fewer = [at for at, number in enumerate(numbers) if number < _MOST]
            numbers[self._rng.choice(fewer or range(len(numbers)))] += 1
        return numbers

    def _deliver(self, chart: Chart, number: int) -> None:
        ways = _ALONE if number == 1 else _MAIN
        main = chart.main(self._rng.choices(list(ways), list(ways.values()))[0])
        answered = main.name.removesuffix(".eml") if main.entry.kind == "mail" else ""
        self._place(main, chart.case)
        more = number - 1
        if more and chart.case.truth.claim_number and self._rng.random() < 0.4:
            self._place(chart.remittance(), chart.case)
            more -= 1
        if more and chart.attached and self._rng.random() < 0.4:
            self._place(chart.attached, chart.case)
            more -= 1
        for _ in range(more):
            self._place(chart.further(answered), chart.case, late=self._rng.random() < _LATE_SHARE)

    def _copy(self, number: int) -> None:
        """The same bytes under another name; the first of them late."""
        at = self._rng.choice(
            [at for at, entry in enumerate(self._entries) if entry.kind in _COPIED and not entry.late]
        )
        first = self._entries[at]
        group = first.group or f"bytes-{number + 1:03}"
        self._entries[at] = replace(first, group=group)
        name = PurePosixPath(first.path)
        entry = replace(first, path=f"copy of {name.name}", kind=f"copy of a {first.kind}", group=group)
        entry = replace(entry, outcome=(_DUPLICATE, *first.outcome), members=())
        self._place(Item(self.files[first.path], entry), None, late=number % 5 == 0)

    def _rescan(self, _: int) -> None:
        """A letter that is there, scanned again; where nothing is scanned, printed again in another face."""
        there = {entry.group for entry in self._entries if entry.kind == "letter"}
        taken = {entry.group for entry in self._entries if entry.kind == "rescan of a letter"}
        lone = [chart for chart in self._charts if chart.group in there - taken] or [
            chart for chart in self._charts if chart.group in there
        ]
        if not lone:  # a very small inbox may have none
            self._junk(0)
            return
        chart = self._rng.choice(lone)
        paper = chart.letter_paper()
        outcome = (_DUPLICATE, "case")
        if self._settings["scans"]:
            item = self._office.scan(paper, "scan again", outcome, chart.labels)
        else:
            item = self._office.worded(paper, ("printed again", "pdf"), outcome, chart.labels)
        entry = replace(item.entry, kind="rescan of a letter", group=chart.group)
        self._place(replace(item, entry=entry), chart.case)

    def _stranger(self, number: int) -> None:
        """A note of somebody of whom no letter came, the first of somebody with a patient's name."""
        like = self._rng.choice(self._denials).person if number % 4 == 0 else None
        person = self._people.namesake(like, "") if like else self._people.new()
        self._unassigned(strangers_note(person, self._day(), self._office.seed()), "records")

    def _nameless(self, _: int) -> None:
        paper = strangers_note(self._people.new(), self._day(), self._office.seed(), nameless=True)
        self._unassigned(paper, "page")

    def _paid(self, _: int) -> None:
        member = written(table("payers")["payers"][0]["member"], LAST_DAY, self._rng)
        self._unassigned(paid(self._people.new(member), self._day(), self._office.seed()), "EOP")

    def _junk(self, _: int) -> None:
        self._unassigned(advertisement(self._office.seed()), "offer", ("unassigned", "ignored", "quarantined"))

    def _unassigned(self, paper: Paper, name: str, outcome: tuple[str, ...] = ("unassigned",)) -> None:
        self._place(self._office.item(paper, name, outcome), None)

    def _broken(self) -> None:
        sound = typeset.pdf(self._charts[0].letter_paper(), "sound")
        kinds = list(broken.KINDS)
        for number in range(self._count(_BROKEN, len(kinds))):
            kind = kinds[number % len(kinds)]
            name, spoil, outcome = broken.KINDS[kind]
            self._place(Item(spoil(sound, self._rng), Entry(name, kind, outcome)), None)

    def _litter(self) -> None:
        names = list(broken.LITTER)
        for number in range(self._count(_LITTER, 2)):
            name = names[number % len(names)]
            self._place(Item(broken.LITTER[name], Entry(name, "litter", ("ignored",))), None)

    def _day(self) -> date:
        return FIRST_DAY + timedelta(days=self._rng.randrange((LAST_DAY - FIRST_DAY).days))

    def _place(self, item: Item, case: Denial | None, late: bool = False) -> None:
        """Give a file its path and keep it."""
        path = self._path(item, case.day if case else self._day(), late)
        self.files[path] = item.data
        digest = hashlib.sha256(item.data).hexdigest()
        self._entries.append(replace(item.entry, path=path, late=late, sha256=digest))

    def _path(self, item: Item, day: date, late: bool) -> str:
        """Where such a file lies, under a name that is free there."""
        folder = f"{LATE}/" if late else ""
        folder += self._folder(item, day)
        stem, dot, suffix = item.name.rpartition(".")
        if item.entry.kind == "litter" or not stem:
            stem, dot, suffix = item.name, "", ""
        if item.name.startswith("fax."):
            stem = f"FAX_{day:%Y%m%d}_{self._rng.randrange(80000, 180000):06}"
        if item.entry.kind != "litter" and self._rng.random() < 0.05:
            suffix = suffix.upper()
        path, number = f"{folder}/{stem}{dot}{suffix}", 1
        while path in self.files:
            number += 1
            folder_too = f"{folder}/{number}" if item.entry.kind == "litter" else folder
            path = f"{folder_too}/{stem}{'' if item.entry.kind == 'litter' else f' ({number})'}{dot}{suffix}"
        return path

    def _folder(self, item: Item, day: date) -> str:
        kind = "mail" if item.name.endswith(".eml") else "fax" if item.name.endswith((".tif", ".tiff")) else ""
        if kind == "mail":
            return f"mail drop/{day:%Y-%m}"
        if kind == "fax" or item.name.startswith("fax."):
            return f"fax/{day:%Y-%m}/{day:%d}"
        return self._rng.choice(
            (f"scans/{day:%Y-%m}", "portal downloads", "front desk/to be filed", f"scans/{day:%b %d}")
        )


def _settled(entry: Entry, sizes: Counter[str | None]) -> Entry:
    """The entry with what comes of its being one of several alike: any of them may be read first."""
    members = tuple(_settled(member, sizes) for member in entry.members)
    if sizes[entry.group] < 2:
        return replace(entry, members=members, group=None)
    outcome = entry.outcome if _DUPLICATE in entry.outcome else (*entry.outcome, _DUPLICATE)
    return replace(entry, members=members, outcome=outcome)
