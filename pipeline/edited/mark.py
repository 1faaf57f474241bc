"""The checked copy: what is not supported, and what is still to fill, as Word comments; nothing else is touched."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from docx.oxml.ns import qn
from lxml import etree

from pipeline.edited.package import Element
from pipeline.edited.read import Edited, Paragraph
from pipeline.edited.words import table

_MARKS = (qn("w:commentRangeStart"), qn("w:commentRangeEnd"), qn("w:commentReference"))


@dataclass(frozen=True, slots=True)
class Note:
    """A comment to make on characters `start` to `end` of a paragraph."""

    paragraph: Paragraph
    start: int
    end: int
    text: str


def marked(edited: Edited, notes: Sequence[Note], on: date) -> bytes:
    """The file with the notes as comments, dated by the case. Comments of an earlier check are taken out.

    Tracked changes, the comments of others and every other part of the file stay as they are.
    """
    package = edited.package
    old = _earlier(edited)
    if not notes and not old:
        return package.data
    name = package.add_comments() if notes else package.related("comments")[0]
    comments = package.part(name)
    _forget(edited.root, comments, old)
    taken = [int(number) for one in comments if (number := one.get(qn("w:id"), "")).isdigit()]
    first = max(taken, default=-1) + 1
    for number, note in enumerate(notes, start=first):
        comments.append(_comment(number, note.text, on))
        _anchor(note, edited.root, number)
    package.put(name, comments)
    package.put(package.main, edited.root)
    return package.written()


def _earlier(edited: Edited) -> set[str]:
    """The ids of the comments of an earlier check."""
    found = (one for name in edited.package.related("comments") for one in edited.package.part(name))
    ours = (table().author, table().initials)
    return {one.get(qn("w:id"), "") for one in found if (one.get(qn("w:author")), one.get(qn("w:initials"))) == ours}


def _forget(root: Element, comments: Element, numbers: set[str]) -> None:
    for mark in [mark for mark in root.iter(*_MARKS) if mark.get(qn("w:id")) in numbers]:
        holder = mark.getparent()
        if holder is None:
            continue
        holder.remove(mark)
        if holder.tag == qn("w:r") and all(child.tag == qn("w:rPr") for child in holder):
            above = holder.getparent()
            if above is not None:
                above.remove(holder)
    for comment in [one for one in comments if one.get(qn("w:id")) in numbers]:
        comments.remove(comment)


def _comment(number: int, text: str, on: date) -> Element:
    comment = etree.Element(qn("w:comment"))
    for name, value in (
        ("w:id", str(number)),
        ("w:author", table().author),
        ("w:date", f"{on.isoformat()}T00:00:00Z"),
        ("w:initials", table().initials),
    ):
        comment.set(qn(name), value)
    for line in text.splitlines():
        paragraph = etree.SubElement(comment, qn("w:p"))
        words = etree.SubElement(etree.SubElement(paragraph, qn("w:r")), qn("w:t"))
        words.text = line
        words.set("{http://www.w3.org/XML/1998/namespace}space", "preserve")
    return comment


def _anchor(note: Note, root: Element, number: int) -> None:
    """Set the comment around the runs that hold the words; runs are not cut, so it may take in a little more."""
    held = [stretch.element for stretch, _ in note.paragraph.within(note.start, note.end)]
    around = [one for element in held if (one := _in_paragraph(element, root)) is not None]
    if not around and note.paragraph.anchor is not None:
        around = [one for one in (_in_paragraph(note.paragraph.anchor, root),) if one is not None]
    if not around:
        around = [*_first_run(root)]
    if not around:
        return
    start, end, reference = (etree.Element(mark) for mark in _MARKS)
    for element in (start, end, reference):
        element.set(qn("w:id"), str(number))
    run = etree.Element(qn("w:r"))
    run.append(reference)
    around[0].addprevious(start)
    _add_after(around[-1], (end, run))


def _add_after(element: Element, following: Iterable[Element]) -> None:
    for one in reversed([*following]):
        one.tail = None
        element.addnext(one)


def _in_paragraph(element: Element, root: Element) -> Element | None:
    """The child of a paragraph that holds a run; None where that is in another part of the file."""
    at: Element | None = element
    while at is not None and (parent := at.getparent()) is not None:
        if parent.tag == qn("w:p"):
            return at if root in at.iterancestors() else None
        at = parent
    return None


def _first_run(root: Element) -> Iterator[Element]:
    for run in root.iter(qn("w:r")):
        if (found := _in_paragraph(run, root)) is not None:
            yield found
            return
