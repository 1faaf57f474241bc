"""The writers: the protocol that every engine implements, and the rules writer, which fills templates."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from datetime import date
from functools import cache
from typing import Protocol

from jinja2 import Environment, StrictUndefined, Template, select_autoescape

from pipeline.draft.answers import figure_range
from pipeline.draft.evidence import Evidence
from pipeline.draft.frame import review_name
from pipeline.draft.phrases import TREATMENTS, Told, day, figure, lower_first, series, tidy, voiced
from pipeline.draft.plan import ground_of
from pipeline.draft.points import LetterPlan, Point
from pipeline.draft.scope import Scope
from pipeline.draft.tables import tables
from pipeline.draft.verify_words import words as known_words
from pipeline.folding import folded
from schemas.fact import Fact
from schemas.letter import Sentence, SentenceKind
from schemas.span import Span

Words = dict[str, str]


class Writer(Protocol):
    """An engine that turns the plan of a letter into sentences: the whole plan, so that its parts can go side by side.

    A sentence keeps the id, facts, fields and citations of its point. It may leave points out: whatever is missing or
    refused is written from the template. Of several sentences with one id the first that is not refused stands.
    """

    def write(self, plan: LetterPlan, evidence: Evidence) -> Iterable[Sentence]:
        """The sentences of the plan's points."""


class RulesWriter:
    """The embedded writer: one template a point, filled with what the point's facts and fields state."""

    def write(self, plan: LetterPlan, evidence: Evidence) -> tuple[Sentence, ...]:
        """One sentence a point, in order."""
        return tuple(from_template(point, evidence) for part in plan.parts for point in part.points)


def from_template(point: Point, evidence: Evidence) -> Sentence:
    """The template sentence of a point."""
    return _sentence(point, evidence, _text(point, evidence))


def from_quote(point: Point, evidence: Evidence) -> Sentence | None:
    """The plainest sentence there is for the point's first fact: what the record says, in its words."""
    told = _told(point, evidence)
    if told is None or not told.quote:
        return None
    words = {"recorded": told.recorded, "verb": "states", "quote": in_quotes(told.quote)}
    return _sentence(point, evidence, _render("quote", words, evidence))


def _sentence(point: Point, evidence: Evidence, text: str) -> Sentence:
    return Sentence(
        id=point.id,
        kind=point.kind,
        text=text,
        citations=_citations(point, evidence),
        facts=point.facts,
        fields=point.fields,
        criterion=point.criterion,
        rule=point.rule,
        comment=point.comment,
    )


def _citations(point: Point, evidence: Evidence) -> tuple[Span, ...]:
    """Every enclosed place of the point's facts, with those of their dates, of its fields and of the guideline."""
    if point.kind is SentenceKind.NOTE:
        return tuple(span for span in dict.fromkeys(point.spans) if evidence.enclosed(span))
    if point.kind is not SentenceKind.FACT:
        return ()
    facts = [evidence.facts[name] for name in point.facts]
    fields = [field for path in point.fields if (field := evidence.field(path))]
    spans = [span for fact in facts for span in (*fact.spans, *fact.date_spans)]
    spans += [span for field in fields for span in field.spans]
    spans += point.spans
    return tuple(span for span in dict.fromkeys(spans) if evidence.enclosed(span))


def _text(point: Point, evidence: Evidence) -> str:
    if point.text:
        return point.text
    return _render(point.say, _FILLED.get(point.say, _of_fact)(point, evidence), evidence)


@cache
def _template(name: str) -> Template:
    plain = Environment(  # the text is for Word, not for HTML
        undefined=StrictUndefined, autoescape=select_autoescape(enabled_extensions=(), default_for_string=False)
    )
    return plain.from_string(tables().sentences[name])


def _render(say: str, words: Words, evidence: Evidence) -> str:
    """The template filled, in the voice of who appeals."""
    voice = tables().voices[evidence.appellant] | {"speaks": evidence.appellant.value}
    return " ".join(_template(say).render(voice | words).split())


def in_quotes(words: str) -> str:
    """Words in quotation marks at the end of a sentence; its full stop is theirs where they have one."""
    return f"\u201c{words}\u201d" if words[-1:] in ".!?" else f"\u201c{words}\u201d."


def _told(point: Point, evidence: Evidence) -> Told | None:
    if not point.facts:
        return None
    return Told(evidence.facts[point.facts[0]], Scope.of(evidence).against)


def _field(path: str, evidence: Evidence) -> str:
    cited = evidence.field(path)
    if cited is None:
        return ""
    return day(cited.value) if isinstance(cited.value, date) else " ".join(str(cited.value).split())


def _of_fields(point: Point, evidence: Evidence) -> Words:
    names = ("patient_name", "birth_date", "payer", "letter_date")
    stated = {name: _field(name, evidence) if name in point.fields else "" for name in names}
    return {**stated, "review": review_name(evidence.denial)}


_NUMBERED = {
    "procedure_codes.": ("procedure code", "procedure codes"),
    "diagnosis_codes.": ("diagnosis code", "diagnosis codes"),
    "service_dates.": ("date of service", "dates of service"),
}


def _of_service(point: Point, evidence: Evidence) -> Words:
    codes = []
    for prefix, (one, many) in _NUMBERED.items():
        if found := [_field(path, evidence) for path in point.fields if path.startswith(prefix)]:
            codes.append(f"{one if len(found) == 1 else many} {series(found)}")
    service = _field("service", evidence) if "service" in point.fields else ""
    return {
        "service": lower_first(service.rstrip(".")),
        "codes": "; ".join(codes),
        "payer": _field("payer", evidence) if "payer" in point.fields else "",
    }


def _of_identifiers(point: Point, evidence: Evidence) -> Words:
    names = {path: _called(path, evidence) for path in point.fields}
    return {"identifiers": series([f"{name} {_field(path, evidence)}" for path, name in names.items()])}


def _called(path: str, evidence: Evidence) -> str:
    """An identifier as the notice labels it, where it does in words that claim nothing; else by its usual name."""
    label = " ".join(map(lower_first, evidence.papers.labels.get(path, "").split()))
    plain = label and set(folded(label).replace("#", "number").split()) <= known_words().plain_words
    return label.replace("#", "number") if plain else path.replace("_id", " ID").replace("_", " ")


def _of_window(_point: Point, evidence: Evidence) -> Words:
    window = evidence.denial.appeal.window
    if window is None:
        return {"window": ""}
    n, unit = window.value.n, window.value.unit
    return {"window": f"{n} {unit.removesuffix('s') if n == 1 else unit}"}


def _of_ground(point: Point, evidence: Evidence) -> Words:
    ground, words = ground_of(_field(point.fields[0], evidence)) or ("", "")
    return {"ground": ground, "words": words}


def _of_quotes(point: Point, evidence: Evidence) -> Words:
    return {"words": in_quotes(tidy(_field(point.fields[0], evidence)))}


def _of_source(point: Point, evidence: Evidence) -> Words:
    parts: list[str] = []
    for path in point.fields:
        value = _field(path, evidence)
        if not any(value.casefold() in part.casefold() for part in parts):
            is_version = path.endswith("version") and re.match(r"[\d.]+$", value)
            parts.append(f"version {value}" if is_version else value)
    return {"source": ", ".join(parts).rstrip(".")}


def _of_record(point: Point, evidence: Evidence) -> Words:
    told = [Told(evidence.facts[name]) for name in point.facts]
    treatments = dict.fromkeys(thing.short for thing in told if thing.fact.kind in TREATMENTS)
    measures = dict.fromkeys(thing.short for thing in told if thing.fact.kind not in TREATMENTS)
    return {"treatments": series([*treatments]), "measures": series([*measures])}


def _of_birth(point: Point, evidence: Evidence) -> Words:
    figured = _of_figure(point, evidence)
    return {"birth_date": _field("birth_date", evidence), "age": figured["figure"], "on": figured["end"]}


def _of_days(point: Point, evidence: Evidence) -> Words:
    words = _of_fact(point, evidence)
    facts = sorted((evidence.facts[name] for name in point.facts), key=lambda fact: str(fact.date))
    dated = [_day(fact) for fact in facts]
    return {**words, "days": series(list(dict.fromkeys(filter(None, dated))))}


def _day(fact: Fact) -> str:
    return Told(fact).recorded


def _of_figure(point: Point, evidence: Evidence) -> Words:
    computed = evidence.results[point.criterion or ""].computed
    first, last = figure_range(computed) or (None, None)
    if computed is None or first is None or last is None:
        return {"start": "", "end": "", "figure": ""}
    return {"start": day(first), "end": day(last), "figure": figure(computed.figure)}


def _of_fact(point: Point, evidence: Evidence) -> Words:
    if not point.facts:
        return {}
    against = Scope.of(evidence).against
    group = [Told(evidence.facts[name], against) for name in point.facts]
    told = group[0]
    return {
        "name": told.name,
        "a_name": told.a_name,
        "site": _first(like.site for like in group),
        "side": told.side,
        "dose": told.dose,
        "when": told.when if point.say.startswith("treatment") else told.measured_when,
        "recorded": told.recorded,
        "aside": _aside(group, point, evidence),
        "outcome": voiced(_first(like.outcome for like in group if like.reason) or told.outcome, evidence.appellant),
        "reason": _first(like.reason for like in group),
        "value": told.value,
        "verb": told.verb,
        "quote": in_quotes(told.quote) if told.quote else "",
    }


def _of_guideline(point: Point, _evidence: Evidence) -> Words:
    return {"quote": in_quotes(tidy(point.spans[0].quote))}


def _first(texts: Iterable[str]) -> str:
    return next(filter(None, texts), "")


def _aside(group: Sequence[Told], point: Point, evidence: Evidence) -> str:
    """Visits, and the figure where it was counted from this treatment's own days."""
    result = evidence.results.get(point.criterion or "")
    computed = result.computed if result else None
    told = group[0].fact
    dates = sorted(str(like.fact.date) for like in group)
    own = (str(told.start), str(told.end)) if told.start else (dates[0], dates[-1])
    ran = figure_range(computed)
    counted = figure(computed.figure) if computed and ran and own == tuple(map(str, ran)) else ""
    return "; ".join(filter(None, (counted, _first(like.visits for like in group))))


_FILLED: dict[str, Callable[[Point, Evidence], Words]] = {
    "appeal": _of_fields,
    "external": _of_fields,
    "used_up": _of_quotes,
    "offer": _of_quotes,
    "criterion_words": _of_quotes,
    "lmn_patient": _of_fields,
    "records": _of_fields,
    "ask_policy": _of_source,
    "birth_date": _of_birth,
    "ask_reversal": _of_fields,
    "service": _of_service,
    "service_codes": _of_service,
    "ask_approval": _of_service,
    "ask_outside": _of_service,
    "identifiers": _of_identifiers,
    "ground": _of_ground,
    "reason": _of_quotes,
    "quoted_criterion": _of_quotes,
    "source": _of_source,
    "window": _of_window,
    "exception": _of_quotes,
    "record": _of_record,
    "treatment_days": _of_days,
    "figure": _of_figure,
    "guideline": _of_guideline,
    "guideline_also": _of_guideline,
}
