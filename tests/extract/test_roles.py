"""What a document is for, by its content, and where one file holds several."""

import pytest

from pipeline.extract.roles import sort_documents
from schemas.coverage import Warning
from schemas.document import Role
from tests.makers import document

COVER = "FAX COVER SHEET\nTo: Billing   From: Plan\nNumber of pages: 3\nConfidentiality notice"
LETTER = (
    "NOTICE OF ADVERSE BENEFIT DETERMINATION\nWe are unable to approve this request.\nYou have the right to appeal."
)
LETTER_2 = "Send appeals to the address above. You may ask for an external review."
NOTE = "PROGRESS NOTE\nChief complaint: pain\nHistory of present illness: for months.\nAssessment and Plan: go on."
POLICY = "Medical Policy\nPolicy Number: SURG-12\nEffective Date: 01/01/2026\nConsidered medically necessary when"
GUIDELINE = "Clinical Practice Guideline\nStrength of recommendation: strong. We recommend physical therapy."
REMITTANCE = "Explanation of Benefits\nThis is not a bill\nAllowed amount   Deductible   Patient responsibility"


@pytest.mark.parametrize(
    ("text", "role"),
    [
        (LETTER, Role.DENIAL_LETTER),
        (NOTE, Role.CLINICAL_NOTE),
        (POLICY, Role.POLICY),
        (GUIDELINE, Role.GUIDELINE),
        (REMITTANCE, Role.REMITTANCE),
        (COVER, Role.COVER_SHEET),
        ("Take two eggs and stir them well.", Role.OTHER),
        ("ELM ENDOCRINE - RN PHONE NOTE\nRe: A. Roe\nPt calls. Told that the request was sent.", Role.CLINICAL_NOTE),
        ("Elm Cornea   Technician visit - map only\nPATIENT DID NOT COME. No measurements.", Role.CLINICAL_NOTE),
        ("ELM EYE - BIOMETRY\nDOB: 12/09/1949\nDate measured: 10/17/2023\nEye: RIGHT", Role.CLINICAL_NOTE),
        ("CYTOLOGY REPORT   Accession C26-118\nLeft thyroid nodule\nBenign follicular cells.", Role.CLINICAL_NOTE),
        ("Naproxen 500 mg. Physical therapy. Lumbar MRI.", Role.CLINICAL_NOTE),
    ],
)
def test_a_document_is_known_by_what_it_says(text: str, role: Role) -> None:
    (found,) = sort_documents([document(text)], []).documents
    assert found.role is role
    assert found.role_reason


def test_a_fax_is_split_at_its_cover_sheet_and_where_the_chart_begins() -> None:
    found = sort_documents([document(COVER, LETTER, LETTER_2, NOTE)], []).documents
    assert [(d.id, d.role, [page.file_page for page in d.pages]) for d in found] == [
        ("d1", Role.COVER_SHEET, [1]),
        ("d2", Role.DENIAL_LETTER, [2, 3]),
        ("d3", Role.CLINICAL_NOTE, [4]),
    ]
    assert [(page.document, page.number) for d in found for page in d.pages] == [
        ("d1", 1),
        ("d2", 1),
        ("d2", 2),
        ("d3", 1),
    ]


def test_warnings_move_with_their_pages() -> None:
    file = document(COVER, LETTER)
    warning = Warning(code="hidden_text", message="m", spans=(file.page(2).span(0, 6),))
    (moved,) = sort_documents([file], [warning]).warnings
    assert [(span.document, span.page) for span in moved.spans] == [("d2", 1)]


def test_what_the_user_says_a_file_is_wins_over_its_content_but_for_a_cover_sheet() -> None:
    found = sort_documents([document(COVER, NOTE)], [], {"d1.txt": Role.GUIDELINE}).documents
    assert [d.role for d in found] == [Role.COVER_SHEET, Role.GUIDELINE]
