"""A treatment that must not be had: stated, denied, doubted, or said of others."""

import pytest

from pipeline.extract.chart.barred import stands
from pipeline.extract.chart.facts import propose_facts
from pipeline.extract.ground import Grounder
from pipeline.extract.ground_facts import ground_facts
from schemas.fact import Assertion, FactKind, Outcome
from schemas.proposal import FactProposal, Quote
from tests.makers import document

NOTE = "PROGRESS NOTE\nDate of visit: 09/22/2026\n\n"


@pytest.mark.parametrize(
    "text",
    [
        "Methotrexate is contraindicated because of chronic hepatitis B.",
        "Methotrexate contraindicated given her liver disease.",
        "She cannot take methotrexate because of alcohol use disorder.",
        "She is not a candidate for methotrexate because of cirrhosis.",
        "Contraindication to methotrexate: chronic kidney disease.",
        "Absolute contraindication to methotrexate: cirrhosis.",
        "Methotrexate has not been tried; it is contraindicated by her cirrhosis.",
        "She has never taken methotrexate, which is contraindicated with her cirrhosis.",
        "Methotrexate was never started because it is contraindicated.",
        "Methotrexate not tried (contraindicated, cirrhosis).",
        "Not tried: methotrexate (contraindicated because of cirrhosis)",
        "Methotrexate: contraindicated - chronic liver disease",
        "Methotrexate is contraindicated in this patient with cirrhosis.",
        "Methotrexate contraindicated in setting of CKD 4.",
        "Methotrexate must be avoided given chronic liver disease.",
        "Contraindicated: methotrexate",
    ],
)
def test_a_drug_that_must_not_be_had_and_was_not_is_contraindicated(text: str) -> None:
    (found,) = [fact for fact in propose_facts(document(NOTE + text)) if fact.name == "methotrexate"]
    assert (found.outcome, found.assertion) == (Outcome.CONTRAINDICATED, Assertion.ABSENT)


@pytest.mark.parametrize(
    "text",
    [
        "There is no contraindication to methotrexate.",
        "No contraindications to methotrexate.",
        "She denies any contraindication to methotrexate.",
        "Methotrexate is not contraindicated.",
        "Methotrexate is no longer contraindicated.",
        "Neither methotrexate nor leflunomide is contraindicated.",
        "She has no fever, cough or contraindication to methotrexate.",
        "Contraindications to methotrexate: none.",
        "Methotrexate contraindications reviewed and none found.",
        "Contraindications to methotrexate were reviewed.",
        "Contraindication to methotrexate was ruled out.",
        "Has not had any contraindication to methotrexate identified.",
        "If methotrexate is contraindicated, we will use leflunomide.",
        "Methotrexate may be contraindicated if hepatitis B is confirmed.",
        "It is unclear whether methotrexate is contraindicated.",
        "Methotrexate is relatively contraindicated.",
        "Methotrexate was considered contraindicated but hepatology cleared it.",
        "Methotrexate was contraindicated until hepatitis B was treated.",
        "Methotrexate is contraindicated in pregnancy.",
        "Methotrexate is contraindicated in patients with cirrhosis.",
        "Her mother cannot take methotrexate.",
        "She cannot take methotrexate because of cost.",
        "She cannot take methotrexate with food.",
        "She must not take methotrexate for 2 weeks before surgery.",
        "CONTRAINDICATIONS\nMethotrexate",
    ],
)
def test_what_is_not_said_to_be_barred_is_neither_contraindicated_nor_taken(text: str) -> None:
    found = [fact for fact in propose_facts(document(NOTE + text)) if fact.name == "methotrexate"]
    assert all(fact.outcome is not Outcome.CONTRAINDICATED and not fact.assertion.holds for fact in found)


def test_a_drug_taken_without_a_contraindication_stays_taken() -> None:
    text = "Methotrexate 15 mg weekly since 01/2026, no contraindications."
    (found,) = [fact for fact in propose_facts(document(NOTE + text)) if fact.name == "methotrexate"]
    assert (found.assertion, found.outcome, found.start) == (Assertion.PRESENT, None, "2026-01")


@pytest.mark.parametrize(
    ("cells", "outcome"),
    [("contraindicated, cirrhosis", Outcome.CONTRAINDICATED), ("not tried, possibly contraindicated", None)],
)
def test_a_row_of_a_table_bars_a_drug_only_where_it_says_so(cells: str, outcome: Outcome | None) -> None:
    table = f"Medication     Dose     Dates     Outcome\nMethotrexate     -     -     {cells}\n"
    found = [fact for fact in propose_facts(document(NOTE + table)) if fact.name == "methotrexate"]
    assert {fact.outcome for fact in found} == {outcome}


@pytest.mark.parametrize(
    ("text", "kept"),
    [("Methotrexate is contraindicated by her cirrhosis.", 1), ("There is no contraindication to methotrexate.", 0)],
)
def test_grounding_refuses_a_contraindication_that_the_quote_does_not_state(text: str, kept: int) -> None:
    proposal = FactProposal(
        kind=FactKind.MEDICATION,
        name="methotrexate",
        quotes=(Quote(document="d1", page=1, text=text),),
        outcome=Outcome.CONTRAINDICATED,
        assertion=Assertion.ABSENT,
    )
    grounded = ground_facts([proposal], Grounder([document(text)]))
    assert (len(grounded.facts), len(grounded.refused)) == (kept, 1 - kept)


def test_words_that_deny_the_taking_do_not_deny_the_contraindication() -> None:
    assert stands("Never taken: methotrexate is contraindicated.")
    assert not stands("Never contraindicated: methotrexate.")
