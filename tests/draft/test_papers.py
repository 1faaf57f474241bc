"""What the papers call things, as the letter may repeat it."""

import pytest

from pipeline.draft.papers import Papers
from schemas.denial import Denial
from schemas.document import Document, Origin, Page, Role, Whose, Word
from schemas.letter import Exhibit
from schemas.span import Cited
from tests.draft.knee_case import DENIAL, DOCUMENTS, document, enclosed


def denial_in(text: str, **values: str) -> tuple[Denial, Document]:
    notice = document("notice", Role.DENIAL_LETTER, text)
    page = notice.pages[0]
    fields: dict[str, object] = {}
    for name, value in values.items():
        start = text.index(value)
        cited = Cited[str](value=value, spans=(page.span(start, start + len(value)),))
        fields[name] = (cited,) if name.endswith("codes") else cited
    return Denial.model_validate(fields), notice


def papers(denial: Denial, *documents: Document) -> Papers:
    listed = [Exhibit(label="AB"[n], document=d.id, pages=(1,)) for n, d in enumerate(documents)]
    return Papers.of(denial, documents, listed)


@pytest.mark.parametrize(
    ("line", "value", "label"),
    [
        ("Subscriber ID:   GPH208817330", "GPH208817330", "Subscriber ID"),
        ("Elena Rivera   Case Number: GPH208817330", "GPH208817330", "Case Number"),
        ("Group:  12   Member # GPH208817330", "GPH208817330", "Member #"),
        ("RE: GPH208817330", "GPH208817330", ""),
        ("We wrote to you about GPH208817330.", "GPH208817330", ""),
    ],
)
def test_a_label_is_that_of_the_notice_or_none(line: str, value: str, label: str) -> None:
    denial, notice = denial_in(f"Acme\n{line}\n", member_id=value)
    assert papers(denial, notice).labels.get("member_id", "") == label


def test_the_patients_name_before_a_label_is_no_part_of_it() -> None:
    denial, notice = denial_in("Elena Rivera Case Number: 77-1", patient_name="Elena Rivera", claim_number="77-1")
    assert papers(denial, notice).labels == {"claim_number": "Case Number"}


def test_a_label_that_was_read_unsurely_is_not_repeated() -> None:
    denial, notice = denial_in("Mernber ID: W1", member_id="W1")
    page = notice.pages[0]
    for confidence, found in ((0.5, {}), (0.99, {"member_id": "Mernber ID"})):
        scanned = Page(
            document="notice",
            number=1,
            file_page=1,
            origin=Origin.OCR,
            text=page.text,
            words=(Word(start=0, end=7, confidence=confidence),),
        )
        assert papers(denial, notice.model_copy(update={"pages": (scanned,)})).labels == found


@pytest.mark.parametrize(
    ("line", "text"),
    [
        (
            "Diagnosis: M17.11 Unilateral primary osteoarthritis, right knee",
            "Unilateral primary osteoarthritis, right knee",
        ),
        ("ICD-10-CM   M17.11   Unilateral primary osteoarthritis", "Unilateral primary osteoarthritis"),
        ("Diagnosis:   Osteoarthritis of the knee (ICD-10 M17.11)", "Osteoarthritis of the knee"),
        ("2. Request approval for her osteoarthritis (M17.11)", ""),
        ("M17.11 was denied because the records do not show it", ""),
        ("M17.111 Another condition", ""),
        ("M17.11   27447   1", ""),
    ],
)
def test_a_code_has_the_text_that_a_document_gives_it_and_no_other(line: str, text: str) -> None:
    denial, notice = denial_in("Codes: M17.11", diagnosis_codes="M17.11")
    chart = document("chart", Role.CLINICAL_NOTE, f"Note\n{line}\n")
    found = papers(denial, notice, chart).codes.get("M17.11")
    assert (found.text if found else "") == text
    assert found is None or found.span.quote == text


def test_another_patients_page_names_no_code() -> None:
    denial, notice = denial_in("Codes: M17.11", diagnosis_codes="M17.11")
    chart = document("chart", Role.CLINICAL_NOTE, "M17.11 Osteoarthritis", patient=Whose.OTHER)
    assert papers(denial, notice, chart).codes == {}


def test_labels_of_the_knee_case_are_those_of_its_notice() -> None:
    assert Papers.of(DENIAL, DOCUMENTS, enclosed()).labels == {
        "patient_name": "Member Name",
        "member_id": "Member ID",
        "reference_number": "Reference Number",
        "service": "Service Requested",
        "procedure_codes": "Procedure Code",
        "diagnosis_codes": "Diagnosis Code",
        "letter_date": "Date of Notice",
    }
