"""A letter as a Word file: address, case table, parts with citations, signature, exhibits, comments."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from itertools import chain, count

import docx
from docx.document import Document
from docx.enum.text import WD_COLOR_INDEX, WD_TAB_ALIGNMENT
from docx.shared import Inches, Pt
from docx.table import Table
from docx.text.paragraph import Paragraph
from docx.text.run import Run

from pipeline.draft import word_file
from pipeline.draft.citations import cite, cited
from pipeline.draft.letter_styles import BULLET_ID, CITATION_ID, HEADING_IDS, TEXT_WIDTH, set_styles
from pipeline.draft.phrases import day
from pipeline.draft.provenance import Provenance, verdict
from pipeline.draft.reviewed import remarks, verdict_key
from pipeline.draft.tables import Placeholder, tables
from schemas.coverage import Coverage, Deadline
from schemas.denial import Denial
from schemas.document import Document as SourceDocument
from schemas.fact import Fact
from schemas.letter import Blank, Exhibit, Frame, Grid, Letter, LetterKind, Part, Section, Sentence, SentenceKind

_WHOLE = (LetterKind.APPEAL, LetterKind.EXTERNAL)  # letters of eight parts, where a silent part is remarked on
_LINKED = re.compile(r"(Ex\. ([A-Z]+), [^;\]]*)")


def typeset(
    letter: Letter,
    denial: Denial,
    exhibits: Sequence[Exhibit],
    coverage: Coverage,
    facts: Iterable[Fact],
    today: date,
    documents: Iterable[SourceDocument] = (),
    *,
    review: bool = True,
) -> bytes:
    """The letter as DOCX bytes, the same for the same case and day.

    The review copy has comments: where each sentence comes from, how surely `documents` were read, what is missing.
    Without `review` it is the clean copy: the same text and content controls, and no comment.
    """
    document, facts = docx.Document(), tuple(facts)
    set_styles(document, compact=letter.frame.compact)
    reviewed = remarks(denial, facts, coverage)
    resolved = frozenset(fact.id for fact in facts if fact.date_resolved)
    said = {section.part for section in letter.sections if section.sentences}
    sources = Provenance(facts, coverage, exhibits, documents) if review else None
    verdicts = {result.criterion: verdict(result) for result in coverage.criteria}
    silent = frozenset(Part) - said if letter.kind in _WHOLE else frozenset()
    listed = tuple(exhibits) if letter.frame.enclosures else cited(letter, exhibits)
    page = _Sheet(
        document, letter.frame, denial, exhibits, listed, resolved, reviewed, silent, today, sources, verdicts
    )
    page.header()
    page.address(coverage.deadline)
    page.case_table()
    page.salutation()
    for section in letter.sections:
        page.section(section)
    page.signature()
    page.exhibit_list()
    word_file.describe(document, page.title, tables().blocks["author"], today)
    word_file.settle(document)
    return word_file.file_bytes(document)


@dataclass(frozen=True)
class _Sheet:
    """The document being set, with what its blocks look up."""

    document: Document
    frame: Frame
    denial: Denial
    exhibits: Sequence[Exhibit]
    listed: tuple[Exhibit, ...]
    resolved: frozenset[str]
    reviewed: Mapping[str, str]
    silent: frozenset[Part]
    today: date
    sources: Provenance | None
    verdicts: Mapping[str, str]
    numbers: Iterator[int] = field(default_factory=lambda: count(1))

    @property
    def title(self) -> str:
        """The subject of the letter, with the patient's name."""
        patient, subject = self.denial.patient_name, self.frame.subject
        return tables().blocks["running"].format(subject=subject, patient=patient.value) if patient else subject

    def header(self) -> None:
        """The subject and the page number on every page, so that a faxed page that is lost can be found again."""
        paragraph = self.document.sections[0].header.paragraphs[0]
        stops = paragraph.paragraph_format.tab_stops
        stops.add_tab_stop(Inches(TEXT_WIDTH), WD_TAB_ALIGNMENT.RIGHT)
        paragraph.add_run(f"{self.title}\t{tables().blocks['page_of']}")
        word_file.add_field(paragraph, "PAGE", "1")
        paragraph.add_run(tables().blocks["of_pages"])
        word_file.add_field(paragraph, "NUMPAGES", "1")

    def address(self, deadline: Deadline) -> None:
        """The day, and where the appeal goes."""
        dated = self.traced(self.document.add_paragraph(), day(self.today), "letter.date")
        self.comment([dated], _deadline_note(deadline))
        if self.frame.internal:
            return
        block = self.document.add_paragraph()
        if self.frame.address:
            run = self.traced(block, "\n".join(self.frame.address), "letter.address")
            self.comment([run], self.reviewed.get("appeal.address", ""))
        elif self.frame.where:
            self.placeholder(block, self.frame.where, "letter.address")
        if self.frame.fax:
            words = tables().blocks["by_fax"].format(fax=self.frame.fax)
            faxed = self.traced(self.document.add_paragraph(), words, "letter.fax")
            self.comment([faxed], self.reviewed.get("appeal.fax", ""))

    def case_table(self) -> None:
        """The identifiers of the case, each as the notice labels it; what is needed and nobody stated is blank."""
        words, lines = tables().blocks, self.frame.lines
        word_file.add_paragraph(self.document, self.frame.subject, "Title")
        table = self.table((words["case"], words["as_stated"]), len(lines), (1.7, TEXT_WIDTH - 1.7))
        for (label, value), line in zip(word_file.paragraphs(table)[1:], lines, strict=True):
            word_file.add_run(label, line.label)
            if line.blank:
                self.placeholder(value, line.blank, f"letter.{line.field}")
            else:
                run = self.traced(value, line.value, f"letter.{line.field}")
                told = (text for path, text in self.reviewed.items() if path.partition(".")[0] == line.field)
                self.comment([run], "\n".join(told))

    def salutation(self) -> None:
        """To whom it is said, where it goes to anybody."""
        if not self.frame.salutation:
            return
        paragraph = self.document.add_paragraph()
        paragraph.paragraph_format.space_before = Pt(12)
        self.traced(paragraph, self.frame.salutation, "letter.salutation")

    def section(self, section: Section) -> None:
        """A part with its heading. One that says nothing is not printed, and that is noted at another."""
        if not section.sentences:
            return
        heading = word_file.add_paragraph(self.document, section.heading, HEADING_IDS[0])
        if section.part is Part.CLOSING and Part.CONSEQUENCE in self.silent:
            self.comment(heading.runs, tables().notes["no_consequence"])
        if section.grid is not None:
            self.grid(section, section.grid)
            return
        if section.part is Part.CRITERIA:
            self.comment(heading.runs, tables().notes["no_guideline"] if Part.GUIDELINE in self.silent else "")
            self.criteria(section)
            return
        if section.listed or (section.part is Part.SUMMARY and len(section.sentences) > 1):
            for sentence in section.sentences:
                self.sentences(word_file.add_paragraph(self.document, style=BULLET_ID), (sentence,))
            return
        self.sentences(self.document.add_paragraph(), section.sentences)

    def grid(self, section: Section, grid: Grid) -> None:
        """A section in a table: the sentences of a cell in one paragraph."""
        known = {sentence.id: sentence for sentence in section.sentences}
        shares = grid.widths or (1,) * len(grid.titles)
        table = self.table(grid.titles, len(grid.rows), [TEXT_WIDTH * share / sum(shares) for share in shares])
        for row, cells in zip(word_file.paragraphs(table)[1:], grid.rows, strict=True):
            for cell, ids in zip(row, cells, strict=True):
                self.sentences(cell, [known[name] for name in ids])

    def criteria(self, section: Section) -> None:
        """Each criterion under a heading of its own: the payer's words, the answer, and what is argued beside it."""
        numbers = {criterion.id: n for n, criterion in enumerate(self.denial.criteria, start=1)}
        for criterion, sentences in _by_criterion(section.sentences):
            if criterion in numbers:
                name = tables().blocks["criterion"].format(n=numbers[criterion])
                heading = word_file.add_paragraph(self.document, name, HEADING_IDS[1])
                told = (self.verdicts.get(criterion or "", ""), self.reviewed.get(verdict_key(criterion or ""), ""))
                self.comment(heading.runs, "\n".join(filter(None, told)))
            payers = tuple(sentence for sentence in sentences if sentence.fields == (f"criteria.{criterion}",))
            answer = tuple(sentence for sentence in sentences if sentence not in payers)
            if payers:
                self.sentences(word_file.add_paragraph(self.document, style="Quote"), payers)
            if answer:
                self.sentences(self.document.add_paragraph(), answer)

    def sentences(self, paragraph: Paragraph, sentences: Sequence[Sentence]) -> None:
        """Sentences in one paragraph: for each a run in its content control, then its citation, which links."""
        for n, sentence in enumerate(sentences):
            if n:
                word_file.add_run(paragraph, " ")
            runs = [self.traced(paragraph, sentence.text, sentence.id)]
            if sentence.kind is SentenceKind.PLACEHOLDER:
                runs[0].font.highlight_color = WD_COLOR_INDEX.YELLOW
            if sentence.kind is not SentenceKind.ASK and (places := cite(sentence.citations, self.exhibits)):
                runs += self.citation(paragraph, places)
            self.comment(runs, "\n".join(self.remarks(sentence)))

    def traced(self, paragraph: Paragraph, text: str, tag: str) -> Run:
        """A run in a content control, by whose tag an editor's changes are traced."""
        run = word_file.add_run(paragraph, text)
        word_file.control(run, tag, next(self.numbers))
        return run

    def citation(self, paragraph: Paragraph, places: str) -> Iterator[Run]:
        """The runs of a citation: each exhibit in it links to its row in the list of exhibits."""
        pieces = _LINKED.split(f" {places}")  # between, linked, its label, between, ...
        for n, piece in enumerate(pieces):
            if n % 3 != 2 and piece:
                run = word_file.add_run(paragraph, piece.replace(". ", ".\u00a0"), CITATION_ID)
                if n % 3 == 1:
                    word_file.link(run, _bookmark(pieces[n + 1]))
                yield run

    def remarks(self, sentence: Sentence) -> Iterator[str]:
        """What the reviewer is told of a sentence."""
        if sentence.comment:
            yield sentence.comment
        if self.resolved.intersection(sentence.facts):
            yield tables().comments["resolved"]
        yield from filter(None, map(self.reviewed.get, (*sentence.facts, *sentence.fields)))
        if self.sources:
            yield from self.sources.lines(sentence)

    def comment(self, runs: Sequence[Run], text: str) -> None:
        """A comment on the runs, where there is something to say and it is the review copy."""
        if text and runs and self.sources:
            words = tables().blocks
            word_file.add_comment(self.document, runs, text, words["author"], words["initials"], self.today)

    def placeholder(self, paragraph: Paragraph, blank: Blank | Placeholder, tag: str) -> None:
        """A highlighted blank with a comment that says what to supply."""
        run = self.traced(paragraph, blank.text, tag)
        run.font.highlight_color = WD_COLOR_INDEX.YELLOW
        self.comment([run], blank.comment)

    def signature(self) -> None:
        """Room for the one who signs; never signed for anyone."""
        if not self.frame.signature:
            return
        closing = self.document.add_paragraph(tables().blocks["sincerely"])
        closing.paragraph_format.space_before = Pt(12)
        closing.paragraph_format.keep_with_next = True
        blanks = dict(zip(("signature", "signatory", "contact"), self.frame.signature, strict=True))
        for name, blank in blanks.items():
            paragraph = self.document.add_paragraph()
            paragraph.paragraph_format.keep_with_next = name != "contact"
            self.placeholder(paragraph, blank, f"letter.{name}")

    def exhibit_list(self) -> None:
        """What is enclosed, under which label."""
        words = tables().blocks
        heading = words["exhibits" if self.frame.internal else "enclosures"]
        if not self.frame.enclosures:
            self.exhibit_line(heading)
            return
        word_file.add_paragraph(self.document, heading, HEADING_IDS[0])
        titles = (words["exhibit"], words["document"], words["pages"])
        table = self.table(titles, len(self.listed), (0.8, TEXT_WIDTH - 1.6, 0.8))
        for (label, title, pages), exhibit in zip(word_file.paragraphs(table)[1:], self.listed, strict=True):
            named = word_file.add_run(label, f"Ex. {exhibit.label}")
            word_file.bookmark(named, _bookmark(exhibit.label), next(self.numbers))
            self.traced(title, exhibit.title or exhibit.document, f"letter.exhibit_{exhibit.label}")
            word_file.add_run(pages, str(len(exhibit.pages)))

    def exhibit_line(self, heading: str) -> None:
        """What is cited and so enclosed, in one paragraph: no exhibit goes along that the letter does not need."""
        if not self.listed:
            return
        paragraph = self.document.add_paragraph(f"{heading}: ")
        paragraph.paragraph_format.space_before = Pt(6)
        for exhibit in self.listed:
            named = paragraph.add_run(f"Ex. {exhibit.label}")
            word_file.bookmark(named, _bookmark(exhibit.label), next(self.numbers))
            paragraph.add_run(f", {exhibit.title or exhibit.document}{'.' if exhibit == self.listed[-1] else '; '}")

    def table(self, titles: Sequence[str], rows: int, widths: Sequence[float]) -> Table:
        """A table with a header row and empty rows below it."""
        table: Table = self.document.add_table(rows=rows + 1, cols=len(titles), style="Table Grid")
        table.autofit = False
        word_file.set_widths(table, [Inches(width) for width in widths])
        cells = word_file.paragraphs(table)
        for cell, title in zip(cells[0], titles, strict=True):
            word_file.add_run(cell, title).bold = True
        for cell in chain.from_iterable(cells):
            cell.paragraph_format.space_after = Pt(0 if self.frame.compact else 2)
        word_file.head_row(table, titles[-2])
        return table


def _by_criterion(sentences: Sequence[Sentence]) -> list[tuple[str | None, list[Sentence]]]:
    """The sentences on each criterion; one on none goes with those before it."""
    groups: list[tuple[str | None, list[Sentence]]] = []
    for sentence in sentences:
        if not groups or sentence.criterion not in (None, groups[-1][0]):
            groups.append((sentence.criterion, []))
        groups[-1][1].append(sentence)
    return groups


def _bookmark(label: str) -> str:
    return f"Exhibit_{label}"


def _deadline_note(deadline: Deadline) -> str:
    words = tables().notes
    if deadline.date is None:
        return words["no_deadline"].format(basis=deadline.basis, question=deadline.question).strip()
    safe = deadline.safe or deadline.date
    return words["deadline"].format(date=day(deadline.date), safe=day(safe), basis=deadline.basis).strip()
