import json

import pytest
from typer.testing import CliRunner

from pipeline.cli import app

CASE = ("--notice-date", "2026-03-11", "--today", "2026-03-20")


def said(*options: str, code: int = 0) -> str:
    result = CliRunner().invoke(app, ["deadlines", *options], env={"COLUMNS": "200"})
    assert result.exit_code == code, result.output
    return " ".join(result.output.replace("│", " ").split())


def told(*options: str) -> dict:
    return json.loads(CliRunner().invoke(app, ["deadlines", *options, "--json"]).stdout)


def test_the_table_says_the_dates_their_rule_and_the_days_left():
    text = said("--plan", "medicare_advantage", *CASE)
    assert "Sunday, May 10, 2026" in text
    assert "Friday, May 15, 2026" in text
    assert "51 days to the safe date" in text
    assert "42 CFR 422.582(b)" in text


def test_a_known_receipt_and_a_filing_are_used():
    options = ("--plan", "medicare-advantage", *CASE, "--received", "2026-03-13", "--filed", "2026-04-01")
    text = said(*options)
    assert "60 days from receipt on 2026-03-13" in text
    assert "in time by every reading" in text
    assert "by Friday, May 1, 2026 (Friday, May 15, 2026 if extended by 14 days)" in text
    assert "forward the case" in text


def test_an_unknown_plan_gives_candidates_and_the_question():
    text = said("--plan", "unknown", *CASE)
    assert "What kind of plan is it?" in text
    assert "medicaid_mco 2026-05-10" in text.replace("┃", " ")
    found = told("--plan", "unknown", *CASE)
    assert found["date"] is None
    assert len(found["candidates"]) == 8


@pytest.mark.parametrize(
    ("words", "day"),
    [
        ("2026-05-01", "2026-05-01"),
        ("60 days", "2026-05-10"),
        ("60 days from receipt", "2026-05-15"),
        ("65 days from the notice", "2026-05-15"),
        ("2 Months", "2026-05-11"),
    ],
)
def test_what_the_letter_prints_is_worked_to(words, day):
    assert told("--plan", "medicare_advantage", *CASE, "--printed", words)["date"] == day


def test_a_printed_time_below_the_rules_is_said_to_be_one():
    assert "is earlier than the rule's, 2026-09-07" in said("--plan", "commercial_erisa", *CASE, "--printed", "60 days")
    assert "Conflict" not in said("--plan", "commercial_erisa", *CASE, "--printed", "180 days")


def test_a_plan_outside_the_plan_types_is_known_and_what_is_unverified_marked():
    text = said("--plan", "va_vha_benefit_decision", *CASE)
    assert "Thursday, March 11, 2027" in text
    assert "[unverified: nobody has opened the section]" in text


def test_a_kind_of_plan_narrows_the_rule():
    found = told("--plan", "commercial_aca", *CASE, "--level", "2", "--kind", "marketplace_individual")
    assert found["rule"] == "external_state"


def test_a_level_without_a_rule_is_a_question():
    assert "no reviewed rule for level 9 of TRICARE" in said("--plan", "tricare", *CASE, "--level", "9")


@pytest.mark.parametrize(
    ("option", "words", "hint"),
    [
        ("--plan", "the plan", "commercial_erisa"),
        ("--printed", "soon", "neither a date"),
        ("--printed", "0 days", "neither a date"),
        ("--kind", "mine", "marketplace_individual"),
        ("--notice-date", "9999-12-31", "between 1990 and 2100"),
        ("--received", "March", "March"),
    ],
)
def test_what_is_not_understood_is_wrong_usage_and_says_what_would_do(option, words, hint):
    options = {"--plan": "fehb", "--notice-date": "2026-03-11", option: words}
    assert hint in said(*(part for pair in options.items() for part in pair), code=2)
