"""Who a case is about does not leave under a name, in samples and letters whose truth is known."""

import re
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

from pipeline import extract, ingest
from pipeline.evaluate.truth import StatedDenial, read_truth
from pipeline.extract.model.engine import ModelExtractor
from pipeline.extract.model.identifiers import identity_of
from pipeline.llm import Ask, Failed, FaultKind
from pipeline.llm.pseudonyms import Book, Pseudonymized
from pipeline.notation import days
from schemas.denial import Denial
from schemas.document import Document, Role
from schemas.usage import Usage
from tests.makers import document

ROOT = Path(__file__).parents[3]
LETTERS = (
    "blues-provider-letter-panniculectomy",
    "cardiology-manager-fax-spect",
    "chip-growth-hormone-measures-docx",
    "chip-speech-therapy-frequency-partial",
    "commercial-pbm-migraine-prevention",
    "drg-clinical-validation-sepsis",
    "erisa-lumbar-fusion-two-column",
    "tpa-self-funded-vein-ablation-claim",
    "union-trust-sud-residential-named-criteria-only",
    "hmo-portal-html-sleep-lab-home-test-instead",
)
SAMPLES = ("biologic", "knee-replacement", "lumbar-mri")
CASES = [
    *((ROOT / "samples" / name, ROOT / "samples" / "truth" / f"{name}.json") for name in SAMPLES),
    *((ROOT / "tests/corpus/letters" / name, ROOT / "tests/corpus/letters" / name / "truth.json") for name in LETTERS),
]


class Listener:
    """A model that keeps what it is sent and answers nothing."""

    name = "listener"
    usage = Usage()

    def __init__(self) -> None:
        self.heard: list[str] = []

    def ask(self, asks: Sequence[Ask]) -> tuple[Failed, ...]:
        self.heard += [ask.data for ask in asks]
        return tuple(Failed(FaultKind.EMPTY, "no answer") for _ in asks)


def identifying(denial: StatedDenial) -> Iterator[str]:
    """What the truth gives of people, places and numbers, each as the letter writes it."""
    if denial.patient_name:
        yield from (word for word in re.findall(r"[\w'-]{3,}", denial.patient_name) if word.lower() != "mrs")
    if denial.provider and (person := re.search(r"\b(?:MD|DO|NP|PA-C|DPM)\b", denial.provider)):
        yield from re.findall(r"[\w'-]{3,}", denial.provider[: person.start()])
    numbers = (denial.member_id, denial.group_number, denial.claim_number, denial.reference_number)
    appeal = denial.appeal
    channels = (appeal.fax, appeal.phone) if appeal else ()
    yield from (one for one in (*numbers, *channels) if one)
    if appeal and appeal.address:
        rows = appeal.address.split("\n")
        yield from (row for row in rows if re.search(r"\d", row) and row.lower() != (denial.payer or "").lower())


def read(folder: Path) -> tuple[Document, ...]:
    sources = [source for source in ingest.find_files([folder]) if source.path.name != "truth.json"]
    batch = ingest.read_all(sources, ingest.Limits(), 1, None)
    return extract.sort_documents(batch.documents, batch.warnings, {}).documents


@pytest.mark.parametrize(("folder", "truth_file"), CASES, ids=[folder.name for folder, _ in CASES])
def test_no_identifier_of_the_truth_is_in_any_question(folder: Path, truth_file: Path) -> None:
    documents, truth = read(folder), read_truth(truth_file)
    assert truth.denial is not None
    letter = next(d for d in documents if d.role in (Role.DENIAL_LETTER, Role.REMITTANCE))
    policies = [d for d in documents if d.role is Role.POLICY]
    denial = extract.extract_denial(extract.RulesExtractor(), letter, policies).denial
    listener = Listener()
    engine = ModelExtractor(Pseudonymized(listener, identity_of(documents, denial, "case-1")))
    engine.propose_denial(letter, policies)
    engine.propose_readings(denial.criteria)
    engine.propose_facts([d for d in documents if d.role is Role.CLINICAL_NOTE], denial)
    heard = " ".join(" ".join(listener.heard).split()).lower()
    assert len(heard) > len(letter.pages[0].text) // 2
    for one in identifying(truth.denial):
        assert not re.search(rf"(?<!\w){re.escape(one.lower())}(?!\w)", heard), "an identifier was sent"
    assert truth.denial.birth_date not in {day.value for day in days(heard)}


def sent(*pages: str) -> str:
    """What is sent of a chart."""
    chart = document(*pages)
    return "\n".join(Book(identity_of([chart], Denial(), "case-1"), page.text).text for page in chart.pages)


@pytest.mark.parametrize(
    "again",
    [
        "Renata Quill",
        "QUILL, RENATA",
        "Quill, R.",
        "R. Quill",
        "R Quill",
        "Ms. Quill",
        "renata quill",
        "Quill's",
        "quill, renata",
    ],
)
def test_a_clinician_named_once_by_a_signature_is_replaced_in_every_form(again: str) -> None:
    found = sent("Electronically signed by Renata Quill, PT, DPT on 10/13/2026", f"seen with {again} today")
    assert not re.search(r"quill|renata|\bR\b", found, re.IGNORECASE)


@pytest.mark.parametrize(
    "line",
    [
        "MRN 40-2217",
        "MRN: 00482213",
        "MR# 20931",
        "NPI 1184420936",
        "Member ID: HMH3308841",
        "Claim Nos. ..... 6120447 and 6120921",
        "Group No.: 77120",
        "Fax: 555-0142",
        "(614) 555-0188 or 1-888-555-0171",
        "TO: 6145550188",
        "Send it to a.b@plan.example",
        "319 Poplar St.",
        "P.O. Box 27638",
    ],
)
def test_numbers_channels_and_addresses_are_replaced(line: str) -> None:
    assert not re.search(r"\d{4}|@", re.sub(r"Q[a-z]+[A-Z][a-z]+\d{4}[a-z]{2}", "", sent(f"{line}\n")))


def test_what_a_criterion_turns_on_is_left_as_it_is() -> None:
    told = (
        "Methotrexate 15 mg weekly from 03/02/2026 to 05/18/2026, M05.79, ODI 48%, CPT 72148, BP 134/82, L4-L5, "
        "ejection fraction 35-40%, 10 of 12 visits, RAPID3 16.7, KL grade 3."
    )
    assert sent(told) == told


def test_the_payer_the_service_and_the_policy_are_left_as_they_are() -> None:
    letter = (
        "Orchard Valley Health Plan\nPatient: Elena Rivera\nMember ID: W102074778\nService requested: Lumbar MRI\n"
        "Criteria used: Spine Imaging Guideline CG-SURG-27, Medical Policy 7.01.84, LCD L33611\n"
    )
    found = sent(letter)
    assert "Orchard Valley Health Plan" in found
    assert "Lumbar MRI" in found
    assert "Spine Imaging Guideline CG-SURG-27, Medical Policy 7.01.84, LCD L33611" in found


def test_the_same_documents_give_the_same_identity() -> None:
    chart = document("Signed by Renata Quill, PT\nMRN 40-2217")
    assert identity_of([chart], Denial(), "c") == identity_of([chart], Denial(), "c")
