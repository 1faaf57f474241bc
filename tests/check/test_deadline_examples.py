from collections import Counter
from datetime import date
from pathlib import Path

import pytest
import yaml

from pipeline.check.deadline import below_rule, notice_deadline
from pipeline.check.rules import levels, rules
from pipeline.check.windows import Notice
from schemas.denial import AppealWindow
from tests.check.check_makers import denial

EXAMPLES = yaml.safe_load(Path(__file__).with_name("deadline_examples.yaml").read_text(encoding="utf-8"))
TODAY = date(2026, 1, 1)
TRIGGERS = {"notice": "notice_date", "received": "receipt"}
# The rows that no plan type of case.json names, by their own `level`; the others are named by the example's variant.
ELSEWHERE = {"qio_fast_track": ("inpatient_discharge", 1), "initial_decision_clock": ("medicare_advantage", 0)}
SILENT = "reconsideration_request"


def printed(example: dict) -> dict:
    words = example.get("printed", {})
    if "date" in words:
        return {"printed": words["date"]}
    if not words:
        return {}
    return {"window": AppealWindow(n=words["n"], unit=words["unit"], trigger=TRIGGERS[words["from"]])}


def worked(example: dict):
    plan, level = example["plan"], example["level"]
    if plan is None:
        plan, level = ELSEWHERE.get(example["step"], (example["variant"], 1))
    notice = Notice(
        plan=plan,
        day=example.get("notice_date") or example["trigger_date"],
        received=example.get("received_date"),
        kind=example.get("variant"),
        **printed(example),
    )
    return notice_deadline(notice, level, TODAY)


def three(found) -> dict:
    return {"date": found.date, "safe": found.safe, "outer": found.outer}


@pytest.mark.parametrize("example", [e for e in EXAMPLES if e["trigger"] != SILENT], ids=lambda e: e["id"])
def test_the_deadline_is_the_one_worked_by_hand(example):
    found = worked(example)
    shown = found.expedited if example["request"] == "expedited" else found
    stated = {key: example[key] for key in ("date", "safe", "outer") if key in example}
    assert {key: three(shown)[key] for key in stated} == stated
    allowed = example["rule"] if isinstance(example["rule"], list) else [example["rule"]]
    assert found.rule in allowed


@pytest.mark.parametrize("example", [e for e in EXAMPLES if e["trigger"] == SILENT], ids=lambda e: e["id"])
def test_silence_opens_the_next_level_until_the_day_worked_by_hand(example):
    asked = Notice(plan=example["plan"], day=date(2026, 1, 1), filed=example["trigger_date"])
    silence = notice_deadline(asked, example["level"] - 1, TODAY).silence
    assert (silence.next_by, silence.rule) == (example["date"], example["rule"])


@pytest.mark.parametrize("example", [e for e in EXAMPLES if "candidates" in e], ids=lambda e: e["id"])
def test_the_candidates_are_those_worked_by_hand(example):
    found = worked(example)
    assert {row.plan_type: three(row) for row in found.candidates} == example["candidates"]
    assert found.candidates[0].date == example["shortest"]
    assert found.question


@pytest.mark.parametrize("example", [e for e in EXAMPLES if e.get("conflict")], ids=lambda e: e["id"])
def test_a_window_below_the_floor_is_shown_as_a_conflict(example):
    words = printed(example)
    appeal = {"deadline": words["printed"]} if "printed" in words else {"window": words["window"].model_dump()}
    case = denial(plan_type=example["plan"], letter_date=example["notice_date"], appeal=appeal)
    assert below_rule(case, example["level"]).code == "window_below_rule"


def test_every_row_of_the_rule_table_is_worked_by_an_example_and_wired_to_a_level():
    in_examples = {name for e in EXAMPLES for name in (e["rule"] if isinstance(e["rule"], list) else [e["rule"]])}
    plans = (*levels().plans.values(), *levels().others.values())
    wired = {name for plan in plans for level in plan.levels.values() for name in level.rules}
    assert set(rules()) <= in_examples
    assert wired == set(rules())


def test_each_example_stands_once():
    assert [name for name, n in Counter(e["id"] for e in EXAMPLES).items() if n > 1] == []
    assert len(EXAMPLES) >= 297
