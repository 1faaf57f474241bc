import io
import re
import zipfile
from dataclasses import replace
from datetime import UTC, datetime

import docx
import pytest
from docx.document import Document
from docx.enum.text import WD_COLOR_INDEX
from docx.oxml.ns import qn
from docx.oxml.xmlchemy import BaseOxmlElement
from docx.text.run import Run

from pipeline.draft import typeset, write
from pipeline.draft.citations import CITATION, parse
from pipeline.draft.phrases import tidy
from schemas.denial import Denial
from schemas.document import Origin, Word
from schemas.letter import Letter, SentenceKind
from tests.draft.knee_case import COVERAGE, DENIAL, DOCUMENTS, FACTS, TODAY, enclosed

LETTER = write(DENIAL, FACTS, COVERAGE, enclosed(), TODAY)


def set_in_word(denial: Denial = DENIAL, letter: Letter = LETTER, *, review: bool = True) -> bytes:
    return typeset(letter, denial, enclosed(), COVERAGE, FACTS, TODAY, DOCUMENTS, review=review)


@pytest.fixture(scope="module")
def document() -> Document:
    return opened(set_in_word())


def opened(data: bytes) -> Document:
    return docx.Document(io.BytesIO(data))


def runs(element: BaseOxmlElement) -> list[Run]:
    """The runs of an element, those in content controls and links among them."""
    return [Run(run, None) for run in element.iter(qn("w:r"))]


def words(element: BaseOxmlElement) -> str:
    return "".join(run.text for run in runs(element))


def table_rows(document: Document, n: int) -> list[list[str]]:
    return [[words(cell._tc) for cell in row.cells] for row in document.tables[n].rows]


def highlighted(document: Document) -> list[str]:
    return [run.text for run in runs(document.element) if run.font.highlight_color == WD_COLOR_INDEX.YELLOW]


def controls(document: Document) -> list[tuple[str, str]]:
    """The tag and the words of each content control, in order."""
    boxes = document.element.iter(qn("w:sdt"))
    return [(box.find(f"{qn('w:sdtPr')}/{qn('w:tag')}").get(qn("w:val")), words(box)) for box in boxes]


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


def test_every_sentence_is_one_run_in_a_content_control_with_its_id_as_tag(document: Document) -> None:
    sentences = [sentence for section in LETTER.sections for sentence in section.sentences]
    traced = [(tag, text) for tag, text in controls(document) if not tag.startswith("letter.")]
    assert traced == [(sentence.id, sentence.text) for sentence in sentences]
    boxes = list(document.element.iter(qn("w:sdt")))
    assert all(len(runs(box)) == 1 for box in boxes)
    numbers = [box.find(f"{qn('w:sdtPr')}/{qn('w:id')}").get(qn("w:val")) for box in boxes]
    assert len(set(numbers)) == len(numbers)
    assert max(len(tag) for tag, _ in controls(document)) <= 64


def test_a_statement_is_followed_by_a_citation_whose_exhibits_link_to_the_list_of_exhibits(document: Document) -> None:
    marks = {mark.get(qn("w:name")) for mark in document.element.iter(qn("w:bookmarkStart"))}
    assert marks == {"Exhibit_A", "Exhibit_B", "Exhibit_C"}
    boxes = {
        box.find(f"{qn('w:sdtPr')}/{qn('w:tag')}").get(qn("w:val")): box for box in document.element.iter(qn("w:sdt"))
    }
    for sentence in (s for section in LETTER.sections for s in section.sentences if s.kind is SentenceKind.FACT):
        after = "".join(words(sibling) for sibling in boxes[sentence.id].itersiblings(qn("w:r"), qn("w:hyperlink")))
        cited = CITATION.match(after.lstrip())
        assert cited is not None
        labels = {e.label for e in enclosed() if e.document in {span.document for span in sentence.citations}}
        assert {ref.label for ref in parse(cited[0])} == labels
    links = [(words(link), link.get(qn("w:anchor"))) for link in document.element.iter(qn("w:hyperlink"))]
    assert links
    for text, anchor in links:
        assert text.startswith(f"Ex.\u00a0{anchor.removeprefix('Exhibit_')}, p")


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
    texts = [words(paragraph._p) for paragraph in document.paragraphs]
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
    told = commented(document)
    assert all(told[s.id].startswith(s.comment) for s in sentences if s.comment)
    comments = list(document.comments)
    assert {comment.author for comment in comments} == {"Appealwright"}
    assert all(comment.text for comment in comments)
    assert any("March 27, 2027" in comment.text for comment in comments)


def commented(document: Document) -> dict[str, str]:
    """What each sentence's comment says, by the sentence's id."""
    texts = {str(comment.comment_id): comment.text for comment in document.comments}
    told: dict[str, str] = {}
    for tag, box in (
        (b.find(f"{qn('w:sdtPr')}/{qn('w:tag')}").get(qn("w:val")), b) for b in document.element.iter(qn("w:sdt"))
    ):
        start = box.getprevious()
        if start is not None and start.tag == qn("w:commentRangeStart"):
            told[tag] = texts[start.get(qn("w:id"))]
    return told


def test_the_review_copy_says_where_each_statement_comes_from_and_how_surely_it_was_read(document: Document) -> None:
    told = commented(document)
    for sentence in (s for section in LETTER.sections for s in section.sentences):
        if sentence.kind is SentenceKind.FACT:
            assert "Rests on: " in told[sentence.id]
            assert f"\u201c{tidy(sentence.citations[0].quote)}" in told[sentence.id]
            assert "Read from the file's own text." in told[sentence.id]
        elif sentence.kind is SentenceKind.LAW:
            assert "29 " in told[sentence.id]
        elif sentence.kind is SentenceKind.ASK:
            assert sentence.id not in told


def test_the_review_copy_names_the_words_that_were_read_unsurely() -> None:
    note = DOCUMENTS[0]
    page = note.pages[0]
    start = page.text.index("Naproxen")
    doubtful = (
        Word(start=start, end=start + 8, confidence=0.4),
        Word(start=start + 9, end=start + 12, confidence=0.95),
    )
    scanned = page.model_copy(update={"origin": Origin.OCR, "confidence": 0.91, "words": doubtful})
    documents = (note.model_copy(update={"pages": (scanned,)}), *DOCUMENTS[1:])
    data = typeset(LETTER, DENIAL, enclosed(), COVERAGE, FACTS, TODAY, documents)
    told = [text for text in commented(opened(data)).values() if "naproxen (medication)" in text]
    assert any("Read by OCR (page confidence 91%).\nCompare with the paper: Naproxen." in text for text in told)


def test_the_clean_copy_has_the_same_words_and_controls_and_no_comment(document: Document) -> None:
    clean = opened(set_in_word(review=False))
    assert controls(clean) == controls(document)
    assert words(clean.element) == words(document.element)
    assert highlighted(clean) == highlighted(document)
    assert not list(clean.comments)
    assert not list(clean.element.iter(qn("w:commentReference"), qn("w:commentRangeStart")))


def test_each_comment_of_the_review_copy_has_one_place_in_the_text(document: Document) -> None:
    ids = sorted(comment.comment_id for comment in document.comments)
    for name in ("w:commentRangeStart", "w:commentRangeEnd", "w:commentReference"):
        assert sorted(int(mark.get(qn("w:id"))) for mark in document.element.iter(qn(name))) == ids


def test_what_an_appeal_needs_and_the_notice_does_not_state_is_asked_for() -> None:
    denial = DENIAL.model_copy(update={"member_id": None, "reference_number": None, "appeal": Denial().appeal})
    letter = write(denial, FACTS, COVERAGE, enclosed(), TODAY)
    document = opened(set_in_word(denial, letter))
    blanks = highlighted(document)
    for wanted in ("[Member ID]", "[Claim or reference number]", "[Appeals address of the plan]"):
        assert wanted in blanks
    texts = [comment.text for comment in document.comments]
    assert any("insurance card" in text for text in texts)


def test_a_date_worked_out_from_a_relative_one_is_remarked_on() -> None:
    facts = [replace(f, date_resolved=f.id == "naproxen") for f in FACTS]
    plain, remarked = (
        "\n".join(commented(opened(typeset(LETTER, DENIAL, enclosed(), COVERAGE, known, TODAY))).values())
        for known in (FACTS, facts)
    )
    assert "worked out from a relative one" in remarked
    assert "worked out from a relative one" not in plain
