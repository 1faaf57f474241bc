import pytest

from tests.check.check_makers import answer, fact, need, verdict


def score(value, name="ODI", fact_id="f1", **more):
    return fact(fact_id, "measurement", name, value=str(value), **more)


@pytest.mark.parametrize(
    ("given", "asked", "expected"),
    [
        ({"value": 48, "scale_max": "100"}, {"value": 41, "unit": "%"}, "met"),
        ({"value": 48, "unit": "%"}, {"value": 50, "unit": "%"}, "not_met"),
        ({"value": 24, "scale_max": "50"}, {"value": 41, "unit": "%"}, "met"),  # 48%
        ({"value": 20, "scale_max": "50"}, {"value": 41, "unit": "%"}, "not_met"),  # 40%
        ({"value": 22}, {"value": 41, "unit": "%"}, "needs_review"),  # 22% or 44%
        ({"value": 48}, {"value": 41, "unit": "%"}, "met"),  # 48% or 96%
        ({"value": 48}, {"value": 41}, "met"),
        ({"value": 10}, {"value": 41}, "not_met"),  # 10% or 20%
        ({"value": 48, "unit": "%"}, {"value": 20, "scale_max": 50}, "met"),
        ({"value": 60, "scale_max": "50"}, {"value": 41, "unit": "%"}, "needs_review"),  # no such score
    ],
)
def test_an_odi_is_read_on_its_scale(given, asked, expected):
    assert verdict(need("score", "ODI", **asked), score(**given)) == expected


@pytest.mark.parametrize(
    ("name", "given", "asked", "expected"),
    [
        ("Kellgren-Lawrence", {"value": 3}, 3, "met"),
        ("Kellgren-Lawrence", {"value": 2}, 3, "not_met"),
        ("Kellgren-Lawrence", {"value": 2, "value_high": "3"}, 3, "needs_review"),
        ("Kellgren-Lawrence", {"value": 3, "value_high": "4"}, 3, "met"),
        ("VAS", {"value": 8}, 7, "met"),
        ("VAS", {"value": 65}, 7, "not_met"),  # 65 mm
        ("VAS", {"value": 75, "unit": "mm"}, 7, "met"),
        ("PHQ-9", {"value": 18, "scale_max": "27"}, 15, "met"),
        ("PHQ-9", {"value": 30}, 15, "needs_review"),  # beyond its scale
        ("DAS28", {"value": "5.4"}, 5, "met"),  # no scale known: as stated
        ("a new scale", {"value": 30, "scale_max": "60"}, 25, "met"),
    ],
)
def test_a_score_is_compared_on_the_scale_of_its_instrument(name, given, asked, expected):
    assert verdict(need("score", name, value=asked), score(name=name, **given)) == expected


def test_a_percentage_threshold_needs_the_scale_of_an_unknown_instrument():
    asked = need("score", "a new scale", value=50, unit="%")
    assert verdict(asked, score(30, "a new scale")) == "needs_review"
    assert verdict(asked, score(30, "a new scale", scale_max="60")) == "met"


def test_another_instrument_of_like_name_does_not_serve():
    assert verdict(need("score", "PHQ-9", value=3), score(5, "PHQ-2")) == "not_documented"


def test_the_latest_score_decides_and_the_older_is_listed():
    old, new = (
        score(60, fact_id="f1", unit="%", date="2026-01-05"),
        score(30, fact_id="f2", unit="%", date="2026-09-05"),
    )
    result = answer(need("score", "ODI", value=41, unit="%"), old, new)
    assert result.verdict == "not_met"
    assert result.facts == ("f2",)
    assert "later figure" in result.rejected[0].reason


def test_any_score_may_decide_where_the_criterion_says_so():
    old, new = (
        score(60, fact_id="f1", unit="%", date="2026-01-05"),
        score(30, fact_id="f2", unit="%", date="2026-09-05"),
    )
    result = answer(need("score", "ODI", value=41, unit="%", use="any"), old, new)
    assert (result.verdict, result.facts) == ("met", ("f1",))


@pytest.mark.parametrize("dates", [(None, None), ("2026-01-05", None), ("2026-09", "2026-09-05"), ("2026-09-05",) * 2])
def test_different_scores_whose_order_is_open_are_for_a_person(dates):
    facts = [
        score(value, fact_id=f"f{n}", unit="%", date=day)
        for n, (value, day) in enumerate(zip((60, 30), dates, strict=True))
    ]
    assert verdict(need("score", "ODI", value=41, unit="%"), *facts) == "needs_review"


def test_scores_whose_order_is_open_may_agree():
    facts = score(60, fact_id="f1", unit="%"), score(48, fact_id="f2", unit="%")
    assert verdict(need("score", "ODI", value=41, unit="%"), *facts) == "met"


def test_several_instruments_are_alternatives():
    facts = score(3, "VAS", "f1"), score(8, "NRS", "f2")
    result = answer(need("score", "VAS", "NRS", value=7), *facts)
    assert (result.verdict, result.facts) == ("met", ("f2",))


@pytest.mark.parametrize(
    ("date", "expected"),
    [("2026-10-01", "met"), ("2026-06-01", "not_documented"), ("2026-08", "needs_review"), (None, "not_documented")],
)
def test_a_score_must_lie_in_its_window(date, expected):
    asked = need("score", "PHQ-9", value=15, within="90 days")  # from 2026-08-03
    assert verdict(asked, score(18, "PHQ-9", date=date)) == expected


def test_words_are_no_figure():
    result = answer(need("score", "ODI", value=41), score("severe"))
    assert result.verdict == "not_documented"
    assert result.rejected[0].reason == "It gives no figure."


def test_the_other_side_of_the_body_does_not_serve():
    asked = need("score", "Kellgren-Lawrence", value=3, side="right")
    result = answer(asked, score(4, "Kellgren-Lawrence", side="left"))
    assert result.verdict == "not_documented"
    assert "left" in result.rejected[0].reason
    assert verdict(asked, score(4, "Kellgren-Lawrence", side="bilateral")) == "met"
    assert verdict(
        need("score", "Kellgren-Lawrence", value=3), score(4, "Kellgren-Lawrence", side="left"), side="right"
    ) == ("not_documented")


@pytest.mark.parametrize(
    ("name", "given", "op", "asked", "expected"),
    [
        ("BMI", {"value": 36}, ">=", {"value": 35}, "met"),
        ("BMI", {"value": 36, "unit": "kg/m²"}, ">=", {"value": 35, "unit": "kg/m2"}, "met"),
        (
            "LVEF",
            {"value": 35, "value_high": "40", "unit": "%"},
            "<=",
            {"value": 35, "unit": "percent"},
            "needs_review",
        ),
        ("LVEF", {"value": 30}, "<=", {"value": 35, "unit": "%"}, "met"),
        ("HbA1c", {"value": "7.4", "unit": "%"}, "<", {"value": "8.0", "unit": "%"}, "met"),
        ("HbA1c", {"value": 57, "unit": "mmol/mol"}, "<", {"value": 8, "unit": "%"}, "needs_review"),
        ("SBP", {"value": 85}, "<", {"value": 90, "unit": "mmHg"}, "needs_review"),  # unit not stated
        ("SBP", {"value": 85, "unit": "mm Hg"}, "<", {"value": 90, "unit": "mmHg"}, "met"),
        ("lactate", {"value": "2.1", "unit": "mmol/L"}, ">", {"value": 2, "unit": "mmol/l"}, "met"),
    ],
)
def test_a_measure_is_compared_in_its_unit(name, given, op, asked, expected):
    assert verdict(need("measure", name, op=op, **asked), score(name=name, **given)) == expected


def test_the_figure_and_the_threshold_are_shown():
    result = answer(need("measure", "BMI", value=35, unit="kg/m2"), score("33.5", "BMI", date="2026-10-01"))
    assert result.computed.figure == "BMI 33.5 kg/m2 on 2026-10-01"
    assert result.computed.needed == "at least 35 kg/m2"
    assert result.gap_kind == "criteria_difference"


def lung(fact_id, value, unit, day="2026-10-20", name="FEV1"):
    return fact(fact_id, "measurement", name, value=value, unit=unit, date=day)


def test_a_figure_told_in_litres_and_in_per_cent_of_one_day_is_compared_in_the_unit_asked():
    asked = need("measure", "FEV1", value=60, unit="%", op="<")
    litres, share = lung("f1", "1.31", "L"), lung("f2", "52", "%")
    found = answer(asked, litres, share)
    assert (found.verdict, found.facts, [row.fact for row in found.rejected]) == ("met", ("f2",), ["f1"])
    assert verdict(asked, litres, lung("f2", "52", "%", "2026-08-20")) == "needs_review"  # the later is in litres alone
    assert verdict(asked, litres, share, lung("f3", "63", "%")) == "needs_review"


def test_a_note_that_tells_the_last_result_without_its_unit_tells_no_other_figure():
    asked = need("measure", "LDL", value=100, unit="mg/dL", within="60 days")
    result = lung("f1", "131", "mg/dL", "2026-10-01", "LDL")
    assert verdict(asked, result, lung("f2", "131", None, "2026-10-12", "LDL")) == "met"


@pytest.mark.parametrize(
    "result",
    [
        pytest.param([("131", "mg/dL", "2026-08-01")], id="older than the window"),
        pytest.param([("128", "mg/dL", "2026-10-01")], id="another figure"),
        pytest.param([("131", "mg/dL", "2026-10-01"), ("90", "mg/dL", "2026-10-08")], id="not the last result"),
        pytest.param([], id="no result"),
    ],
)
def test_a_figure_without_a_unit_that_tells_no_result_again_is_for_a_person(result):
    asked = need("measure", "LDL", value=100, unit="mg/dL", within="60 days")
    facts = [lung(f"f{n}", value, unit, day, "LDL") for n, (value, unit, day) in enumerate(result)]
    assert verdict(asked, *facts, lung("f9", "131", None, "2026-10-12", "LDL")) == "needs_review"
