"""Roman degrees, ranges of age, pack-years, and lists of treatments within one sentence, as criteria ask for them."""

import pytest

from pipeline.extract.chart.facts import propose_facts
from pipeline.extract.criteria.requirements import translate
from schemas.requirement import Age, All, Any, Count, Finding, Measure, Op, Requirement, Score
from tests.makers import document

NOTE = "PROGRESS NOTE\nDate of visit: 09/22/2026\n\n"


def leaves(requirement: Requirement | None) -> list[Requirement]:
    if isinstance(requirement, All | Any):
        return [leaf for part in requirement.of for leaf in leaves(part)]
    return [requirement] if requirement else []


@pytest.mark.parametrize(
    ("text", "op", "value"),
    [
        ("Kellgren-Lawrence grade III or IV osteoarthritis", Op.AT_LEAST, 3),
        ("Kellgren-Lawrence grade of at least III", Op.AT_LEAST, 3),
        ("Kellgren-Lawrence at least grade II", Op.AT_LEAST, 2),
        ("Kellgren-Lawrence grade \u2265 III", Op.AT_LEAST, 3),
        ("NYHA class III or worse", Op.AT_LEAST, 3),
        ("NYHA Class II through IV symptoms", Op.AT_LEAST, 2),
        ("NYHA class II, III or IV", Op.AT_LEAST, 2),
        ("GOLD stage III or greater", Op.AT_LEAST, 3),
        ("ASA class III or lower", Op.AT_MOST, 3),
    ],
)
def test_a_roman_degree_is_a_threshold(text: str, op: Op, value: int) -> None:
    asked = translate(text)
    assert isinstance(asked, Score)
    assert (asked.op, asked.value, asked.judged) == (op, value, None)


@pytest.mark.parametrize("text", ["Kellgren-Lawrence grade III", "NYHA class III", "A Kellgren-Lawrence score of 3"])
def test_a_degree_that_nothing_compares_is_met_by_itself_and_a_higher_one_is_for_a_person(text: str) -> None:
    exact, higher = leaves(translate(text))
    assert isinstance(exact, Score)
    assert isinstance(higher, Score)
    assert (exact.op, exact.value, exact.judged) == (Op.EQUAL, 3, None)
    assert (higher.op, higher.judged is not None) == (Op.AT_LEAST, True)


@pytest.mark.parametrize("text", ["Kellgren-Lawrence changes of type IV", "NYHA (I)"])
def test_a_degree_that_is_not_read_is_not_met_by_any_score(text: str) -> None:
    assert all(part.judged is not None for part in leaves(translate(text)) if isinstance(part, Finding | Score))


def test_type_two_diabetes_is_no_degree() -> None:
    asked = translate("Type II diabetes with HbA1c above 7")
    assert [part.terms for part in leaves(asked) if isinstance(part, Finding)] == [("type 2 diabetes",)]


@pytest.mark.parametrize(
    ("text", "value", "high"),
    [
        ("Right knee radiograph: Kellgren-Lawrence grade III.", "3", None),
        ("KL grade III-IV osteoarthritis of the right knee.", "3", "4"),
        ("Kellgren Lawrence II/III changes, right knee.", "2", "3"),
    ],
)
def test_a_chart_gives_a_roman_grade_as_a_number(text: str, value: str, high: str | None) -> None:
    (found,) = [fact for fact in propose_facts(document(NOTE + text)) if fact.name == "Kellgren-Lawrence"]
    assert (found.value, found.value_high) == (value, high)


@pytest.mark.parametrize(
    ("text", "bounds"),
    [
        ("Between 6 and 17 years of age", (Op.AT_LEAST, 6, Op.AT_MOST, 17)),
        ("The patient is between 6 and 17 years", (Op.AT_LEAST, 6, Op.AT_MOST, 17)),
        ("The member is between the ages of 6 and 17", (Op.AT_LEAST, 6, Op.AT_MOST, 17)),
        ("Ages 6-17 years", (Op.AT_LEAST, 6, Op.AT_MOST, 17)),
        ("Adults 18 to 64 years of age", (Op.AT_LEAST, 18, Op.AT_MOST, 64)),
        ("At least 18 but not older than 75 years of age", (Op.AT_LEAST, 18, Op.AT_MOST, 75)),
        ("Age >= 18 and <= 75", (Op.AT_LEAST, 18, Op.AT_MOST, 75)),
        ("18 years or older and under 65", (Op.AT_LEAST, 18, Op.LESS_THAN, 65)),
        ("The member is 6 years of age or older but less than 18", (Op.AT_LEAST, 6, Op.LESS_THAN, 18)),
    ],
)
def test_a_range_of_ages_is_two_bounds(text: str, bounds: tuple[Op, int, Op, int]) -> None:
    asked = translate(text)
    assert isinstance(asked, All)
    assert asked == All(of=(Age(op=bounds[0], years=bounds[1]), Age(op=bounds[2], years=bounds[3])))


def test_a_range_of_ages_beside_other_demands_is_asked_with_them() -> None:
    asked = translate("Age 50 to 80 years and at least a 20 pack-year smoking history")
    assert [part.kind for part in leaves(asked)] == ["age", "age", "measure"]


@pytest.mark.parametrize(
    "text",
    [
        "The patient was diagnosed between 6 and 17 years of age",
        "Between 6 and 17 sessions of physical therapy",
        "Pain for 6 to 17 years",
        "Onset at age 6 to 17 years",
    ],
)
def test_what_is_no_age_of_the_patient_now_is_no_age(text: str) -> None:
    assert not any(isinstance(part, Age) and part.judged is None for part in leaves(translate(text)))


@pytest.mark.parametrize(
    ("text", "op"),
    [
        ("At least a 20 pack-year smoking history", Op.AT_LEAST),
        ("Smoking history of 20 pack years or more", Op.AT_LEAST),
        ("20 or more pack-years of cigarette smoking", Op.AT_LEAST),
        ("Cigarette smoking of more than 20 pack years", Op.MORE_THAN),
        ("Less than 20 pack-years", Op.LESS_THAN),
    ],
)
def test_pack_years_are_a_measure(text: str, op: Op) -> None:
    asked = translate(text)
    assert isinstance(asked, Measure)
    assert (asked.terms, asked.op, asked.value, asked.judged) == (("pack-years",), op, 20, None)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("She has a 30 pack-year smoking history and quit in 2018.", "30"),
        ("Former smoker, 22.5 pack years.", "22.5"),
        ("Smoking: 1 ppd for 20 years (20 pack-years).", "20"),
        ("Pack-years: 35", "35"),
        ("Less than a 10 pack-year history.", None),
        ("20+ pack-year history.", None),
        ("Denies tobacco use; no pack-years.", None),
    ],
)
def test_a_chart_gives_pack_years_as_a_figure_unless_they_are_a_bound(text: str, value: str | None) -> None:
    proposed = [fact for fact in propose_facts(document(NOTE + text)) if fact.name == "pack-years"]
    assert [fact.value for fact in proposed if not fact.unread] == ([value] if value else [])


def test_a_relative_s_pack_years_are_not_the_patient_s() -> None:
    facts = propose_facts(document(NOTE + "His father had a 60 pack-year history."))
    assert not any(fact.assertion.holds for fact in facts if fact.name == "pack-years")


@pytest.mark.parametrize(
    "text",
    [
        "Failure of all of the following: physical therapy, NSAIDs, and bracing",
        "Documented failure of all of the following conservative treatments: physical therapy, NSAIDs, and bracing",
        "Failure of conservative treatment including all of the following: physical therapy, NSAIDs, and bracing",
        "Failure of all three: physical therapy, NSAIDs and bracing",
        "The member has failed each of these: physical therapy, NSAIDs, bracing",
        "All of the following have failed: physical therapy, NSAIDs, bracing",
        "Physical therapy, NSAIDs, and bracing have all failed",
        "Failure of all of the following (a) physical therapy, (b) NSAIDs, and (c) bracing",
    ],
)
def test_every_treatment_of_a_list_in_one_sentence_must_have_failed(text: str) -> None:
    trials = leaves(translate(text))
    assert [part.terms for part in trials if isinstance(part, Count)] == [
        ("physical therapy",),
        ("nsaid",),
        ("bracing",),
    ]
    assert all(isinstance(part, Count) and part.outcomes == ("failed",) and part.judged is None for part in trials)


def test_an_or_within_an_item_of_such_a_list_stays_there() -> None:
    trials = leaves(
        translate("Failure of all of the following: physical therapy, NSAIDs or acetaminophen, and bracing")
    )
    assert [part.terms for part in trials] == [("physical therapy",), ("nsaid", "acetaminophen"), ("bracing",)]
