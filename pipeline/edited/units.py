"""An edited paragraph cut into statements: what stands as it was written is one, the rest is cut at its full stops."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from pipeline.draft.citations import PageRef
from pipeline.edited.read import Paragraph
from pipeline.edited.report import BLOCK
from pipeline.edited.typed import Typed, blanked, citations
from pipeline.extract.splitting import sentence_ranges

_ALIKE = str.maketrans(
    {
        **dict.fromkeys("\u2018\u2019\u201a\u2032`\u00b4", "'"),
        **dict.fromkeys("\u201c\u201d\u201e\u2033", '"'),
        **dict.fromkeys("\u2010\u2011\u2012\u2013\u2014\u2212", "-"),
        **dict.fromkeys("\n\t\r\u00a0\u202f\u2009", " "),
    }
)
_ENDED = re.compile(r"[.?!:\]][\"')\]]*\s*$")
_BEGINS = re.compile(r"\s*[\"'(\[]?(?:[A-Z0-9\[]|$)")
_WORDS = re.compile(r"\w")
_BEFORE_STOP = re.compile(r" (?=[.,;:](?:\s|$))")  # where a citation stood


def alike(text: str) -> str:
    """The text as far as Word changes it by itself: straight quotation marks, plain hyphens and spaces, same length."""
    return text.translate(_ALIKE)


def is_block(tag: str) -> bool:
    """Whether the tag is that of a piece of the letter around its sentences: an identifier, the address, a blank."""
    return tag.startswith(BLOCK)


@dataclass
class Statement:
    """Something that an edited letter says: a range of one paragraph, with the citations that follow it.

    `whole` are its words, `alike`, where they are those of a sentence of the letter, and `exact` is then its id; it is
    `repeated` where that sentence stands elsewhere too. `tags` are those of the content controls that it stands in,
    `origins` the sentences that it comes from.
    """

    paragraph: Paragraph
    number: int
    start: int
    end: int
    text: str
    whole: str = ""
    tags: tuple[str, ...] = ()
    exact: str = ""
    cited: tuple[Typed, ...] = ()
    origins: tuple[str, ...] = ()
    moved: bool = False
    repeated: bool = False
    inherited: tuple[Typed, ...] = ()

    @property
    def authors(self) -> tuple[str, ...]:
        """Who changed it with tracked changes."""
        inserted = [stretch.author for stretch, _ in self.paragraph.within(self.start, self.end) if stretch.author]
        struck = [one.author for one in self.paragraph.struck if one.author and self.start <= one.at <= self.end]
        return tuple(dict.fromkeys((*inserted, *struck)))

    @property
    def refs(self) -> tuple[PageRef, ...]:
        """The pages that it cites."""
        return tuple(dict.fromkeys(ref for one in (self.cited or self.inherited) for ref in one.refs))


def statements(paragraph: Paragraph, number: int, known: Sequence[str]) -> Iterator[Statement]:
    """The statements of a paragraph. `known` are the letter's sentences, `alike`, the longest first."""
    typed = tuple(citations(paragraph.text))
    text = alike(blanked(paragraph.text, typed))
    ranges = list(_ranges(text, _standing(text, known)))
    for n, (start, end, whole) in enumerate(ranges):
        following = ranges[n + 1][0] if n + 1 < len(ranges) else len(text)
        first = 0 if n == 0 else start
        cited = tuple(one for one in typed if first <= one.start < following)
        words = paragraph.text[start:end] if whole else blanked(paragraph.text, typed)[start:end]
        yield Statement(
            paragraph=paragraph,
            number=number,
            start=start,
            end=end,
            text=_BEFORE_STOP.sub("", " ".join(words.split())),
            whole=text[start:end] if whole else "",
            tags=_tags(paragraph, start, end),
            cited=cited,
        )


def _standing(text: str, known: Sequence[str]) -> list[tuple[int, int]]:
    """Where the letter's sentences stand in a text word for word, whole; each place taken by the longest."""
    places: list[tuple[int, int]] = []
    for words in known:
        at = text.find(words)
        while at >= 0:
            end = at + len(words)
            if not any(at < b and a < end for a, b in places) and _stands_alone(text, at, end):
                places.append((at, end))
            at = text.find(words, at + 1)
    return sorted(places)


def _stands_alone(text: str, start: int, end: int) -> bool:
    """Whether no words before or after it belong to the same sentence ("It is not so that the record ...")."""
    before, after = text[:start].rstrip(" "), text[end:]
    return (not before or _ENDED.search(before) is not None) and _BEGINS.match(after) is not None


def _ranges(text: str, standing: Sequence[tuple[int, int]]) -> Iterator[tuple[int, int, bool]]:
    """The ranges of statements in order, each with whether it stands as it was written."""
    at = 0
    for start, end in (*standing, (len(text), len(text))):
        for first, last in sentence_ranges(text, at, start):
            if _WORDS.search(text, first, last):
                yield (*_trimmed(text, first, last), False)
        if start < end:
            yield start, end, True
        at = end


def _trimmed(text: str, start: int, end: int) -> tuple[int, int]:
    piece = text[start:end]
    return start + len(piece) - len(piece.lstrip()), end - (len(piece) - len(piece.rstrip()))


def _tags(paragraph: Paragraph, start: int, end: int) -> tuple[str, ...]:
    """The tags of the content controls that hold the most of it, those first that hold more."""
    counted: dict[str, int] = {}
    for stretch, shared in paragraph.within(start, end):
        if stretch.tag:
            counted[stretch.tag] = counted.get(stretch.tag, 0) + shared
    return tuple(sorted(counted, key=lambda tag: -counted[tag]))


def inherit(found: Sequence[Statement], cited: Mapping[str, frozenset[PageRef]]) -> None:
    """A statement without a citation has that of the next in its paragraph, where it is its own.

    It is where both are parts of one sentence, or where it names all pages that the statement's sentence cited.
    """
    for one, following in reversed([*pairwise(found)]):
        if one.paragraph is not following.paragraph or one.cited:
            continue
        same = set(one.origins) & set(following.origins) or set(one.tags) & set(following.tags)
        before = frozenset[PageRef]().union(*(cited.get(name, frozenset()) for name in one.origins))
        if same or (before and before <= set(following.refs)):
            one.inherited = following.cited or following.inherited
