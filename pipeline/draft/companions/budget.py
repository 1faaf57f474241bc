"""Whether a letter fits on one page, by a count of its lines."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence

from pipeline.draft.citations import cite, cited
from pipeline.draft.companions.words import companion_words
from schemas.letter import Exhibit, Letter, Section, Sentence

_AROUND_A_HEADING = 1.7  # lines, with the space about it
_AROUND_A_PARAGRAPH = 0.35
_AROUND_A_ROW = 0.2
_CELL_MARGIN = 3  # characters of a cell's width that stay empty
_FULLNESS = 0.93  # of a line, on average, before it breaks


def fits(letter: Letter, exhibits: Sequence[Exhibit]) -> bool:
    """Whether its lines are no more than a page holds."""
    return lines(letter, exhibits) <= companion_words().page.lines


def lines(letter: Letter, exhibits: Sequence[Exhibit]) -> float:
    """The lines that the letter takes, of the small type, on the careful side."""
    frame, width = letter.frame, companion_words().page.characters
    count = 1 + 2.2 + len(frame.address) + bool(frame.fax) + bool(frame.salutation) * 1.5  # the day, the title
    count += (1 + len(frame.lines)) * (1 + _AROUND_A_ROW) if frame.lines else 0
    count += sum(max(0, _wrapped(line.value, width * 4.8 / 6.5) - 1) for line in frame.lines)
    count += sum(_section(section, exhibits, width) for section in letter.sections if section.sentences)
    count += (1.8 + len(frame.signature) * (1 + _AROUND_A_PARAGRAPH)) if frame.signature else 0
    enclosed = "; ".join(f"Ex. {one.label}, {one.title or one.document}" for one in cited(letter, exhibits))
    return count + _wrapped(f"Enclosures: {enclosed}", width) + _AROUND_A_PARAGRAPH


def _section(section: Section, exhibits: Sequence[Exhibit], width: float) -> float:
    if section.grid is None:
        groups = [(one,) for one in section.sentences] if section.listed else [section.sentences]
        return _AROUND_A_HEADING + sum(_AROUND_A_PARAGRAPH + _text(group, exhibits, width) for group in groups)
    known = {sentence.id: sentence for sentence in section.sentences}
    shares = section.grid.widths or tuple(1 for _ in section.grid.titles)
    widths = [width * share / sum(shares) - _CELL_MARGIN for share in shares]
    rows = (
        max(
            _text([known[name] for name in ids if name in known], exhibits, cell)
            for ids, cell in zip(row, widths, strict=True)
        )
        for row in section.grid.rows
    )
    return _AROUND_A_HEADING + 1.4 + sum(row + _AROUND_A_ROW for row in rows)


def _text(sentences: Iterable[Sentence], exhibits: Sequence[Exhibit], width: float) -> int:
    texts = (f"{sentence.text} {cite(sentence.citations, exhibits)}".strip() for sentence in sentences)
    return _wrapped(" ".join(texts), width)


def _wrapped(text: str, width: float) -> int:
    return max(1, math.ceil(len(text) / (width * _FULLNESS)))
