"""Cases of X12 interchanges: the denied claim makes the case, the others stay out of it."""

import json
from datetime import date
from pathlib import Path

import pytest

from pipeline import ingest
from pipeline.case import Order, Worked, files_of, work
from pipeline.chosen import denying
from pipeline.errors import AppealwrightError
from pipeline.extract import sort_documents
from schemas.case import Category
from schemas.coverage import RouteKind
from schemas.document import Role, Whose
from tests.x12_maker import DENIED, FIXTURES, PAID, remittance, written

TODAY = date(2026, 3, 2)
OTHER = tuple(one.replace("CLM1001", "CLM1003").replace("*RIVERA*ELENA", "*OKAFOR*GRACE") for one in DENIED)
NOTE = "Progress Note\nPatient: Elena Rivera\nDate of visit: 01/02/2026\n\nShe has pain in the right shoulder.\n"


def worked(folder: Path, *claims: tuple[str, ...], claim: str = "") -> Worked:
    (folder / "era.835").write_bytes(written(remittance(*claims)))
    (folder / "note.txt").write_text(NOTE, encoding="utf-8")
    return work(ingest.find_files([folder]), Order(today=TODAY, claim=claim, workers=1))


def test_the_denied_claim_of_a_remittance_makes_the_case(tmp_path: Path) -> None:
    case = worked(tmp_path, PAID, DENIED).case
    denial = case.denial
    assert denial.claim_number is not None
    assert denial.claim_number.value == "CLM1001"
    assert [cited.value for cited in denial.procedure_codes] == ["29827"]
    assert [cited.value.isoformat() for cited in denial.service_dates] == ["2026-01-05"]
    assert [cited.value for cited in denial.reason_codes] == ["CO-50", "N115"]
    assert denial.letter_date is not None
    assert denial.letter_date.value == date(2026, 2, 10)  # of the remittance; its payment came later
    roles = {document.role: document.patient for document in case.documents}
    assert roles == {Role.REMITTANCE: Whose.OURS, Role.CLINICAL_NOTE: Whose.OURS}


def test_nothing_of_another_patients_claim_is_written(tmp_path: Path) -> None:
    done = worked(tmp_path, PAID, DENIED, OTHER)
    written_files = files_of(done, TODAY)
    told = written_files["case.json"].decode() + written_files["review.html"].decode()
    told += " ".join(content.decode() for name, content in written_files.items() if name.startswith("pages/"))
    assert "CLM1001" in told
    for word in ("MARSH", "W555000111", "OKAFOR", "GRACE"):
        assert word not in told


def test_other_denied_claims_are_told_by_number_and_can_be_asked_for(tmp_path: Path) -> None:
    case = worked(tmp_path, PAID, DENIED, OTHER).case
    warnings = {warning.code: warning.message for warning in case.coverage.warnings}
    assert warnings["several_denials"] == (
        "era.835 tells of 2 other claims. Left out here; each denied needs a case of its own (--claim): CLM1003."
    )
    other = worked(tmp_path, PAID, DENIED, OTHER, claim="clm1003").case
    assert other.denial.patient_name is not None
    assert other.denial.patient_name.value == "GRACE OKAFOR"
    assert [document.patient for document in other.documents if document.role is Role.CLINICAL_NOTE] == [Whose.OTHER]


def test_a_denied_claim_of_the_patient_in_another_interchange_is_warned_of(tmp_path: Path) -> None:
    second = [one.replace("CLM1001", "CLM2002") for one in DENIED]
    (tmp_path / "later.835").write_bytes(written(remittance(second)))
    (tmp_path / "twice.835").write_bytes(written(remittance(DENIED, PAID)))
    case = worked(tmp_path, DENIED).case
    told = [warning.message for warning in case.coverage.warnings if warning.code == "several_denials"]
    assert told == ["d2 (later.835) denies claim CLM2002 too. It needs a case of its own."]
    assert [document.file for document in case.documents] == ["era.835", "later.835", "note.txt", "twice.835"]


def test_claims_that_were_paid_are_no_case(tmp_path: Path) -> None:
    with pytest.raises(AppealwrightError) as raised:
        worked(tmp_path, PAID)
    assert raised.value.failure.category is Category.NO_DENIAL
    assert raised.value.failure.message == "none of their claims is denied"


def test_a_claim_that_is_not_there_is_not_worked(tmp_path: Path) -> None:
    with pytest.raises(AppealwrightError, match="with that claim number"):
        worked(tmp_path, DENIED, claim="CLM1")


def test_beside_a_denial_letter_the_claims_of_others_stay_out(tmp_path: Path) -> None:
    letter = "Orchard Valley Health Plan\nDate of Notice: 02/14/2026\nPatient: Elena Rivera\nClaim number: CLM1001\n\n"
    letter += (
        "Notice of adverse benefit determination. Your claim for arthroscopy was denied. You may appeal in 180 days.\n"
    )
    (tmp_path / "letter.txt").write_text(letter, encoding="utf-8")
    case = worked(tmp_path, PAID, DENIED).case
    assert [(d.file, d.role) for d in case.documents] == [
        ("era.835", Role.REMITTANCE),
        ("letter.txt", Role.DENIAL_LETTER),
        ("note.txt", Role.CLINICAL_NOTE),
    ]
    assert any(warning.code == "other_claims" for warning in case.coverage.warnings)


def test_of_the_samples_the_denied_claims_alone_may_be_cases() -> None:
    read = ingest.read_all(ingest.find_files([FIXTURES]), ingest.Limits(), 1)
    x12 = [document for document in read.documents if document.file.startswith(("835", "277"))]
    found = denying(sort_documents(x12, ()).documents)
    numbers = [page.text.partition("Claim number: ")[2].split("\n")[0] for one in found for page in one.pages]
    assert numbers == ["1107000000001120", "1000220000000020", "1000230000000020"]


def test_a_claim_that_was_rejected_is_to_be_corrected_and_not_appealed(tmp_path: Path) -> None:
    (tmp_path / "ack.277").write_bytes((FIXTURES / "277CA_rejected.txt").read_bytes())
    case = work(ingest.find_files([tmp_path]), Order(today=TODAY, workers=1)).case
    assert [document.role for document in case.documents] == [Role.REMITTANCE]
    assert [route.kind for route in case.coverage.routes] == [RouteKind.CORRECTED_CLAIM]
    assert "route_corrected_claim" in {warning.code for warning in case.coverage.warnings}
    assert json.loads(case.model_dump_json())["denial"]["reason"] is None
