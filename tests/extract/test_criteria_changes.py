"""Criteria on figures that move, on time that has gone by and on what is only shown, in wordings of payers."""

import pytest

from pipeline.extract.criteria.requirements import translate
from schemas.requirement import Attest, Change, Count, ElapsedSince, Measure, Op, Present, Requirement


def read(text: str) -> Requirement:
    found = translate(text)
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("text", "direction"),
    [
        ("Berg Balance Scale improved by 6 points", "up"),
        ("An improvement of at least 5 points in the PHQ-9", "down"),
        ("Improvement in Berg Balance Scale of 5 points", "up"),
    ],
)
def test_an_improvement_goes_the_way_the_instrument_is_scored(text: str, direction: str) -> None:
    found = read(text)
    assert isinstance(found, Change)
    assert (found.direction, found.judged) == (direction, None)


@pytest.mark.parametrize(
    "text",
    [
        "WOMAC improved by 15 points",  # told both ways
        "A 30 percent reduction in ODI and VAS",  # one of them is not enough
        "Tinetti has improved by 4 points since admission",
    ],
)
def test_a_change_that_arithmetic_cannot_tell_is_for_a_person(text: str) -> None:
    found = read(text)
    assert isinstance(found, Change)
    assert found.judged


def test_a_window_on_both_sides_of_another_day_is_not_counted_to_the_request() -> None:
    for text in (
        "The face-to-face visit took place no more than 90 days before, or within 30 days after, the start of care",
        "A face-to-face visit within 90 days prior to or 30 days following the start of home care",
    ):
        found = read(text)
        assert isinstance(found, ElapsedSince)
        assert found.op is Op.AT_MOST
        assert found.judged


def test_time_without_smoking_is_counted_from_its_last_day() -> None:
    for text in ("You have not smoked for at least 8 weeks", "The patient has not smoked for 3 months or longer"):
        found = read(text)
        assert isinstance(found, ElapsedSince)
        assert (found.terms, found.judged) == (("tobacco use",), None)


def test_the_share_of_a_standard_is_no_weight_in_kilograms() -> None:
    found = read("Weight at or below 85% of ideal body weight")
    assert isinstance(found, Measure)
    assert (found.terms, found.op, found.unit) == (("percent ideal body weight",), Op.AT_MOST, "%")


def test_what_a_treatment_did_while_it_was_given_is_for_a_person() -> None:
    assert isinstance(read("documented improvement when supplemental oxygen is given"), Attest)


def test_a_psychological_screen_is_a_document() -> None:
    assert isinstance(read("Psychological screening before surgery"), Present)


def test_blocks_that_are_done_are_no_walking() -> None:
    assert "walking" not in getattr(read("Blocks performed under fluoroscopic guidance"), "terms", ())


def test_a_regimen_counts_as_chemotherapy() -> None:
    found = read("Two courses of chemotherapy such as FOLFOX or FOLFIRI")
    assert isinstance(found, Count)
    assert found.terms == ("chemotherapy",)


@pytest.mark.parametrize(
    ("text", "direction"),
    [
        ("Kmax rose by 1.00 diopter or more within 24 months", "up"),
        ("Weight fell by 5% or more within 6 months", "down"),
        ("At least 30% fewer migraine days per month", "down"),
    ],
)
def test_what_rose_and_what_fell_moved(text: str, direction: str) -> None:
    found = read(text)
    assert isinstance(found, Change)
    assert (found.direction, found.judged) == (direction, None)


@pytest.mark.parametrize("text", ["LVEF decreased to below 40%", "FVC has fallen below 50% of predicted"])
def test_where_it_came_to_is_not_how_far_it_moved(text: str) -> None:
    assert not isinstance(read(text), Change)


@pytest.mark.parametrize(
    ("text", "op"),
    [
        ("Best-corrected visual acuity of 20/50 or worse", Op.AT_LEAST),
        ("Corrected vision is worse than 20/50", Op.MORE_THAN),
        ("BCVA of 20/50 or better", Op.AT_MOST),
    ],
)
def test_an_acuity_is_compared_by_its_denominator(text: str, op: Op) -> None:
    found = read(text)
    assert isinstance(found, Measure)
    assert (found.terms, found.op, found.value, found.judged) == (("corrected visual acuity",), op, 50, None)


def test_an_acuity_taken_in_another_way_is_for_a_person() -> None:
    assert isinstance(read("Glare testing that reduces visual acuity to 20/60 or worse"), Attest)
