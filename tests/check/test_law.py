import re

import pytest

from pipeline.check import check, legal_basis
from pipeline.check.rules import levels, rules
from schemas.denial import PlanType
from tests.check.check_makers import TODAY, denial

SENTENCES = [
    (plan, law) for plan, known in levels().plans.items() for level in known.levels for law in legal_basis(plan, level)
]


@pytest.mark.parametrize("law", [law for _, law in SENTENCES])
def test_every_sentence_of_law_rests_on_a_verified_row_and_names_its_section(law):
    assert rules()[law.rule].verified in ("primary", "secondary")
    assert re.search(r"\d+ (?:CFR|USC) \d+", law.text)
    assert re.search(r"\d+ (?:CFR|USC) \d+", law.source)


@pytest.mark.parametrize("plan", list(levels().plans))
def test_every_plan_type_has_law_for_its_first_appeal(plan):
    first = legal_basis(plan, 1)
    assert first
    assert any(word in first[0].text for word in ("days", "months"))


def test_the_window_in_each_sentence_is_that_of_its_row():
    stated = {
        "erisa_internal_1": "180 days",
        "ma_reconsideration": "60 days",
        "medicaid_mco_appeal": "60 calendar days",
    }
    for plan in levels().plans:
        law = legal_basis(plan, 1)[0]
        length = rules()[law.rule].filing.length
        assert stated.get(law.rule, "") in law.text
        assert str(length.n) in law.text or (length.n, length.unit) == (6, "months")


def test_erisa_is_cited_for_erisa_plans_only():
    for plan, law in SENTENCES:
        if plan is not PlanType.COMMERCIAL_ERISA:
            assert "1133" not in law.text
            assert "ERISA" not in law.text


def test_an_unknown_plan_gives_no_law():
    assert check(denial(), (), TODAY).legal_basis == ()


def test_law_follows_the_plan_and_the_level():
    case = denial(plan_type="medicare_advantage")
    assert "422.582" in check(case, (), TODAY).legal_basis[0].text
    assert "422.600" in check(case, (), TODAY, level=3).legal_basis[0].text


def test_every_row_that_a_level_names_is_in_the_table_and_was_verified():
    for plan in levels().plans.values():
        for level in plan.levels.values():
            assert all(rules()[name].verified != "memory" for name in level.rules)
