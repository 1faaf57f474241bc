from decimal import Decimal

from pipeline.extract.criteria.requirements import translate
from schemas.requirement import Age, All, Any, Finding, Measure, Not, Op


def test_an_age_beside_a_condition_is_asked_apart_from_it() -> None:
    for text in ("Diagnosis of asthma and age 12 or older", "The child is 6 or older with a diagnosis of asthma"):
        found = translate(text)
        assert isinstance(found, All)
        assert any(isinstance(part, Age) for part in found.of)
        assert any(isinstance(part, Finding) for part in found.of)


def test_an_age_that_is_an_alternative_stays_one() -> None:
    assert isinstance(translate("Age 65 or older, or a BMI of 40 or more"), Any)


def test_a_figure_that_can_be_below_zero_keeps_its_sign() -> None:
    for text in ("T-score of -2.5 or less", "A T-score at or below \u22122.5", "T-score less than or equal to -2.5"):
        found = translate(text)
        assert isinstance(found, Measure)
        assert (found.op, found.value, found.judged) == (Op.AT_MOST, Decimal("-2.5"), None)


def test_a_ceiling_that_may_have_lost_its_sign_is_for_a_person() -> None:
    found = translate("T-score of 2.5 or lower")
    assert isinstance(found, Measure)
    assert found.judged


def test_two_things_that_must_not_be_used_together_are_denied() -> None:
    found = translate("The patient will not take the requested drug together with another biologic")
    assert isinstance(found, Not)
    assert found.judged


def test_a_bound_that_begins_with_not_denies_nothing() -> None:
    assert translate("not older than 65") == Age(op=Op.AT_MOST, years=65)
    assert translate("must be no younger than 12 years") == Age(op=Op.AT_LEAST, years=12)
    assert not isinstance(translate("Not less than four cycles of docetaxel"), Not)
