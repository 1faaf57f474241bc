"""Each pattern of criterion, in several of the wordings that payers give it."""

from collections import Counter
from pathlib import Path
from typing import Any

import pytest
import yaml

from pipeline.extract.criteria.asked import is_partial
from pipeline.extract.criteria.requirements import translate
from schemas.requirement import All, AtLeast, Attest, Not, Requirement
from schemas.requirement import Any as AnyOf

ROWS: list[dict[str, Any]] = yaml.safe_load(
    Path(__file__).with_name("criteria_wordings.yaml").read_text(encoding="utf-8")
)["rows"]
PATTERNS = {
    **{f"A{n}": 3 for n in range(1, 8)},
    **{f"B{n}": 3 for n in range(1, 15)},
    **{f"C{n}": 3 for n in range(1, 9)},
    **{f"D{n}": 3 for n in range(1, 7)},
    **{f"E{n}": 3 for n in range(1, 6)},
    **{f"F{n}": 3 for n in range(1, 7)},
}


def notation(requirement: Requirement) -> str:
    """A requirement in one line: its kind, and what of it is not the default."""
    left = "" if isinstance(requirement, Attest) or requirement.judged is None else "+judged"
    if isinstance(requirement, All | AnyOf | AtLeast):
        n = requirement.n if isinstance(requirement, AtLeast) else ""
        return f"{requirement.kind}{n}({'; '.join(map(notation, requirement.of))}){left}"
    if isinstance(requirement, Not):
        return f"not({notation(requirement.of)}){left}"
    stated = requirement.model_dump(mode="json", exclude_defaults=True, exclude={"kind", "judged"})
    return f"{requirement.kind}[{' '.join(f'{key}={_plain(value)}' for key, value in stated.items())}]{left}"


def _plain(value: Any) -> str:
    if isinstance(value, list):
        return "|".join(value)
    if isinstance(value, dict) and "length" in value:
        return f"{_plain(value['length'])} before {value.get('before', 'request_date')}"
    return " ".join(_plain(part) for part in value.values()) if isinstance(value, dict) else str(value)


@pytest.mark.parametrize("row", ROWS, ids=[f"{row['pattern']}-{n}" for n, row in enumerate(ROWS)])
def test_a_wording_is_read_as_it_says_or_left_to_a_person(row: dict[str, Any]) -> None:
    requirement = translate(row["text"])
    assert (None if requirement is None else notation(requirement)) == row["reads"]


def test_every_pattern_has_at_least_three_wordings() -> None:
    written = Counter(row["pattern"] for row in ROWS)
    assert {name: n for name, n in PATTERNS.items() if written[name] < n} == {}


@pytest.mark.parametrize(
    "extra",
    [
        "under the supervision of an endocrinologist",
        "that was clinically significant",
        "at the highest licensed dose",
        "in a patient who is not a smoker",
        "as judged by a panel",
        "and consent of the household",
    ],
)
@pytest.mark.parametrize(
    "text",
    [
        "At least 6 weeks of physical therapy",
        "PHQ-9 score of 15 or more",
        "Failure of methotrexate",
        "No active infection",
    ],
)
def test_words_that_no_reader_takes_are_left_to_a_person(text: str, extra: str) -> None:
    requirement = translate(f"{text} {extra}")
    assert requirement is None or is_partial(requirement)
