from pipeline.extract.criteria.requirements import translate
from schemas.requirement import Age, All, Any, Finding, Measure, Not


def test_an_age_beside_a_condition_is_asked_apart_from_it() -> None:
    for text in ("Diagnosis of asthma and age 12 or older", "The child is 6 or older with a diagnosis of asthma"):
        found = translate(text)
        assert isinstance(found, All)
        assert any(isinstance(part, Age) for part in found.of)
        assert any(isinstance(part, Finding) for part in found.of)


def test_an_age_that_is_an_alternative_stays_one() -> None:
    assert isinstance(translate("Age 65 or older, or a BMI of 40 or more"), Any)


def test_a_signed_figure_is_left_to_a_person() -> None:
    found = translate("T-score of -2.5 or less")
    assert isinstance(found, Measure)
    assert found.judged


def test_two_things_that_must_not_be_used_together_are_denied() -> None:
    found = translate("The patient will not take the requested drug together with another biologic")
    assert isinstance(found, Not)
    assert found.judged
