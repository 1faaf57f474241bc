"""What a model invents never counts: over 500 inventions made from the samples and the corpus, none admitted."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

from pipeline import notation
from pipeline.extract import GroundedFacts, ModelExtractor, RulesExtractor, extract_denial, extract_facts
from pipeline.extract.agree import agreed_readings
from pipeline.extract.chart.chart import Chart
from pipeline.extract.model.criteria import AskedPart, ReadCriterion
from pipeline.extract.model.denial import StatedCriterion, StatedDenial, StatedValue
from pipeline.extract.model.facts import FoundFact, FoundFacts
from pipeline.extract.vocabulary import terms
from schemas.denial import Criterion, Denial
from schemas.document import Document
from schemas.fact import Assertion, Fact, FactKind, Outcome
from schemas.requirement import Count, Duration, Measure, Score
from schemas.span import Cited, Span
from tests.makers import document
from tests.replayed import Replayed

ROOT = Path(__file__).parents[1]
IS_LETTER = re.compile("denial|notice|letter")
FILES = [*(ROOT / "corpus" / "charts").glob("*/*.txt"), *(ROOT.parent / "samples").glob("*/*.txt")]
CHARTS = sorted(path for path in FILES if not IS_LETTER.search(path.name))[::6]
LETTERS = sorted(path for path in FILES if IS_LETTER.search(path.name))[::3]
OTHER_DRUGS = ("ustekinumab", "lacosamide", "ticagrelor")
OUTCOMES = (Outcome.FAILED, Outcome.EFFECTIVE, Outcome.INTOLERANT, Outcome.CONTRAINDICATED)
TREATED = (FactKind.TREATMENT, FactKind.MEDICATION)
AS_READ = ("kind", "name", "value", "value_high", "unit", "side", "body_part", "visits")
MEETS_NOTHING = {Assertion.POSSIBLE, Assertion.HYPOTHETICAL, Assertion.FAMILY, Assertion.OTHER_PATIENT}


def read(path: Path) -> Document:
    return document(path.read_text(encoding="utf-8"))


def a_day_later(day: str) -> str:
    return (date.fromisoformat(day) + timedelta(days=1)).isoformat()


# --- facts


def as_stated(fact: Fact) -> dict[str, Any]:
    """A fact of the rules as an honest model would give it."""
    span = fact.spans[0]
    given = {name: getattr(fact, name) for name in AS_READ}
    return given | {
        "document": span.document,
        "page": span.page,
        "quotes": (span.quote,),
        "outcome": fact.outcome,
        "assertion": fact.assertion,
        **{name: str(day) for name in ("date", "start", "end") if (day := getattr(fact, name))},
        **({"duration": f"{fact.duration.n:f} {fact.duration.unit}"} if fact.duration else {}),
        **({"dose": f"{fact.dose.n:f} {fact.dose.unit}"} if fact.dose else {}),
    }


def changed(fact: Fact, days: Sequence[str]) -> Iterator[dict[str, Any]]:
    """What a fact could be made to say that its words do not; `days` are those of the chart."""
    for name in ("date", "start", "end"):
        if (day := getattr(fact, name)) and day.day:
            yield {name: a_day_later(str(day))}
            if name != "date" or fact.kind not in TREATED:  # a course may be dated by any note that tells of it
                yield from ({name: other} for other in days)
    if fact.number is not None and re.fullmatch(r"\d+(?:\.\d+)?", fact.value or ""):
        yield {"value": str(fact.number + 1)}
        yield from (
            {"value": figure} for figure in re.findall(r"\b(?:0|[1-9]\d*)(?:\.\d+)?\b", fact.spans[0].quote)[:6]
        )
    if fact.side in ("left", "right"):
        yield {"side": "left" if fact.side == "right" else "right"}
    if fact.dose:
        yield {"dose": f"{fact.dose.n * 3:f} {fact.dose.unit}"}
    if fact.duration:
        yield {"duration": f"{fact.duration.n + 1:f} {fact.duration.unit}"}
    if fact.visits:
        yield {"visits": fact.visits + 1}
    if fact.kind in TREATED and fact.assertion.holds:
        yield from ({"outcome": outcome} for outcome in OUTCOMES if outcome is not fact.outcome)
    yield {"assertion": "absent" if fact.assertion.holds else "present"}


def inventions(chart: Document, facts: Sequence[Fact]) -> Iterator[dict[str, Any]]:
    """False statements, each made of a true one; one that another fact of the chart bears out is no invention."""
    named = {hit.term.name for page in chart.pages for hit in terms(page.text)}
    others = [name for name in OTHER_DRUGS if name not in named]
    days = sorted({str(found.value) for page in chart.pages for found in notation.dates(page.text)}, reverse=True)
    for fact in facts:
        if fact.kind is FactKind.DOCUMENTATION:
            continue
        true = as_stated(fact)
        alike = [as_stated(one) for one in facts if one.name == fact.name and touch(one, fact)]
        yield from (
            true | change
            for change in changed(fact, days[:4] if is_once(chart, true) else ())
            if not any(all(one.get(name) == value for name, value in change.items()) for one in alike)
        )
        yield true | {"quotes": (f"{true['quotes'][0]} as was agreed",)}
        yield true | {"document": "d2"}
        yield true | {"document": "d99"}
        yield true | {"page": 99}
        if fact.kind is FactKind.MEDICATION and others:
            yield true | {"name": others[0]}
        yield from of_another(fact, true, facts)
    yield from cut_out(chart, facts)


def is_once(chart: Document, true: dict[str, Any]) -> bool:
    """Whether the words stand in one place: what another note repeats is true of its day too."""
    words = " ".join(true["quotes"][0].split()).lower()
    return " ".join(" ".join(page.text for page in chart.pages).split()).lower().count(words) == 1


RUNS = ("value", "start", "end", "duration", "visits", "dose")


def of_another(fact: Fact, true: dict[str, Any], facts: Sequence[Fact]) -> Iterator[dict[str, Any]]:
    """The particulars of one thing, told of another that the same sentence names."""
    told = {name: true[name] for name in RUNS if true.get(name) is not None}
    beside = {one.name for one in facts if one.kind is fact.kind and one.name != fact.name and touch(one, fact)}
    for name in sorted(beside):
        alike = [as_stated(one) for one in facts if one.name == name]
        if told and not any(all(one.get(key) == value for key, value in told.items()) for one in alike):
            yield true | {"name": name}


def touch(one: Fact, other: Fact) -> bool:
    return any(a.page == b.page and a.start < b.end and b.start < a.end for a in one.spans for b in other.spans)


def cut_out(chart: Document, facts: Sequence[Fact]) -> Iterator[dict[str, Any]]:
    """The bare name of a thing, cut out of a sentence that denies or plans it, stated as present."""
    for line in Chart(chart).readable:
        for hit in line.hits:
            if hit.term.kind in (None, FactKind.DOCUMENTATION, FactKind.MEASUREMENT) or len(line.statement.rest):
                continue
            first = line.statement.start + hit.start
            span = chart.page(line.statement.page).span(first, first + hit.end - hit.start)
            if line.judgement.of(hit.start, hit.end).holds or any(
                one.name == hit.term.name and one.assertion.holds for one in facts
            ):
                continue
            rest = chart.page(line.statement.page).span(first, line.statement.end)
            for quote in (span.quote, rest.quote):
                yield {
                    "document": span.document,
                    "page": span.page,
                    "quotes": (quote,),
                    "kind": hit.term.kind,
                    "name": hit.term.name,
                    "assertion": "present",
                }


def asked(facts: Sequence[Fact]) -> Denial:
    """A denial with one criterion that the chart speaks to."""
    names = ", ".join(dict.fromkeys(fact.name for fact in facts))
    span = Span(document="p1", page=1, start=0, end=len(names), quote=names)
    return Denial(criteria=(Criterion(id="c1", text=Cited(value=names, spans=(span,))),))


def bare(facts: GroundedFacts) -> list[Fact]:
    """The facts without their ids, as the rules read what is in doubt."""
    read = [(fact.read_as or (fact.assertion,))[0] for fact in facts.facts]
    plain = zip(facts.facts, read, strict=True)
    return [replace(fact, id="", assertion=own, read_as=None) for fact, own in plain]


def test_no_invented_fact_counts() -> None:
    tried = 0
    for path in CHARTS:
        chart = read(path)
        rules = extract_facts(RulesExtractor(), [chart], Denial())
        if not rules.facts:
            continue
        made = list(dict.fromkeys(FoundFact.model_validate(one) for one in inventions(chart, rules.facts)))
        model = Replayed({"find_facts": [FoundFacts(facts=tuple(made))]})
        found = extract_facts(ModelExtractor(model), [chart], asked(rules.facts))
        assert bare(found) == bare(rules), path.parent.name
        doubted = [fact for fact in found.facts if fact.read_as]
        assert {fact.assertion for fact in doubted} <= MEETS_NOTHING, path.parent.name
        assert not {fact.id for fact in doubted} & set(found.agreed)
        left_out = [one for one in found.warnings if one.code == "outcome_not_read"]
        refused = found.refused[len(rules.refused) :]
        assert len(refused) + len(left_out) == len(made), path.parent.name
        assert all(one.reason for one in refused)
        tried += len(made)
    assert tried > 2000


# --- the denial


def honest(denial: Denial, letter: Document) -> Iterator[StatedValue]:
    """What the rules read of one place of the letter, as an honest model would give it."""
    fields = [(name, getattr(denial, name)) for name in Denial.model_fields]
    for group in ("appeal", "criteria_source"):
        inner = getattr(denial, group)
        fields += [(f"{group}.{name}", getattr(inner, name)) for name in type(inner).model_fields]
    for name, held in fields:
        for cited in held if isinstance(held, tuple) else (held,):
            if isinstance(cited, Cited) and len(cited.spans) == 1 and cited.spans[0].document == letter.id:
                value = f"{cited.value.n} {cited.value.unit}" if name == "appeal.window" else str(cited.value)
                span = cited.spans[0]
                yield StatedValue.model_validate(
                    {"field": name, "value": value, "page": span.page, "quote": span.quote}
                )


def another_digit(text: str) -> str:
    return re.sub(r"\d(?=\D*$)", lambda digit: str((int(digit[0]) + 1) % 10), text)


SUPPLIED_BY_NOBODY = (
    ("criteria_source.name", "Harborview Consensus Guideline on Everything"),
    ("criteria_source.identifier", "HCG-0000-9"),
    ("reference_number", "ZZ-00-000000"),
    ("letter_date", "1999-12-31"),
    ("denied_amount", "999999.99"),
)


def false_values(letter: Document, denial: Denial) -> Iterator[StatedValue]:
    """False values of a letter, each made of a true one, and some that are made of nothing."""
    true = list(honest(denial, letter))
    for one in true:
        yield one.model_copy(update={"quote": f"{one.quote} as was agreed"})
        yield one.model_copy(update={"page": 99})
        if re.fullmatch(r"\d{4}-\d\d-\d\d", one.value):
            yield one.model_copy(update={"value": a_day_later(one.value)})
        elif re.search(r"\d", one.value) and one.field not in ("plan_type", "appeal.window"):
            yield one.model_copy(update={"value": another_digit(one.value)})
            yield one.model_copy(update={"value": another_digit(one.value), "quote": another_digit(one.quote)})
        if one.field == "appeal.window":
            yield one.model_copy(update={"value": another_digit(one.value)})
        if one.field.endswith(("_id", "_number")) and "-" in one.value:
            tail = one.value.split("-", 1)[1]
            yield one.model_copy(update={"value": tail, "quote": tail})
        if one.field == "reason" and len(one.quote.split()) > 8:
            half = " ".join(one.quote.split()[3:-3])
            yield one.model_copy(update={"value": half, "quote": half})
    for field, value in SUPPLIED_BY_NOBODY:
        yield StatedValue.model_validate({"field": field, "value": value, "page": 1, "quote": value})
    yield from swapped(true)


SWAPPED = (
    "member_id",
    "group_number",
    "claim_number",
    "reference_number",
    "letter_date",
    "birth_date",
    "received_date",
)


def swapped(true: Sequence[StatedValue]) -> Iterator[StatedValue]:
    """A value under the name of another of its kind."""
    held = [one for one in true if one.field in SWAPPED]
    known = {(one.field, one.value) for one in held}
    for one in held:
        alike = (name for name in SWAPPED if name.endswith("date") == one.field.endswith("date"))
        yield from (one.model_copy(update={"field": name}) for name in alike if (name, one.value) not in known)


FALSE_CRITERIA = (
    "The patient must have tried ustekinumab for at least 12 weeks.",
    "Surgery is approved for every member who asks for it.",
    "required",
)


def test_no_invented_value_of_a_denial_counts() -> None:
    tried = 0
    for path in LETTERS:
        letter = read(path)
        rules = extract_denial(RulesExtractor(), letter, [])
        true = {
            (one.field, one.value, one.quote) for one in honest(rules.denial, letter)
        }  # a digit away from another code
        made = dict.fromkeys(false_values(letter, rules.denial))
        values = [one for one in made if one.page != 1 or (one.field, one.value, one.quote) not in true]
        criteria = tuple(StatedCriterion(page=1, quotes=(text,)) for text in FALSE_CRITERIA)
        model = Replayed({"extract_denial": [StatedDenial(values=tuple(values), criteria=criteria)]})
        found = extract_denial(ModelExtractor(model), letter, [])
        assert found.denial == rules.denial, path
        refused = found.refused[len(rules.refused) :]
        dropped = [one for one in found.warnings if one.code == "engines_disagree"]
        assert len(refused) + len(dropped) >= len(values) + len(criteria), path
        tried += len(values) + len(criteria)
    assert tried > 1000


# --- readings of criteria


def part_of(criterion: Criterion) -> AskedPart | None:
    """A criterion of one plain predicate, as an honest model would read it."""
    need = criterion.requirement
    words = " ".join(criterion.text.value.split()).rstrip(".;")
    if isinstance(need, Duration):
        n, unit, kind = f"{need.length.n:f}", str(need.length.unit), "duration"
    elif isinstance(need, Score | Measure) and need.value_high is None:
        n, unit, kind = f"{need.value:f}", None, need.kind
    elif isinstance(need, Count) and need.of == "agent":
        n, unit, kind = str(need.n), None, "count"
    else:
        return None
    within = f"{need.within.length.n:f} {need.within.length.unit}" if need.within else None
    dose = getattr(need, "dose", None)
    return AskedPart.model_validate(
        {
            "words": words,
            "kind": kind,
            "terms": need.terms,
            "op": need.op,
            "n": n,
            "unit": unit,
            "within": within,
            "outcomes": getattr(need, "outcomes", ()),
            "dose": f"{dose.n:f} {dose.unit}" if dose else None,
        }
    )


def false_readings(criterion: Criterion, part: AskedPart) -> Iterator[ReadCriterion]:
    """What the words of a criterion do not ask."""
    stated = {notation.spelled(word) for word in part.words.split()}  # "two or more infections"
    lower = next(str(n) for step in (1, 2, 3) if (n := Decimal(part.n) + step) not in stated) if part.n else None
    op = {">=": "<=", ">": "<", "<=": ">=", "<": ">", "=": ">"}[part.op]
    for change in (
        {"n": lower},
        {"op": op},
        {"negated": not part.negated},
        {"terms": (OTHER_DRUGS[0],)},
        {"words": f"{part.words} or as was agreed"},
        {"within": "17 months"},
        {"dose": "317 mg"},
        {"unit": "years" if part.unit == "weeks" else "weeks"},
        {"n": None},
    ):
        changed = AskedPart.model_validate(part.model_dump() | change)
        yield ReadCriterion(criterion=criterion.id, parts=(changed,))
    if part.n != "1":
        yield ReadCriterion(criterion=criterion.id, parts=(part.model_copy(update={"kind": "finding", "n": None}),))
    yield ReadCriterion(criterion=criterion.id, combine="any", parts=(part, part))
    yield ReadCriterion(criterion="c99", parts=(part,))


def test_no_invented_reading_of_a_criterion_counts() -> None:
    tried = 0
    for path in LETTERS:
        letter = read(path)
        rules = extract_denial(RulesExtractor(), letter, [])
        plain = [(criterion, part) for criterion in rules.denial.criteria if (part := part_of(criterion))]
        for criterion, part in plain:
            for reading in false_readings(criterion, part):
                found = agreed_readings(rules, [reading])
                assert found.denial == rules.denial, (path, reading)
                assert len(found.refused) == len(rules.refused) + 1, (path, reading)
                tried += 1
    assert tried > 200
