"""Each predicate by its table in decisions/: facts and a requirement on given days give this verdict and figure."""

from datetime import date
from pathlib import Path
from typing import Any

import pytest
import yaml
from pydantic import BaseModel, ConfigDict

from tests.check.check_makers import answer, fact, need

FOLDER = Path(__file__).parent / "decisions"
PREDICATES = [
    *("duration", "count", "score", "measure", "change", "finding", "code", "age", "elapsed_since", "frequency"),
    *("tolerance", "limit", "document", "concordant", "attest", "all", "any", "at_least", "not"),
]


class Row(BaseModel):
    """`asks` and `about` change the table's requirement and context; words of `says` stand in what is answered."""

    model_config = ConfigDict(extra="forbid")

    shows: str
    facts: tuple[dict[str, Any], ...] = ()
    asks: dict[str, Any] = {}
    about: dict[str, Any] = {}
    verdict: str
    figure: str = ""
    says: tuple[str, ...] = ()
    rejects: str = ""


class Table(BaseModel):
    """`fact` is what each fact of the table has unless its row says otherwise."""

    model_config = ConfigDict(extra="forbid")

    requirement: dict[str, Any]
    fact: dict[str, Any] = {}
    about: dict[str, Any] = {}
    rows: tuple[Row, ...]


def _tables() -> list[tuple[str, Table]]:
    """Every scalar is read as its text; the models make dates and numbers of them."""
    return [
        (path.stem, Table.model_validate(yaml.load(path.read_text(encoding="utf-8"), Loader=yaml.BaseLoader)))
        for path in sorted(FOLDER.glob("*.yaml"))
    ]


TABLES = _tables()


@pytest.mark.parametrize(
    ("table", "row"),
    [pytest.param(table, row, id=f"{name}: {row.shows}") for name, table in TABLES for row in table.rows],
)
def test_the_row_is_answered_as_the_table_says(table: Table, row: Row) -> None:
    asked = _merged(table.requirement, row.asks)
    facts = [fact(f"f{n}", **_merged({"kind": "treatment"}, table.fact, one)) for n, one in enumerate(row.facts, 1)]
    context = {key: _context(value) for key, value in _merged(table.about, row.about).items()}
    result = answer(need(*[asked.pop("kind"), *asked.pop("terms", ())], **asked), *facts, **context)
    told = " ".join(
        (result.explanation, result.gap, *(result.computed.model_dump().values() if result.computed else ()))
    )
    assert result.verdict == row.verdict, result.explanation
    assert not row.figure or (result.computed and result.computed.figure == row.figure), result.computed
    assert all(words in told for words in row.says), told
    assert row.rejects in " ".join(entry.reason for entry in result.rejected), result.rejected
    assert {*result.facts, *(entry.fact for entry in result.rejected)} <= {one.id for one in facts}
    assert result.gap or result.verdict != "not_documented"


def _merged(*layers: dict[str, Any]) -> dict[str, Any]:
    """The later over the earlier; an empty text takes a key away."""
    whole = {key: value for layer in layers for key, value in layer.items()}
    return {key: value for key, value in whole.items() if value != ""}


def _context(value: Any) -> Any:
    if isinstance(value, list):
        return frozenset(value)
    return None if value == "unknown" else date.fromisoformat(value) if value[:1].isdigit() else value


@pytest.mark.parametrize("predicate", PREDICATES)
def test_every_predicate_has_a_table_of_eight_rows(predicate: str) -> None:
    rows = [
        row for _, table in TABLES for row in table.rows if ({**table.requirement, **row.asks})["kind"] == predicate
    ]
    assert len(rows) >= 8
