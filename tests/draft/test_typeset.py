import io
import re
import zipfile
from datetime import UTC, datetime

import docx
import pytest
from docx.document import Document
from docx.enum.text import WD_COLOR_INDEX
from docx.oxml.ns import qn

from pipeline.draft import typeset, write
from pipeline.draft.citations import CITATION, parse
from schemas.denial import Denial
from schemas.letter import Letter, SentenceKind
from tests.draft.knee_case import COVERAGE, DENIAL, FACTS, TODAY, enclosed

LETTER = write(DENIAL, FACTS, COVERAGE, enclosed(), TODAY)


def set_in_word(denial: Denial = DENIAL, letter: Letter = LETTER) -> bytes:
    return typeset(letter, denial, enclosed(), COVERAGE, FACTS, TODAY)


@pytest.fixture(scope="module")
def document() -> Document:
    return docx.Document(io.BytesIO(set_in_word()))


def table_rows(document: Document, n: int) -> list[list[str]]:
    return [[cell.text for cell in row.cells] for row in document.tables[n].rows]


def highlighted(document: Document) -> list[str]:
    cells = (p for table in document.tables for row in table.rows for cell in row.cells for p in cell.paragraphs)
    return [
        run.text
        for paragraph in (*document.paragraphs, *cells)
        for run in paragraph.runs
        if run.font.highlight_color == WD_COLOR_INDEX.YELLOW
    ]


def test_the_same_case_gives_the_same_bytes() -> None:
    assert set_in_word() == set_in_word()


def test_no_clock_or_revision_mark_is_left_in_the_file() -> None:
    with zipfile.ZipFile(io.BytesIO(set_in_word())) as archive:
        assert {member.date_time for member in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}
        whole = b"".join(archive.read(name) for name in archive.namelist())
    assert b"rsid" not in whole
    assert b"thumbnail" not in whole.lower()
    stamps = set(re.findall(rb"20\d\d-\d\d-\d\dT[\d:]+", whole))
    assert stamps == {b"2026-10-05T00:00:00"}


def test_the_file_says_what_it_is(document: Document) -> None:
    properties = document.core_properties
    assert properties.title == "Appeal of an adverse decision: Marguerite A. Ellsworth"
    assert properties.author == "Appealwright"
    assert properties.language == "en-US"
    languages = [element.get(qn("w:val")) for element in document.styles.element.iter(qn("w:lang"))]
    assert languages[:1] == ["en-US"]
    assert properties.created == properties.modified == datetime(2026, 10, 5, tzinfo=UTC)


def test_every_sentence_is_one_run_followed_by_its_citation(document: Document) -> None:
    runs = [run for paragraph in document.paragraphs for run in paragraph.runs]
    texts = [run.text for run in runs]
    for section in LETTER.sections:
        for sentence in section.sentences:
            place = texts.index(sentence.text)
            if sentence.kind is SentenceKind.FACT:
                cited = runs[place + 1].text.strip()
                assert CITATION.fullmatch(cited)
                labels = {e.label for e in enclosed() if e.document in {s.document for s in sentence.citations}}
                assert {ref.label for ref in parse(cited)} == labels


def test_headings_are_in_order_and_each_criterion_has_its_own(document: Document) -> None:
    found = [(p.style.name, p.text) for p in document.paragraphs if p.style is not None and p.style.name is not None]
    headings = [(name, text) for name, text in found if name.startswith(("Heading", "Title"))]
    assert headings[0] == ("Title", "Appeal of an adverse decision")
    assert [text for name, text in headings if name == "Heading 1"] == [
        *(section.heading for section in LETTER.sections if section.sentences),
        "Enclosures",
    ]
    assert [text for name, text in headings if name == "Heading 2"] == [f"Criterion {n}" for n in range(1, 8)]


def test_the_address_block_is_as_the_notice_breaks_it(document: Document) -> None:
    texts = [paragraph.text for paragraph in document.paragraphs]
    assert texts[0] == "October 5, 2026"
    assert (
        texts[1] == "Cascadia Mutual Health Plan\nMember Appeals Department\nP.O. Box 41877\nCascade Harbor, WA 98001"
    )
    assert texts[2] == "By fax: (503) 555-0163"


def test_the_case_table_gives_each_identifier_that_is_stated(document: Document) -> None:
    assert table_rows(document, 0) == [
        ["Case", "As stated in the notice"],
        ["Patient", "Marguerite A. Ellsworth"],
        ["Member ID", "CMH904551-01"],
        ["Reference number", "PA-26-0914-7731"],
        ["Service", "Total knee arthroplasty, right knee"],
        ["Procedure codes", "27447"],
        ["Diagnosis codes", "M17.11"],
        ["Date of notice", "September 28, 2026"],
    ]


def test_the_enclosures_list_every_exhibit(document: Document) -> None:
    assert [row[0] for row in table_rows(document, 1)] == ["Exhibit", "Ex. A", "Ex. B", "Ex. C"]


def test_tables_have_header_rows_and_names(document: Document) -> None:
    for table in document.tables:
        assert table.rows[0]._tr.find(f"{qn('w:trPr')}/{qn('w:tblHeader')}") is not None
        assert table._tbl.tblPr.find(qn("w:tblCaption")) is not None


def test_the_header_numbers_the_pages(document: Document) -> None:
    header = document.sections[0].header.paragraphs[0]
    fields = [field.get(qn("w:instr")) for field in header._p.iter(qn("w:fldSimple"))]
    assert fields == ["PAGE", "NUMPAGES"]
    assert "Marguerite A. Ellsworth" in header.text


def test_every_placeholder_is_highlighted_and_has_a_comment_that_says_what_to_supply(document: Document) -> None:
    sentences = [s for section in LETTER.sections for s in section.sentences]
    blanks = highlighted(document)
    assert all(re.fullmatch(r"\[[^\[\]]+\]", text) for text in blanks)
    assert len(blanks) == sum(s.kind is SentenceKind.PLACEHOLDER for s in sentences) + 3  # the signature block
    remarked = sum(bool(s.comment) for s in sentences if s.kind is not SentenceKind.PLACEHOLDER)
    comments = list(document.comments)
    assert len(comments) == len(blanks) + remarked + 3  # the deadline, no guideline, no consequence
    assert {comment.author for comment in comments} == {"Appealwright"}
    assert all(comment.text for comment in comments)
    assert any("March 27, 2027" in comment.text for comment in comments)


def test_what_an_appeal_needs_and_the_notice_does_not_state_is_asked_for() -> None:
    denial = DENIAL.model_copy(update={"member_id": None, "reference_number": None, "appeal": Denial().appeal})
    letter = write(denial, FACTS, COVERAGE, enclosed(), TODAY)
    document = docx.Document(io.BytesIO(set_in_word(denial, letter)))
    blanks = highlighted(document)
    for wanted in ("[Member ID]", "[Claim or reference number]", "[Appeals address of the plan]"):
        assert wanted in blanks
    texts = [comment.text for comment in document.comments]
    assert any("insurance card" in text for text in texts)


def test_a_date_worked_out_from_a_relative_one_is_remarked_on() -> None:
    facts = [f.model_copy(update={"date_resolved": f.id == "naproxen"}) for f in FACTS]
    plain, remarked = (
        docx.Document(io.BytesIO(typeset(LETTER, DENIAL, enclosed(), COVERAGE, known, TODAY)))
        for known in (FACTS, facts)
    )
    assert len(remarked.comments) > len(plain.comments)
