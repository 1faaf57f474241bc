"""What a clinician states of the case itself, and what only sounds like it."""

import pytest

from pipeline.extract.chart.facts import propose_facts
from schemas.fact import FactKind
from tests.makers import document

NOTE = "PROGRESS NOTE\nDate of visit: 09/22/2026\n\n"
DECIDES = "statement that the result decides treatment"
DELAY = "statement of what delay risks"
GO_ON = "statement that treatment must go on"
STAY = "statement of the expected stay"
DISCHARGE = "statement of the risk of discharge"


def stated(text: str) -> set[str]:
    facts = propose_facts(document(NOTE + text))
    return {
        fact.name for fact in facts if fact.kind is FactKind.DOCUMENTATION and "clinician_statement" in fact.classes
    }


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("MRI results will determine whether she is a candidate for injection or surgery.", DECIDES),
        ("The result will change management: if stenosis is confirmed we refer for decompression.", DECIDES),
        ("The next step depends on the MRI findings.", DECIDES),
        ("This study is needed to plan surgery.", DECIDES),
        ("Biopsy results will guide further treatment.", DECIDES),
        ("If it shows a disc herniation I will refer her for surgery; if not, for an injection.", DECIDES),
        ("MRI is required for preoperative planning.", DECIDES),
        ("Delay risks permanent neurologic loss.", DELAY),
        ("There is a risk of irreversible weakness if surgery is delayed.", DELAY),
        ("Without surgery the tear will progress and retract, with permanent loss of function.", DELAY),
        ("Any further delay risks collapse of the femoral head.", DELAY),
        ("If left untreated, this will progress to permanent disability.", DELAY),
        ("The longer we wait, the greater the risk of permanent foot drop.", DELAY),
        ("Without continued treatment he is likely to relapse.", GO_ON),
        ("Without ABA he would lose the skills he has gained.", GO_ON),
        ("Continued residential treatment is needed to prevent relapse.", GO_ON),
        ("If services are reduced he will lose skills and regress.", GO_ON),
        ("The patient is expected to require at least two midnights of hospital care.", STAY),
        ("I anticipate a length of stay of 3 days.", STAY),
        ("Expected length of stay: 3 midnights.", STAY),
        ("She is at high risk of respiratory failure if sent home.", DISCHARGE),
        ("He could not be safely managed at a lower level of care.", DISCHARGE),
        ("Had he been discharged, the risk of sudden cardiac death was high.", DISCHARGE),
        ("Discharge at this time would be unsafe given hypoxia.", DISCHARGE),
    ],
)
def test_a_statement_of_the_clinician_is_a_fact(text: str, name: str) -> None:
    assert stated(text) == {name}


@pytest.mark.parametrize(
    "text",
    [
        "Imaging would not change management.",
        "We discussed whether MRI would change the plan.",
        "MRI to determine whether there is a tear.",
        "CT will guide the injection.",
        "If it shows, cover the incision.",
        "If symptoms worsen we will start the drug again.",
        "It is unclear whether the result will change treatment.",
        "Delay poses no risk of progression.",
        "Surgery can safely be delayed; progression is unlikely.",
        "She worries that delay will cause permanent damage.",
        "The patient states that delay will cause permanent damage.",
        "Dapagliflozin was started to delay progression of CKD, at risk of dialysis.",
        "Developmental delay with risk of regression.",
        "He is not at risk of relapse if treatment is stopped.",
        "His mother is likely to relapse without continued treatment.",
        "Relapse after stopping treatment in 2024.",
        "Discontinuation of prednisone for worsening mood.",
        "Not expected to require two midnights.",
        "Expected to stay less than two midnights.",
        "Policy requires that the physician expect two midnights.",
        "She was discharged home; fall risk precautions given.",
        "Low risk if discharged.",
        "Followed as an outpatient for high risk of breast cancer.",
        "Do I risk permanent damage if surgery is delayed?",
        "PATIENT INSTRUCTIONS\nDelay in treatment may lead to permanent damage.",
    ],
)
def test_what_is_denied_doubted_or_another_s_view_is_no_statement(text: str) -> None:
    assert stated(text) == set()


@pytest.mark.parametrize(
    ("text", "signed"),
    [
        (
            "ADDENDUM 03/12/2026\nThe note should read right knee.\nElectronically signed by A. Okafor, MD, 03/12/2026",
            True,
        ),
        ("LATE ENTRY for 03/01/2026\nThe note should read right knee.\nSigned: A. Okafor, MD 03/12/2026", True),
        ("ADDENDUM\nThe note should read right knee.", False),
        ("The discharge papers have no addendum.", None),
    ],
)
def test_an_addendum_is_known_by_how_it_begins_and_by_who_signed_it_when(text: str, signed: bool | None) -> None:
    found = [fact for fact in propose_facts(document(NOTE + text)) if fact.name == "addendum"]
    assert bool(found) == (signed is not None)
    assert any(fact.value == "MD" and fact.date == "2026-03-12" for fact in found) == bool(signed)
