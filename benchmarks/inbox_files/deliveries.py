"""How the papers of one case come: alone, in a mail, in an archive, or all in one fax."""

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, time, timedelta
from itertools import count

from benchmarks.inbox_files import broken, typeset
from benchmarks.inbox_files.cases import Denial, People
from benchmarks.inbox_files.mails import mail
from benchmarks.inbox_files.papers import (
    BLANK,
    SYNTHETIC,
    Paper,
    cover,
    letter,
    note,
    notes_of,
    remittance,
    strangers_note,
)
from benchmarks.inbox_files.truth import Entry, PageTruth

_WORDED: dict[str, Callable[[Paper, str], bytes]] = {
    "pdf": typeset.pdf,
    "docx": typeset.word,
    "txt": typeset.text,
    "html": typeset.web,
}
_SHARES = {"letter": (78, 8, 5, 9), "remittance": (80, 0, 15, 5), "note": (52, 18, 18, 12)}
_PICTURED: dict[str, Callable[[bytes, int], bytes]] = {
    "tif": typeset.scan_tiff,
    "pdf": typeset.scan_pdf,
    "png": typeset.scan_png,
    "jpg": typeset.photo_jpeg,
}
_EITHER = ("case", "unassigned")  # of what names nobody, beside a letter


@dataclass(frozen=True, slots=True)
class Item:
    """A file to be, with what is true of it; the entry's path is its name so far."""

    data: bytes
    entry: Entry

    @property
    def name(self) -> str:
        """Its name so far."""
        return self.entry.path


@dataclass
class Office:
    """Where papers become files. `others` gives a page of another person that got into a packet."""

    rng: random.Random
    scans: float
    people: People
    cases_of: dict[str, tuple[str, ...]]
    denials: Sequence[Denial]
    _numbers: "count[int]" = field(default_factory=lambda: count(1))

    def seed(self) -> str:
        """A new one, for whatever is made next."""
        return f"{self.rng.random()}"

    def item(self, paper: Paper, name: str, outcome: tuple[str, ...] = ("case",), cases: tuple[str, ...] = ()) -> Item:
        """A paper as a file of some kind."""
        if self.rng.random() < self.scans:
            return self.scan(paper, name, outcome, cases)
        suffix = self.rng.choices(list(_WORDED), _SHARES.get(paper.of, _SHARES["note"]))[0]
        return self.worded(paper, (name, suffix), outcome, cases)

    def worded(self, paper: Paper, name: tuple[str, str], outcome: tuple[str, ...], cases: tuple[str, ...]) -> Item:
        """A paper as a file that holds its words."""
        data = _WORDED[name[1]](paper, self.seed())
        pages = typeset.pages_of(data) if name[1] == "pdf" else _breaks(paper, name[1]) + 1
        return Item(data, _entry(".".join(name), paper, pages, outcome, cases))

    def scan(self, paper: Paper, name: str, outcome: tuple[str, ...], cases: tuple[str, ...]) -> Item:
        """A paper as a picture of it."""
        data = typeset.pdf(paper, self.seed())
        pages = typeset.pages_of(data)
        suffix = self.rng.choices(list(_PICTURED), (5, 5, 2, 1) if pages == 1 else (5, 5, 0, 0))[0]
        pictured = _PICTURED[suffix](data, self.rng.randrange(10**6))
        return Item(pictured, _entry(f"{name}.{suffix}", paper, pages, outcome, cases))

    def mail(self, case: Denial, attached: Sequence[Item], subject: str, key: str, to: str = "") -> Item:
        """A mail of the case with what is attached, at times within another."""
        body, named = self._body(case)
        when = datetime.combine(case.day + timedelta(days=self.rng.randint(1, 9)), time(9, self.rng.randrange(60)))
        data = mail(key, when, subject, body, [(item.name, item.data) for item in attached], to)
        own = Entry(
            "",
            "mail body",
            ("case", "unassigned", "ignored"),
            (case.truth.label,),
            pages=(PageTruth(named, "mail body"),),
        )
        members = (own, *(item.entry for item in attached))
        entry = Entry(f"{key}.eml", "mail", ("case",), (case.truth.label,), _others(members, case), members=members)
        return Item(data, entry)

    def forwarded(self, case: Denial, inner: Item) -> Item:
        """A mail that holds a mail."""
        return self.mail(case, [replace(inner, entry=inner.entry.named("forwarded.eml"))], "FW: denial", self.key())

    def zip(self, case: Denial, items: Sequence[Item], name: str) -> Item:
        """An archive of the case's papers, at times with the litter of the machine it was made on."""
        packed = [(item.name, item.data) for item in items]
        members = tuple(item.entry for item in items)
        if self.rng.random() < 0.3:
            litter = "__MACOSX/._notes.pdf"
            packed.append((litter, broken.LITTER["._denial.pdf"]))
            members += (Entry(litter, "litter", ("ignored",)),)
        entry = Entry(name, "zip", ("case",), (case.truth.label,), _others(members, case), members=members)
        return Item(typeset.zipped(packed), entry)

    def key(self) -> str:
        """What a mail is known by."""
        return f"msg-{next(self._numbers):05}"

    def _body(self, case: Denial) -> tuple[str, str | None]:
        """What a mail says, and whom it names."""
        end = f"\n\nFront desk\n\n{SYNTHETIC}\n"
        if self.rng.random() < 0.5:
            return f"Please see the attached papers.{end}", None
        born = case.person.birth_date
        return f"Please appeal. Patient: {case.person.name}\nDate of birth: {born}{end}", case.person.label


def _breaks(paper: Paper, suffix: str) -> int:
    return 0 if suffix == "html" else sum(block.kind == "page" for block in paper.blocks)


def _entry(name: str, paper: Paper, pages: int, outcome: tuple[str, ...], cases: tuple[str, ...]) -> Entry:
    return Entry(name, paper.of, outcome, cases, pages=(PageTruth(paper.person, paper.of),) * pages)


def _others(members: Sequence[Entry], case: Denial) -> tuple[str, ...]:
    """The other cases that the members of a container may join."""
    found = {label for member in members for label in (*member.cases, *member.may)} - {case.truth.label}
    return tuple(sorted(found))


@dataclass
class Chart:
    """The papers of one case, given out one after the other, and made into files."""

    office: Office
    case: Denial
    attached: Item | None = None  # the letter, where it came in a mail
    _given: int = 0

    @property
    def labels(self) -> tuple[str, ...]:
        """The case's label, as entries have it."""
        return (self.case.truth.label,)

    @property
    def group(self) -> str:
        """What all that is the letter is known by."""
        return f"{self.case.truth.label}-letter"

    def letter_paper(self) -> Paper:
        """The letter; the same words each time."""
        return letter(self.case, self.group)

    def letter(self) -> Item:
        """The letter as a file."""
        item = self.office.item(self.letter_paper(), self._letter_name(), ("case",), self.labels)
        return replace(item, entry=replace(item.entry, group=self.group))

    def _letter_name(self) -> str:
        last = self.case.person.name.split()[-1]
        names = ("denial", "Denial letter", f"{last} denial", f"{last}_{self.case.day:%m%d}", "scan", "EOB and denial")
        return self.office.rng.choice(names)

    def note_paper(self, nameless: bool = False) -> Paper:
        """The next note of the chart."""
        told = notes_of(self.case)
        turn, at = divmod(self._given, len(told))
        self._given += 1
        return note(self.case, {**told[at], "before": told[at]["before"] + 9 * turn}, self.office.seed(), nameless)

    def note(self, nameless: bool = False) -> Item:
        """The next note as a file."""
        rng = self.office.rng
        paper = self.note_paper(nameless)
        names = (
            "note",
            "visit",
            "chart",
            "PT notes",
            f"{self.case.person.name.split()[-1]} records",
            "Résumé clinique",
        )
        item = self.office.item(paper, rng.choice(names), _EITHER if nameless else ("case",), self.labels)
        return replace(item, entry=replace(item.entry, may=self.case.truth.like))

    def notes(self, most: int) -> list[Item]:
        """Some notes, no two of one name."""
        made = [self.note() for _ in range(self.office.rng.randint(1, most))]
        return [replace(item, entry=item.entry.named(f"{n} {item.name}")) for n, item in enumerate(made, 1)]

    def remittance(self) -> Item:
        """The remittance of the denied claim as a file."""
        paper = remittance(self.case, self.office.seed())
        return self.office.item(paper, self.office.rng.choice(("EOP", "remit", "payment")), ("case",), self.labels)

    def main(self, how: str) -> Item:
        """What brings the letter: alone, or with some of the chart."""
        if how == "letter":
            return self.letter()
        if how == "packet":
            return self.packet()
        papers = (
            [self.packet()] if how == "mail" and self.office.rng.random() < 0.2 else [self.letter(), *self.notes(3)]
        )
        if how == "zip":
            return self.office.zip(self.case, papers, "appeal papers.zip")
        return self._letter_mail(papers)

    def _letter_mail(self, papers: list[Item]) -> Item:
        office, rng = self.office, self.office.rng
        if rng.random() < 0.25:
            nameless = self.note(nameless=True)
            papers.append(replace(nameless, entry=nameless.entry.named(f"attached {nameless.name}")))
        if rng.random() < 0.2:
            more = [self.note() for _ in range(2)]
            more = [replace(item, entry=item.entry.named(f"{n}/{item.name}")) for n, item in enumerate(more)]
            papers.append(office.zip(self.case, more, "chart.zip"))
        if rng.random() < 0.1:
            data = broken.KINDS["truncated PDF"][1](typeset.pdf(self.letter_paper(), "cut"), rng)
            papers.append(Item(data, Entry("page 2.pdf", "truncated PDF", ("quarantined",))))
        if papers[0].entry.kind == "letter" and rng.random() < 0.15:
            return self.portal_mail(papers[1:])
        if papers[0].entry.kind == "letter":
            self.attached = papers[0]
        made = office.mail(self.case, papers, "Denial received", office.key())
        return office.forwarded(self.case, made) if rng.random() < 0.3 else made

    def portal_mail(self, attached: Sequence[Item]) -> Item:
        """A mail whose own words are the letter."""
        paper = self.letter_paper()
        key = self.office.key()
        when = datetime.combine(self.case.day, time(7, 30))
        packed = [(item.name, item.data) for item in attached]
        data = mail(key, when, "Your determination is ready", typeset.web(paper).decode(), packed)
        own = replace(_entry("", paper, 1, ("case",), self.labels), group=self.group)
        members = (own, *(item.entry for item in attached))
        return Item(data, Entry(f"{key}.eml", "mail", ("case",), self.labels, members=members))

    def packet(self) -> Item:
        """One fax with everything: cover sheet, letter, remittance, notes, a blank page, at times another's page."""
        office, rng = self.office, self.office.rng
        papers = [self.letter_paper()]
        if self.case.truth.claim_number and rng.random() < 0.6:
            papers.append(remittance(self.case, office.seed()))
        papers += [self.note_paper() for _ in range(rng.randint(1, 3))]
        may = self._stray(papers, 0.25, 2)
        alone = all(paper.person == self.case.person.label for paper in papers)
        if alone and rng.random() < 0.2:  # behind a stray page nobody could tell whose it is
            papers.append(self.note_paper(nameless=True))
        if rng.random() < 0.6:
            papers.insert(rng.randint(1, len(papers)), BLANK)
        if rng.random() < 0.8:
            papers.insert(
                0, cover(self.case.clinic, self.case.truth.payer, self.case.day, len(papers) + 1, office.seed())
            )
        area = rng.randint(201, 989)
        stamp = f"{self.case.day:%m/%d/%Y} 08:{rng.randrange(60):02}  FROM: {area}55501{rng.randrange(100):02}"
        return self._bound([replace(paper, stamp=stamp) for paper in papers], ("fax", "packet"), may)

    def export(self) -> Item:
        """Several notes in one file, as a chart is printed; at times with another's page among them."""
        papers = [self.note_paper() for _ in range(self.office.rng.randint(2, 3))]
        may = self._stray(papers, 0.15, 1)
        return self._bound(papers, (self.office.rng.choice(("chart export", "records")), "chart"), may)

    def _stray(self, papers: list[Paper], share: float, first: int) -> tuple[str, ...]:
        """Now and then put another's page among the papers. The cases that it may join."""
        if self.office.rng.random() >= share:
            return ()
        other = _page_of_another(self)
        papers.insert(self.office.rng.randint(first, len(papers)), other)
        return self.office.cases_of.get(other.person or "", ())

    def _bound(self, papers: Sequence[Paper], name: tuple[str, str], may: tuple[str, ...]) -> Item:
        """The papers in one file; `name` is its name and its kind."""
        office, rng = self.office, self.office.rng
        parts: list[bytes] = []
        pages: list[PageTruth] = []
        for paper in papers:
            part = typeset.pdf(replace(paper, stamped_from=len(pages)), office.seed())
            parts.append(part)
            pages += [PageTruth(paper.person, paper.of)] * typeset.pages_of(part)
        data, suffix = typeset.bound(parts), "pdf"
        if rng.random() < office.scans:
            suffix = rng.choice(("tif", "pdf"))
            data = _PICTURED[suffix](data, rng.randrange(10**6))
        entry = Entry(
            f"{name[0]}.{suffix}", name[1], ("case",), self.labels, (*self.case.truth.like, *may), tuple(pages)
        )
        return Item(data, entry)

    def further(self, answered: str) -> Item:
        """One more file of the case: a note, mostly. `answered` is the key of a mail of the case, empty if none."""
        office, rng = self.office, self.office.rng
        if answered and rng.random() < 0.3:
            return office.mail(self.case, [self.note(nameless=True)], "Re: Denial received", office.key(), answered)
        how = rng.choices(("note", "export", "zip", "mail"), (75, 9, 7, 9))[0]
        if how == "export":
            return self.export()
        if how == "zip":
            return office.zip(self.case, self.notes(3), "records.zip")
        if how == "mail":
            return office.mail(self.case, self.notes(2), "Records you asked for", office.key())
        return self.note()


def _page_of_another(chart: Chart) -> Paper:
    """A page that does not belong here: of somebody like the patient, of another case, or of nobody known."""
    office, case = chart.office, chart.case
    others = [one for one in office.denials if one.person.label != case.person.label]
    alike = [one for one in others if one.person.label in case.person.like]
    if others and (alike or office.rng.random() < 0.5):
        other = office.rng.choice(alike or others)
        return note(other, other.story["notes"][0], office.seed())
    return strangers_note(office.people.new(), case.day, office.seed())
