"""Whether the words of a sentence are plain or stand in what it cites, and whether its tone is fit for a letter."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import cache
from typing import NamedTuple

from pydantic import Field

from pipeline.draft.evidence import Support
from pipeline.folding import folded
from pipeline.tables import load
from schemas.base import Frozen
from schemas.coverage import Verdict
from schemas.fact import Assertion, Fact, Outcome, Side

_QUOTED = re.compile('\u201c([^\u201c\u201d]*)\u201d|"([^"]*)"')
_WORD = re.compile(r"[^\W\d_]+(?:['/-][^\W\d_]+)*")
_CLAUSE_END = re.compile(r"[.;:]\s|\bbut\b|\bhowever\b")
_AFTER = re.compile(r"^[\s:,-]*(?:\w+\s){0,2}?(?:none|absent|negative|denied|not present|ruled out)\b")


class Words(Frozen):
    """words.yaml."""

    plain: dict[str, str]
    units: dict[str, tuple[str, ...]]
    negation: tuple[str, ...]
    outcomes: dict[str, tuple[Outcome, ...]]
    comparison: tuple[str, ...]
    actions: tuple[str, ...]
    persons: tuple[str, ...]
    guideline: tuple[str, ...]
    sides: dict[Side, tuple[str, ...]]
    tone: dict[str, tuple[tuple[str, ...], ...]] = Field(default_factory=dict)

    @property
    def plain_words(self) -> frozenset[str]:
        """Words that claim nothing."""
        return frozenset(word for line in self.plain.values() for word in line.split())


@cache
def words() -> Words:
    """The tables of words, read once."""
    return Words(**load("draft", "words.yaml"), tone=load("draft", "tone.yaml"))


@cache
def _plain() -> frozenset[str]:
    return words().plain_words


@cache
def _any_of(phrases: tuple[str, ...]) -> re.Pattern[str]:
    longest_first = sorted((folded(phrase) for phrase in phrases), key=len, reverse=True)
    return re.compile(rf"(?<![\w-])(?:{'|'.join(map(re.escape, longest_first))})(?![\w-])")


class Parts(NamedTuple):
    """A sentence taken apart: what it quotes, and the rest with the quotes blanked out."""

    quoted: tuple[str, ...]
    own: str


def parts(text: str) -> Parts:
    """Take a sentence apart. A quotation mark that is left open stays in the rest."""
    quoted = tuple(match[1] if match[1] is not None else match[2] for match in _QUOTED.finditer(text))
    return Parts(quoted, _QUOTED.sub(" ", text))


def negated(text: str) -> bool:
    """Whether a folded text holds a word that turns it round."""
    return _any_of(words().negation).search(text) is not None


def without_names(own: str, support: Support) -> str:
    """The folded text without the names of its facts and the values of its fields: "Family Health Plan" is a name."""
    text = folded(own)
    names = {str(cited.value) for cited in support.fields} | {fact.name for fact in support.facts}
    for name in sorted(map(folded, names), key=len, reverse=True):
        text = re.sub(rf"(?<!\w){re.escape(name)}(?!\w)", " ", text)
    return text


def repeated_reasons(text: str, support: Support) -> Iterator[str]:
    """Why a field that the sentence names is not repeated in it word for word."""
    said = folded(text)
    for cited in support.fields:
        if isinstance(cited.value, str) and folded(cited.value).rstrip(".") not in said:
            yield f"it does not repeat \u201c{cited.value}\u201d as the notice states it"


def quote_reasons(quoted: Iterable[str], support: Support) -> Iterator[str]:
    """Why the quoted phrases are not carried: not in a cited place, or cut from a negation."""
    for phrase in quoted:
        found = list(_occurrences(folded(phrase), support.pages))
        if not found:
            yield f"no cited place holds the words \u201c{phrase}\u201d"
        elif all(found):
            yield f"the quotation \u201c{phrase}\u201d leaves out the negation it stands under"


def names_guideline(own: str) -> bool:
    """Whether a sentence says that it quotes a guideline."""
    return _any_of(words().guideline).search(folded(own)) is not None


def _occurrences(phrase: str, pages: Iterable[str]) -> Iterator[bool]:
    """For each place that holds the phrase on word boundaries, whether a negation outside the phrase governs it."""
    pattern = re.compile(rf"(?<!\w){re.escape(phrase)}(?!\w)")
    for page in pages:
        for match in pattern.finditer(page) if phrase else ():
            before = _CLAUSE_END.split(page[: match.start()])[-1]
            if negated(phrase):  # it carries its own; only one right before it would turn it round
                before = " ".join(before.split()[-1:])
            yield negated(before) or _AFTER.search(page[match.end() :]) is not None


def word_reasons(own: str, support: Support) -> Iterator[str]:
    """Why words of the sentence's own are not carried."""
    known = _stems(_known_texts(support))
    text = _any_of(tuple(words().outcomes)).sub(" ", folded(own))
    for cues in (words().negation, words().comparison, *words().sides.values()):
        text = _any_of(cues).sub(" ", text)
    for word in dict.fromkeys(_WORD.findall(text)):
        pieces = [word, *re.split(r"['/-]", word)]
        if word not in _plain() and not known & _forms(word) and not all(_is_known(p, known) for p in pieces[1:]):
            yield f"no cited place holds the word \u201c{word}\u201d"


def _is_known(piece: str, known: frozenset[str]) -> bool:
    return piece in _plain() or piece == "s" or bool(known & _forms(piece))


def _known_texts(support: Support) -> Iterator[str]:
    yield from support.texts
    yield support.computed.figure
    for fact in support.facts:
        yield from filter(None, (fact.name, fact.body_part, fact.unit, fact.dose.unit if fact.dose else None))


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


def side_reasons(own: str, support: Support) -> Iterator[str]:
    """Why a side that the sentence names is not that of its facts, or of the places it cites where no fact has one."""
    named = sides_in(own)
    allowed = {fact.side for fact in support.facts if fact.side}
    if not allowed:
        allowed = sides_in("\n".join(support.texts))
    else:
        allowed |= sides_in("\n".join(str(cited.value) for cited in support.fields))
    yield from (f"the side {side} is not that of what is cited" for side in sorted(named - allowed))


def sides_in(text: str) -> set[Side]:
    """The sides of the body that a text names."""
    page = folded(text)
    return {side for side, forms in words().sides.items() if _any_of(forms).search(page)}


def polarity_reasons(own: str, quoted: Iterable[str], facts: Iterable[Fact]) -> Iterator[str]:
    """Why the sentence turns its facts round, or rests on one that does not hold for the patient."""
    stripped = _any_of(tuple(words().outcomes)).sub(" ", own)
    denies = negated(stripped)
    affirmed, denied = [], []
    for fact in facts:
        if fact.assertion is Assertion.ABSENT:
            denied.append(fact.id)
        elif fact.assertion.holds:
            affirmed.append(fact.id)
        else:
            yield f"{fact.id} is {fact.assertion}: it supports nothing"
    if denied and affirmed:
        yield "it joins what the record affirms to what it denies"
    elif denied and denies == any(negated(folded(phrase)) for phrase in quoted):  # neither, or one denying the other
        yield f"it affirms what the record denies ({', '.join(denied)})"
    elif denies and not denied:
        yield "it denies something that no cited fact denies"


def outcome_reasons(own: str, facts: Iterable[Fact]) -> Iterator[str]:
    """Why what it says of a treatment's end is not the outcome of a fact it cites."""
    outcomes = {fact.outcome for fact in facts}
    if any(fact.ongoing for fact in facts):
        outcomes.add(Outcome.ONGOING)
    for phrase, standing_for in words().outcomes.items():
        if phrase in own and not outcomes & set(standing_for):
            yield f"no cited fact has the outcome \u201c{phrase}\u201d"


def claim_reasons(own: str, support: Support) -> Iterator[str]:
    """Why it compares, promises or speaks of other persons where nothing allows it."""
    result = support.result
    compared = _any_of(words().comparison).search(own)
    if compared and not (result and result.verdict is Verdict.MET):
        yield f"\u201c{compared[0]}\u201d is a comparison, and no criterion is found met"
    elif compared and result and not {fact.id for fact in support.facts} <= {*result.facts}:
        yield f"\u201c{compared[0]}\u201d rests on facts that the criterion was not found met by"
    if acted := _any_of(words().actions).search(own):
        yield f"\u201c{acted[0]}\u201d says what somebody does or did, and no fact says so"
    if person := _any_of(words().persons).search(own):
        yield f"\u201c{person[0]}\u201d is not the patient"


def tone_reasons(own: str) -> Iterator[str]:
    """Why its tone is not fit for a letter."""
    for kind, lines in words().tone.items():
        for line in lines:
            if match := _any_of(line).search(own):
                yield f"\u201c{match[0]}\u201d is on the list of {kind}"
