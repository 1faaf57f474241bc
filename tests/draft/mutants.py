"""Changes of meaning, one at a time: each is a way in which a letter could come to say what the record does not.

Every mutant is made by rule from a verified sentence and its case; none is drawn by chance.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from pipeline.draft.evidence import Evidence
from pipeline.draft.phrases import day
from pipeline.folding import folded
from schemas.fact import FactKind, Side
from schemas.letter import Letter, Sentence, SentenceKind
from schemas.span import Span

MONTHS = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)
DRUGS = ("ibuprofen", "leflunomide", "chiropractic care", "gabapentin")
TESTS = ("KOOS", "Tonnis", "NDI", "HbA1c")
PARTS = ("hip", "shoulder", "cervical spine", "ankle")
UNITS = {
    "weeks": ("months", "days", "visits"),
    "days": ("weeks", "months"),
    "months": ("weeks", "years"),
    "years": ("months",),
    "visits": ("weeks", "months"),
    "mg": ("g", "mcg", "mL", "mg/day", "units"),
    "mcg": ("mg",),
    "mg/day": ("mg/week", "mg", "mcg/day"),
    "mg/week": ("mg/day", "mg"),
    "daily": ("weekly", "monthly"),
    "twice": ("once", "three times"),
    "%": (" points", " mg", ""),
    "cells/mcL": ("cells/mL", "mg/dL", ""),
    "ug/g": ("mg/g", ""),
    "out of": ("over", "below"),
}
VERBS = (
    *("was", "is", "has", "were", "reports", "documents", "notes", "meets", "states", "gives", "lists", "describes"),
    *("contains", "appeals", "appeal", "identifies", "could", "cites", "ask", "request", "enclosed"),
)
LABELS = ("member ID", "group number", "claim number", "reference number", "procedure code", "diagnosis code")
_NUMBER = re.compile(r"\d+(?:\.\d+)?")
_CODE = re.compile(r"[\w./-]*\d[\w./-]*[\w]")
_DAY = re.compile(rf"(?:{'|'.join(MONTHS)}) (?:\d{{1,2}}, )?\d{{4}}")


class Mutant(NamedTuple):
    """A changed sentence and the kind of its change."""

    kind: str
    sentence: Sentence


@dataclass(frozen=True)
class Stock:
    """What the rest of the case offers to put in the place of a true thing: the likeliest mistakes."""

    names: tuple[str, ...]
    tests: tuple[str, ...]
    parts: tuple[str, ...]
    numbers: tuple[str, ...]
    days: tuple[str, ...]
    people: tuple[str, ...]
    codes: tuple[str, ...]

    @classmethod
    def of(cls, evidence: Evidence) -> "Stock":
        """Gathered from the facts and the denial of a case, each thing once, in order."""
        facts = sorted(evidence.facts.values(), key=lambda fact: fact.id)
        treated = (FactKind.TREATMENT, FactKind.MEDICATION)
        dated = [value for fact in facts for value in (fact.date, fact.start, fact.end) if value]
        denial = evidence.denial
        people = (denial.patient_name, denial.provider, denial.payer)
        codes = (*denial.procedure_codes, *denial.diagnosis_codes, denial.member_id, denial.claim_number)
        return cls(
            names=_once([*(fact.name for fact in facts if fact.kind in treated), *DRUGS]),
            tests=_once([*(fact.name for fact in facts if fact.number is not None), *TESTS]),
            parts=_once([*(fact.body_part for fact in facts if fact.body_part), *PARTS]),
            numbers=_once([fact.value for fact in facts if fact.number is not None and fact.value]),
            days=_once([day(value) for value in sorted(dated, key=str)]),
            people=_once([cited.value for cited in people if cited]),
            codes=_once([cited.value for cited in codes if cited]),
        )


def _once(things: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(things))


def stated(letter: Letter) -> Iterator[Sentence]:
    """The sentences that state a fact."""
    return (s for section in letter.sections for s in section.sentences if s.kind is SentenceKind.FACT)


def said(letter: Letter) -> Iterator[Sentence]:
    """The sentences that state, ask or give the law: all that stand in the letter as its own words."""
    kinds = (SentenceKind.FACT, SentenceKind.ASK, SentenceKind.LAW)
    return (s for section in letter.sections for s in section.sentences if s.kind in kinds)


def mutants(sentences: Iterable[Sentence], evidence: Evidence) -> Iterator[Mutant]:
    """Every mutant of every sentence, each once."""
    sentences = tuple(sentences)
    stock = Stock.of(evidence)
    for sentence in sentences:
        seen = {sentence.text}
        for kind, change in _CHANGES.items():
            for text in change(sentence.text, stock):
                if text not in seen and folded(text) != folded(sentence.text):
                    seen.add(text)
                    yield Mutant(kind, sentence.model_copy(update={"text": text}))
        yield from _cited_otherwise(sentence, sentences, evidence)
        yield from _resting_on_others(sentence, evidence)


def _put(text: str, match: re.Match[str], other: str) -> str:
    return text[: match.start()] + other + text[match.end() :]


def _numbers(text: str, stock: Stock) -> Iterator[str]:
    """One more, ten times, a digit less, and each other value of the case."""
    for match in _NUMBER.finditer(text):
        whole = match[0].partition(".")[0]
        more = str(int(whole) + 1) + match[0][len(whole) :]
        for other in (more, match[0] + "0", match[0][:-1], f"1{match[0]}", *stock.numbers):
            if other and other.strip(".") and not _same_number(other, match[0]):
                yield _put(text, match, other)


def _same_number(one: str, other: str) -> bool:
    return float(one) == float(other)


def _dates(text: str, stock: Stock) -> Iterator[str]:
    """Another month, day and year, each other date of the case, and the two ends of a range turned round."""
    for match in re.finditer("|".join(MONTHS), text):
        yield _put(text, match, MONTHS[(MONTHS.index(match[0]) + 1) % 12])
    for match in _DAY.finditer(text):
        yield from (_put(text, match, other) for other in stock.days if not _is_of(match[0], other))
        yield _put(text, match, re.sub(r"\d{4}$", lambda year: str(int(year[0]) - 1), match[0]))
    for match in re.finditer(rf"from ({_DAY.pattern}) to ({_DAY.pattern})", text):
        if match[1] != match[2]:
            yield _put(text, match, f"from {match[2]} to {match[1]}")
    for match in re.finditer(rf"\b(from|until|to) (?={_DAY.pattern})", text):
        yield _put(text, match, {"from": "until ", "until": "from ", "to": "from "}[match[1]])


def _is_of(exact: str, other: str) -> bool:
    """Whether a date says the same less exactly."""
    return set(other.split()) <= set(exact.split())


def _negations(text: str, _stock: Stock) -> Iterator[str]:
    """A denial put in after a verb or before a thing, and each one that stands taken out."""
    for match in re.finditer(rf"\b(?:{'|'.join(VERBS)})\b", text):
        for word in (" not", " never", " no"):
            yield text[: match.end()] + word + text[match.end() :]
    for match in re.finditer(r"\b(?:with|and|that)\s", text):
        yield _put(text, match, "without " if match[0] == "with " else f"{match[0]}no ")
    for match in re.finditer(r"\b(?:no|not|without|never|denies|negative|cannot)\b\s?", text, re.IGNORECASE):
        yield _put(text, match, "can " if match[0].startswith("cannot") else "")
    for match in re.finditer(r"\b(?:could not|did not|does not|is not)\b", text):
        yield _put(text, match, match[0].removesuffix(" not"))


def _sides(text: str, stock: Stock) -> Iterator[str]:
    """The other side, both sides, and a side where none stands."""
    sides = [side.value for side in Side]
    for match in re.finditer(rf"\b(?:{'|'.join(sides)})\b", text, re.IGNORECASE):
        yield from (_put(text, match, other) for other in sides if other != match[0].lower())
    for name in stock.parts:
        for match in re.finditer(rf"(?<!left )(?<!right )\b{re.escape(name)}\b", text):
            yield from (_put(text, match, f"{other} {match[0]}") for other in ("left", "bilateral"))


def _swapped(text: str, known: Sequence[str], others: Sequence[str]) -> Iterator[str]:
    for name in known:
        for match in re.finditer(rf"(?<!\w){re.escape(name)}(?!\w)", text, re.IGNORECASE):
            unlike = (other for other in others if name.lower() not in other.lower())
            yield from (_put(text, match, other) for other in unlike)


def _drugs(text: str, stock: Stock) -> Iterator[str]:
    yield from _swapped(text, stock.names, stock.names)
    for match in re.finditer(r"\btreated with ", text):
        others = (other for other in stock.names if other not in text)
        yield from (f"{text[: match.end()]}{other} and {text[match.end() :]}" for other in others)


def _tests(text: str, stock: Stock) -> Iterator[str]:
    return _swapped(text, stock.tests, stock.tests)


def _body_parts(text: str, stock: Stock) -> Iterator[str]:
    return _swapped(text, stock.parts, [part for part in stock.parts if part not in text])


def _units(text: str, _stock: Stock) -> Iterator[str]:
    for unit, others in UNITS.items():
        edge = r"(?!\w)" if unit[-1].isalpha() else ""
        for match in re.finditer(rf"(?<=[\d ]){re.escape(unit)}{edge}(?!/)", text):
            yield from (_put(text, match, other) for other in others)


def _codes(text: str, stock: Stock) -> Iterator[str]:
    """A digit changed, two turned round, one dropped; another code of the case."""
    for match in _CODE.finditer(text):
        code = match[0]
        if len(code) < 4 or not re.search(r"\d.*\d", code) or re.fullmatch(r"(?:19|20)\d\d", code):
            continue
        last = max(place for place, character in enumerate(code) if character.isdigit())
        yield _put(text, match, f"{code[:last]}{(int(code[last]) + 1) % 10}{code[last + 1 :]}")
        yield _put(text, match, code[:last] + code[last + 1 :])
        if code[0] != code[1]:
            yield _put(text, match, code[1] + code[0] + code[2:])
        yield from (_put(text, match, other) for other in stock.codes if other.lower() not in text.lower())


def _labels(text: str, _stock: Stock) -> Iterator[str]:
    return _swapped(text, LABELS, LABELS)


def _comparisons(text: str, _stock: Stock) -> Iterator[str]:
    for match in re.finditer(r"(?<=\s)\d+(?:\.\d+)?(?=[ %])(?!, \d{4})", text):
        if not re.search(rf"(?:{'|'.join(MONTHS)}) $", text[: match.start()]):
            for cue in ("at least", "more than", "fewer than", "less than", "at most", "over", "up to", "nearly"):
                yield f"{text[: match.start()]}{cue} {text[match.start() :]}"
    for match in re.finditer(r"\bmeets\b", text):
        yield from (_put(text, match, other) for other in ("exceeds", "surpasses", "fulfils more than", "fails"))
    for match in re.finditer(r"\b(?:from|on|in) (?=(?:[A-Z]\w+ )?(?:\d{1,2}, )?\d{4})", text):
        yield from (_put(text, match, f"{other} ") for other in ("before", "after", "within"))


def _persons(text: str, stock: Stock) -> Iterator[str]:
    for match in re.finditer(r"\b[Tt]he patient\b|\bour patient\b", text):
        for other in ("The patient's mother", "The plan", "The reviewer", "The patient's brother", "Another patient"):
            yield _put(text, match, other)
    for match in re.finditer(r"\bour patient\b", text):
        yield from (_put(text, match, other) for other in ("my patient", "my wife", "myself"))
    for match in re.finditer(r"\b(?:She|He) ", text):
        yield _put(text, match, "Her mother ")
    for match in re.finditer(r"\b[Tt]he (?:enclosed )?record\b", text):
        yield _put(text, match, "Her sister's record")
    yield from _swapped(text, stock.people, [*stock.people, "Harriet B. Vance"])


def _outcomes(text: str, _stock: Stock) -> Iterator[str]:
    for old, new in {
        "reports that it failed": "reports benefit",
        "reports only partial benefit": "reports that it failed",
        "could not tolerate it": "declined it",
        "was continuing": "was not completed",
    }.items():
        yield from _swapped(text, (old,), (new,))


def _doings(text: str, _stock: Stock) -> Iterator[str]:
    end = text.rstrip(".\u201d")
    if text.endswith("."):
        yield f"{end}, and an addendum will follow."
        yield f"{end}, and the score is being obtained."
        yield f"{end}, and we have asked the clinic."


_CHANGES: dict[str, Callable[[str, Stock], Iterator[str]]] = {
    "number": _numbers,
    "date": _dates,
    "negation": _negations,
    "side": _sides,
    "drug": _drugs,
    "test": _tests,
    "body part": _body_parts,
    "unit": _units,
    "code": _codes,
    "label": _labels,
    "comparison": _comparisons,
    "person": _persons,
    "outcome": _outcomes,
    "doing": _doings,
}


def _cited_otherwise(sentence: Sentence, sentences: Iterable[Sentence], evidence: Evidence) -> Iterator[Mutant]:
    """No citation, those of each other sentence that shares none, and the same places on the page after."""
    if not sentence.citations:
        return
    yield Mutant("citation", sentence.model_copy(update={"citations": ()}))
    others = {other.citations: None for other in sentences if not set(other.citations) & set(sentence.citations)}
    for citations in others:
        if citations and not _stands_in(sentence, citations, evidence):
            yield Mutant("citation", sentence.model_copy(update={"citations": citations}))
    turned = tuple(span.model_copy(update={"page": span.page + 1}) for span in sentence.citations)
    yield Mutant("citation", sentence.model_copy(update={"citations": turned}))


def _stands_in(sentence: Sentence, citations: tuple[Span, ...], evidence: Evidence) -> bool:
    """Whether the sentence rests on nothing but what the other places are cited for too."""
    own = {span for name in sentence.facts for span in evidence.facts[name].spans}
    return bool(own) and set(citations) <= own


def _resting_on_others(sentence: Sentence, evidence: Evidence) -> Iterator[Mutant]:
    """The same words on another fact of the case, which the sentence does not cite."""
    quotes = "\u201c" in sentence.text
    for name, fact in evidence.facts.items() if sentence.facts else ():
        alike = quotes and not set(fact.spans).isdisjoint(sentence.citations)  # the same words say it of both
        if name not in sentence.facts and not alike:
            yield Mutant("fact", sentence.model_copy(update={"facts": (name, *sentence.facts[1:])}))
