from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.check import check, logic
from schemas.coverage import Verdict
from tests.check.check_makers import TODAY, answer, denial, fact, need, verdict

YES = {"kind": "finding", "terms": ("stated",)}
NO = {"kind": "finding", "terms": ("denied",)}
SILENT = {"kind": "finding", "terms": ("unknown",)}
OPEN = {"kind": "attest"}
FACTS = (fact("f1", "finding", "stated"), fact("f2", "finding", "denied", assertion="absent"))

verdicts = st.lists(st.sampled_from(Verdict), min_size=1, max_size=5)


@pytest.mark.parametrize(
    ("kind", "parts", "expected"),
    [
        ("all", (YES, YES), "met"),
        ("all", (YES, NO), "not_met"),
        ("all", (OPEN, NO, SILENT), "not_met"),
        ("all", (YES, OPEN, SILENT), "needs_review"),
        ("all", (YES, SILENT), "not_documented"),
        ("any", (NO, YES, OPEN), "met"),
        ("any", (NO, OPEN, SILENT), "needs_review"),
        ("any", (NO, SILENT), "not_documented"),
        ("any", (NO, NO), "not_met"),
    ],
)
def test_parts_combine_by_the_table(kind, parts, expected):
    assert verdict(need(kind, of=parts), *FACTS) == expected


@pytest.mark.parametrize(
    ("n", "parts", "expected"),
    [
        (2, (YES, YES, NO), "met"),
        (2, (YES, NO, NO), "not_met"),
        (2, (YES, NO, SILENT), "not_documented"),
        (2, (YES, OPEN, SILENT), "needs_review"),
        (3, (YES, YES), "not_met"),
    ],
)
def test_at_least_so_many_parts_must_hold(n, parts, expected):
    assert verdict(need("at_least", n=n, of=parts), *FACTS) == expected


@pytest.mark.parametrize(
    ("part", "expected"), [(YES, "not_met"), (NO, "met"), (SILENT, "not_documented"), (OPEN, "needs_review")]
)
def test_not_must_be_shown_and_silence_does_not_show_it(part, expected):
    assert verdict(need("not", of=part), *FACTS) == expected


def test_a_count_that_falls_short_does_not_show_that_there_are_no_more():
    asked = need("not", of={"kind": "count", "terms": ("biologic",), "n": 2})
    one = fact("f1", "medication", "adalimumab", classes=("biologic",))
    assert verdict(asked, one) == "needs_review"
    assert verdict(need("not", of=asked), one) == "needs_review"


@settings(deadline=None)
@given(verdicts)
def test_de_morgan(parts):
    negated = [logic.negate(part) for part in parts]
    assert logic.negate(logic.all_of(parts)) == logic.any_of(negated)
    assert logic.negate(logic.any_of(parts)) == logic.all_of(negated)


@settings(deadline=None)
@given(verdicts, st.randoms())
def test_the_order_of_parts_is_of_no_account(parts, chance):
    shuffled = parts.copy()
    chance.shuffle(shuffled)
    for n in range(1, len(parts) + 1):
        assert logic.at_least(n, parts) == logic.at_least(n, shuffled)


@settings(deadline=None)
@given(verdicts)
def test_to_ask_for_more_is_never_easier(parts):
    met = [logic.at_least(n, parts) is Verdict.MET for n in range(1, len(parts) + 1)]
    assert met == sorted(met, reverse=True)


def test_a_met_answer_shows_the_parts_that_hold_and_no_others():
    result = answer(need("any", of=(SILENT, YES)), *FACTS)
    assert result.facts == ("f1",)
    assert result.gap == ""


def test_an_unmet_part_is_told_before_a_met_one():
    result = answer(need("all", of=(YES, SILENT)), *FACTS)
    assert result.explanation.startswith("The record does not state unknown")
    assert result.facts == ("f1",)
    assert result.gap_kind == "documentation"


def test_a_final_shortfall_makes_the_whole_a_difference_with_the_criteria():
    short = {"kind": "duration", "terms": ("physical therapy",), "length": {"n": 12, "unit": "weeks"}}
    therapy = fact("f3", start="2026-01-05", end="2026-03-16")
    assert answer(need("all", of=(short, SILENT)), therapy).gap_kind == "criteria_difference"
    assert answer(need("any", of=(short, SILENT)), therapy).gap_kind == "documentation"


def test_a_criterion_that_is_not_translated_is_for_a_person():
    result = check(denial(criteria=[{}]), (), TODAY).criteria[0]
    assert result.verdict == "needs_review"
    assert "checkable form" in result.explanation


def test_an_alternative_that_is_met_makes_the_others_unneeded_but_leaves_their_verdict():
    criteria = [{"requirement": part, "group": "g", "combine": "any"} for part in (YES, SILENT)]
    results = check(denial(criteria=criteria), FACTS, TODAY).criteria
    assert [result.verdict for result in results] == ["met", "not_documented"]
    assert results[1].gap.startswith("Not needed: criterion c1")
    assert results[1].gap_kind is None


def test_parts_that_are_all_needed_keep_their_gaps():
    criteria = [{"requirement": part, "group": "g"} for part in (YES, SILENT)]
    assert check(denial(criteria=criteria), FACTS, TODAY).criteria[1].gap.startswith("Obtain")


@pytest.mark.parametrize(
    ("born", "op", "expected"),
    [
        (date(2008, 11, 1), ">=", "met"),  # eighteen on the day of the request
        (date(2008, 11, 2), ">=", "not_met"),
        (date(2008, 11, 2), "<", "met"),
        (None, ">=", "not_documented"),
    ],
)
def test_age_is_in_full_years_on_the_day_of_the_request(born, op, expected):
    assert verdict(need("age", op=op, years=18), birth_date=born) == expected


def test_a_judgement_is_for_a_person_with_the_passages_on_it():
    result = answer(need("attest", "stated"), *FACTS)
    assert (result.verdict, result.facts) == ("needs_review", ("f1",))


@pytest.mark.parametrize(("at_least", "needless"), [(1, {"c3", "c4"}), (2, {"c3", "c4"}), (3, set())])
def test_enough_of_a_group_spare_its_others(at_least, needless):
    criteria = [
        {"requirement": part, "group": "g", "combine": "at_least", "at_least": at_least}
        for part in (YES, YES, NO, SILENT)
    ]
    results = check(denial(criteria=criteria), FACTS, TODAY).criteria
    assert {result.criterion for result in results if result.gap.startswith("Not needed")} == needless
    assert [result.verdict for result in results] == ["met", "met", "not_met", "not_documented"]
    assert all("criteria c1, c2, alternatives" in result.gap for result in results if result.criterion in needless)


BARRED = fact("f2", "medication", "danazol", outcome="contraindicated", assertion="absent")


@pytest.mark.parametrize(
    ("end", "exception", "expected"),
    [
        ("2026-03-12", (), "not_met"),  # too short, and nothing speaks of the exception
        ("2026-06-12", (), "met"),
        (
            "2026-03-12",
            (fact("f2", "medication", "danazol", outcome="contraindicated", assertion="absent"),),
            "needs_review",
        ),
    ],
)
def test_a_rule_not_met_is_not_met_where_nothing_speaks_of_its_exception(end, exception, expected):
    rule = {"kind": "duration", "terms": ("danazol",), "length": {"n": 3, "unit": "months"}}
    excuse = {"kind": "tolerance", "terms": ("danazol",), "outcomes": ("contraindicated",)}
    taken = fact("f1", "medication", "danazol", start="2026-01-03", end=end)
    assert verdict(need("any", of=(rule, excuse)), taken, *exception) == expected


def test_a_rule_of_which_the_record_is_silent_is_not_documented():
    rule = {"kind": "duration", "terms": ("danazol",), "length": {"n": 3, "unit": "months"}}
    excuse = {"kind": "tolerance", "terms": ("danazol",), "outcomes": ("contraindicated",)}
    assert verdict(need("any", of=(rule, excuse))) == "not_documented"
