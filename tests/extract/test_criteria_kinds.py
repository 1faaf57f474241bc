"""Wordings written before the grammar was looked at: the kind of requirement, and what it must hold."""

from pathlib import Path
from typing import Any

import pytest
import yaml

from pipeline.extract.criteria.asked import is_partial
from pipeline.extract.criteria.requirements import translate

ROWS: list[dict[str, Any]] = yaml.safe_load(
    Path(__file__).with_name("criteria_kinds.yaml").read_text(encoding="utf-8")
)["rows"]


@pytest.mark.parametrize("row", ROWS, ids=[f"{row['pattern']}-{n}" for n, row in enumerate(ROWS)])
def test_a_wording_is_of_its_kind_and_keeps_its_terms_and_figures(row: dict[str, Any]) -> None:
    requirement = translate(row["text"])
    if row.get("open"):
        assert requirement is None or is_partial(requirement)
        return
    assert requirement is not None
    assert requirement.kind in row["kind"].split("/")
    assert [said for said in row["has"] if said not in _flat(requirement.model_dump(mode="json"))] == []


def _flat(value: Any, key: str = "") -> str:
    """A requirement's values in one line: each with its key, and lengths as "6 weeks"."""
    if isinstance(value, dict):
        if set(value) == {"n", "unit"} and value["unit"]:
            return f"{value['n']} {value['unit']} {key}"
        return " ".join(_flat(inner, name) for name, inner in value.items())
    if isinstance(value, list | tuple):
        return " ".join(_flat(inner, key) for inner in value)
    return f"{key}={value}" if isinstance(value, int | bool) or key in ("value", "n") else str(value)


@pytest.mark.parametrize(
    "text",
    [
        "Sleep endoscopy without complete concentric collapse",
        "The patient is stable and not in an acute exacerbation",
    ],
)
def test_what_must_not_be_there_is_asked_as_such(text: str) -> None:
    assert "not" in _kinds(translate(text))


def _kinds(requirement: Any) -> list[str]:
    of = getattr(requirement, "of", ())
    parts = of if isinstance(of, tuple) else (of,) if requirement.kind == "not" else ()
    return [requirement.kind, *(kind for part in parts for kind in _kinds(part))]
