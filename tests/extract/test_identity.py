"""Whose chart a document is."""

import pytest

from pipeline.extract import RulesExtractor, extract_denial, whose
from pipeline.extract.identity import same_name
from schemas.document import Role, Whose
from tests.makers import document

DENIAL = extract_denial(
    RulesExtractor(), document("Patient: Marguerite A. Ellsworth   DOB: 04/17/1962\nYour request is denied."), []
).denial


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Patient: Marguerite Ellsworth\nSeen today.", Whose.OURS),
        ("Patient: ELLSWORTH, MARGUERITE A\nSeen today.", Whose.OURS),
        ("Marguerite A. Ellsworth was seen today.", Whose.OURS),
        ("Patient: M. Ellsworth   DOB: 04/17/1962", Whose.OURS),
        ("Patient: Marguerite A. Ellsworth   DOB: 04/17/1952", Whose.OTHER),
        ("Patient: Gordon Whitlock   DOB: 02/02/1950", Whose.OTHER),
        ("Patient: Harold Ellsworth", Whose.OTHER),
        ("Seen today.", Whose.UNKNOWN),
    ],
)
def test_name_and_birth_date_say_whose_a_document_is(text: str, expected: Whose) -> None:
    assert whose(document(text, role=Role.CLINICAL_NOTE), DENIAL) is expected


def test_a_policy_is_about_nobody() -> None:
    assert whose(document("Patient: Gordon Whitlock", role=Role.POLICY), DENIAL) is Whose.UNKNOWN


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("Ana Lopez", "ANA MARIA LOPEZ", True),
        ("Dr. Ana Lopez", "Ana Lopez, MD", True),
        ("Marguerite Ellsworth", "Margucrite Ellsworth", True),  # a glyph that OCR took for another
        ("Ana Lopez", "Eva Lopez", False),
        ("John Marsh", "Joan Marsh", False),
        ("Ana Lopez", "", False),
    ],
)
def test_names_are_one_persons_where_first_and_last_agree(one: str, other: str, same: bool) -> None:
    assert same_name(one, other) is same
