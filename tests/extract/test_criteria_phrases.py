"""Phrases of criteria that hide what is asked: places involved, classes in brackets, pain, ranks, tests made."""

import pytest

from pipeline.extract.criteria.asked import is_partial
from pipeline.extract.criteria.requirements import translate
from schemas.requirement import All, Change, Count, Finding, Frequency, Measure, Op, Present, Requirement, Score
from schemas.requirement import Any as AnyOf


def test_each_place_of_an_involvement_is_asked_by_its_name() -> None:
    found = translate("Involvement of the scalp, the face, or the genitals")
    assert isinstance(found, Finding)
    assert found.terms == ("scalp involvement", "facial involvement", "genital involvement")
    assert not is_partial(found)


def test_a_share_or_a_place_involved_are_alternatives() -> None:
    found = translate("BSA of 3% or more, or involvement of the soles or scalp")
    assert isinstance(found, AnyOf)
    assert isinstance(found.of[0], Measure)
    assert not is_partial(found)


@pytest.mark.parametrize(
    "text",
    [
        "Involvement of the scalp, knees or earlobes",
        "Involvement of the scalp and the joints of one hand",
    ],
)
def test_a_place_that_is_not_known_leaves_an_involvement_to_a_person(text: str) -> None:
    found = translate(text)
    assert found is None or is_partial(found)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("Pain of 5 or more on a 10-point scale", 5),
        ("Pain of at least 6/10 at baseline", 6),
        ("Pain rated at least 7 out of 10", 7),
    ],
)
def test_pain_with_a_figure_is_a_score_on_its_scale(text: str, value: int) -> None:
    found = translate(text)
    assert isinstance(found, Score)
    assert (found.terms, found.op, found.value, found.scale_max) == (("pain score",), Op.AT_LEAST, value, 10)
    assert not is_partial(found)


@pytest.mark.parametrize(
    "text", ["Pain for 6 weeks or longer", "Pain of 3 months' duration", "Pain at 2 or more joints"]
)
def test_pain_with_another_figure_is_no_score(text: str) -> None:
    assert not isinstance(translate(text), Score)


def test_drugs_of_classes_named_in_brackets_count_by_those_classes_alone() -> None:
    found = translate("Failure of two preventive medications from different classes (tricyclic, SNRI or beta blocker)")
    assert isinstance(found, Count)
    assert (found.n, found.of, set(found.terms)) == (2, "class", {"tca", "snri", "beta_blocker"})


def test_classes_that_are_only_examples_do_not_narrow() -> None:
    found = translate("Failure of two preventive medications from different classes (e.g., tricyclic, SNRI)")
    assert isinstance(found, Count)
    assert found.terms == ("migraine_preventive",)


@pytest.mark.parametrize(
    "text",
    [
        "BMI at or above the 95th percentile for age and sex",
        "Weight below the 3rd percentile",
        "Height at 5 percentile",
    ],
)
def test_a_rank_is_no_figure_of_what_is_ranked(text: str) -> None:
    assert not isinstance(translate(text), Measure | Score)


def test_how_far_apart_they_were_does_not_hide_what_two_procedures_must_show() -> None:
    found = translate("Two facet blocks, performed at least 10 days apart, each with 75% or greater pain relief")
    assert isinstance(found, All)
    count, relief = found.of
    assert isinstance(count, Count)
    assert (count.n, count.of) == (2, "event")
    assert isinstance(relief, Change)
    assert is_partial(count)
    assert is_partial(relief)


def test_so_many_in_each_of_the_last_months_is_a_frequency_for_a_person() -> None:
    found = translate("A parent attended at least two hours of parent training (97156) in each of the past 6 months")
    assert isinstance(found, Frequency)
    assert (found.n, found.per.n, found.over and found.over.n) == (2, 1, 6)
    assert is_partial(found)


def test_trials_from_so_many_classes_ask_for_both_numbers_of_the_same_trials() -> None:
    found = translate("Failure of 3 antidepressants from at least two different agent classes, each for 6 weeks")
    assert isinstance(found, All)
    trials, classes = found.of
    assert isinstance(trials, Count)
    assert isinstance(classes, Count)
    assert (trials.n, trials.of, classes.n, classes.of) == (3, "agent", 2, "class")
    assert trials.model_copy(update={"n": 2, "of": "class"}) == classes


def test_the_manual_of_a_diagnosis_is_nothing_that_the_record_must_show() -> None:
    found = translate("A DSM-5 diagnosis of major depressive disorder")
    assert isinstance(found, Finding)
    assert found.terms == ("major depressive disorder",)


def test_visits_told_after_their_treatment_are_counted() -> None:
    found = translate("Physical therapy of not fewer than 9 visits")
    assert isinstance(found, Count)
    assert (found.of, found.n, found.terms) == ("visits", 9, ("physical therapy",))


def test_a_number_after_a_treatment_is_not_its_own_where_it_counts_another() -> None:
    found = translate("Physical therapy and at least two NSAIDs")
    assert not isinstance(found, Count)


@pytest.mark.parametrize(
    "text",
    ["The member was tested for hepatitis B before treatment", "You have been screened for depression"],
)
def test_that_a_thing_was_looked_for_is_not_that_it_was_there(text: str) -> None:
    found = translate(text)
    assert isinstance(found, Finding)
    assert is_partial(found)


def test_a_screening_that_was_negative_asks_for_its_absence() -> None:
    found = translate("Tuberculosis screening was negative in the past 6 months")
    assert isinstance(found, Finding)
    assert found.absent


def test_results_on_file_are_a_document_though_the_tests_are_of_findings() -> None:
    assert isinstance(translate("Hepatitis B surface antigen and HIV results are on file"), Present)


def test_what_a_patient_reports_is_no_report() -> None:
    found = translate("The patient reports that the tremor interferes with writing or driving")
    assert not isinstance(found, Present)


def test_the_last_of_a_list_that_is_not_known_keeps_the_others_alternatives() -> None:
    found = translate("Suspected narcolepsy, central sleep apnea, or a rare dysnystaxis")
    assert isinstance(found, Finding)
    assert found.terms == ("narcolepsy", "central sleep apnea")
    assert is_partial(found)


@pytest.mark.parametrize(
    ("text", "op"),
    [
        ("Weight loss of less than 4% of starting weight in the program", Op.LESS_THAN),
        ("A weight loss of at least 5% of baseline body weight", Op.AT_LEAST),
    ],
)
def test_a_share_of_weight_lost_is_a_change_of_weight_downwards(text: str, op: Op) -> None:
    found: Requirement | None = translate(text)
    assert isinstance(found, Change)
    assert (found.terms, found.op, found.percent, found.direction) == (("weight",), op, True, "down")


def test_the_index_left_on_treatment_is_not_that_of_the_sleep_study() -> None:
    on_treatment, at_study = translate("A residual AHI of 10 or more"), translate("An AHI of 15 or more")
    assert isinstance(on_treatment, Score | Measure)
    assert isinstance(at_study, Score | Measure)
    assert (on_treatment.terms, at_study.terms) == (("residual AHI",), ("AHI",))
