"""What must never be called met."""

import pytest

from pipeline.check import check
from tests.check.check_makers import TODAY, denial, fact, need

SIX_WEEKS = need("duration", "physical therapy", length="6 weeks")
RED_FLAG = need("finding", "bowel or bladder dysfunction")
CANCER = need("finding", "cancer")
GRADE_3 = need("score", "Kellgren-Lawrence", value=3, side="right")
EF_35 = need("measure", "LVEF", value=35, unit="%", op="<=")
FAILED_INJECTIONS = need("count", "injection", n=2, outcomes=["failed", "partial"])

THERAPY = {"start": "2026-04-01", "end": "2026-05-15"}


def grade(value, **more):
    return fact("f1", "imaging", "Kellgren-Lawrence", value=value, **more)


@pytest.mark.parametrize(
    ("requirement", "facts", "expected"),
    [
        pytest.param(
            RED_FLAG,
            [fact(kind="finding", name="bowel or bladder dysfunction", assertion="absent")],
            "not_met",
            id="denied",
        ),
        pytest.param(CANCER, [fact(kind="risk", name="cancer", assertion="family")], "not_documented", id="family"),
        pytest.param(CANCER, [fact(kind="risk", name="cancer", assertion="possible")], "not_documented", id="possible"),
        pytest.param(SIX_WEEKS, [fact(**THERAPY, assertion="hypothetical")], "not_documented", id="planned"),
        pytest.param(SIX_WEEKS, [fact(**THERAPY, assertion="other_patient")], "not_documented", id="other patient"),
        pytest.param(SIX_WEEKS, [fact(start="2026-11-10", end="2027-02-10")], "not_met", id="mostly to come"),
        pytest.param(SIX_WEEKS, [fact(date="2026-05-20")], "not_documented", id="no dates"),
        pytest.param(SIX_WEEKS, [fact(start="2026-04", end="2026-05")], "needs_review", id="months only"),
        pytest.param(
            need("duration", "physical therapy", length="12 weeks"),
            [fact(start="2026-01-05", end="2026-03-16")],
            "not_met",
            id="10 of 12 weeks",
        ),
        pytest.param(
            need("duration", "physical therapy", length="7 weeks"),
            [fact(**THERAPY)],
            "not_met",
            id="44 days for 7 weeks",
        ),
        pytest.param(
            need("duration", "physical therapy", length="3 months"),
            [fact(duration="12 weeks")],
            "not_met",
            id="12 weeks for 3 months",
        ),
        pytest.param(GRADE_3, [grade("4", side="left")], "not_documented", id="wrong side"),
        pytest.param(GRADE_3, [grade("2", value_high="3", side="right")], "needs_review", id="KL 2-3"),
        pytest.param(
            EF_35,
            [fact(kind="measurement", name="LVEF", value="35", value_high="40", unit="%")],
            "needs_review",
            id="EF 35-40",
        ),
        pytest.param(
            FAILED_INJECTIONS,
            [
                fact("f1", name="knee injection", classes=("injection",)),
                fact("f2", name="hip injection", classes=("injection",)),
            ],
            "not_documented",
            id="injections without outcome",
        ),
        pytest.param(
            need("duration", "conservative", length="6 weeks", active=True),
            [fact(kind="medication", name="naproxen", classes=("conservative",), start="2026-01-01", end="2026-06-01")],
            "not_documented",
            id="passive care alone",
        ),
        pytest.param(
            need("score", "ODI", value=41, unit="%"),
            [fact(kind="measurement", name="ODI", value="22")],
            "needs_review",
            id="scale not stated",
        ),
        pytest.param(
            need("score", "PHQ-9", value=3),
            [fact(kind="measurement", name="PHQ-2", value="5")],
            "not_documented",
            id="PHQ-2",
        ),
        pytest.param(
            need("not", of=need("finding", "active infection").model_dump()),
            [],
            "not_documented",
            id="silence on infection",
        ),
        pytest.param(
            need("not", of=need("finding", "contraindication").model_dump()),
            [fact(kind="risk", name="seizure disorder", classes=("contraindication",), assertion="absent")],
            "not_documented",
            id="one of many denied",
        ),
    ],
)
def test_it_is_not_called_met(requirement, facts, expected):
    case = denial(criteria=[{"requirement": requirement.model_dump()}], letter_date=TODAY)
    assert check(case, facts, TODAY).criteria[0].verdict == expected


def test_the_other_knee_does_not_serve_though_the_criterion_names_no_side():
    asked = need("score", "Kellgren-Lawrence", value=3)
    case = denial(criteria=[{"requirement": asked.model_dump()}], service="Right total knee arthroplasty")
    assert check(case, [grade("4", side="left")], TODAY).criteria[0].verdict == "not_documented"
    assert check(case, [grade("4", side="right")], TODAY).criteria[0].verdict == "met"


def test_therapy_of_another_part_does_not_serve_though_the_criterion_names_no_part():
    case = denial(criteria=[{"requirement": SIX_WEEKS.model_dump()}], service="MRI lumbar spine")
    assert check(case, [fact(**THERAPY, body_part="shoulder")], TODAY).criteria[0].verdict == "not_documented"
    assert check(case, [fact(**THERAPY, body_part="lower back")], TODAY).criteria[0].verdict == "met"
