import pytest

from tests.check.check_makers import answer, fact, need, verdict

PT = "physical therapy"


@pytest.mark.parametrize(
    ("start", "end", "asked", "expected"),
    [
        ("2026-04-01", "2026-05-15", "6 weeks", "met"),  # 44 days
        ("2026-04-01", "2026-05-15", "7 weeks", "not_met"),
        ("2026-04-01", "2026-05-13", "6 weeks", "met"),  # 42 days exactly
        ("2026-04-01", "2026-05-12", "6 weeks", "not_met"),
        ("2026-01-05", "2026-03-16", "12 weeks", "not_met"),  # 10 of 12 weeks
        ("2026-01-31", "2026-04-30", "3 months", "met"),
        ("2026-02-01", "2026-05-01", "3 months", "met"),  # 89 days
        ("2026-02-01", "2026-04-30", "3 months", "not_met"),  # 88 days
        ("2026-07-01", "2026-09-29", "3 months", "not_met"),  # 90 days, and not three months
        ("2024-02-29", "2025-02-28", "1 year", "met"),
        ("2025-02-28", "2026-02-27", "1 year", "not_met"),
        ("2026-04", "2026-06", "4 weeks", "met"),  # the month of May lies between
        ("2026-04", "2026-05", "6 weeks", "needs_review"),  # 1 to 60 days
        ("2026-04", "2026-04", "6 weeks", "not_met"),
        ("2025", "2026", "6 weeks", "needs_review"),
        ("2026-05-01", "2026-04-01", "6 weeks", "needs_review"),  # ends before it begins
    ],
)
def test_a_length_is_exact_arithmetic_on_dates(start, end, asked, expected):
    assert verdict(need("duration", PT, length=asked), fact(start=start, end=end)) == expected


def test_the_arithmetic_is_shown():
    result = answer(need("duration", PT, length="6 weeks"), fact(start="2026-04-01", end="2026-05-15"))
    assert result.computed.figure == "44 days = 6 weeks 2 days"
    assert result.computed.formula == "2026-04-01 to 2026-05-15"
    assert result.computed.needed == "at least 6 weeks"
    assert result.facts == ("f1",)
    assert result.gap == ""


def test_a_complete_measure_that_falls_short_is_a_difference_with_the_criteria():
    result = answer(need("duration", PT, length="12 weeks"), fact(start="2026-01-05", end="2026-03-16"))
    assert result.verdict == "not_met"
    assert result.gap_kind == "criteria_difference"
    assert result.computed.figure == "70 days = 10 weeks"


def test_months_are_shown_in_months():
    result = answer(need("duration", PT, length="3 months"), fact(start="2026-01-10", end="2026-04-15"))
    assert result.computed.figure == "95 days = 3 months 5 days"


@pytest.mark.parametrize(
    ("stated", "asked", "expected"),
    [
        ("6 weeks", "6 weeks", "met"),
        ("42 days", "6 weeks", "met"),
        ("5 weeks", "6 weeks", "not_met"),
        ("12 weeks", "3 months", "not_met"),  # 84 days, three months have at least 89
        ("90 days", "3 months", "needs_review"),  # 89 to 92
        ("3 months", "12 weeks", "met"),
        ("1 year", "12 months", "met"),
    ],
)
def test_a_stated_length_counts_in_its_own_unit(stated, asked, expected):
    assert verdict(need("duration", PT, length=asked), fact(duration=stated)) == expected


def test_a_stated_length_is_said_to_be_only_stated_and_its_dates_are_asked_for():
    result = answer(need("duration", PT, length="6 weeks"), fact(duration="6 weeks"))
    assert result.verdict == "met"
    assert "as stated" in result.explanation
    assert "first and last day" in result.gap
    assert "physical therapist" in result.gap


def test_a_treatment_without_dates_or_length_is_too_vague_to_measure():
    result = answer(need("duration", PT, length="6 weeks"), fact(date="2026-05-20"))
    assert result.verdict == "not_documented"
    assert result.gap_kind == "documentation"
    assert "first and last day of physical therapy" in result.gap


@pytest.mark.parametrize(
    ("known", "lacking"), [({"start": "2026-04-01"}, "no last day"), ({"end": "2026-05-15"}, "no first day")]
)
def test_a_missing_end_is_named(known, lacking):
    result = answer(need("duration", PT, length="6 weeks"), fact(**known))
    assert result.verdict == "not_documented"
    assert lacking in result.explanation


def test_treatment_that_is_going_on_is_counted_up_to_the_note():
    going_on = fact(start="2026-04-01", date="2026-05-15", ongoing=True)
    assert verdict(need("duration", PT, length="6 weeks"), going_on) == "met"
    short = answer(need("duration", PT, length="12 weeks"), going_on)
    assert short.verdict == "not_met"
    assert short.gap_kind == "documentation"


@pytest.mark.parametrize(
    ("asked", "expected"), [("6 weeks", "met"), ("7 weeks", "needs_review"), ("8 weeks", "not_met")]
)
def test_a_stated_length_at_odds_with_its_dates_decides_nothing_that_turns_on_it(asked, expected):
    disputed = fact(start="2026-04-01", end="2026-05-15", duration="7 weeks")
    assert verdict(need("duration", PT, length=asked), disputed) == expected


def test_a_stated_length_elsewhere_does_not_stand_against_dates_that_say_less():
    dated = fact("f1", start="2026-04-01", end="2026-05-15")
    stated = fact("f2", duration="7 weeks")
    result = answer(need("duration", PT, length="7 weeks"), dated, stated)
    assert result.verdict == "needs_review"
    assert "44 days" in result.explanation
    assert "7 weeks" in result.explanation


def test_separate_spells_of_one_treatment_are_not_added_up():
    spells = fact("f1", start="2026-01-01", end="2026-01-22"), fact("f2", start="2026-06-01", end="2026-06-29")
    result = answer(need("duration", PT, length="6 weeks"), *spells)
    assert result.verdict == "not_met"
    assert result.computed.figure == "28 days = 4 weeks"


def test_overlapping_statements_of_one_treatment_are_one_spell():
    notes = (
        fact("f1", start="2026-04-01", date="2026-04-20", ongoing=True),
        fact("f2", start="2026-04-01", end="2026-05-15"),
    )
    assert answer(need("duration", PT, length="6 weeks"), *notes).computed.figure == "44 days = 6 weeks 2 days"


def test_two_ends_of_one_spell_must_agree_on_the_verdict():
    notes = fact("f1", start="2026-04-01", end="2026-05-15"), fact("f2", start="2026-04-01", end="2026-05-01")
    assert verdict(need("duration", PT, length="6 weeks"), *notes) == "needs_review"
    assert verdict(need("duration", PT, length="4 weeks"), *notes) == "met"


CARE = ("conservative",)


def test_distinct_treatments_of_a_class_count_by_the_days_any_of_them_covers():
    facts = (
        fact("f1", classes=CARE, start="2026-04-01", end="2026-04-28"),
        fact("f2", "medication", "naproxen", classes=CARE, start="2026-04-20", end="2026-05-15"),
    )
    result = answer(need("duration", "conservative", length="6 weeks"), *facts)
    assert result.verdict == "met"
    assert result.computed.figure == "44 days = 6 weeks 2 days"
    assert "Distinct treatments" in result.explanation


def test_a_fact_that_names_the_class_itself_leaves_it_a_class():
    facts = (
        fact("f1", classes=CARE, start="2026-04-01", end="2026-04-28"),
        fact("f2", "medication", "naproxen", classes=CARE, start="2026-04-20", end="2026-05-15"),
        fact("f3", name="conservative", date="2026-06-01", outcome="failed"),
    )
    assert verdict(need("duration", "conservative", length="6 weeks"), *facts) == "met"


def test_a_treatment_asked_by_name_is_not_eked_out_by_one_of_a_class_asked_beside_it():
    facts = (
        fact("f1", start="2026-04-01", end="2026-04-22"),
        fact("f2", "medication", "naproxen", classes=("nsaid",), start="2026-04-22", end="2026-05-15"),
    )
    assert verdict(need("duration", PT, "nsaid", length="6 weeks"), *facts) == "not_met"


def test_a_gap_between_treatments_of_a_class_is_not_counted():
    facts = (
        fact("f1", classes=CARE, start="2026-01-01", end="2026-01-22"),
        fact("f2", "medication", "naproxen", classes=CARE, start="2026-06-01", end="2026-06-20"),
    )
    result = answer(need("duration", "conservative", length="6 weeks"), *facts)
    assert result.verdict == "not_met"
    assert result.computed.figure == "40 days = 5 weeks 5 days"


def test_passive_care_does_not_carry_a_duration_of_active_care():
    rest = fact("f1", "medication", "naproxen", classes=CARE, start="2026-01-01", end="2026-06-01")
    therapy = fact("f2", classes=("conservative", "active"), start="2026-04-01", end="2026-04-20")
    asked = need("duration", "conservative", length="6 weeks", active=True)
    alone = answer(asked, rest)
    assert alone.verdict == "not_documented"
    assert "active" in alone.rejected[0].reason
    assert verdict(asked, rest, therapy) == "not_met"


def test_only_the_part_inside_the_window_counts():
    asked = need("duration", PT, length="6 weeks", within="3 months")  # 2026-08-01 to 2026-11-01
    result = answer(asked, fact(start="2026-07-01", end="2026-09-01"))
    assert result.verdict == "not_met"
    assert result.computed.formula == "2026-08-01 to 2026-09-01"
    assert "inside" in result.explanation
    assert verdict(asked, fact(start="2026-07-01", end="2026-09-20")) == "met"


def test_treatment_outside_the_window_is_listed_and_does_not_serve():
    result = answer(
        need("duration", PT, length="6 weeks", within="3 months"), fact(start="2025-01-01", end="2025-06-01")
    )
    assert result.verdict == "not_documented"
    assert "outside" in result.rejected[0].reason


def test_a_stated_length_without_dates_cannot_be_placed_in_a_window():
    result = answer(need("duration", PT, length="6 weeks", within="3 months"), fact(duration="8 weeks"))
    assert result.verdict == "not_documented"
    assert "first and last day" in result.gap


def test_a_window_from_an_unknown_day_is_for_a_person():
    asked = need("duration", PT, length="6 weeks", within="3 months")
    assert verdict(asked, fact(start="2026-07-01", end="2026-09-20"), request_date=None) == "needs_review"


def test_visits_alone_give_the_span_from_first_to_last():
    days = ["2026-04-01", "2026-04-15", "2026-05-01", "2026-05-15"]
    visits = [fact(f"f{n}", date=day, visits=1) for n, day in enumerate(days)]
    result = answer(need("duration", PT, length="6 weeks"), *visits)
    assert result.verdict == "met"
    assert "first to the last of 4 visits" in result.explanation


def test_visits_far_apart_are_not_one_course():
    visits = fact("f1", date="2025-04-01", visits=1), fact("f2", date="2026-05-15", visits=1)
    assert verdict(need("duration", PT, length="6 weeks"), *visits) == "not_documented"


@pytest.mark.parametrize(
    ("outcome", "expected"),
    [("failed", "met"), ("partial", "not_documented"), ("effective", "not_documented"), (None, "not_documented")],
)
def test_a_trial_that_must_have_failed_needs_that_outcome(outcome, expected):
    asked = need("duration", PT, length="6 weeks", outcomes=["failed"])
    assert verdict(asked, fact(start="2026-04-01", end="2026-05-15", outcome=outcome)) == expected


def test_a_missing_outcome_is_what_is_asked_for():
    asked = need("duration", PT, length="6 weeks", outcomes=["failed"])
    result = answer(asked, fact(start="2026-04-01", end="2026-05-15"))
    assert "outcome of physical therapy" in result.gap


def test_a_missing_outcome_does_not_hide_that_the_trial_was_too_short():
    asked = need("duration", PT, length="6 weeks", outcomes=["failed"])
    assert verdict(asked, fact(start="2026-04-01", end="2026-04-15")) == "not_met"


@pytest.mark.parametrize(
    ("dose", "expected"),
    [
        ("15 mg/week", "met"),
        ("20 mg weekly", "met"),
        ("10 mg/week", "not_documented"),
        ("15 mg/day", "needs_review"),
        (None, "needs_review"),
    ],
)
def test_the_dose_must_reach_the_least_dose_on_the_same_basis(dose, expected):
    asked = need("duration", "methotrexate", length="3 months", dose="15 mg/week")
    trial = fact("f1", "medication", "methotrexate", start="2026-01-01", end="2026-06-01", dose=dose)
    assert verdict(asked, trial) == expected


@pytest.mark.parametrize(
    ("op", "end", "expected"),
    [
        (">", "2026-05-13", "not_met"),
        (">", "2026-05-14", "met"),
        ("<=", "2026-05-13", "met"),
        ("<", "2026-05-13", "not_met"),
    ],
)
def test_each_comparison_is_read_as_written(op, end, expected):
    assert verdict(need("duration", PT, length="6 weeks", op=op), fact(start="2026-04-01", end=end)) == expected


def test_time_to_come_is_not_counted():
    planned_end = fact(start="2026-11-01", end="2027-02-01")
    assert verdict(need("duration", PT, length="6 weeks"), planned_end) == "not_met"


def test_a_treatment_denied_by_name_is_not_met_and_silence_is_not():
    asked = need("duration", PT, length="6 weeks")
    assert verdict(asked, fact(assertion="absent")) == "not_met"
    assert verdict(asked) == "not_documented"
    assert verdict(need("duration", "conservative", length="6 weeks"), fact(classes=CARE, assertion="absent")) == (
        "not_documented"
    )
