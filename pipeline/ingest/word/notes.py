"""What a Word document keeps beside its text: footnotes, endnotes and comments, found by the marks that name them."""

from __future__ import annotations

from typing import Final

from docx.document import Document as WordDocument
from docx.opc.constants import RELATIONSHIP_TYPE
from docx.oxml.ns import qn
from docx.oxml.parser import parse_xml

from pipeline.ingest._flow import raised
from pipeline.ingest.word.styles import Element

_PARTS: Final = {
    RELATIONSHIP_TYPE.FOOTNOTES: qn("w:footnoteReference"),
    RELATIONSHIP_TYPE.ENDNOTES: qn("w:endnoteReference"),
    RELATIONSHIP_TYPE.COMMENTS: qn("w:commentReference"),
}
NOTE_REFERENCES: Final = frozenset({qn("w:footnoteReference"), qn("w:endnoteReference")})
COMMENT_REFERENCE: Final = qn("w:commentReference")


class WordNotes:
    """The notes of one document, each had once."""

    def __init__(self, word: WordDocument) -> None:
        self._count = 0
        self._unread: dict[tuple[str, str], Element] = {}
        for relation in word.part.rels.values():
            if reference := _PARTS.get(relation.reltype):
                for item in parse_xml(relation.target_part.blob):
                    if isinstance(item.tag, str) and item.get(qn("w:type"), "normal") == "normal":
                        self._unread[reference, item.get(qn("w:id"), "")] = item

    def note(self, reference: Element) -> tuple[str, Element]:
        """The mark Word prints for a reference to a footnote or endnote, and the note; null where there is none."""
        if reference.get(qn("w:customMarkFollows")) in ("1", "true", "on"):
            return "", self._take(reference)
        self._count += 1
        return raised(str(self._count)), self._take(reference)

    def comment(self, reference: Element) -> str:
        """The text of the comment that is referred to; empty where it was had."""
        found = self._take(reference)
        return "" if found is None else _text(found)

    def rest(self) -> tuple[list[Element], list[str]]:
        """Notes and comments that nothing in the text refers to."""
        notes = [item for (tag, _), item in self._unread.items() if tag in NOTE_REFERENCES]
        comments = [_text(item) for (tag, _), item in self._unread.items() if tag == COMMENT_REFERENCE]
        return notes, comments

    def _take(self, reference: Element) -> Element:
        return self._unread.pop((reference.tag, reference.get(qn("w:id"), "")), None)


def _text(comment: Element) -> str:
    paragraphs = comment.iter(qn("w:p"))
    return "\n".join("".join(piece.text or "" for piece in paragraph.iter(qn("w:t"))) for paragraph in paragraphs)
