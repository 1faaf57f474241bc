"""Whether a PDF's fonts show the letters they say: a font's claim for each code is held against the code's picture.

A font of a PDF has two things for a code: its outline, and the letter it stands for. Only the first is seen on paper.
So every code of a font that claims a letter is drawn once for each file and compared with that letter and all others in
the twelve faces that PDFium brings along. An ordinary font's letter is nearest to its own kind; of one that is not,
nothing is known yet, and its words must be read. The caller holds the PDFium lock.
"""

from __future__ import annotations

import ctypes
import re
import string
from collections import Counter, OrderedDict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cache, lru_cache

import cv2
import numpy as np
import numpy.typing as npt
import pypdfium2 as pdfium
import pypdfium2.raw as raw

from pipeline.ingest.pdf import calls

CHECKED = frozenset(string.ascii_letters + string.digits + ".,-/$%<>=+")
_CHECKED = re.compile(f"[{re.escape(''.join(sorted(CHECKED)))}]")
_FACES = tuple(
    family + style
    for family, styles in (
        ("Helvetica", ("", "-Bold", "-Oblique", "-BoldOblique")),
        ("Times", ("-Roman", "-Bold", "-Italic", "-BoldItalic")),
        ("Courier", ("", "-Bold", "-Oblique", "-BoldOblique")),
    )
    for style in styles
)
_ALIKE = ("0O", "1Il/", "iI", "il")  # letters that fonts draw alike, besides capitals and their small letters
_EM, _CELL, _BASE, _MARGIN = 40, 80, 56, 16  # pixels
_ACROSS = 16  # cells
_INK = 40
_SIDE = 16
_NEARER = 0.9  # a glyph's own letter must be so much nearer than any other
_NOTHING_THERE = 3  # letters with the same picture: it is that of a missing glyph
_KEPT = 64  # fonts of a file that are remembered
_BLOCK = 256
_MOST_CODES = 4096  # that claim the letters of one page

Grey = npt.NDArray[np.uint8]
Shape = npt.NDArray[np.float32]


@dataclass
class _Font:
    """What is known of a font: ranges of its codes with the letters they claim, and of letters whether they are so."""

    keeper: raw.FPDF_PAGEOBJECT
    handle: raw.FPDF_FONT
    blocks: list[tuple[range, frozenset[str]]]
    proven: set[str] = field(default_factory=set)
    mixed: set[str] = field(default_factory=set)
    odd: set[str] = field(default_factory=set)


class Fonts:
    """The fonts of one open file, known by their handles, which stay theirs while a text object holds them."""

    def __init__(self) -> None:
        self._scratch: pdfium.PdfDocument | None = None
        self._fonts: OrderedDict[int, _Font] = OrderedDict()

    def close(self) -> None:
        """Let go of the fonts; the file is still open."""
        for font in self._fonts.values():
            raw.FPDFPageObj_Destroy(font.keeper)
        self._fonts.clear()
        if self._scratch is not None:
            self._scratch.close()
            self._scratch = None

    def unproven(self, handle: int, letters: Iterable[str]) -> tuple[set[str], set[str]]:
        """Letters whose pictures are not theirs as far as can be told: in no code, and in some of several codes."""
        if self._scratch is None:
            self._scratch = pdfium.PdfDocument.new()
        font = self._font(handle, self._scratch)
        wanted = CHECKED.intersection(letters)
        new = wanted - font.proven - font.mixed - font.odd
        if new:
            _test(font, new, self._scratch)
        return font.odd & wanted, font.mixed & wanted

    def prove(self, handle: int, letters: Iterable[str]) -> None:
        """Letters that were read on paper as the font claims."""
        font = self._fonts.get(handle)
        if font is not None:
            font.odd.difference_update(letters)
            font.proven.update(letters)

    def _font(self, handle: int, scratch: pdfium.PdfDocument) -> _Font:
        font = self._fonts.get(handle)
        if font is not None:
            self._fonts.move_to_end(handle)
            return font
        typed = ctypes.cast(handle, raw.FPDF_FONT)
        keeper = raw.FPDFPageObj_CreateTextObj(scratch, typed, 1.0)
        font = self._fonts[handle] = _Font(keeper, typed, _blocks(scratch, typed))
        if len(self._fonts) > _KEPT:
            raw.FPDFPageObj_Destroy(self._fonts.popitem(last=False)[1].keeper)
        return font


def _test(font: _Font, letters: frozenset[str], scratch: pdfium.PdfDocument) -> None:
    """Look at every code that claims one of the letters."""
    shapes = _shapes(scratch, font.handle, font.blocks, letters)
    unlike = {letter: [shape for shape in its if not _is_like(shape, letter)] for letter, its in shapes.items()}
    uses = Counter(shape for its in unlike.values() for shape in set(its))
    for letter in letters:
        like = len(shapes.get(letter, ())) - len(unlike.get(letter, ()))
        # A picture that stands for several letters is that of a missing glyph, which nothing on the page is.
        wrong = any(uses[shape] < _NOTHING_THERE for shape in unlike.get(letter, ()))
        known = font.odd if not like else font.mixed if wrong else font.proven
        known.add(letter)


def _shapes(
    scratch: pdfium.PdfDocument,
    font: raw.FPDF_FONT,
    blocks: Sequence[tuple[range, frozenset[str]]],
    letters: frozenset[str],
) -> dict[str, list[bytes]]:
    """The pictures of all codes that claim one of the letters, by the letter."""
    runs = [
        range(start, start + _ACROSS)
        for block, claims in blocks
        if not claims.isdisjoint(letters)
        for start in range(block.start, block.stop, _ACROSS)
    ]
    if not runs:
        return {}
    with _Sheet(scratch, font, runs, 2) as sheet:
        codes = [
            [code]
            for run, claim in zip(runs, sheet.claims, strict=True)
            if not letters.isdisjoint(claim)
            for code in run
        ]
    if not 0 < len(codes) <= _MOST_CODES:
        return {}
    found: dict[str, list[bytes]] = {}
    with _Sheet(scratch, font, codes, _CELL) as sheet:
        for claim, shape in sheet.shapes(letters):
            found.setdefault(claim, []).append(shape)
    return found


def _blocks(scratch: pdfium.PdfDocument, font: raw.FPDF_FONT) -> list[tuple[range, frozenset[str]]]:
    """The codes of a font in ranges that hold a letter; of a font with codes of one byte the first range alone."""
    blocks = [range(start, start + _BLOCK) for start in range(0, 0x10000, _BLOCK)]
    with _Sheet(scratch, font, blocks[:2], 2) as sheet:
        if sheet.claims[0] == sheet.claims[1]:  # the higher byte is dropped, or neither holds a letter
            first = frozenset(sheet.claims[0])
            if first:
                return [(blocks[0], first)]
    with _Sheet(scratch, font, blocks, 2) as sheet:
        return [(block, frozenset(claim)) for block, claim in zip(blocks, sheet.claims, strict=True) if claim]


class _Sheet:
    """A page on which each of some runs of codes stands in a cell of its own; `claims` are the letters of each."""

    def __init__(
        self, scratch: pdfium.PdfDocument, font: raw.FPDF_FONT, runs: Sequence[Sequence[int]], cell: int
    ) -> None:
        self._scratch, self._cell = scratch, cell
        self._rows = -(-len(runs) // _ACROSS)
        self._page = scratch.new_page(_ACROSS * cell, self._rows * cell)
        handles: dict[int, int] = {}
        for i, codes in enumerate(runs):
            item = raw.FPDFPageObj_CreateTextObj(scratch, font, float(_EM if cell == _CELL else 1))
            if not item:
                continue
            raw.FPDFText_SetCharcodes(item, (ctypes.c_uint32 * len(codes))(*codes), len(codes))
            across, down = i % _ACROSS * cell + _MARGIN * cell / _CELL, i // _ACROSS * cell + _BASE * cell / _CELL
            raw.FPDFPageObj_Transform(item, 1, 0, 0, 1, across, self._rows * cell - down)
            raw.FPDFPage_InsertObject(self._page, item)
            handles[calls.address(item)] = i
        self.claims = self._claimed(handles, len(runs))

    def __enter__(self) -> _Sheet:
        return self

    def __exit__(self, *_: object) -> None:
        self._page.close()
        self._scratch.del_page(0)

    def _claimed(self, handles: dict[int, int], runs: int) -> list[str]:
        textpage = self._page.get_textpage()
        try:
            claims = [""] * runs
            handle = calls.address(textpage.raw)
            for match in _CHECKED.finditer(textpage.get_text_range(errors="replace")):
                index = calls.index_of(handle, match.start())
                run = handles.get(calls.text_object(handle, index)) if index >= 0 else None
                if run is not None:
                    claims[run] += match.group()
            return claims
        finally:
            textpage.close()

    def shapes(self, letters: frozenset[str]) -> Iterator[tuple[str, bytes]]:
        """The shape of each run that claims one of the letters, and no other, and leaves ink."""
        bitmap = self._page.render(scale=1, grayscale=True)
        try:
            ink = 255 - bitmap.to_numpy().reshape(self._rows * _CELL, -1)[:, : _ACROSS * _CELL]
        finally:
            bitmap.close()
        for i, claim in enumerate(self.claims):
            if claim in letters:
                down, across = i // _ACROSS * _CELL, i % _ACROSS * _CELL
                shape = _shape(ink[down : down + _CELL, across : across + _CELL])
                if shape is not None:
                    yield claim, shape.tobytes()


def _shape(ink: Grey) -> Shape | None:
    """A glyph's picture made comparable: its ink at one size, and how high, how low and how wide it stands."""
    rows, columns = np.flatnonzero(ink.max(axis=1) > _INK), np.flatnonzero(ink.max(axis=0) > _INK)
    if not len(rows):
        return None
    top, bottom, left, right = rows[0], rows[-1] + 1, columns[0], columns[-1] + 1
    small = cv2.resize(ink[top:bottom, left:right].astype(np.float32), (_SIDE, _SIDE), interpolation=cv2.INTER_AREA)
    small = cv2.GaussianBlur(cv2.copyMakeBorder(small, 2, 2, 2, 2, cv2.BORDER_CONSTANT), (0, 0), 1.0)
    small = small - small.mean()
    small = small / float(np.linalg.norm(small))
    stands = np.array([_BASE - top, _BASE - bottom, 0.7 * (right - left)], dtype=np.float32) / _EM
    return np.concatenate([small.ravel(), stands])


@cache
def _models() -> tuple[npt.NDArray[np.float32], npt.NDArray[np.float32], npt.NDArray[np.str_]]:
    """The shapes of the known faces, their squares and their letters."""
    scratch = pdfium.PdfDocument.new()
    shapes: list[Shape] = []
    letters: list[str] = []
    try:
        for face in _FACES:
            font = raw.FPDFText_LoadStandardFont(scratch, face.encode())
            for letter, its in _shapes(scratch, font, [(range(_BLOCK), CHECKED)], CHECKED).items():
                shapes += [np.frombuffer(shape, dtype=np.float32) for shape in its]
                letters += [letter] * len(its)
            raw.FPDFFont_Close(font)
    finally:
        scratch.close()
    models = np.stack(shapes)
    return models, (models**2).sum(axis=1), np.array(letters)


@cache
def _rivals(letter: str) -> tuple[npt.NDArray[np.bool_], npt.NDArray[np.bool_]]:
    """Which of the known shapes are the letter's, and which those of letters that do not look like it."""
    _, _, letters = _models()
    same = {letter, letter.lower(), letter.upper()}.union(*(group for group in _ALIKE if letter in group))
    return letters == letter, ~np.isin(letters, sorted(same))


@lru_cache(2048)  # the fonts of a form's fields are all the same
def _is_like(shape: bytes, letter: str) -> bool:
    models, squares, _ = _models()
    given = np.frombuffer(shape, dtype=np.float32)
    distance = squares - 2 * (models @ given) + given @ given
    own, other = _rivals(letter)
    return float(distance[own].min()) < _NEARER * float(distance[other].min())
