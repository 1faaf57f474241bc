"""A criterion's text becomes a requirement, or none."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.extract.criteria.asked import is_partial
from pipeline.extract.criteria.requirements import located, translate
from schemas.fact import Length, Outcome, Quantity, Side
from schemas.requirement import (
    Age,
    All,
    Any,
    AtLeast,
    Count,
    Duration,
    Finding,
    Measure,
    Not,
    Op,
    Present,
    Requirement,
    Score,
    Tolerance,
    Window,
)

WEEKS_6 = Length(n=Decimal(6), unit="weeks")
MONTHS_3 = Length(n=Decimal(3), unit="months")


@pytest.mark.parametrize(
    ("text", "requirement"),
    [
        (
            "2. At least 12 weeks of supervised physical therapy within the 12 months before the request.",
            Duration(
                terms=("physical therapy",),
                length=Length(n=Decimal(12), unit="weeks"),
                within=Window(length=Length(n=Decimal(12), unit="months")),
            ),
        ),
        (
            "Failure to improve after six (6) weeks of conservative treatment in the last 3 months",
            Duration(
                terms=("conservative",), length=WEEKS_6, outcomes=(Outcome.FAILED,), within=Window(length=MONTHS_3)
            ),
        ),
        (
            "Trial and failure of methotrexate at a dose of at least 15 mg weekly for at least 3 months.",
            Duration(
                terms=("methotrexate",),
                length=MONTHS_3,
                outcomes=(Outcome.FAILED,),
                dose=Quantity(n=Decimal(15), unit="mg/week"),
            ),
        ),
        ("Failure of at least one NSAID", Count(terms=("nsaid",), n=1, outcomes=(Outcome.FAILED,))),
        (
            "At least two antidepressants from different classes were tried and failed",
            Count(terms=("antidepressant",), n=2, of="class", outcomes=(Outcome.FAILED,)),
        ),
        ("At least 12 physical therapy visits", Count(terms=("physical therapy",), n=12, of="visits")),
        ("Kellgren-Lawrence grade 3 or 4 on radiographs", Score(terms=("Kellgren-Lawrence",), value=Decimal(3))),
        (
            "WOMAC total score of 39 or higher on a scale of 0 to 96",
            Score(terms=("WOMAC",), value=Decimal(39), scale_max=Decimal(96)),
        ),
        ("CDAI score greater than 10", Score(terms=("CDAI",), op=Op.MORE_THAN, value=Decimal(10))),
        ("ODI of at least 40%", Score(terms=("ODI",), value=Decimal(40), unit="%")),
        ("BMI \u2265 35", Measure(terms=("BMI",), value=Decimal(35), unit="kg/m2")),
        ("LVEF of 35% or less", Measure(terms=("LVEF",), op=Op.AT_MOST, value=Decimal(35), unit="%")),
        ("The member is 18 years of age or older", Age(years=18)),
        ("Prescribed by a rheumatologist", Present(terms=("rheumatology",))),
        ("Plain radiographs were done before the MRI request", Present(terms=("radiograph",))),
        (
            "Intolerance or contraindication to sulfasalazine or leflunomide",
            Tolerance(terms=("sulfasalazine", "leflunomide")),
        ),
        ("No active local or systemic infection", Not(of=Finding(terms=("active infection",)))),
    ],
)
def test_usual_wordings_are_read(text: str, requirement: Requirement) -> None:
    assert translate(text) == requirement


def test_a_list_keeps_how_many_of_it_must_hold() -> None:
    items = "\n(a) BMI of at least 40\n(b) PHQ-9 score of at least 15\n(c) CDAI score greater than 10"
    one, two, every = (translate(f"{n} of the following:{items}") for n in ("One", "At least two", "All"))
    assert (type(one), type(every)) == (Any, All)
    assert isinstance(two, AtLeast)
    assert two.n == 2


def test_unless_is_the_rule_or_its_exception() -> None:
    requirement = translate("A trial of methotrexate for 3 months, unless contraindicated")
    assert requirement == Any(
        of=(
            Duration(terms=("methotrexate",), length=MONTHS_3),
            Tolerance(terms=("methotrexate",), outcomes=(Outcome.CONTRAINDICATED,)),
        )
    )


def test_treatments_joined_by_and_are_each_asked_and_by_or_are_alternatives() -> None:
    both = translate("Failure of physical therapy and NSAIDs")
    either = translate("Failure of physical therapy or NSAIDs")
    assert isinstance(both, All)
    assert [part.terms for part in both.of if isinstance(part, Count)] == [("physical therapy",), ("nsaid",)]
    assert isinstance(either, Count)
    assert either.terms == ("physical therapy", "nsaid")


def test_grades_below_the_top_of_the_scale_have_an_upper_end() -> None:
    assert translate("NYHA class II or III") == Score(terms=("NYHA",), value=Decimal(2), value_high=Decimal(3))


@pytest.mark.parametrize(
    "text",
    [
        "The treatment plan is appropriate for the member's clinical condition",
        "Failure of maximum tolerated doses of methotrexate",
        "The result of the MRI is expected to change the treatment plan",
    ],
)
def test_words_of_judgement_are_left_to_a_person(text: str) -> None:
    requirement = translate(text)
    assert requirement is None or is_partial(requirement)


@pytest.mark.parametrize(
    "text",
    [
        "At least }2 weeks of physical therapy",  # a digit that OCR lost
        "At least 6 sessions of physical therapy over 4 weeks",  # two figures, one predicate
        "Symptoms for at least 6 weeks despite physical therapy",  # the length is not the therapy's
        "Care must be medically necessary",
        "",
    ],
)
def test_what_the_grammar_does_not_read_whole_gives_nothing(text: str) -> None:
    assert translate(text) is None


@given(st.text(max_size=200))
def test_no_text_breaks_the_grammar(text: str) -> None:
    translate(text)


@given(st.integers(2, 60), st.sampled_from(["weeks", "months"]))
def test_the_length_asked_is_the_length_in_the_text(n: int, unit: str) -> None:
    requirement = translate(f"At least {n} {unit} of physical therapy")
    assert isinstance(requirement, Duration)
    assert (requirement.length.n, requirement.length.unit) == (n, unit)


def test_the_side_of_the_denied_service_is_asked_of_every_part() -> None:
    requirement = located(All(of=(Score(terms=("ODI",), value=Decimal(40)), Age(years=18))), Side.RIGHT, "knee")
    assert isinstance(requirement, All)
    score = requirement.of[0]
    assert isinstance(score, Score)
    assert (score.side, score.body_part) == (Side.RIGHT, "knee")


def test_a_second_half_that_is_not_read_is_left_to_a_person() -> None:
    requirement = translate("Failure of physical therapy and agreement of the whole household")
    assert isinstance(requirement, Count)
    assert requirement.judged is not None


def test_what_the_second_half_adds_to_the_first_is_read_with_it() -> None:
    requirement = translate("At least 6 weeks of physical therapy and no improvement")
    assert requirement == Duration(terms=("physical therapy",), length=WEEKS_6, outcomes=(Outcome.FAILED,))


def test_a_statement_of_very_many_parts_is_read_in_good_time() -> None:
    parts = ["failure of physical therapy", "BMI of at least 35"] * 60
    assert isinstance(translate(" and ".join(parts)), All)


def test_findings_joined_by_and_are_each_asked() -> None:
    both = translate("Documented motor weakness and sensory loss on examination")
    assert isinstance(both, All)
    assert [part.terms for part in both.of if isinstance(part, Finding)] == [("motor weakness",), ("sensory loss",)]
    either = translate("Documented motor weakness or sensory loss on examination")
    assert either == Finding(terms=("motor weakness", "sensory loss"))


def test_a_class_with_its_members_and_a_second_statement_are_both_read() -> None:
    requirement = translate(
        "documented failure of 6 weeks of provider-directed treatment including physical therapy, and an MRI or CT "
        "within 24 months"
    )
    assert isinstance(requirement, All)
    kinds = [part.kind for part in requirement.of]
    assert kinds == ["all", "document"]


@pytest.mark.parametrize(
    "text",
    [
        "RF positive or both tested; AND methotrexate 15 mg weekly failed for 3 months",
        "A 3-month trial of a conventional DMARD failed; not combined with what the plan excludes",
        "BMI of at least 40 AND agreement of the whole household",
        "Failure of physical therapy. The family was counselled on the choice.",
    ],
)
def test_a_clause_that_is_not_read_is_never_dropped(text: str) -> None:
    requirement = translate(text)
    assert requirement is not None
    assert is_partial(requirement)


def test_clauses_set_apart_are_each_asked() -> None:
    requirement = translate("BMI of at least 40; PHQ-9 score of at least 15; and CDAI score greater than 10")
    assert isinstance(requirement, All)
    assert [part.kind for part in requirement.of] == ["measure", "score", "score"]


def test_an_alternative_after_a_semicolon_is_left_to_a_person() -> None:
    requirement = translate("Failure of methotrexate for 3 months; or prior use of a biologic")
    assert requirement is None or is_partial(requirement)


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("The lesion is larger than 12 mm across", "measure"),
        ("Peak flow velocity of 4 m/s or more", "measure"),
        ("A rating of 3 or higher on the Ridge Wellness Scale", "score"),
        ("Bodily discomfort lasting at least 9 weeks", "duration"),
        ("Loss of at least 8% of starting weight", "change"),
        ("Serum creatinine has risen on repeated testing", "change"),
        ("No fewer than 60 days have passed since the last chemotherapy", "elapsed_since"),
        ("Has not smoked for 4 months or longer", "elapsed_since"),
        ("A nurse visits at least twice a week", "frequency"),
        ("At least 5 bladder accidents per week", "frequency"),
        ("Not more than 2 syringes per 28 days", "limit"),
        ("Injections do not exceed 3 sessions in 12 months", "limit"),
        ("The imaging level agrees with the examination", "concordant"),
        ("A nutrition assessment completed by a dietitian", "document"),
        ("Laboratory results are on file", "document"),
        ("A prudent person would have sought care at once", "attest"),
        ("Cannot be cared for at a less intensive level", "attest"),
        ("Cleft lip or another facial anomaly", "finding"),
        ("Will not be taken together with another biologic", "not"),
        ("Three formulary alternatives were tried for 30 days each", "count"),
        ("The enrollee is 12 or older", "age"),
    ],
)
def test_the_grammar_tells_the_kind_of_what_the_vocabulary_does_not_know(text: str, kind: str) -> None:
    requirement = translate(text)
    assert requirement is not None
    assert requirement.kind == kind


@pytest.mark.parametrize(
    "text",
    [
        "The lesion is larger than 12 mm across",
        "Bodily discomfort lasting at least 9 weeks",
        "A nurse visits at least twice a week",
        "Cleft lip or another facial anomaly",
        "A supervised weight loss program for 6 consecutive months",
    ],
)
def test_what_the_facts_cannot_carry_is_never_met_by_arithmetic_alone(text: str) -> None:
    requirement = translate(text)
    assert requirement is not None
    assert is_partial(requirement)


def test_a_negative_test_is_asked_as_absent() -> None:
    requirement = translate("No seizures")
    assert isinstance(requirement, Not)
    asked = translate("Negative for cauda equina syndrome")
    assert isinstance(asked, Finding)
    assert asked.absent


@pytest.mark.parametrize("text", ["No active urinary tract infection", "No severe depression"])
def test_of_what_must_not_be_there_a_kind_is_judged_only_where_some_of_it_is_there(text: str) -> None:
    found = translate(text)
    assert isinstance(found, Not)
    assert found.judged is None
    assert isinstance(found.of, Finding)
    assert found.of.judged == found.of.terms


def test_the_volume_of_a_measure_is_no_dose() -> None:
    assert translate("Post-void residual below 150 mL") == Measure(
        terms=("post-void residual",), op=Op.LESS_THAN, value=Decimal(150), unit="mL"
    )


def test_what_others_ruled_out_is_not_what_they_are_named_after() -> None:
    found = translate("Resective surgery has been ruled out by an epilepsy surgery conference")
    assert found is not None
    assert found.kind == "attest"


@pytest.mark.parametrize(
    ("text", "value", "unit"),
    [
        ("Platelet count below 50,000", "50", "K/uL"),
        ("Platelet count of at least 100,000/mcL", "100", "K/uL"),
        ("Absolute neutrophil count of 500/mm3 or more", "0.5", "K/uL"),
        ("Blood eosinophil count of 150 cells per microliter or more", "150", "cells/uL"),
        ("eGFR of 25 mL/min/1.73 m2 or higher", "25", "mL/min/1.73m2"),
        ("Creatinine clearance above 30 mL/min", "30", "mL/min"),
        ("Six-minute walk distance of less than 440 meters", "440", "m"),
    ],
)
def test_a_count_is_asked_in_the_unit_that_it_is_told_in(text: str, value: str, unit: str) -> None:
    found = translate(text)
    assert isinstance(found, Measure)
    assert (found.value, found.unit, found.judged) == (Decimal(value), unit, None)


def test_medicines_are_medications() -> None:
    found = translate("Failure of two preventive medicines from different classes")
    assert isinstance(found, Count)
    assert (found.terms, found.n, found.of) == (("migraine_preventive",), 2, "class")


def test_any_figure_of_what_treatment_lowers_counts_in_its_window() -> None:
    found = translate("Eosinophils of at least 300 cells/uL within the past 12 months")
    assert isinstance(found, Measure)
    assert (found.use, found.judged) == ("any", None)


@pytest.mark.parametrize(
    ("text", "terms", "each"),
    [
        ("Failure of two selective serotonin reuptake inhibitors, each taken for 10 weeks or longer", "ssri", 10),
        ("Failure of two statins", "statin", None),
        ("At least two triptans tried and failed", "triptan", None),
    ],
)
def test_so_many_of_a_class_are_counted_by_its_name(text: str, terms: str, each: int | None) -> None:
    found = translate(text)
    assert isinstance(found, Count)
    assert (found.terms, found.n, found.judged) == ((terms,), 2, None)
    assert (found.each.n if found.each else None) == each
