"""What a sentence tells of the treatment that the one before spoke of: how it went, when it ended."""

import re
from collections.abc import Iterator
from dataclasses import replace

from pipeline.extract.chart.chart import Line
from pipeline.extract.chart.mentions import Mention
from pipeline.extract.chart.outcomes import Told, read
from pipeline.extract.chart.regimens import period, words
from schemas.fact import Assertion, Outcome

# A sentence that only says how things went afterwards: "Pain unchanged.", "No improvement."
_UNCHANGED = re.compile(
    r"(?:(?:her|his|the)\s)?(?:pain|symptoms?|function)?\s?(?:is\s|was\s|were\s|has been\s|remained\s|remains\s)?"
    r"(?:unchanged|persisted|persists|no (?:\w+\s)?(?:improvement|relief|benefit|change|better|response|gain)"
    r"(?:\s(?:so far|to date|noted|at all|reported|in (?:[a-z]+\s){0,2}"
    r"(?:pain|symptoms?|leaks?|seizures?|headaches?|attacks?|spasms?|tics|cough|itch|function)))?)(?:\s\([^()]{1,40}\))?\.?",
    re.IGNORECASE,
)
_STOPPED_FOR = re.compile(r"[A-Z][a-z]+(?:[\s,/][a-z]+){0,8},?\s(?:so |and )?(?:was )?(?:stopped|discontinued)\.?")
_PRONOUN = re.compile(r"\b(?:it|they|these|this|that|them)\s(?:[a-z']+\s){0,3}\Z", re.IGNORECASE)
_REVIEWS = ("review of systems", "examination", "imaging", "findings")


_ENDED = re.compile(
    r"\b(?:stopped|quit|discontinued|finished|completed|came off|weaned off|gave up|ended)\s"
    r"(?:it|them|this|that|(?:the|this|that) (?:drug|medication|medicine|course|therapy))\b"
    r"|\b(?:his|her|their|the)\s(?:last|final)\s(?:dose|infusion|injection|pill|tablet)\b"
    r"|\b(?:it|they|this|that)\s(?:was|were|had to be)\s(?:stopped|discontinued|ended|withdrawn)\b",
    re.IGNORECASE,
)


def referred(line: Line, last: list[Mention]) -> Iterator[Mention]:
    """What is told of the treatment that the sentence before spoke of: "The therapy failed", "Stopped it on 4/7"."""
    named = [hit.value for hit in words().anaphora.find(line.text) if hit.start < 6]
    meant = [m for m in last if m.assertion.holds and (not named or named[0] in (*m.term.name.split(), m.term.kind))]
    if len({m.term.name for m in meant}) != 1 or line.judgement.of(0, 1) is not Assertion.PRESENT:
        return
    told = read(line.text)
    if told and told.outcome in (Outcome.ONGOING, Outcome.DECLINED, Outcome.CONTRAINDICATED):
        told = None
    ended = _ENDED.search(line.text)
    told = told if told and (named or _is_of_it(line, told, ended)) else None
    _, end, resolved = period(line.text, line.statement.dated)
    fits = end and not meant[-1].end and (not meant[-1].start or meant[-1].start.earliest <= end.latest)
    if told is None and not (ended and fits):
        return
    of = replace(meant[-1], statements=(line.statement,), on=None)
    if told:
        of = replace(of, outcome=told.outcome, reason=told.reason)
    yield replace(of, end=end, resolved=meant[-1].resolved or resolved, ongoing=False) if fits else of


def _is_of_it(line: Line, told: Told, ended: re.Match[str] | None) -> bool:
    """Whether an outcome is told of what the sentence before spoke of."""
    meant_by = _PRONOUN.search(line.text[max(0, told.start - 45) : told.start])
    stopped = told.outcome is Outcome.INTOLERANT and _STOPPED_FOR.fullmatch(line.text.strip())
    alone = (stopped or _UNCHANGED.fullmatch(line.text.strip())) and line.statement.section not in _REVIEWS
    return bool(meant_by or alone or (ended and abs(ended.start() - told.start) < _CLOSE))


_CLOSE = 90  # characters between the words that end a treatment and those that say how it went
