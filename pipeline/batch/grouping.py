"""Which papers make a case: by identifiers, names with birth dates, and what came together. Pure.

A denial opens a case. Another paper joins where it is surely of that patient; what is unsure waits for a person, since
a page in the wrong chart is worse than a page that waits. Every answer has its reason.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Final

from pipeline.batch.papers import Notice, Paper
from pipeline.extract import Person, same_name
from schemas.document import Role

Similar = Callable[[Paper, Paper], float]
_ONE_LETTER: Final = 0.85  # of two scans of one letter; two months' letters of one template differ in their numbers
_POLICIES: Final = frozenset({Role.POLICY, Role.GUIDELINE})


@dataclass(frozen=True, slots=True)
class Placed:
    """A paper and what it came with: its arrival, and the mail thread of that, or nothing."""

    paper: Paper
    arrival: str
    thread: str = ""

    def came_with(self, other: Placed) -> bool:
        """Whether the two came in one file, mail, archive or thread."""
        return self.arrival == other.arrival or bool(self.thread and self.thread == other.thread)


@dataclass
class Chart:
    """A case as grouping sees it: its papers. What its letters say is looked up once all of those are placed."""

    id: str
    papers: list[Placed]

    @cached_property
    def notices(self) -> list[Notice]:
        """What its letters say of the denial."""
        return [placed.paper.notice for placed in self.papers if placed.paper.opens and placed.paper.notice]

    @cached_property
    def person(self) -> Person:
        """Whom its letters are about."""
        joined = Person()
        for placed in self.papers:
            if placed.paper.opens:
                joined = joined.joined(placed.paper.person)
        return joined

    @cached_property
    def members(self) -> set[str]:
        """The member ids that its letters give."""
        return {notice.member for notice in self.notices if notice.member}


@dataclass(slots=True)
class Grouped:
    """What came of it, by paper: the cases opened, who joined which and why, what is another scan, what waits and why.

    `aside` are papers that are of no use to anybody: cover sheets and blank pages.
    """

    opened: dict[str, str] = field(default_factory=dict)
    joined: list[tuple[str, str, str]] = field(default_factory=list)
    same_as: dict[str, str] = field(default_factory=dict)
    waiting: dict[str, str] = field(default_factory=dict)
    aside: dict[str, str] = field(default_factory=dict)


def case_name(paper: Paper) -> str:
    """The id of the case that a letter opens."""
    return "case-" + hashlib.sha256(paper.id.encode()).hexdigest()[:12]


def group(known: Sequence[Chart], papers: Sequence[Placed], similar: Similar) -> Grouped:
    """Place papers that no case has, among the cases known and those that they open. The cases known are not changed.

    `similar` tells how alike the texts of two letters are, from 0 to 1.
    """
    done = Grouped()
    charts = [Chart(chart.id, list(chart.papers)) for chart in known]
    for placed in papers:
        if placed.paper.opens:
            _place_letter(placed, charts, similar, done)
    rest = [placed for placed in papers if not placed.paper.opens]
    stated = [placed for placed in rest if _says_whose(placed.paper)]
    everyone = [*(p for chart in charts for p in chart.papers), *stated]
    for placed in stated:
        _place(placed, _of_person(placed, charts, everyone), done)
    for placed in rest:
        if not _says_whose(placed.paper):
            _place_nameless(placed, charts, stated, done)
    return done


def _says_whose(paper: Paper) -> bool:
    return bool(paper.names or paper.birth_dates) and not paper.blank and paper.role is not Role.COVER_SHEET


# Letters.


def _place_letter(placed: Placed, charts: list[Chart], similar: Similar, done: Grouped) -> None:
    for chart in charts:
        for other in chart.papers:
            if other.paper.opens and (why := _same_denial(placed.paper, other.paper)):
                if _one_letter(placed.paper, other.paper, similar):
                    done.same_as[placed.paper.id] = other.paper.id
                else:
                    done.joined.append((chart.id, placed.paper.id, why))
                    chart.papers.append(placed)
                return
    chart = Chart(case_name(placed.paper), [placed])
    charts.append(chart)
    done.opened[placed.paper.id] = chart.id
    done.joined.append((chart.id, placed.paper.id, "a denial; it opened the case"))


def _same_denial(one: Paper, other: Paper) -> str:
    """Why two letters are about one denial; empty where they are not surely."""
    a, b = one.notice, other.notice
    if a is None or b is None or one.person.is_another_than(other.person):
        return ""
    if a.claim and b.claim:
        return "the same patient and claim number" if a.claim == b.claim else ""
    if a.reference and b.reference:
        return "the same patient and reference number" if a.reference == b.reference else ""
    plain_letters = not (a.claim or b.claim or a.reference or b.reference)
    same = a.letter_date == b.letter_date is not None and a.member == b.member and a.service == b.service
    return "the same patient, day and service, and no number" if plain_letters and same else ""


def _one_letter(one: Paper, other: Paper, similar: Similar) -> bool:
    """Whether two letters about one denial are two scans of the same."""
    days = {paper.notice.letter_date for paper in (one, other) if paper.notice} - {None}
    return one.role is other.role and len(days) < 2 and similar(one, other) >= _ONE_LETTER


# Papers that say whose they are.


@dataclass(frozen=True, slots=True)
class _Fit:
    """How a paper fits a case: `sure` by itself, or only where nothing else speaks against it."""

    chart: Chart
    sure: bool
    why: str


def _of_person(placed: Placed, charts: Sequence[Chart], everyone: Sequence[Placed]) -> list[tuple[Chart, str]] | str:
    """The cases that a paper belongs to, each with the reason; or why it belongs to none."""
    fits = [fit for chart in charts if (fit := _fit(placed, chart)) is not None]
    sure = [(fit.chart, fit.why) for fit in fits if fit.sure]
    if sure:
        return sure
    if not fits:
        return "no denial of this patient has come"
    if rivals := _rivals(placed.paper, fits, everyone):
        return rivals
    return [(fit.chart, fit.why) for fit in fits]


def _fit(placed: Placed, chart: Chart) -> _Fit | None:
    paper, person = placed.paper, chart.person
    if paper.person.is_another_than(person):
        return None
    named = any(same_name(a, b) for a in paper.names for b in person.names)
    born = bool(paper.birth_dates & person.birth_dates)
    number = _shared_number(paper, chart.notices)
    together = any(placed.came_with(other) for other in chart.papers)
    if named and born:
        return _Fit(chart, True, "name and birth date")
    if number and (named or born or (number != "member id" and not paper.names)):
        return _Fit(chart, True, f"{'name' if named else 'birth date' if born else 'nothing else'} and {number}")
    if (named or born) and together:
        return _Fit(chart, True, f"{'name' if named else 'birth date'}, and it came with the letter")
    if named:
        return _Fit(chart, False, "name alone; nobody else here has it")
    return None


def _shared_number(paper: Paper, notices: Iterable[Notice]) -> str:
    """Which number of the case's letters a paper holds."""
    for notice in notices:
        for name, number in (("claim number", notice.claim), ("reference number", notice.reference)):
            if number and number in paper.numbers:
                return name
        if notice.member and notice.member in paper.numbers:
            return "member id"
    return ""


def _rivals(paper: Paper, fits: Sequence[_Fit], everyone: Iterable[Placed]) -> str:
    """Why a name alone is not enough: somebody else here has it too. Empty where nobody has."""
    same = [p.paper for p in everyone if any(same_name(a, b) for a in paper.names for b in p.paper.names)]
    births: set[str] = set().union(*(other.birth_dates for other in same), paper.birth_dates)
    members: set[str] = set().union(*(fit.chart.members for fit in fits))
    if len(births) > 1 or len(members) > 1:
        return "only the name fits, and more than one patient here has it"
    return ""


# Papers that do not.


def _place_nameless(placed: Placed, charts: Sequence[Chart], stated: Sequence[Placed], done: Grouped) -> None:
    paper = placed.paper
    with_it = [chart for chart in charts if any(placed.came_with(other) for other in chart.papers)]
    if paper.blank or paper.role is Role.COVER_SHEET:
        done.aside[paper.id] = "a blank page" if paper.blank else "a cover sheet"
        return
    if paper.role in _POLICIES:
        named = [chart for chart in charts if _names(chart.notices, paper)]
        found = [(chart, "the policy that the letter names") for chart in named]
        found = found or [(chart, "a policy that came with the letter") for chart in with_it]
        _place(placed, found or "a policy that no letter here names", done)
        return
    strangers = [p for p in stated if placed.came_with(p) and not _is_in(p, with_it)]
    numbered = [chart for chart in charts if _shared_number(paper, chart.notices) not in ("", "member id")]
    if len(numbered) == 1:
        _place(placed, [(numbered[0], f"its {_shared_number(paper, numbered[0].notices)}")], done)
    elif len(with_it) == 1 and not strangers:
        _place(placed, [(with_it[0], "it names nobody, and came with the letter alone")], done)
    elif with_it:
        _place(placed, "it names nobody, and came with papers of several patients or cases", done)
    else:
        _place(placed, "it names nobody, and came without a denial", done)


def _names(notices: Iterable[Notice], policy: Paper) -> bool:
    return any(notice.policy and notice.policy in policy.numbers for notice in notices)


def _is_in(placed: Placed, charts: Iterable[Chart]) -> bool:
    return any(placed in chart.papers for chart in charts)


def _place(placed: Placed, found: Collection[tuple[Chart, str]] | str, done: Grouped) -> None:
    if isinstance(found, str):
        done.waiting[placed.paper.id] = found
        return
    for chart, why in found:
        chart.papers.append(placed)
        done.joined.append((chart.id, placed.paper.id, why))
