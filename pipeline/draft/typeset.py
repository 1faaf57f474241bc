"""The letter as a Word file: address, case table, parts with citations, signature, exhibits, comments."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby

import docx
from docx.document import Document
from docx.enum.style import WD_STYLE_TYPE
from docx.enum.text import WD_COLOR_INDEX, WD_TAB_ALIGNMENT
from docx.oxml.ns import qn
from docx.shared import Inches, Pt, RGBColor
from docx.table import Table
from docx.text.paragraph import Paragraph
from docx.text.run import Run

from pipeline.draft import word_file
from pipeline.draft.citations import cite
from pipeline.draft.phrases import day, series
from pipeline.draft.tables import CaseRow, tables
from schemas.coverage import Coverage, Deadline
from schemas.denial import Denial
from schemas.fact import Fact
from schemas.letter import Exhibit, Letter, Part, Section, Sentence, SentenceKind
from schemas.span import Cited

_CITATION = "Exhibit Citation"
_FONT = "Arial"
_INK = RGBColor(0x1F, 0x2A, 0x44)
_TEXT_WIDTH = 6.5


def typeset(
    letter: Letter,
    denial: Denial,
    exhibits: Sequence[Exhibit],
    coverage: Coverage,
    facts: Iterable[Fact],
    today: date,
) -> bytes:
    """The letter as DOCX bytes, the same for the same case and day."""
    document = docx.Document()
    _set_styles(document)
    resolved = frozenset(fact.id for fact in facts if fact.date_resolved)
    said = {section.part for section in letter.sections if section.sentences}
    page = _Sheet(document, denial, tuple(exhibits), resolved, frozenset(Part) - said, today)
    page.header()
    page.address(coverage.deadline)
    page.case_table()
    document.add_paragraph(tables().blocks["salutation"])
    for section in letter.sections:
        page.section(section)
    page.signature()
    page.exhibit_list()
    word_file.describe(document, page.title, tables().blocks["author"], today)
    word_file.settle(document)
    return word_file.file_bytes(document)


def _set_styles(document: Document) -> None:
    layout = document.sections[0]
    layout.page_width, layout.page_height = Inches(8.5), Inches(11)
    layout.left_margin = layout.right_margin = layout.top_margin = layout.bottom_margin = Inches(1)
    for name, size, before, after in (
        ("Normal", 10.5, 0, 6),
        ("Title", 15, 12, 8),
        ("Heading 1", 13, 14, 4),
        ("Heading 2", 11, 8, 2),
        ("Quote", 10.5, 0, 4),
        ("List Bullet", 10.5, 0, 4),
        ("Header", 9, 0, 0),
    ):
        style = document.styles[name]
        style.font.name, style.font.size = _FONT, Pt(size)
        fonts = style.element.get_or_add_rPr().get_or_add_rFonts()
        for theme in ("asciiTheme", "hAnsiTheme", "eastAsiaTheme", "cstheme"):
            fonts.attrib.pop(qn(f"w:{theme}"), None)
        style.paragraph_format.space_before, style.paragraph_format.space_after = Pt(before), Pt(after)
        style.paragraph_format.keep_with_next = name in ("Title", "Heading 1", "Heading 2", "Quote")
        if name in ("Title", "Heading 1", "Heading 2"):
            style.font.bold, style.font.color.rgb = True, _INK
    document.styles["Quote"].paragraph_format.left_indent = Inches(0.25)
    document.styles["Quote"].font.color.rgb = RGBColor(0, 0, 0)
    for style in ("Title", "Header"):  # the template's rule under the title, and its tab stops for three columns
        for name in ("w:pBdr", "w:tabs"):
            for element in document.styles[style].element.get_or_add_pPr().findall(qn(name)):
                element.getparent().remove(element)
    citation = document.styles.add_style(_CITATION, WD_STYLE_TYPE.CHARACTER)
    citation.font.color.rgb, citation.font.italic = _INK, False


@dataclass(frozen=True)
class _Sheet:
    """The document being set, with what its blocks look up."""

    document: Document
    denial: Denial
    exhibits: tuple[Exhibit, ...]
    resolved: frozenset[str]
    silent: frozenset[Part]
    today: date

    @property
    def title(self) -> str:
        """The subject of the letter, with the patient's name."""
        patient = self.denial.patient_name
        words = tables().blocks
        return words["running"].format(subject=words["subject"], patient=patient.value) if patient else words["subject"]

    def header(self) -> None:
        """The subject and the page number on every page, so that a faxed page that is lost can be found again."""
        paragraph = self.document.sections[0].header.paragraphs[0]
        stops = paragraph.paragraph_format.tab_stops
        stops.add_tab_stop(Inches(_TEXT_WIDTH), WD_TAB_ALIGNMENT.RIGHT)
        paragraph.add_run(f"{self.title}\t{tables().blocks['page_of']}")
        word_file.add_field(paragraph, "PAGE", "1")
        paragraph.add_run(tables().blocks["of_pages"])
        word_file.add_field(paragraph, "NUMPAGES", "1")

    def address(self, deadline: Deadline) -> None:
        """The day, and where the appeal goes."""
        dated = self.document.add_paragraph().add_run(day(self.today))
        self.comment([dated], _deadline_note(deadline))
        block = self.document.add_paragraph()
        appeal = self.denial.appeal
        lines = _lines(appeal.address)
        if lines and self.denial.payer and self.denial.payer.value.casefold() not in " ".join(lines).casefold():
            lines = [self.denial.payer.value, *lines]
        for n, line in enumerate(lines):
            run = block.add_run(line)
            if n < len(lines) - 1:
                run.add_break()
        if not lines:
            self.placeholder(block, "address")
        if appeal.fax:
            self.document.add_paragraph(tables().blocks["by_fax"].format(fax=appeal.fax.value))

    def case_table(self) -> None:
        """The identifiers of the case, each with its name; what an appeal needs and nobody stated is blank."""
        words = tables().blocks
        self.document.add_paragraph(words["subject"], style="Title")
        rows = [(row, value) for row in tables().case_rows if (value := self.value(row)) or self.is_needed(row)]
        table = self.table((words["case"], words["as_stated"]), len(rows), (1.7, _TEXT_WIDTH - 1.7))
        for cells, (row, value) in zip(table.rows[1:], rows, strict=True):
            cells.cells[0].paragraphs[0].add_run(row.label)
            if value:
                cells.cells[1].paragraphs[0].add_run(value)
            else:
                self.placeholder(cells.cells[1].paragraphs[0], row.field)
        self.document.add_paragraph().paragraph_format.space_after = Pt(0)

    def value(self, row: CaseRow) -> str:
        """What the notice states for a row; "" where it is silent."""
        found = getattr(self.denial, row.field)
        every: tuple[Cited[object], ...] = found if isinstance(found, tuple) else (found,) if found else ()
        shown = (day(cited.value) if isinstance(cited.value, date) else str(cited.value) for cited in every)
        return series([" ".join(text.split()) for text in dict.fromkeys(shown)])

    def is_needed(self, row: CaseRow) -> bool:
        """Whether an appeal needs the row: by itself, or as the first of several of which one is enough."""
        one_of = tables().case_one_of
        silent = all(getattr(self.denial, name) is None for name in one_of)
        return row.needed or (row.field == one_of[0] and silent)

    def section(self, section: Section) -> None:
        """A part with its heading. One that says nothing is not printed, and that is noted at another."""
        if not section.sentences:
            return
        heading = self.document.add_heading(section.heading, level=1)
        if section.part is Part.CLOSING and Part.CONSEQUENCE in self.silent:
            self.comment(heading.runs, tables().notes["no_consequence"])
        if section.part is Part.CRITERIA:
            self.comment(heading.runs, tables().notes["no_guideline"] if Part.GUIDELINE in self.silent else "")
            self.criteria(section)
            return
        if section.part is Part.SUMMARY and len(section.sentences) > 1:
            for sentence in section.sentences:
                self.sentences(self.document.add_paragraph(style="List Bullet"), (sentence,))
            return
        self.sentences(self.document.add_paragraph(), section.sentences)

    def criteria(self, section: Section) -> None:
        """Each criterion under a heading of its own: the payer's words, then the answer."""
        numbers = {criterion.id: n for n, criterion in enumerate(self.denial.criteria, start=1)}
        for criterion, group in groupby(section.sentences, key=lambda sentence: sentence.criterion):
            sentences = tuple(group)
            if criterion in numbers:
                name = tables().blocks["criterion"].format(n=numbers[criterion])
                self.document.add_heading(name, level=2)
            payers = tuple(sentence for sentence in sentences if sentence.fields == (f"criteria.{criterion}",))
            answer = tuple(sentence for sentence in sentences if sentence not in payers)
            if payers:
                self.sentences(self.document.add_paragraph(style="Quote"), payers)
            if answer:
                self.sentences(self.document.add_paragraph(), answer)

    def sentences(self, paragraph: Paragraph, sentences: Sequence[Sentence]) -> None:
        """Sentences in one paragraph: for each one run of text and one of its citation."""
        for n, sentence in enumerate(sentences):
            if n:
                paragraph.add_run(" ")
            runs = [paragraph.add_run(sentence.text)]
            if sentence.kind is SentenceKind.PLACEHOLDER:
                runs[0].font.highlight_color = WD_COLOR_INDEX.YELLOW
            if sentence.kind is SentenceKind.FACT and (places := cite(sentence.citations, self.exhibits)):
                runs.append(paragraph.add_run(f" {places}", style=_CITATION))
            self.comment(runs, "\n".join(self.remarks(sentence)))

    def remarks(self, sentence: Sentence) -> Iterator[str]:
        """What the reviewer is told of a sentence."""
        if sentence.comment:
            yield sentence.comment
        if self.resolved.intersection(sentence.facts):
            yield tables().comments["resolved"]

    def comment(self, runs: Sequence[Run], text: str) -> None:
        """A comment on the runs, where there is something to say."""
        if text and runs:
            words = tables().blocks
            word_file.add_comment(self.document, runs, text, words["author"], words["initials"], self.today)

    def placeholder(self, paragraph: Paragraph, name: str) -> None:
        """A highlighted blank with a comment that says what to supply."""
        blank = tables().supply[name]
        run = paragraph.add_run(blank.text)
        run.font.highlight_color = WD_COLOR_INDEX.YELLOW
        self.comment([run], blank.comment)

    def signature(self) -> None:
        """Room for the one who signs; never signed for anyone."""
        closing = self.document.add_paragraph(tables().blocks["sincerely"])
        closing.paragraph_format.space_before = Pt(12)
        closing.paragraph_format.keep_with_next = True
        for name in ("signature", "signatory", "contact"):
            paragraph = self.document.add_paragraph()
            paragraph.paragraph_format.keep_with_next = name != "contact"
            self.placeholder(paragraph, name)

    def exhibit_list(self) -> None:
        """What is enclosed, under which label."""
        words = tables().blocks
        self.document.add_heading(words["enclosures"], level=1)
        titles = (words["exhibit"], words["document"], words["pages"])
        table = self.table(titles, len(self.exhibits), (0.8, _TEXT_WIDTH - 1.6, 0.8))
        for row, exhibit in zip(table.rows[1:], self.exhibits, strict=True):
            texts = (f"Ex. {exhibit.label}", exhibit.title or exhibit.document, str(len(exhibit.pages)))
            for cell, text in zip(row.cells, texts, strict=True):
                cell.paragraphs[0].add_run(text)

    def table(self, titles: Sequence[str], rows: int, widths: Sequence[float]) -> Table:
        """A table with a header row and empty rows below it."""
        table: Table = self.document.add_table(rows=rows + 1, cols=len(titles), style="Table Grid")
        table.autofit = False
        for cell, title in zip(table.rows[0].cells, titles, strict=True):
            cell.paragraphs[0].add_run(title).bold = True
        for column, width in zip(table.columns, widths, strict=True):
            column.width = Inches(width)
            for cell in column.cells:
                cell.width = Inches(width)
                cell.paragraphs[0].paragraph_format.space_after = Pt(2)
        word_file.head_row(table, titles[-2])
        return table


def _lines(address: Cited[str] | None) -> list[str]:
    """An address line by line, as the notice breaks it."""
    if address is None:
        return []
    printed = next((s.quote for s in address.spans if " ".join(s.quote.split()) == " ".join(address.value.split())), "")
    text = address.value if "\n" in address.value else printed or address.value
    return [" ".join(line.split()) for line in text.splitlines() if line.strip()]


def _deadline_note(deadline: Deadline) -> str:
    words = tables().notes
    if deadline.date is None:
        return words["no_deadline"].format(basis=deadline.basis, question=deadline.question).strip()
    safe = deadline.safe or deadline.date
    return words["deadline"].format(date=day(deadline.date), safe=day(safe), basis=deadline.basis).strip()
