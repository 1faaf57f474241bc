"""Small facts, denials and criteria for the checker's tests."""

from datetime import date

from pydantic import TypeAdapter

from pipeline.check import check
from pipeline.check.context import Context
from pipeline.check.evaluate import answered
from pipeline.check.record import Record
from schemas.coverage import CriterionResult
from schemas.denial import Denial
from schemas.fact import Fact
from schemas.requirement import Requirement
from schemas.span import Cited, Span

TODAY = date(2026, 11, 21)
LETTER_DAY = date(2026, 11, 1)

_REQUIREMENT = TypeAdapter(Requirement)


def span(text: str = "words", start: int = 0) -> Span:
    return Span(document="d1", page=1, start=start, end=start + len(text), quote=text)


def cited(value, quote: str | None = None):
    return Cited[type(value)](value=value, spans=(span(quote or str(value)),))


def length(text: str) -> dict:
    n, unit = text.split()
    return {"n": n, "unit": unit if unit.endswith("s") else unit + "s"}


def fact(fact_id: str = "f1", kind: str = "treatment", name: str = "physical therapy", **more) -> Fact:
    if isinstance(more.get("duration"), str):
        more["duration"] = length(more["duration"])
    if isinstance(more.get("dose"), str):
        n, unit = more["dose"].split(" ", 1)
        more["dose"] = {"n": n, "unit": unit}
    return Fact(**{"id": fact_id, "kind": kind, "name": name, "spans": [span()], **more})


def need(kind: str, *terms: str, **more) -> Requirement:
    for key in ("length", "each", "per", "over", "rolling"):
        if isinstance(more.get(key), str):
            more[key] = length(more[key])
    if isinstance(more.get("within"), str):
        more["within"] = {"length": length(more["within"])}
    if isinstance(more.get("dose"), str):
        n, unit = more["dose"].split(" ", 1)
        more["dose"] = {"n": n, "unit": unit}
    subject = {"terms": terms} if terms else {}
    return _REQUIREMENT.validate_python({"kind": kind, **subject, **more})


def answer(requirement: Requirement, *facts: Fact, **context) -> CriterionResult:
    days = {"request_date": LETTER_DAY, "service_date": LETTER_DAY, "denial_date": LETTER_DAY, "today": TODAY}
    return answered(requirement, Record.of(facts), Context(**(days | context))).result("c1")


def verdict(requirement: Requirement, *facts: Fact, **context) -> str:
    return answer(requirement, *facts, **context).verdict.value


def denial(**fields) -> Denial:
    criteria = [
        {"id": f"c{n}", "text": cited("the payer's words").model_dump(), **criterion}
        for n, criterion in enumerate(fields.pop("criteria", ()), start=1)
    ]
    appeal = fields.pop("appeal", {})
    values = {key: cited(value).model_dump() for key, value in fields.items() if not isinstance(value, list)}
    lists = {
        key: [cited(value).model_dump() for value in values_]
        for key, values_ in fields.items()
        if isinstance(values_, list)
    }
    channel = {key: {"value": value, "spans": [span(str(value)).model_dump()]} for key, value in appeal.items()}
    return Denial.model_validate({**values, **lists, "criteria": criteria, "appeal": channel})


def codes(case: Denial, *facts: Fact, today: date = TODAY) -> set[str]:
    return {warning.code for warning in check(case, facts, today).warnings}
