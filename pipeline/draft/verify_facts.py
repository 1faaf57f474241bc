"""Whether a sentence says of its facts what they say: the thing, its own dates and figures, its side and outcome."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal
from enum import StrEnum

from pipeline.draft.evidence import Evidence, Support
from pipeline.draft.phrases import figure
from pipeline.draft.scope import Scope
from pipeline.draft.verify_tokens import Token, blanked, places_of, stated, unit_name
from pipeline.draft.verify_words import any_of, as_quoted, denials, named_texts, parts, plain_words, sides_in, words
from pipeline.folding import folded
from schemas.dates import PartialDate
from schemas.fact import Fact, FactKind, Length, Outcome, Side
from schemas.letter import Sentence, TokenKind

_FROM = re.compile(r"\b(?:from|since|began on|started on)\s*$", re.IGNORECASE)
_RECORDED = re.compile(r"\b(?:continuing on|recorded on|record of|dated|continuing in|recorded in)\s*$", re.IGNORECASE)
_OR = re.compile(r"\d[^\d;()]*\sor\s$", re.IGNORECASE)
_TO = re.compile(r"\b(?:to|through|until|ended on|stopped on)\s*$", re.IGNORECASE)


class DateRole(StrEnum):
    """What a sentence says of a date: something began or ended on it, was written down on it, or was so on it."""

    START = "start"
    END = "end"
    RECORDED = "date of record"
    ON = "date"


def serving_reasons(sentence: Sentence, evidence: Evidence) -> Iterator[str]:
    """Why a fact does not serve its sentence: of the other side, or set aside by the checker for this criterion."""
    against = Scope.of(evidence).against
    result = evidence.results.get(sentence.criterion or "")
    counted = frozenset(result.facts if result else ())
    set_aside = {entry.fact: entry.reason for entry in result.rejected} if result else {}
    for fact in (evidence.facts[name] for name in sentence.facts if name in evidence.facts):
        if fact.id in counted:
            continue
        if result:
            yield f"{fact.id} is no fact that the answer to {result.criterion} rests on"
        if fact.side in against:
            yield f"{fact.id} is of the {fact.side} side, which is not in question"
        if fact.id in set_aside:
            yield f"{fact.id} was set aside for this criterion: {set_aside[fact.id]}"
    if sentence.facts and not counted.issuperset(sentence.facts):
        for phrase in parts(sentence.text).quoted:
            for side in sorted(sides_in(phrase) & against):
                yield f"the quotation \u201c{phrase}\u201d is about the {side} side, which is not in question"


def name_reasons(sentence: Sentence, own: str, support: Support) -> Iterator[str]:
    """Why it does not say what each of its facts is: by its name, or by a quotation from where it stands."""
    said = folded(own)
    quoted = tuple(map(as_quoted, parts(sentence.text).quoted))
    names = {fact.name: _is_named(fact.name, said) for fact in support.facts}
    terms = {word for name in names for word in re.findall(r"\w+", folded(name))} - plain_words()
    if not quoted and terms.isdisjoint(
        re.findall(r"\w+", said)
    ):  # it names nothing: "The record meets this criterion."
        yield from (f"\u201c{denial}\u201d denies something that it does not name" for denial in denials(own)[:1])
        return
    for name, named in names.items():
        alike = (fact for fact in support.facts if fact.name == name)
        if not named and not any(_holds(fact, phrase) for fact in alike for phrase in quoted):
            yield f"it rests on {name} and does not name it"


def _is_named(name: str, said: str) -> bool:
    return re.search(rf"(?<!\w){re.escape(folded(name))}(?!\w)", said) is not None


def _holds(fact: Fact, phrase: str) -> bool:
    return any(phrase in as_quoted(span.quote) for span in fact.spans)


def date_reasons(sentence: Sentence, own: str, found: Sequence[Token], support: Support) -> Iterator[str]:
    """Why a date is not the day that the sentence takes it for: a beginning, an end, or the day of what it quotes."""
    days = {token.value for token in found if isinstance(token.value, PartialDate)}
    ends = stated(support.computed.formula).dates
    ends = ends if days.issuperset(ends) else ends[:0]  # a figure is counted between both its days, or not told
    facts = _quoted_facts(sentence, support) or support.facts
    recorded = [fact.date for fact in facts]
    known = {
        DateRole.START: [fact.start for fact in support.facts] + [*ends[:1]],
        DateRole.END: [fact.end for fact in support.facts] + [*ends[1:]],
        DateRole.RECORDED: recorded,
        DateRole.ON: [*recorded, *(day for fact in facts for day in _single(fact))],
    }
    named = [PartialDate.of(day) for day in support.dates]
    listed: list[PartialDate] = []
    for token in found:
        if not isinstance(token.value, PartialDate):
            continue
        role = date_role(own[: token.start])
        if not _is_one_of(token.value, (*known[role], *named)):
            yield f"{token.value} is not the {role} of a fact that it states"
        elif role in (DateRole.ON, DateRole.RECORDED):
            listed.append(token.value)
    yield from _list_reasons(listed, support.facts)


def date_role(before: str) -> DateRole:
    """What a date is said to be, by the words right before it."""
    cues = ((DateRole.START, _FROM), (DateRole.END, _TO), (DateRole.RECORDED, _RECORDED))
    return next((role for role, cue in cues if cue.search(before)), DateRole.ON)


def _quoted_facts(sentence: Sentence, support: Support) -> tuple[Fact, ...]:
    """The facts whose places hold what the sentence quotes."""
    quoted = tuple(map(as_quoted, parts(sentence.text).quoted))
    return tuple(fact for fact in support.facts if any(_holds(fact, phrase) for phrase in quoted))


def _single(fact: Fact) -> tuple[PartialDate | None, ...]:
    """The day of a treatment that began and ended on it, or is known by one of the two alone."""
    return (fact.start, fact.end) if None in (fact.start, fact.end) or fact.start == fact.end else ()


def _is_one_of(day: PartialDate, known: Iterable[PartialDate | None]) -> bool:
    return any(one is not None and one.iso.startswith(day.iso) for one in known)


def _list_reasons(listed: Sequence[PartialDate], facts: Sequence[Fact]) -> Iterator[str]:
    """Why a list of days is not that of its facts: a day twice, or one left out."""
    if len(listed) < 2 or len({fact.name for fact in facts}) > 1:
        return
    if len(set(listed)) < len(listed):
        yield "it lists the same day twice"
    days = {fact.date for fact in facts if fact.date}
    yield from (f"it leaves out {day}" for day in sorted(map(str, days - set(listed))))


def code_reasons(sentence: Sentence, evidence: Evidence) -> Iterator[str]:
    """Why its list of codes is not the notice's: one of them twice, in the place of another."""
    fields = {path: str(field.value) for path in sentence.fields if (field := evidence.field(path))}
    coded = {value for path, value in fields.items() if path.partition(".")[0] in _CODED}
    text = sentence.text
    for value in sorted({*fields.values()} - coded, key=len, reverse=True):  # a service may hold its own codes
        text = blanked(text, tuple(places_of(value, text)))
    for code in sorted(coded):
        if len(list(places_of(code, text))) > 1:
            yield f"it lists {code} twice"


def left_out_reasons(found: Sequence[Token], facts: Iterable[Fact]) -> Iterator[str]:
    """Why what it states of several figures of one thing is not all of them: one twice, in the place of another."""
    shown = {token.value[0] if isinstance(token.value, tuple) else token.value for token in found}
    figures: dict[str, set[Decimal]] = {}
    for fact in facts:
        if fact.number is not None:
            figures.setdefault(fact.name, set()).add(fact.number)
    for name, numbers in figures.items():
        if numbers & shown:
            yield from (
                f"it leaves out {number}, a figure of {name} that it rests on" for number in sorted(numbers - shown)
            )


_CODED = ("procedure_codes", "diagnosis_codes", "reason_codes")


def value_reasons(own: str, found: Sequence[Token], support: Support) -> Iterator[str]:
    """Why a figure is not one of its facts' own, in their unit, nor of the checker's arithmetic as it stands."""
    figured = _figured(support.computed.figure, own)
    named = {n for text in named_texts(support) for n, _ in stated(text).figures}
    for token in found:
        if any(start <= token.start and token.end <= end for start, end in figured):
            continue
        if _OR.search(own[: token.start]):
            yield f"{token.text} is given as another way to put a figure, and the checker does not put it so"
        match token.value:
            case Length() as length if all(fact.duration != length for fact in support.facts):
                yield f"{length.n} {length.unit} is no length of a fact that it states"
            case (Decimal() as value, Decimal() as top) if (value, top) not in _scores(support.facts):
                yield f"{token.text} is no score of a fact that it states"
            case Decimal() as number if token.kind is TokenKind.NUMBER and number not in named:
                yield from _number_reasons(own, token, number, support.facts)
            case str() as code if not _is_term(code, support):
                yield f"{code} is no name, code or unit of a fact that it states"


def _figured(result: str, own: str) -> tuple[tuple[int, int], ...]:
    """Where a text gives the checker's figure: as it reads in prose, or one of the ways it was put, alone."""
    whole = tuple(places_of(figure(result), own))
    parts_given = [found for part in result.split(" = ") if (found := tuple(places_of(part, own)))]
    return whole or (parts_given[0] if len(parts_given) == 1 else ())


def _is_term(code: str, support: Support) -> bool:
    terms = [*named_texts(support), *(fact.name for fact in support.facts)]
    terms += [text for fact in support.facts for text in (fact.body_part, fact.unit) if text]
    terms += [fact.value for fact in support.facts if fact.kind is FactKind.DIAGNOSIS and fact.value]
    return folded(code) in plain_words() or any(any(places_of(code, term)) for term in terms)


def _scores(facts: Iterable[Fact]) -> set[tuple[Decimal | None, Decimal | None]]:
    return {(fact.number, fact.scale_max) for fact in facts}


def _number_reasons(own: str, token: Token, number: Decimal, facts: Sequence[Fact]) -> Iterator[str]:
    units = [unit for fact in facts for n, unit in _numbers(fact) if n == number]
    rest = re.sub(r"^[\d.,]+", "", folded(own[token.start :]))
    if not units:
        yield f"{token.text} is no figure of a fact that it states"
    elif not any(_follows(unit, rest) for unit in units):
        yield f"{token.text} stands without its unit, {units[0]}"


def _numbers(fact: Fact) -> Iterator[tuple[Decimal, str]]:
    """The numbers of a fact, each with its unit: its value or the ends of its range, its visits and its dose."""
    unit = fact.unit or ""
    if fact.number is not None:
        yield fact.number, "" if fact.value_high or fact.scale_max else unit
    if fact.value_high:
        yield Decimal(fact.value_high), ""
    if fact.visits is not None:
        yield Decimal(fact.visits), "visits"
    if fact.dose is not None:
        yield fact.dose.n, fact.dose.unit


def _follows(unit: str, rest: str) -> bool:
    """Whether a text begins with a unit, in whatever spelling; a number without a unit has none that follows."""
    if not unit:
        word = re.match(r"\s?([%\u00b0]|[a-z][a-z/\u00b2]*)", rest)
        return word is None or unit_name(word[1]) is None
    if re.match(rf"[\s-]?{re.escape(folded(unit))}(?![\w/])", rest):
        return True
    word = re.match(r"[\s-]?([%\u00b0]|[a-z][a-z/\u00b2]*)", rest)
    return word is not None and unit_name(word[1]) is not None and unit_name(word[1]) == unit_name(unit)


def side_reasons(own: str, support: Support, *, strict: bool) -> Iterator[str]:
    """Why a side that the sentence names is not that of its facts; or, if not strict, of the places it cites."""
    named = sides_in(own)
    of_facts = {fact.side for fact in support.facts if fact.side}
    allowed = of_facts | sides_in("\n".join(named_texts(support)))
    if not of_facts and not strict:
        allowed |= sides_in("\n".join(support.texts))
    yield from (f"the side {side} is not that of what is cited" for side in sorted(named - allowed))
    if named and {Side.LEFT, Side.RIGHT} <= of_facts:
        yield "it joins facts of both sides and names one"


def outcome_reasons(own: str, facts: Sequence[Fact]) -> Iterator[str]:
    """Why what it says of a treatment's end is not the outcome of a fact it cites."""
    outcomes = {fact.outcome for fact in facts}
    if any(fact.ongoing for fact in facts):
        outcomes.add(Outcome.ONGOING)
    said = folded(own)
    for phrase, standing_for in words().outcomes.items():
        if any_of((phrase,)).search(said) and not outcomes & set(standing_for):
            yield f"no cited fact has the outcome \u201c{phrase}\u201d"


def label_reasons(own: str, sentence: Sentence, evidence: Evidence) -> Iterator[str]:
    """Why a value of the notice stands under the name of another field."""
    said = folded(own)
    for path in sentence.fields:
        cited = evidence.field(path)
        value = folded(cited.value).rstrip(".") if cited and isinstance(cited.value, str) else ""
        kind = path.partition(".")[0]
        for match in re.finditer(rf"(?<![\w-]){re.escape(value)}(?![\w-])", said) if value else ():
            before = said[: match.start()].rstrip(" ,:")
            if kind == "patient_name" and re.search(rf"{any_of(words().parties).pattern}$", before):
                yield f"{match[0]} is the patient, and nobody else"
            if other := _other_label(before, kind, folded(evidence.papers.labels.get(kind, ""))):
                yield f"{match[0]} is the {kind.replace('_', ' ')}, not the {other.replace('_', ' ')}"


def _other_label(before: str, kind: str, printed: str) -> str:
    """The other field whose name ends a text; "" where there is none, or the notice itself calls this one so."""
    for other, names in words().labels.items():
        for name in names if other != kind else ():
            if before.endswith((name, f"{name} number")) and not (printed.endswith(name) and before.endswith(printed)):
                return other
    return ""
