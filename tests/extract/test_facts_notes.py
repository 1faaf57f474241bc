"""What public notes tell in words that were once passed over: operations, breaks, complaints, stays."""

import pytest

from pipeline.extract.chart.facts import propose_facts
from schemas.proposal import FactProposal
from tests.makers import document


def facts(text: str, name: str) -> list[FactProposal]:
    return [one for one in propose_facts(document(f"PROGRESS NOTE 09/14/2026\n\n{text}")) if one.name == name]


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("He has had many of his teeth pulled.", "tooth extraction"),
        ("He has extensive dental disease.", "dental disease"),
        ("She then remained in acute rehab.", "inpatient rehabilitation"),
        ("She was admitted to the hospital on 12/05/2008.", "hospitalization"),
        ("He fell and landed on his arm.", "falls"),
        ("She slipped and fell on oil.", "falls"),
        ("He sustained a right glenoid neck fracture.", "scapula fracture"),
        ("He uses a Dynasplint.", "bracing"),
        ("She has a Codman-Hakim shunt.", "ventriculoperitoneal shunt"),
        ("She reports ringing in the ears.", "tinnitus"),
        ("Headache with blurry vision and scotoma.", "scotoma"),
        ("Reports abnormal vaginal bleeding.", "vaginal bleeding"),
        ("A small amount of sputum production.", "sputum"),
        ("Seen for a foreign body in the nose.", "foreign body"),
        ("A man with Down's syndrome.", "Down syndrome"),
    ],
)
def test_more_of_a_note_is_known(text: str, name: str) -> None:
    assert [one.assertion for one in facts(text, name)] == ["present"]


def test_a_planned_dissection_is_planned() -> None:
    (planned,) = facts("I recommend we perform a hysterectomy and a lymph node dissection.", "lymph node dissection")
    assert planned.assertion == "hypothetical"


def test_a_day_told_with_an_operation_is_its_day() -> None:
    (operation,) = facts("On 10/24/2008 she had a brain tumor removed.", "brain tumor resection")
    assert operation.date == "2008-10-24"


def test_a_break_names_the_part_that_was_fixed() -> None:
    (fixed,) = facts("He underwent ORIF of his left elbow fracture dislocation.", "open reduction internal fixation")
    assert (fixed.side, fixed.body_part) == ("left", "elbow")
