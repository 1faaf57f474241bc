"""Mentions of one treatment made into courses: what agrees is one fact, what contradicts stays apart."""

import re
from dataclasses import replace
from datetime import timedelta

from pipeline.extract.chart.mentions import Mention
from pipeline.extract.chart.regimens import words
from pipeline.extract.vocabulary import terms
from pipeline.notation import dates
from schemas.fact import Assertion, Outcome

_FIELDS = ("side", "body_part", "on", "start", "end", "duration", "visits", "dose")


def courses(mentions: list[Mention]) -> list[Mention]:
    """The mentions merged, in the order in which each course is first told.

    Mentions of a treatment agree where no field of one contradicts the other's. A mention that could belong to
    several courses is added to none of them.
    """
    merged: list[Mention] = []
    of_one: dict[tuple[str, Assertion], list[int]] = {}
    for mention in [m for m in mentions if not m.bare] + [m for m in mentions if m.bare]:
        same = of_one.setdefault((mention.term.name, _holding(mention)), [])
        fitting = [index for index in same if _agree(merged[index], mention)]
        if mention.bare and same:
            continue
        if len(fitting) == 1:
            merged[fitting[0]] = _joined(merged[fitting[0]], mention)
        elif not any(_says_it_all(merged[index], mention) for index in fitting):
            same.append(len(merged))
            merged.append(mention)
    return sorted(map(_aged, merged), key=lambda m: (m.statements[0].page, m.statements[0].start))


_RECENT = timedelta(days=730)


def _aged(mention: Mention) -> Mention:
    """The mention told as of the past where it lies years back, and as of now where a recent day says so.

    "Appendectomy 1998" is history though no word says so; "prior injections 12/03/2025" are of this episode.
    """
    day = mention.on or (mention.end if mention.start is None else None)
    if day is None or mention.note is None or not mention.assertion.holds:
        return mention
    written, operated = mention.note.value.earliest, {"surgery"} & {*mention.term.classes, mention.term.name}
    if (
        day.latest < written
        and (operated or day.precision == "year")
        and day.latest.year + (not operated) < written.year
    ):
        return replace(mention, assertion=Assertion.HISTORICAL)
    if mention.on and day.precision != "year" and not operated and written - day.earliest < _RECENT:
        return replace(mention, assertion=Assertion.PRESENT)
    return mention


def confirmed(mentions: list[Mention]) -> list[Mention]:
    """The mentions, with the day of its order as the start of a treatment that a later note shows as taken.

    "Start gabapentin 300 mg" in one note is only a plan; "gabapentin 300 mg gives relief" in the next confirms it.
    """
    orders: dict[str, list[Mention]] = {}
    for m in mentions:
        if m.assertion is Assertion.HYPOTHETICAL and m.note and _begins(m):
            orders.setdefault(m.term.name, []).append(m)
    return [_confirmed(mention, orders.get(mention.term.name, [])) for mention in mentions]


_DOUBT = re.compile(r"\b(?:if|unless|when|consider|discuss\w*|may|could|would)\b", re.IGNORECASE)
_TODAY = re.compile(r"\b(?:start(?:ing)?|begin(?:ning)?|to start)\s(?:it\s)?(?:today|tonight|now)\b", re.IGNORECASE)
_NEAR = 20  # characters between the word that orders and the treatment


def _begins(mention: Mention) -> bool:
    """Whether the statement orders, without condition, that this treatment begins on the day of the note."""
    text = mention.statements[0].text
    if dates(text) or _DOUBT.search(text):
        return False
    named = [hit for hit in terms(text) if hit.term == mention.term]
    if any(hit.start < today.start() for hit in named for today in _TODAY.finditer(text)):
        return True
    return any(0 < hit.start - order.end < _NEAR for order in words().orders.find(text) for hit in named)


def _confirmed(mention: Mention, orders: list[Mention]) -> Mention:
    if not mention.assertion.holds or mention.start or mention.on or mention.note is None:
        return mention
    for order in orders:
        later = order.note is not None and order.note.value.latest < mention.note.value.earliest
        if later and order.term == mention.term and order.dose in (None, mention.dose):
            return replace(
                mention,
                statements=(*order.statements, *mention.statements),
                start=order.note.value if order.note else None,
                ordered=order.note,
                resolved=True,
            )
    return mention


def _holding(mention: Mention) -> Assertion:
    """Present and historical are told of the same course."""
    return Assertion.PRESENT if mention.assertion.holds else mention.assertion


def _agree(one: Mention, other: Mention) -> bool:
    """Whether two mentions of one treatment can be of one course."""
    if not _outcomes_agree(one, other):
        return False
    pairs = [(getattr(one, name), getattr(other, name)) for name in _FIELDS]
    if any(a is not None and b is not None and a != b for a, b in pairs):
        return False
    start, end = one.start or other.start, one.end or other.end
    if start and end and start.earliest > end.latest:
        return False
    return not (one.on and (other.start or other.end)) and not (other.on and (one.start or one.end))


def _outcomes_agree(one: Mention, other: Mention) -> bool:
    told = {m.outcome for m in (one, other) if m.outcome not in (None, Outcome.ONGOING)}
    return len(told) < 2


def _says_it_all(course: Mention, mention: Mention) -> bool:
    """Whether the course already says whatever the mention says."""
    fields = (*_FIELDS, "outcome")
    return all(getattr(mention, name) in (None, getattr(course, name)) for name in fields)


def _joined(course: Mention, mention: Mention) -> Mention:
    """The course with what the mention adds; the later note dates it, and an end ends what was ongoing."""
    if _says_it_all(course, mention) and not (mention.ongoing and not course.ongoing):
        return course
    end = course.end or mention.end
    telling = next((m for m in (course, mention) if m.outcome not in (None, Outcome.ONGOING)), course)
    ongoing = (course.ongoing or mention.ongoing) and end is None
    notes = [m.note for m in (course, mention) if m.note]
    return replace(
        course,
        statements=(*course.statements, *(s for s in mention.statements if s not in course.statements)),
        assertion=course.assertion if course.assertion is Assertion.PRESENT else mention.assertion,
        side=course.side or mention.side,
        body_part=course.body_part or mention.body_part,
        on=course.on or mention.on,
        start=course.start or mention.start,
        end=end,
        ongoing=ongoing,
        duration=course.duration or mention.duration,
        visits=mention.visits if course.visits is None else course.visits,
        dose=course.dose or mention.dose,
        outcome=telling.outcome,
        reason=telling.reason,
        resolved=course.resolved or mention.resolved,
        ordered=course.ordered or mention.ordered,
        note=max(notes, key=lambda note: note.value.earliest, default=None),
    )
