"""What a sentence says of a thing named in it: the ConText algorithm, with the section as the fallback.

Harkema et al. 2009, J Biomed Inform 42:839. Cues are in assertion.yaml. Pure.
"""

import re
from dataclasses import dataclass
from enum import StrEnum
from functools import cache

from pydantic import Field

from pipeline.extract.phrases import Hit, Phrases
from pipeline.extract.tables import load
from pipeline.extract.vocabulary import terms
from schemas.base import Frozen
from schemas.fact import Assertion, FactKind


class Acts(StrEnum):
    """Where a cue acts, seen from the cue."""

    FORWARD = "forward"
    BACKWARD = "backward"
    BOTH = "both"


class CueGroup(Frozen):
    """Cues that say the same; `says` is `nothing` for words that only look like a cue."""

    says: str
    acts: Acts
    words: tuple[str, ...]
    needs: tuple[str, ...] = ()
    opens: bool = False
    closes: bool = False
    past_stops: bool = False
    of_outcomes: bool = True
    not_of: tuple[FactKind, ...] = ()
    reach: int | None = None
    source: str = ""


class SectionRule(Frozen):
    """What a section says where its sentences say nothing, unless they tell of something done."""

    says: Assertion
    unless_done: bool = False


class Relatives(Frozen):
    """Words around a relative who is not the one spoken of: `with` before; behind, `says`, or `does` and `to`."""

    says: tuple[str, ...]
    does: tuple[str, ...]
    to: tuple[str, ...]
    with_: tuple[str, ...] = Field(alias="with")


class Table(Frozen):
    """assertion.yaml."""

    source: str
    cues: tuple[CueGroup, ...]
    stops: tuple[str, ...]
    strong_stops: tuple[str, ...]
    back_stops: tuple[str, ...]
    lasting: tuple[Assertion, ...]
    relatives: Relatives
    outcome_reach: int
    outcomes: tuple[str, ...]
    sections: dict[str, SectionRule]
    done: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Lexicon:
    table: Table
    cues: Phrases[tuple[int, ...]]  # indexes of the cue groups a phrase stands in
    stops: Phrases[bool]  # whether the stop ends a lasting cue too
    back_stops: Phrases[bool]
    outcomes: Phrases[bool]
    done: Phrases[bool]
    with_relatives: Phrases[bool]
    relatives_tell: Phrases[bool]


@cache
def _lexicon() -> _Lexicon:
    table = Table.model_validate(load("chart/assertion.yaml"))
    groups: dict[str, list[int]] = {}
    for index, group in enumerate(table.cues):
        for word in group.words:
            groups.setdefault(word, []).append(index)
    strong = set(table.strong_stops)
    given = (f"{verb} {whom}" for verb in table.relatives.does for whom in table.relatives.to)
    return _Lexicon(
        table=table,
        cues=Phrases((word, tuple(indexes)) for word, indexes in groups.items()),
        stops=Phrases((word, word in strong) for word in {*table.stops, *strong}),
        back_stops=Phrases((word, True) for word in table.back_stops),
        outcomes=Phrases((word, True) for word in table.outcomes),
        done=Phrases((word, True) for word in table.done),
        with_relatives=Phrases((word, True) for word in table.relatives.with_),
        relatives_tell=Phrases((word, True) for word in (*table.relatives.says, *given)),
    )


# Where several cues act on a thing, the first of these wins.
_ORDER = (
    Assertion.OTHER_PATIENT,
    Assertion.FAMILY,
    Assertion.ABSENT,
    Assertion.HYPOTHETICAL,
    Assertion.POSSIBLE,
    Assertion.HISTORICAL,
)
_SENTENCE_END = re.compile(r"[.!?][\"')]?\s+(?=[A-Z])")
_OPENING = re.compile(r"[\W\d]*(?:[A-Z][\w &/-]{0,40}:\s*)?")  # a list marker, a label
_CLOSING = re.compile(r"\s*(?:[.,;)\]\n]|$| {3}|\t)")
_WORD = re.compile(r"\w+")
_GAP = re.compile(r" {3,}|\t")
_NEAR = 40  # characters around a relative
_WHOSE = re.compile(r"\s+(?:(?:both|her|his|their|the|a|adult|elderly|foster|adoptive)\s+){0,3}")


def judge(sentence: str, start: int, end: int, section: str | None = None) -> Assertion:
    """What the sentence says of the thing at `start:end`; its section speaks where no cue does.

    A range that takes in cues (a whole clause) is judged by the cues at its own edges too.
    """
    return Judgement(sentence, section).of(start, end)


_REPEATED = re.compile(r"(?:\W|\d){0,4}(?:repeat|recheck|check)\s(?=[A-Za-z])", re.IGNORECASE)


def judge_measured(sentence: str, start: int, end: int, section: str | None = None) -> Assertion:
    """What the sentence says of a measure that has a value: what has one was done.

    "Repeat HbA1c 7.1" tells a result, and so does "if ESR stays up (ESR 58)".
    """
    judged = judge(sentence, start, end, section)
    if judged is not Assertion.HYPOTHETICAL:
        return judged
    if sentence[start - 1 : start] == "(" and sentence[start:end] in sentence[: start - 1]:
        return Assertion.PRESENT
    again = _REPEATED.match(sentence)
    return judge(sentence[again.end() :], start - again.end(), end - again.end(), section) if again else judged


_IN_BRACKET = re.compile(r"\([^()]*\Z")
_TREATED = (FactKind.TREATMENT, FactKind.MEDICATION)


def _reason_aside(sentence: str, start: int, end: int) -> int | None:
    """Where the bracket begins that tells, right behind a drug or treatment, why it was not had; else None.

    "Not a candidate for NSAIDs (CKD 4)" denies the drug, not the disease.
    """
    opened = _IN_BRACKET.search(sentence[:start])
    if opened is None or any(hit.term.kind in _TREATED for hit in terms(sentence[start:end])):
        return None
    before = terms(sentence[: opened.start()])
    named = before and opened.start() - before[-1].end < 2 and before[-1].term.kind in _TREATED
    return opened.start() if named else None


class Judgement:
    """One sentence, its cues found once."""

    def __init__(self, sentence: str, section: str | None = None) -> None:
        self._lexicon = _lexicon()
        self._text = sentence
        self._section = section
        self._cues = self._lexicon.cues.find(sentence)
        self._stops = [(hit.start, hit.end, hit.value) for hit in self._lexicon.stops.find(sentence)]
        self._stops += [(m.start(), m.end(), True) for m in _SENTENCE_END.finditer(sentence)]
        self._back_stops = [(hit.start, hit.end, True) for hit in self._lexicon.back_stops.find(sentence)]
        self._outcomes = self._lexicon.outcomes.find(sentence)

    def of(self, start: int, end: int) -> Assertion:
        """What the sentence says of the thing at `start:end`."""
        judged = self._told(start, end)
        aside = _reason_aside(self._text, start, end) if judged is Assertion.ABSENT else None
        return judged if aside is None else Judgement(self._text[aside:]).of(start - aside, end - aside)

    def besides(self, left_out: Assertion, start: int, end: int) -> Assertion:
        """What its other cues say of the thing at `start:end`, one assertion left out."""
        return self._told(start, end, left_out)

    def _told(self, start: int, end: int, left_out: Assertion | None = None) -> Assertion:
        said = {says for cue in self._cues for says in self._saying(cue, start, end)} - {left_out}
        for assertion in _ORDER:
            if assertion in said:
                return assertion
        if self._text.rstrip(" \"')\u201d").endswith("?"):
            return Assertion.POSSIBLE  # "Do I need prednisone?", "Distal screw removed?"
        return self._by_section()

    def _by_section(self) -> Assertion:
        rule = self._lexicon.table.sections.get(self._section or "")
        if rule is None or (rule.unless_done and self._lexicon.done.find(self._text)):
            return Assertion.PRESENT
        return rule.says

    def _saying(self, cue: Hit[tuple[int, ...]], start: int, end: int) -> list[Assertion]:
        """What one cue says of the thing, by each way it acts."""
        groups = [self._lexicon.table.cues[index] for index in cue.value]
        return [
            Assertion(group.says)
            for group in groups
            if group.says != "nothing" and self._applies(group, cue) and self._reaches(group, cue, start, end)
        ]

    def _applies(self, group: CueGroup, cue: Hit[tuple[int, ...]]) -> bool:
        if group.opens and not _OPENING.fullmatch(self._text, 0, cue.start):
            return False
        if group.closes and not _CLOSING.match(self._text, cue.end):
            return False
        if group.needs and not any(word.lower() in group.needs for word in _WORD.findall(self._text)):
            return False
        if group.says == Assertion.FAMILY and self._is_beside(cue):
            return False
        return not (group.says == Assertion.ABSENT and group.of_outcomes and self._of_outcome(cue.end))

    def _is_beside(self, cue: Hit[tuple[int, ...]]) -> bool:
        """Whether a relative is only there, or speaks of the patient: "brought in by his mother", "wife reports"."""
        told = self._lexicon.relatives_tell.find(self._text[cue.end : cue.end + _NEAR])
        if told and not self._text[cue.end : cue.end + told[0].start].strip(" \n,"):
            return True
        first = max(0, cue.start - _NEAR)
        led = self._lexicon.with_relatives.find(self._text[first : cue.start])
        return bool(led) and _WHOSE.fullmatch(self._text, first + led[-1].end, cue.start) is not None

    def _of_outcome(self, at: int) -> bool:
        """Whether a word of outcome follows closely: "without much lasting relief" denies no treatment."""
        reach = self._lexicon.table.outcome_reach
        return any(
            len(_WORD.findall(self._text[at : hit.start])) < reach and not set(",;.") & set(self._text[at : hit.start])
            for hit in self._outcomes
            if 0 <= hit.start - at < 60
        )

    def _reaches(self, group: CueGroup, cue: Hit[tuple[int, ...]], start: int, end: int) -> bool:
        forward = group.acts is not Acts.BACKWARD and (cue.start, -cue.end) < (start, -end)
        backward = group.acts is not Acts.FORWARD and (-cue.end, cue.start) < (-end, start)
        inside = start <= cue.start and cue.end <= end and start < cue.start and cue.end < end
        if inside or not (forward or backward):
            return False
        between = (min(cue.end, start), start) if forward else (end, max(cue.start, end))
        if len(_GAP.findall(self._text[between[0] : between[1]])) > 1:
            return False  # another column's cell
        lasting = Assertion(group.says) in self._lexicon.table.lasting
        stops = self._stops if forward else [*self._stops, *self._back_stops]
        held = any(between[0] <= at and to <= between[1] and (strong or not lasting) for at, to, strong in stops)
        if held and not group.past_stops:
            return False
        if group.not_of and any(hit.term.kind in group.not_of for hit in terms(self._text[start:end])):
            return False
        return group.reach is None or len(_WORD.findall(self._text[between[0] : between[1]])) < group.reach
