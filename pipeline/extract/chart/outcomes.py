"""How a stretch of text says a treatment went, and why."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

from pipeline.extract.phrases import Phrases
from pipeline.extract.tables import load
from schemas.base import Frozen
from schemas.fact import Outcome


class Table(Frozen):
    """outcomes.yaml."""

    source: str
    phrases: dict[str, tuple[str, ...]]
    nouns: tuple[str, ...]
    reach: int
    measures: dict[Outcome, tuple[str, ...]]
    stopped: tuple[str, ...]
    because: tuple[str, ...]
    causes: tuple[str, ...]
    adverse: tuple[str, ...]
    ailments: tuple[str, ...]
    barriers: tuple[str, ...]
    still: tuple[str, ...]
    complaints: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Told:
    """An outcome as a text states it: the range of the words that do, and the reason in the text's own words."""

    outcome: Outcome
    start: int
    end: int
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class _Grammar:
    phrases: Phrases[str]
    nouns: Phrases[bool]
    measures: Phrases[Outcome]
    stopped: Phrases[bool]
    because: Phrases[bool]
    causes: Phrases[bool]
    adverse: Phrases[bool]
    barriers: Phrases[bool]
    reach: int


@cache
def _grammar() -> _Grammar:
    table = Table.model_validate(load("chart/outcomes.yaml"))
    return _Grammar(
        phrases=Phrases(
            [
                *((phrase, outcome) for outcome, phrases in table.phrases.items() for phrase in phrases),
                *((f"{word} {what}", Outcome.FAILED) for word in table.still for what in table.complaints),
            ]
        ),
        nouns=Phrases((noun, True) for noun in table.nouns),
        measures=Phrases((word, outcome) for outcome, words in table.measures.items() for word in words),
        stopped=Phrases((word, True) for word in table.stopped),
        because=Phrases((word, True) for word in table.because),
        causes=Phrases((word, True) for word in table.causes),
        adverse=Phrases((word, word not in table.ailments) for word in table.adverse),
        barriers=Phrases((word, True) for word in table.barriers),
        reach=table.reach,
    )


# Where a stretch tells several, the first of these stands: a stop for a side effect outweighs an early gain.
_ORDER = (
    Outcome.CONTRAINDICATED,
    Outcome.INTOLERANT,
    Outcome.DECLINED,
    Outcome.INCOMPLETE,
    Outcome.FAILED,
    Outcome.PARTIAL,
    Outcome.EFFECTIVE,
    Outcome.ONGOING,
)
_NOT_BEFORE = re.compile(r"\b(?:no|not|n't|never|without|nor|hardly|barely)\s+(?:\w+\s+){0,2}$", re.IGNORECASE)
_UNCHANGED = re.compile(  # "no change in the number of her headaches": what stays was there before
    r"\bno\s(?:real\s|clear\s)?(?:change|difference|improvement|effect|reduction|relief|decrease|drop|fall|let-?up)\b[^.;]*\Z",
    re.IGNORECASE,
)
_CLAUSE_END = re.compile(
    r"[.;](?:\s|$)|,\s(?:and|but|so|then|she|he|was|is)\b|\s(?:and|but)\s(?:was|is|then|started|she|he)\b|\son\s\d"
)
_BROKEN = re.compile(r"(?<=\w)-[ \t]*\n\s*(?=\w)")  # the page does not say whether the hyphen is the word's own
_SPLIT = re.compile(r"[.;]\s")
_REASON = re.compile(
    r"\s*(?::|\(|(?:,\s*)?(?:due to|because of|because|secondary to|with|owing to)\s)\s*", re.IGNORECASE
)


def read(text: str) -> Told | None:
    """The outcome that a stretch of text about one treatment tells, or None."""
    told = [
        *_phrases(text),
        *_nouns(text),
        *_stops(text),
        *_caused(text),
        *_beside(text),
        *_broken_off(text),
        *_on_forms(text),
    ]
    for outcome in _ORDER:
        for one in told:
            if one.outcome is outcome and not _names_operation(text, one):
                return one
    return None


_PARTIAL_OPERATION = re.compile(r"\bpartial\s(?:\w+\s){0,2}\w+(?:ectomy|plasty|otomy)\b", re.IGNORECASE)


def _names_operation(text: str, told: Told) -> bool:
    """Whether "partial" is of what was cut, and not of what it did: "partial medial meniscectomy"."""
    return any(
        match.start() < told.end and told.start < match.end()
        for match in _PARTIAL_OPERATION.finditer(text)
        if told.outcome is Outcome.PARTIAL
    )


_ON_FORM = re.compile(
    r"(?:^|(?<=[.;\n]\s)|(?<=\s\s)|(?<=\n))(?P<label>(?:(?:clinical|overall|treatment|final) )?(?:response|outcome)"
    r"(?: to (?:treatment|therapy))?\s*[:=])\s*(?P<how>[a-z]+(?: [a-z]+)?)\s*(?=[.;,\n]|\s{2}|$)",
    re.IGNORECASE,
)


def _on_forms(text: str) -> Iterator[Told]:
    """An outcome as a form has it: "Response: inadequate"."""
    for form in _ON_FORM.finditer(text):
        for told in _nouns(f"{form['how']} response"):
            yield Told(told.outcome, form.start("label"), form.end("how"), form["how"])


def begins_with_outcome(text: str) -> bool:
    """Whether a line of a form is the one for the outcome."""
    return _ON_FORM.match(text.lstrip()) is not None


def adverse(text: str) -> bool:
    """Whether a text names an adverse effect."""
    return bool(_grammar().adverse.find(text))


def bars(text: str) -> list[tuple[int, int]]:
    """Where a text says that something must not be had; not where "no" stands right before it."""
    return [(told.start, told.end) for told in _phrases(text) if told.outcome is Outcome.CONTRAINDICATED]


def has_barrier(text: str) -> bool:
    """Whether a text names what keeps a patient from any treatment, such as its cost."""
    return bool(_grammar().barriers.find(text))


_REACTION = re.compile(r"[\w\s]{0,12}?(?:\(|[-\u2013:]|causes|caused|with)\s*([^(),;.\n]+)")


def reaction(text: str, at: int, stop: int) -> str | None:
    """The adverse reaction in brackets or after a dash behind a drug that ends at `at`: "sulfa (hives)"."""
    after = _REACTION.match(text[at:stop])
    return after[1].strip() if after and adverse(after[1]) else None


def _phrases(text: str) -> Iterator[Told]:
    for hit in _grammar().phrases.find(text):
        if hit.value == "nothing":
            continue
        outcome = Outcome(hit.value)
        negated = _NOT_BEFORE.search(text[max(0, hit.start - 40) : hit.start])
        if negated and outcome in (Outcome.EFFECTIVE, Outcome.PARTIAL):
            outcome = Outcome.FAILED
        elif negated:
            continue
        yield Told(outcome, hit.start, hit.end, _reason(text, hit.start, hit.end, outcome))


def _reason(text: str, start: int, end: int, outcome: Outcome) -> str | None:
    """The words that give the reason of the outcome at `start:end`; else its clause, where that is several words."""
    if led := _REASON.match(text, end):
        return _clause(text, led.end()) or None
    told = outcome in (Outcome.FAILED, Outcome.PARTIAL) and len(text[start:end].split()) > 1
    return _clause(text, start) if told else None


def _clause(text: str, start: int) -> str:
    stop = _CLAUSE_END.search(text, start)
    words = _BROKEN.sub("-", text[start : stop.start() if stop else len(text)])
    return " ".join(re.split(r"[()]", words.lstrip(" ("), maxsplit=1)[0].split()).strip(" .,;:")


def _nouns(text: str) -> Iterator[Told]:
    """Measured nouns: "without lasting relief", "relief was temporary"."""
    measures = _grammar().measures.find(text)
    for noun in _grammar().nouns.find(text):
        near = [
            hit
            for hit in measures
            if _words_between(text, hit.end, noun.start) < _grammar().reach
            or 0 < _words_between(text, noun.end, hit.start) < 3
        ]
        for outcome in (Outcome.FAILED, Outcome.PARTIAL, Outcome.EFFECTIVE):
            said = [hit for hit in near if hit.value is outcome]
            if said:
                start, end = min(said[0].start, noun.start), max(said[0].end, noun.end)
                yield Told(outcome, start, end, " ".join(text[start:end].split()))
                break


def _words_between(text: str, start: int, end: int) -> int:
    """How many words lie between; very many where the order is wrong or a clause ends."""
    between = text[start:end]
    if start > end or any(mark in between for mark in ",;:.()"):
        return 99
    return len(between.split())


def _stops(text: str) -> Iterator[Told]:
    """What follows "stopped because of": an adverse effect, or a failure."""
    because = _grammar().because.find(text)
    for stop in _grammar().stopped.find(text):
        for cause in reversed(because):  # the last is nearest to the reason
            if 0 <= cause.start - stop.end < 90 and not _SPLIT.search(text, stop.end, cause.start):
                reason = _clause(text, cause.end)
                if _failed_first(reason):
                    yield Told(Outcome.FAILED, stop.start, cause.end, reason)
                elif adverse(reason):
                    yield Told(Outcome.INTOLERANT, stop.start, cause.end, reason)
                elif _grammar().barriers.find(reason):
                    yield Told(Outcome.INCOMPLETE, stop.start, cause.end, reason)
                elif any(t.outcome is Outcome.FAILED for t in (*_phrases(reason), *_nouns(reason))):
                    yield Told(Outcome.FAILED, stop.start, cause.end, reason)
                break


def _failed_first(reason: str) -> bool:
    """Whether a reason begins with a failure: "no change in her headaches" is no side effect."""
    effects = _grammar().adverse.find(reason)
    failed = [told.start for told in (*_phrases(reason), *_nouns(reason)) if told.outcome is Outcome.FAILED]
    return bool(effects and failed) and min(failed) < effects[0].start


def _caused(text: str) -> Iterator[Told]:
    """An adverse effect that came first, and the stop after it: "caused nausea and was stopped"."""
    for cause in _grammar().causes.find(text):
        effect = _clause(text, cause.end)
        if adverse(effect) and any(stop.start > cause.end for stop in _grammar().stopped.find(text)):
            yield Told(Outcome.INTOLERANT, cause.start, cause.end + len(effect), effect)


_CLAUSES = re.compile(r"[,;:()\u2013\u2014]|\s-\s|[.!?](?=\s|$)|\b(?:and|but|so|which|because|when|then)\b")
_LEADS = re.compile(
    r"(?:was|were|is|it|she|he|also|made (?:her|him)|due to|for|with|after|from|of|\d{1,2}/\d{2,4}|in|on|\s)+\s",
    re.IGNORECASE,
)


def _beside(text: str) -> Iterator[Told]:
    """An adverse effect that stands beside a stop, with no word of cause: "stopped 5/2026, gastritis"."""
    stops = _grammar().stopped.find(text)
    for effect in _grammar().adverse.find(text):
        before = text[max(0, effect.start - 40) : effect.start]
        if _NOT_BEFORE.search(before) or _UNCHANGED.search(before):
            continue
        for stop in stops:
            first, last = min(stop.end, effect.end), max(stop.start, effect.start)
            after = stop.end <= effect.start
            told = after or effect.value or _is_blamed(text, effect.end, stop.start, stop.end)
            if last - first < 60 and not _SPLIT.search(text, first, last) and told:
                left = max([0, *(m.end() for m in _CLAUSES.finditer(text, 0, effect.start))])
                right = min([len(text), *(m.start() for m in _CLAUSES.finditer(text, effect.end))])
                left = max(left, stop.end) if after else left
                lead = _LEADS.match(text, left, effect.start)
                words = " ".join(text[lead.end() if lead else left : right].split())
                yield Told(Outcome.INTOLERANT, min(stop.start, effect.start), max(stop.end, effect.end), words)
                return


_FOR_THAT = re.compile(
    r"[^.;]{0,30}?\b(?:for (?:that|this) reason|because of (?:that|this|it)|on (?:that|this) account)\b", re.IGNORECASE
)
_NOT_ITS_DOING = re.compile(
    r"\b(?:persist|continu|remain|still|unchanged|healed|resolv|improv|clear|returned|despite|no better|not help)",
    re.IGNORECASE,
)


def _is_blamed(text: str, effect: int, stop: int, end: int) -> bool:
    """Whether a stop points back to what was told before it: "showed esophagitis, and it was stopped for that reason".

    Not where that went on, or went away: the treatment failed, or was no longer needed.
    """
    return bool(_FOR_THAT.match(text, end)) and not _NOT_ITS_DOING.search(text, max(0, effect - 40), stop)


_OF_SO_MANY = re.compile(
    r"(?<![\d/.])(\d{1,2})\s?(?:/|of|out of)\s?(\d{1,3})\s(?:\w+\s)?(?:visits|sessions|appointments|treatments"
    r"|classes)\b",
    re.IGNORECASE,
)


def _broken_off(text: str) -> Iterator[Told]:
    """Fewer visits than were planned, and a stop: "6 of 12 sessions attended, stopped in May"."""
    for match in _OF_SO_MANY.finditer(text):
        if int(match[1]) < int(match[2]) and any(stop.start > match.end() for stop in _grammar().stopped.find(text)):
            yield Told(Outcome.INCOMPLETE, match.start(), match.end())


_REACTED = re.compile(
    r"(?:had|developed|develops|gets|got|experienced|severe|suffered|history of|prior|due to"
    r"|because of)\s(?:an?\s|the\s|severe\s|bad\s){0,2}"
    r"([\w-]+(?:\s[\w-]+){0,2})\s(?:with|from|on|to|after|while on|when taking|due to|caused by)\s(?:the\s"
    r"|an?\s|oral\s)?$",
    re.IGNORECASE,
)


def reacted(before: str) -> str | None:
    """The adverse effect that the words before a drug say it had: "a rash with"."""
    led = _REACTED.search(before[-90:])
    effects = _grammar().adverse.find(led[1]) if led else []
    return led[1] if led and effects and effects[-1].end == len(led[1]) and effects[-1].value else None
