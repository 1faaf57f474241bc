"""A model's reading of a criterion counts where the criterion's own words hold all of it, and nothing is left out."""

from typing import Any

import pytest

from pipeline.extract.agree import agreed_readings
from pipeline.extract.ground import UngroundedError
from pipeline.extract.ground_denial import GroundedDenial
from pipeline.extract.model.criteria import ReadCriterion
from pipeline.extract.model.reread_criteria import reread_requirement
from schemas.denial import Criterion, Denial
from schemas.fact import Length
from schemas.requirement import Any as AnyOf
from schemas.requirement import AtLeast, Count, Duration, Not, Requirement
from schemas.span import Cited, Span

WEEKS = "At least 6 weeks of physical therapy"
THERAPY = {"words": WEEKS, "kind": "duration", "terms": ("physical therapy",), "n": "6", "unit": "weeks"}
SCORE = {"words": "PHQ-9 score of 20 or higher", "kind": "score", "terms": ("PHQ-9",), "n": "20"}
TRIALS = {"words": "two antidepressants", "kind": "count", "terms": ("antidepressant",), "n": "two"}


def reading(*parts: dict[str, Any], **given: Any) -> ReadCriterion:
    return ReadCriterion.model_validate({"criterion": "c1", "parts": parts} | given)


def reason(text: str, *parts: dict[str, Any], **given: Any) -> str:
    with pytest.raises(UngroundedError) as refusal:
        reread_requirement(reading(*parts, **given), text)
    return refusal.value.reason


def test_a_reading_that_the_words_hold_becomes_a_requirement() -> None:
    found = reread_requirement(reading(THERAPY), f"{WEEKS}.")
    assert found == Duration(terms=("physical therapy",), length=Length.model_validate({"n": 6, "unit": "weeks"}))


def test_what_the_text_says_beyond_the_parts_is_left_to_a_person() -> None:
    found = reread_requirement(reading(THERAPY), f"{WEEKS} with a goal agreed beforehand")
    assert not isinstance(found, Duration) or found.judged is not None


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"n": "4"}, "the figure is not in the words"),
        ({"unit": "months"}, "does not compare"),
        ({"op": "<="}, "does not compare"),
        ({"terms": ("acupuncture",)}, "do not name"),
        ({"words": "at least 6 weeks of acupuncture"}, "do not stand"),
        ({"negated": True}, "denied"),
        ({"within": "12 months"}, "window"),
        ({"dose": "15 mg"}, "dose"),
        ({"outcomes": ("failed",)}, "outcomes"),
        ({"kind": "finding", "n": None}, "a figure of the criterion is in no part"),
        ({"n": None}, "length of time"),
        ({"n": "NaN"}, "length of time"),
    ],
)
def test_a_reading_that_the_words_do_not_hold_is_refused(change: dict[str, Any], why: str) -> None:
    assert why in reason(WEEKS, THERAPY | change)


def test_parts_are_joined_as_the_words_join_them() -> None:
    text = "PHQ-9 score of 20 or higher, or two antidepressants"
    assert isinstance(reread_requirement(reading(SCORE, TRIALS, combine="any"), text), AnyOf)
    assert "not joined" in reason(text, SCORE, TRIALS, combine="all")
    assert "not joined" in reason(text.replace(", or ", " and "), SCORE, TRIALS, combine="any")


def test_how_many_must_hold_is_what_the_words_say() -> None:
    lead = "Two of the following: "
    parts = [{"words": word, "kind": "finding", "terms": (word,)} for word in ("effusion", "crepitus", "fever")]
    text = lead + "; ".join(part["words"] for part in parts)
    found = reread_requirement(reading(*parts, combine="at_least", at_least=2), text)
    assert isinstance(found, AtLeast)
    assert found.n == 2
    assert "how many" in reason(text, *parts, combine="at_least", at_least=1)


def test_what_is_denied_stays_denied() -> None:
    part = {"words": "No effusion", "kind": "finding", "terms": ("effusion",)}
    assert isinstance(reread_requirement(reading(part | {"negated": True}), "No effusion."), Not)
    assert "denied" in reason("No effusion.", part)


@pytest.mark.parametrize("text", [f"{WEEKS} unless contraindicated", f"Not medically necessary when: {WEEKS}"])
def test_an_exception_or_an_exclusion_only_the_rules_read(text: str) -> None:
    assert "only the rules" in reason(text, THERAPY)


# --- beside the rules


def denial(requirement: Requirement | None, text: str = WEEKS) -> GroundedDenial:
    span = Span(document="d1", page=1, start=0, end=len(text), quote=text)
    criterion = Criterion(id="c1", text=Cited(value=text, spans=(span,)), requirement=requirement)
    return GroundedDenial(Denial(criteria=(criterion,)), (), ())


def test_where_both_read_alike_the_rules_requirement_stays_without_a_word() -> None:
    ours = reread_requirement(reading(THERAPY), WEEKS)
    found = agreed_readings(denial(ours), [reading(THERAPY)])
    assert (found.denial.criteria[0].requirement, found.warnings, found.refused) == (ours, (), ())


def test_where_they_differ_a_person_must_judge_before_it_is_met() -> None:
    ours = Count(terms=("physical therapy",), n=6)
    found = agreed_readings(denial(ours), [reading(THERAPY)])
    (criterion,) = found.denial.criteria
    assert criterion.requirement == ours.model_copy(update={"judged": ("physical therapy",)})
    assert [warning.code for warning in found.warnings] == ["engines_disagree"]


def test_what_only_the_model_could_read_stands_and_is_to_be_confirmed() -> None:
    found = agreed_readings(denial(None), [reading(THERAPY)])
    assert isinstance(found.denial.criteria[0].requirement, Duration)
    assert [warning.code for warning in found.warnings] == ["model_only"]


def test_a_reading_of_no_criterion_and_a_second_one_are_refused() -> None:
    found = agreed_readings(denial(None), [reading(THERAPY), reading(THERAPY), reading(THERAPY, criterion="c7")])
    assert [one.what for one in found.refused] == ["requirement", "requirement"]
