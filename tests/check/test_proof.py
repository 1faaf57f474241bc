import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.check import check
from pipeline.check.context import Context
from pipeline.check.proof import _kits, proof_kit
from schemas.coverage import CaseType, CheckItem
from schemas.fact import FactKind
from tests.check.check_makers import TODAY, cited, denial, fact, span

MRI = {"service": "MRI lumbar spine", "procedure_codes": ["72148"], "reason": "Not medically necessary."}
COURSE = {"start": "2026-04-01", "end": "2026-05-15"}


def ticked(case, *facts):
    """The items of both checklists with the facts that tick them."""
    coverage = check(case, facts, TODAY)
    return {item.id: item.facts for item in (*coverage.proof_kit, *coverage.reviewer_five) if item.facts}


@pytest.mark.parametrize(
    ("told", "ticks"),
    [
        ({**COURSE, "outcome": "failed"}, True),
        ({**COURSE, "outcome": "partial"}, True),
        ({**COURSE, "outcome": "intolerant"}, True),
        ({**COURSE, "outcome": "effective"}, False),
        ({**COURSE}, False),
        ({"outcome": "failed"}, False),
        ({"outcome": "failed", "date": "2026-05-15"}, False),
        ({**COURSE, "outcome": "failed", "assertion": "historical"}, True),
        ({**COURSE, "outcome": "failed", "assertion": "hypothetical"}, False),
        ({**COURSE, "outcome": "failed", "assertion": "family"}, False),
        ({**COURSE, "outcome": "failed", "assertion": "other_patient"}, False),
        ({**COURSE, "outcome": "failed", "assertion": "absent"}, False),
        ({**COURSE, "outcome": "failed", "body_part": "knee"}, False),
        ({"start": "2027-01-04", "end": "2027-02-20", "outcome": "failed"}, False),
    ],
)
def test_conservative_care_ticks_with_dates_and_a_fitting_outcome_of_this_patient(told, ticks):
    found = ticked(denial(**MRI), fact(**told))
    assert [item in found for item in ("A1", "R4")] == [ticks, ticks]


def test_dates_and_outcome_of_one_treatment_may_stand_in_two_notes():
    dates, outcome = fact("f1", **COURSE), fact("f2", outcome="failed", date="2026-06-01")
    assert ticked(denial(**MRI), dates, outcome)["A1"] == ("f1", "f2")
    other = fact("f2", name="naproxen", kind="medication", outcome="failed")
    assert "A1" not in ticked(denial(**MRI), dates, other)


def test_an_outcome_told_in_two_ways_ticks_nothing():
    failed, worked = fact("f1", **COURSE, outcome="failed"), fact("f2", **COURSE, outcome="effective")
    assert "A1" not in ticked(denial(**MRI), failed, worked)


@pytest.mark.parametrize(
    ("kind", "name", "more", "item", "ticks"),
    [
        ("finding", "motor weakness", {"classes": ["neuro_deficit"]}, "A2", True),
        ("finding", "motor weakness", {"classes": ["neuro_deficit"], "assertion": "historical"}, "A2", False),
        ("finding", "motor weakness", {"classes": ["neuro_deficit"], "assertion": "absent"}, "A2", False),
        ("finding", "rash", {}, "A2", False),
        ("finding", "tenderness", {"body_part": "lumbar spine"}, "A2", True),
        ("finding", "tenderness", {"body_part": "shoulder"}, "A2", False),
        ("functional_limit", "walking", {}, "A3", True),
        ("functional_limit", "walking", {"assertion": "possible"}, "A3", False),
        ("risk", "history of cancer", {"classes": ["red_flag"], "assertion": "historical"}, "A4", True),
        ("risk", "fever", {"classes": ["red_flag"], "assertion": "absent"}, "A4", False),
        ("risk", "falls", {}, "A4", False),
        ("imaging", "chest radiograph", {}, "R5", False),
        ("imaging", "radiograph", {"body_part": "lumbar spine"}, "R5", True),
        ("measurement", "blood pressure", {"value": "128"}, "R5", False),
        ("measurement", "LVEF", {"value": "35"}, "R5", True),
    ],
)
def test_an_item_is_ticked_only_by_what_fits_it(kind, name, more, item, ticks):
    assert (item in ticked(denial(**MRI), fact(kind=kind, name=name, **more))) == ticks


def test_an_item_of_two_needs_both():
    case = denial(service="Psychotherapy", procedure_codes=["90837"])
    illness = fact("f1", "diagnosis", "major depressive disorder")
    score = fact("f2", "measurement", "PHQ-9", classes=["severity_score"], value="18", date="2026-10-01")
    assert "D1" not in ticked(case, illness)
    assert "D1" not in ticked(case, score)
    assert ticked(case, illness, score)["D1"] == ("f1", "f2")


@pytest.mark.parametrize(("days", "ticks"), [("2026-04-14", False), ("2026-04-15", True)])
def test_two_weeks_despite_treatment_prove_duration(days, ticks):
    therapy = fact(start="2026-04-01", end=days, outcome="failed")
    assert ("R3" in ticked(denial(**MRI), therapy)) == ticks


@pytest.mark.parametrize(
    ("codes", "value", "ticks"),
    [(["M54.16"], "M5416", True), (["M54.16"], "M54.17", False), (["M54.16"], None, False), ([], "M54.16", False)],
)
def test_a_diagnosis_matches_by_its_code(codes, value, ticks):
    case = denial(**MRI, diagnosis_codes=codes)
    assert ("R1" in ticked(case, fact(kind="diagnosis", name="lumbar radiculopathy", value=value))) == ticks


def test_where_one_of_them_has_no_code_the_diagnosis_matches_by_the_words_of_the_denial():
    words = cited("MRI for lumbar radiculopathy")
    case = denial(**MRI, diagnosis_codes=["M54.16"]).model_copy(update={"service": words})
    coverage = check(case, [fact(kind="diagnosis", name="lumbar radiculopathy")], TODAY)
    (match,) = [item for item in coverage.reviewer_five if item.id == "R1"]
    assert (match.facts, [place.quote for place in match.spans]) == (("f1",), ["lumbar radiculopathy"])


def test_what_is_not_shown_is_asked_of_someone():
    coverage = check(denial(**MRI), (), TODAY)
    asks = {item.id: item.ask for item in (*coverage.proof_kit, *coverage.reviewer_five)}
    assert asks["A1"] == "Ask the treating clinician or therapist."
    assert all(asks.values())
    assert [item.id for item in coverage.proof_kit if item.optional] == ["A4"]


@pytest.mark.parametrize(
    ("kind", "item", "name", "more"),
    [
        (CaseType("A"), "A5", "statement that the result decides treatment", {}),
        (CaseType("B"), "B5", "statement of what delay risks", {}),
        (CaseType("D"), "D4", "statement that treatment must go on", {}),
        (CaseType("E"), "E3", "statement of the expected stay", {}),
        (CaseType("E"), "E4", "statement of the risk of discharge", {}),
        (CaseType("F"), "F3", "addendum", {"value": "MD", "date": "2026-03-12"}),
    ],
)
def test_what_a_clinician_states_ticks_its_item(kind, item, name, more):
    context = Context(today=TODAY)
    for assertion, ticks in (("present", True), ("absent", False), ("possible", False), ("other_patient", False)):
        told = fact(kind="documentation", name=name, assertion=assertion, **more)
        items = {one.id: one.facts for one in proof_kit(kind, denial(), [told], (), context)}
        assert bool(items[item]) == ticks


@pytest.mark.parametrize("lacking", ["value", "date"])
def test_an_addendum_without_hand_or_day_ticks_nothing(lacking):
    told = {"value": "MD", "date": "2026-03-12"} | {lacking: None}
    items = proof_kit(
        CaseType("F"), denial(), [fact(kind="documentation", name="addendum", **told)], (), Context(today=TODAY)
    )
    assert all(not one.facts for one in items if one.id == "F3")


def test_a_drug_that_was_never_had_because_it_is_contraindicated_ticks_the_contraindications_alone():
    barred = fact(
        kind="medication", name="methotrexate", outcome="contraindicated", assertion="absent", date="2026-03-12"
    )
    items = {one.id: one.facts for one in proof_kit(CaseType("C"), denial(), [barred], (), Context(today=TODAY))}
    assert {item for item, facts in items.items() if facts} == {"C3"}


def test_papers_that_are_missing_are_asked_for_as_the_criteria_say():
    need = {"kind": "document", "terms": ("operative report",)}
    case = denial(reason_codes=["252"], criteria=[{"requirement": need}])
    items = {item.id: item.ask for item in check(case, (), TODAY).proof_kit}
    assert "operative report" in items["F1"]
    assert items["F1"].startswith("Obtain")


def test_an_unknown_type_has_no_kit_and_still_the_five_points():
    coverage = check(denial(), (), TODAY)
    assert coverage.proof_kit == ()
    assert [item.id for item in coverage.reviewer_five] == ["R1", "R2", "R3", "R4", "R5"]


def test_an_item_is_ticked_or_asked_for_and_never_both():
    for told in ({}, {"facts": ("f1",), "ask": "Ask the therapist."}):
        with pytest.raises(ValueError, match="ticked by facts, or asked for"):
            CheckItem(id="A1", want="care", **told)


def test_every_case_type_has_a_kit_whose_items_say_where_they_come_from():
    kits = _kits()
    assert set(kits.kits) == set(CaseType)
    for kind, items in kits.kits.items():
        assert all(item.id.startswith(kind) and item.source for item in items)


FACTS = st.builds(
    lambda n, kind, outcome, assertion, start: fact(
        f"f{n}", kind, f"thing {n % 3}", assertion=assertion, **({"outcome": outcome} if outcome else {}), start=start
    ),
    st.integers(1, 99),
    st.sampled_from([kind.value for kind in FactKind]),
    st.sampled_from([None, "failed", "effective"]),
    st.sampled_from(["present", "historical", "absent", "possible", "hypothetical", "family", "other_patient"]),
    st.sampled_from([None, "2026-03-01"]),
)


@given(st.lists(FACTS, max_size=6, unique_by=lambda one: one.id), st.randoms(use_true_random=False))
def test_only_what_is_true_of_this_patient_ticks_in_whatever_order_it_is_told(facts, chance):
    found = ticked(denial(**MRI), *facts)
    assert ticked(denial(**MRI), *chance.sample(facts, len(facts))) == found
    true = {one.id for one in facts if one.assertion.holds}
    assert all(set(ticks) <= true for ticks in found.values())


def test_a_span_gives_its_parts_as_they_stand_on_the_page():
    whole = span("six weeks of therapy", 10)
    part = whole.part(4, 9)
    assert (part.start, part.end, part.quote) == (14, 19, "weeks")
    with pytest.raises(ValueError, match="no characters"):
        whole.part(4, 99)
