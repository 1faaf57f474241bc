"""Whether the words of a sentence are plain or carried, and whether it quotes and denies as the record does."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import cache
from typing import NamedTuple

from pydantic import Field

from pipeline.draft.evidence import Support
from pipeline.folding import folded
from pipeline.notation import dates
from pipeline.tables import load
from schemas.base import Frozen
from schemas.fact import Assertion, Fact, Outcome, Side

_QUOTED = re.compile('\u201c([^\u201c\u201d]*)\u201d|"([^"]*)"')
_WORD = re.compile(r"[^\W\d_]+(?:['/-][^\W\d_]+)*")
_CLAUSE_END = re.compile(r"[.;:]\s|\bbut\b|\bhowever\b")
_AFTER = re.compile(r"^[\s:,-]*(?:\w+\s){0,2}?(?:none|absent|negative|denied|not present|ruled out)\b")


class Words(Frozen):
    """words.yaml, with the lists of tone.yaml."""

    plain: dict[str, str]
    units: dict[str, tuple[str, ...]]
    negation: tuple[str, ...]
    outcomes: dict[str, tuple[Outcome, ...]]
    barred: tuple[str, ...]
    attained: tuple[str, ...]
    verdicts: tuple[str, ...]
    relations: dict[str, tuple[str, ...]]
    relations_beside_a_figure: tuple[str, ...]
    actions: tuple[str, ...]
    persons: tuple[str, ...]
    parties: tuple[str, ...]
    states: tuple[str, ...]
    voices: dict[str, tuple[str, ...]]
    labels: dict[str, tuple[str, ...]]
    guideline: tuple[str, ...]
    writer: str
    sides: dict[Side, tuple[str, ...]]
    tone: dict[str, tuple[tuple[str, ...], ...]] = Field(default_factory=dict)

    @property
    def plain_words(self) -> frozenset[str]:
        """Words that claim nothing."""
        return frozenset(word for line in self.plain.values() for word in line.split())

    @property
    def cues(self) -> tuple[str, ...]:
        """Words that need no support of their own, since a rule of their own judges each."""
        related = (cue for cues in self.relations.values() for cue in cues)
        voiced = (cue for cues in self.voices.values() for cue in cues)
        sided = (cue for cues in self.sides.values() for cue in cues)
        return (*self.outcomes, *self.negation, *self.attained, *related, *voiced, *sided)


@cache
def words() -> Words:
    """The tables of words, read once."""
    return Words(**load("draft", "words.yaml"), tone=load("draft", "tone.yaml"))


@cache
def plain_words() -> frozenset[str]:
    """Words that claim nothing, as one set."""
    return words().plain_words


@cache
def any_of(phrases: tuple[str, ...]) -> re.Pattern[str]:
    """A pattern for any of the phrases as whole words, the longest first; for folded text."""
    longest_first = sorted((folded(phrase) for phrase in phrases), key=len, reverse=True)
    return re.compile(rf"(?<![\w-])(?:{'|'.join(map(re.escape, longest_first))})(?![\w-])")


@cache
def _cues() -> re.Pattern[str]:
    return any_of(words().cues)


@cache
def _undenying() -> re.Pattern[str]:
    """Cues that hold a negation and deny nothing of a fact: "could not tolerate", "no less than"."""
    related = (cue for cues in words().relations.values() for cue in cues)
    return any_of((*words().outcomes, *related))


class Parts(NamedTuple):
    """A sentence taken apart: what it quotes, and the rest with the quotes blanked out, each character in its place."""

    quoted: tuple[str, ...]
    own: str


def parts(text: str) -> Parts:
    """Take a sentence apart. A quotation mark that is left open stays in the rest."""
    quoted = tuple(match[1] if match[1] is not None else match[2] for match in _QUOTED.finditer(text))
    return Parts(quoted, _QUOTED.sub(lambda match: " " * len(match[0]), text))


def quotations(text: str) -> Iterator[tuple[int, int]]:
    """Where the quoted phrases of a text stand, without their quotation marks."""
    for match in _QUOTED.finditer(text):
        yield match.span(1) if match[1] is not None else match.span(2)


def negated(text: str) -> bool:
    """Whether a folded text holds a word that turns it round."""
    return any_of(words().negation).search(text) is not None


def denials(own: str) -> tuple[str, ...]:
    """What a text denies: each word that turns it round, with the word after it."""
    text = _undenying().sub(" ", folded(own))
    found = any_of(words().negation).finditer(text)
    return tuple(" ".join((match[0], *text[match.end() :].split()[:1])).rstrip(".,;:") for match in found)


def own_words(own: str) -> tuple[str, ...]:
    """The words of a text but for the cues, which rules of their own judge."""
    return tuple(_WORD.findall(_cues().sub(" ", folded(own))))


def repeated_reasons(text: str, support: Support) -> Iterator[str]:
    """Why a field that the sentence names is not repeated in it word for word."""
    said = folded(text)
    for cited in support.fields:
        if isinstance(cited.value, str) and not _holds(said, folded(cited.value).rstrip(".")):
            yield f"it does not repeat \u201c{cited.value}\u201d as the notice states it"
    days = [found.value.day for found in dates(text)]
    yield from (f"it does not repeat the date {day}" for day in support.dates if days and day not in days)


def _holds(text: str, phrase: str) -> bool:
    return re.search(rf"(?<!\w){re.escape(phrase)}(?!\w)", text) is not None


def as_quoted(text: str) -> str:
    """A text folded, its quotation marks all single: a quotation cannot hold the double ones it stands in."""
    return folded(text).replace('"', "'")


def quote_reasons(quoted: Iterable[str], support: Support) -> Iterator[str]:
    """Why the quoted phrases are not carried: not in a cited place, or cut from a negation."""
    for phrase in quoted:
        found = list(_occurrences(as_quoted(phrase), support.pages))
        if not found:
            yield f"no cited place holds the words \u201c{phrase}\u201d"
        elif all(found):
            yield f"the quotation \u201c{phrase}\u201d leaves out the negation it stands under"


def names_guideline(own: str) -> bool:
    """Whether a sentence says that it quotes a guideline."""
    return any_of(words().guideline).search(folded(own)) is not None


def _occurrences(phrase: str, pages: Iterable[str]) -> Iterator[bool]:
    """For each place that holds the phrase on word boundaries, whether a negation outside the phrase governs it."""
    pattern = re.compile(rf"(?<![\w$])(?<!\d[.,/]){re.escape(phrase)}(?![\w%\u00b0]|[.,/]\d)")
    for page in pages:
        text = page.replace('"', "'")
        for match in pattern.finditer(text) if phrase else ():
            before = _CLAUSE_END.split(text[: match.start()])[-1]
            if negated(phrase):  # it carries its own; only one right before it would turn it round
                before = " ".join(before.split()[-1:])
            yield negated(before) or _AFTER.search(text[match.end() :]) is not None


def word_reasons(own: str, known: Iterable[str]) -> Iterator[str]:
    """Why words of the sentence's own are neither plain nor in the `known` texts."""
    carried = _stems(known)
    for word in dict.fromkeys(own_words(own)):
        pieces = [word, *re.split(r"['/-]", word)]
        if _is_known(word, carried) or all(_is_known(piece, carried) for piece in pieces[1:]):
            continue
        yield f"no cited place holds the word \u201c{word}\u201d"


def named_texts(support: Support) -> Iterator[str]:
    """The values of the fields that a sentence names."""
    return (str(cited.value) for cited in support.fields)


def _is_known(piece: str, known: frozenset[str]) -> bool:
    return piece in plain_words() or piece == "s" or bool(known & _forms(piece))


def _stems(texts: Iterable[str]) -> frozenset[str]:
    return frozenset(
        form
        for text in texts
        for word in _WORD.findall(folded(text))
        for piece in {word, *re.split(r"['/-]", word)}
        for form in _forms(piece)
    )


def _forms(word: str) -> frozenset[str]:
    """A word and its singular."""
    return frozenset({word, word.removesuffix("'s"), word.removesuffix("s") if len(word) > 3 else word})


def sides_in(text: str) -> set[Side]:
    """The sides of the body that a text names."""
    page = folded(text)
    return {side for side, forms in words().sides.items() if any_of(forms).search(page)}


def _says_barred(own: str) -> bool:
    """Whether a text says that something must not be given, which does not affirm that it was."""
    return any_of(words().barred).search(folded(own)) is not None


def _is_verdict(own: str) -> bool:
    """Whether a text says that the criterion is met and nothing else: that may rest on what the record denies too."""
    return folded(own).strip(" .") in words().verdicts


def polarity_reasons(own: str, quoted: Iterable[str], facts: Iterable[Fact]) -> Iterator[str]:
    """Why the sentence turns its facts round, or rests on one that does not hold for the patient."""
    denies = bool(denials(own))
    quoted = tuple(quoted)
    bars = any(map(_says_barred, (own, *quoted)))
    verdict = _is_verdict(own)
    affirmed, denied = [], []
    for fact in facts:
        if fact.assertion is Assertion.ABSENT and not verdict and not (fact.barred and bars):
            denied.append(fact.id)
        elif fact.assertion.holds or fact.assertion is Assertion.ABSENT:
            affirmed.append(fact.id)
        else:
            yield f"{fact.id} is {fact.assertion}: it supports nothing"
    if denied and affirmed:
        yield "it joins what the record affirms to what it denies"
    elif denied and denies == any(negated(folded(phrase)) for phrase in quoted):  # neither, or one denying the other
        yield f"it affirms what the record denies ({', '.join(denied)})"
    elif denies and not denied:
        yield "it denies something that no cited fact denies"
