"""Changes of meaning, one at a time: each is a way in which a letter could come to say what the record does not."""

import re
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from pipeline.draft.evidence import Evidence
from schemas.letter import Letter, Sentence, SentenceKind

MONTHS = [
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
]
DRUGS = {"naproxen": "ibuprofen", "physical therapy": "chiropractic care", "methotrexate": "leflunomide"}
TESTS = {"WOMAC": "KOOS", "Kellgren-Lawrence": "Tonnis", "ODI": "NDI"}


class Mutant(NamedTuple):
    """A changed sentence and the kind of its change."""

    kind: str
    sentence: Sentence


def stated(letter: Letter) -> Iterator[Sentence]:
    """The sentences that state a fact."""
    return (s for section in letter.sections for s in section.sentences if s.kind is SentenceKind.FACT)


def mutants(sentences: Iterable[Sentence], evidence: Evidence) -> Iterator[Mutant]:
    """Every mutant of every sentence."""
    sentences = tuple(sentences)
    for sentence in sentences:
        for kind, texts in (
            ("number", _numbers(sentence.text)),
            ("date", _dates(sentence.text)),
            ("negation", _negations(sentence.text)),
            ("side", _swapped(sentence.text, {"right": "left", "left": "right"})),
            ("drug", _swapped(sentence.text, DRUGS)),
            ("test", _swapped(sentence.text, TESTS)),
            ("unit", _swapped(sentence.text, {"weeks": "months", "visits": "weeks", "days": "weeks", "mg": "g"})),
            ("outcome", _swapped(sentence.text, {"that it failed": "benefit", "failed": "succeeded"})),
        ):
            for text in texts:
                yield Mutant(kind, sentence.model_copy(update={"text": text}))
        for changed in _citations(sentence, sentences):
            yield Mutant("citation", changed)
        for name in evidence.facts:
            if sentence.facts and name not in sentence.facts:
                yield Mutant("fact", sentence.model_copy(update={"facts": (name, *sentence.facts[1:])}))


def _numbers(text: str) -> Iterator[str]:
    for match in re.finditer(r"\d+", text):
        for changed in (str(int(match[0]) + 1), match[0] + "0"):
            yield text[: match.start()] + changed + text[match.end() :]


def _dates(text: str) -> Iterator[str]:
    for match in re.finditer("|".join(MONTHS), text):
        other = MONTHS[(MONTHS.index(match[0]) + 1) % 12]
        yield text[: match.start()] + other + text[match.end() :]
    for match in re.finditer(r"from (\w+ \d+, \d{4}) to (\w+ \d+, \d{4})", text):
        yield text[: match.start()] + f"from {match[2]} to {match[1]}" + text[match.end() :]


def _negations(text: str) -> Iterator[str]:
    for match in re.finditer(r"\b(?:was|is|has|are|reports|documents|notes|meets|supervised|states)\b", text):
        yield text[: match.end()] + " not" + text[match.end() :]
    for match in re.finditer(r"\b(?:no|not|without)\s", text, re.IGNORECASE):
        yield text[: match.start()] + text[match.end() :]


def _swapped(text: str, words: dict[str, str]) -> Iterator[str]:
    for old, new in words.items():
        for match in re.finditer(rf"\b{old}\b", text):
            yield text[: match.start()] + new + text[match.end() :]


def _citations(sentence: Sentence, sentences: Iterable[Sentence]) -> Iterator[Sentence]:
    """None at all, and those of each other sentence that does not rest on the same facts or fields."""
    yield sentence.model_copy(update={"citations": ()})
    for other in sentences:
        if not set(other.citations) & set(sentence.citations):
            yield sentence.model_copy(update={"citations": other.citations})
