"""The knee letter as its case sets it, and ways in which people edit it in Word."""

import copy
import io
from collections.abc import Callable
from functools import cache
from typing import Any

import docx
from docx.document import Document
from docx.oxml import OxmlElement
from docx.oxml.ns import qn

from pipeline import draft
from pipeline.edited import Checked, EditedReport
from pipeline.edited.check import CheckedLetter, checked_letter
from pipeline.edited.package import package_of
from pipeline.edited.read import read_edited
from schemas.case import Case, Provenance
from tests.draft.knee_case import COVERAGE, DENIAL, DOCUMENTS, FACTS, TODAY, enclosed

Edit = Callable[[Document], None]
ROOMY = 100_000_000


@cache
def case() -> Case:
    """The knee case, worked."""
    return Case(
        case_id="case-knee",
        today=TODAY,
        engine="rules",
        complete=False,
        documents=(),
        denial=DENIAL,
        facts=FACTS,
        coverage=COVERAGE,
        letter=draft.write(DENIAL, FACTS, COVERAGE, enclosed(), TODAY, documents=DOCUMENTS),
        exhibits=enclosed(),
        provenance=Provenance(inputs=(), engine="rules"),
    )


@cache
def letter(*, review: bool = False) -> bytes:
    """The letter as it is typeset."""
    return draft.typeset(case().letter, DENIAL, enclosed(), COVERAGE, FACTS, TODAY, DOCUMENTS, review=review)


def edited(*edits: Edit, of: bytes | None = None) -> bytes:
    """The letter after the edits, saved by python-docx."""
    document = docx.Document(io.BytesIO(of or letter()))
    for edit in edits:
        edit(document)
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def check(data: bytes) -> CheckedLetter:
    """What a check of the file finds."""
    return checked_letter(read_edited(package_of("letter.docx", data, ROOMY)), case(), DOCUMENTS, "letter.docx")


def report(*edits: Edit, of: bytes | None = None) -> EditedReport:
    """What a check finds after the edits."""
    return check(edited(*edits, of=of)).report


def of_sentence(found: EditedReport, name: str) -> list[Checked]:
    """What became of a sentence."""
    return [one for one in found.statements if name in one.sentences]


def id_of(words: str) -> str:
    """The id of the first sentence of the letter that holds the words."""
    return next(s.id for section in case().letter.sections for s in section.sentences if words in s.text)


def control(document: Document, name: str) -> Any:
    """The content control of a sentence."""
    return next(
        box
        for box in document.element.iter(qn("w:sdt"))
        if box.find(f"{qn('w:sdtPr')}/{qn('w:tag')}").get(qn("w:val")) == name
    )


def _run(text: str, *, deleted: bool = False) -> Any:
    run = OxmlElement("w:r")
    words = OxmlElement("w:delText" if deleted else "w:t")
    words.text = text
    words.set("{http://www.w3.org/XML/1998/namespace}space", "preserve")
    run.append(words)
    return run


def _tracked(name: str, author: str, *content: Any) -> Any:
    change = OxmlElement(name)
    for key, value in (("w:id", "901"), ("w:author", author), ("w:date", "2026-10-06T09:00:00Z")):
        change.set(qn(key), value)
    change.extend(content)
    return change


def says(name: str, text: str) -> Edit:
    """Type other words over those of a sentence."""

    def edit(document: Document) -> None:
        next(control(document, name).iter(qn("w:t"))).text = text

    return edit


def replaces(name: str, old: str, new: str) -> Edit:
    """Replace words within a sentence."""

    def edit(document: Document) -> None:
        words = next(control(document, name).iter(qn("w:t")))
        assert old in words.text
        words.text = words.text.replace(old, new)

    return edit


def inserts_tracked(name: str, after: str, text: str, author: str = "Jo Park") -> Edit:
    """Insert words in a sentence as a tracked change."""

    def edit(document: Document) -> None:
        run = next(control(document, name).iter(qn("w:r")))
        whole = run.find(qn("w:t")).text
        cut = whole.index(after) + len(after)
        run.addprevious(_run(whole[:cut]))
        run.addprevious(_tracked("w:ins", author, _run(text)))
        run.addprevious(_run(whole[cut:]))
        run.getparent().remove(run)

    return edit


def strikes_tracked(name: str, words: str, author: str = "Jo Park") -> Edit:
    """Delete words of a sentence as a tracked change."""

    def edit(document: Document) -> None:
        run = next(control(document, name).iter(qn("w:r")))
        before, found, after = run.find(qn("w:t")).text.partition(words)
        assert found
        run.addprevious(_run(before))
        run.addprevious(_tracked("w:del", author, _run(words, deleted=True)))
        run.addprevious(_run(after))
        run.getparent().remove(run)

    return edit


def deletes_tracked(name: str, author: str = "Jo Park") -> Edit:
    """Delete a sentence and its citation as a tracked change."""

    def edit(document: Document) -> None:
        box = control(document, name)
        for run in list(box.iter(qn("w:r"))):
            text = run.find(qn("w:t")).text
            run.addprevious(_tracked("w:del", author, _run(text, deleted=True)))
            run.getparent().remove(run)

    return edit


def removes(name: str) -> Edit:
    """Remove a sentence with its content control and what cites it."""

    def edit(document: Document) -> None:
        box = control(document, name)
        for following in list(box.itersiblings()):
            if following.tag == qn("w:sdt"):
                break
            following.getparent().remove(following)
        box.getparent().remove(box)

    return edit


def cites(name: str, text: str) -> Edit:
    """Type a citation in place of that of a sentence; "" takes it away."""

    def edit(document: Document) -> None:
        box = control(document, name)
        for following in list(box.itersiblings()):
            if following.tag == qn("w:sdt"):
                break
            following.getparent().remove(following)
        if text:
            box.addnext(_run(f" {text} "))

    return edit


def types_after(name: str, text: str) -> Edit:
    """Type words after a sentence and its citation."""

    def edit(document: Document) -> None:
        last = control(document, name)
        for following in last.itersiblings():
            if following.tag == qn("w:sdt"):
                break
            last = following
        last.addnext(_run(f" {text}"))

    return edit


def types_paragraph(text: str, before: str = "Enclosures") -> Edit:
    """Paste a paragraph before a heading."""

    def edit(document: Document) -> None:
        heading = next(paragraph for paragraph in document.paragraphs if paragraph.text == before)
        heading.insert_paragraph_before(text)

    return edit


def moves_to_end(name: str) -> Edit:
    """Move a sentence with its citation to a paragraph of its own at the end of the letter."""

    def edit(document: Document) -> None:
        box = control(document, name)
        moved = [box]
        for following in box.itersiblings():
            if following.tag == qn("w:sdt"):
                break
            moved.append(following)
        paragraph = next(p for p in document.paragraphs if p.text == "Sincerely,").insert_paragraph_before()
        for element in moved:
            paragraph._p.append(element)

    return edit


def pastes_again(name: str) -> Edit:
    """Paste a copy of a sentence with its citation after it."""

    def edit(document: Document) -> None:
        box = control(document, name)
        last, copied = box, [copy.deepcopy(box)]
        for following in box.itersiblings():
            if following.tag == qn("w:sdt"):
                break
            copied.append(copy.deepcopy(following))
            last = following
        for element in reversed([_run(" "), *copied]):
            last.addnext(element)

    return edit


def drops_controls(document: Document) -> None:
    """Take out every content control and keep what is in it, as some programs do."""
    for box in list(document.element.iter(qn("w:sdt"))):
        for child in list(box.find(qn("w:sdtContent"))):
            box.addprevious(child)
        box.getparent().remove(box)


def remarks(name: str, text: str, author: str = "Jo Park") -> Edit:
    """Comment on a sentence."""

    def edit(document: Document) -> None:
        comment = document.comments.add_comment(text=text, author=author, initials="JP")
        box = control(document, name)
        marks = [OxmlElement(f"w:comment{part}") for part in ("RangeStart", "RangeEnd", "Reference")]
        for mark in marks:
            mark.set(qn("w:id"), str(comment.comment_id))
        run = OxmlElement("w:r")
        run.append(marks[2])
        box.addprevious(marks[0])
        box.addnext(run)
        box.addnext(marks[1])

    return edit
