"""What a reviewer answers for: the remark beside each value, fact and verdict of his in the letter."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from pydantic import BaseModel

from pipeline.draft.phrases import day
from pipeline.draft.tables import tables
from schemas.coverage import Coverage
from schemas.denial import Criterion, Denial
from schemas.fact import Fact
from schemas.span import Cited, Correction


def verdict_key(criterion: str) -> str:
    """The name that a verdict goes by among the remarks."""
    return f"verdict of {criterion}"


def remarks(denial: Denial, facts: Iterable[Fact], coverage: Coverage) -> Mapping[str, str]:
    """The remarks by the id of a fact, the path of a field as sentences name it, or `verdict_key`."""
    found = {fact.id: remark(fact.correction) for fact in facts if fact.correction}
    found |= {path: remark(correction) for path, correction in _fields(denial, "")}
    for result in coverage.criteria:
        if result.correction:
            checked = tables().verdicts[result.checked or result.verdict]
            found[verdict_key(result.criterion)] = _remark("verdict", result.correction, checked)
    return found


def remark(correction: Correction) -> str:
    """The remark beside what a reviewer wrote himself."""
    return _remark("corrected", correction)


def _remark(words: str, correction: Correction, checked: str = "") -> str:
    when = day(correction.at.date())
    return tables().comments[words].format(by=correction.by, day=when, reason=correction.reason, checked=checked)


def _fields(value: object, path: str) -> Iterator[tuple[str, Correction]]:
    if isinstance(value, Criterion):
        yield from _fields(value.text, f"{path.partition('.')[0]}.{value.id}")
    elif isinstance(value, Cited):
        if value.correction:
            yield path, value.correction
    elif isinstance(value, tuple):
        for n, item in enumerate(value):
            yield from _fields(item, f"{path}.{n}")
    elif isinstance(value, BaseModel):
        for name, inner in value:
            yield from _fields(inner, f"{path}.{name}".lstrip("."))
