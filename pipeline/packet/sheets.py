"""The exhibits as sheets of paper: pages of PDFs as they are, pictures as pages, text typeset."""

from __future__ import annotations

import io
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from math import ceil

import pikepdf
from PIL import Image

from pipeline.draft.citations import PageRef
from pipeline.ingest import Limits, Opened, Scan, open_file, read_bytes
from pipeline.packet.enclosed import Enclosed
from pipeline.packet.originals import originals_of
from pipeline.packet.pictures import add_picture
from pipeline.packet.rendering import typeset_text
from pipeline.packet.words import ranges, words

_DPI = 200  # of pictures made of pages: what a fax of the finest kind has


class Instead(StrEnum):
    """Why a page's text was typeset instead of the page: it has no paper, or its sheet must not be shown."""

    RENDERED = "rendered"
    SHARED = "shared"


@dataclass(frozen=True)
class Sheet:
    """Page `index`, from 0, of a PDF, before it is laid on paper and stamped.

    `chapter` is what it is part of, in short, and `title` in full; `turn` is in degrees clockwise, on top of the page's
    own; `refs` is what citations call it; `instead` says why it is not the page itself, if it is not.
    """

    pdf: pikepdf.Pdf
    index: int
    stamp: str
    chapter: str
    title: str
    turn: int = 0
    refs: tuple[PageRef, ...] = ()
    instead: Instead | None = None

    @property
    def page(self) -> pikepdf.Page:
        """The page; it lives as long as its PDF."""
        return self.pdf.pages[self.index]


def exhibit_sheets(pages: Sequence[Enclosed], limits: Limits) -> list[Sheet]:
    """The sheets of the exhibits in order. AppealwrightError where a file can no longer be read."""
    made: dict[int, _Drawn] = {}
    by_file: dict[str, list[int]] = defaultdict(list)
    for n, page in enumerate(pages):
        by_file[page.record.sha256].append(n)
    for order in by_file.values():
        made.update(zip(order, _drawn([pages[n] for n in order], limits), strict=True))
    return [
        Sheet(
            pdf=made[n].pdf,
            index=index,
            stamp=_stamp(enclosed, number, len(made[n].indexes)),
            chapter=words().titles["exhibit"].format(label=enclosed.exhibit.label),
            title=_title(enclosed),
            turn=0 if made[n].instead else enclosed.turn,
            refs=enclosed.refs if number == 1 else (),
            instead=made[n].instead,
        )
        for n, enclosed in enumerate(pages)
        for number, index in enumerate(made[n].indexes, start=1)
    ]


def _title(enclosed: Enclosed) -> str:
    label, title = enclosed.exhibit.label, enclosed.exhibit.title or enclosed.record.file
    return words().titles["bookmark"].format(label=label, title=title)


def _stamp(enclosed: Enclosed, sheet: int, sheets: int) -> str:
    printed = words().stamps
    stamp = printed["pages" if len(enclosed.numbers) > 1 else "page"].format(
        label=enclosed.exhibit.label, pages=ranges(enclosed.numbers), count=enclosed.count
    )
    return stamp if sheets == 1 else printed["sheet"].format(stamp=stamp, n=sheet, count=sheets)


@dataclass(frozen=True)
class _Drawn:
    """The sheets of one page of an exhibit, and why they are not the page itself, if they are not."""

    pdf: pikepdf.Pdf
    indexes: Sequence[int]
    instead: Instead | None = None


def _drawn(pages: Sequence[Enclosed], limits: Limits) -> Iterator[_Drawn]:
    """The sheets of each page of one file."""
    source = pages[0].source
    data = read_bytes(source, limits)
    opened = open_file(source.name, data, limits)
    try:
        is_pdf = data.find(b"%PDF-", 0, 1024) >= 0
        wanted = sorted({page.file_page for page in pages if page.whole})
        originals = originals_of(data, wanted if is_pdf else ())
        pictured = pikepdf.new()
        for page in pages:
            if not page.whole:
                yield _typeset(page, Instead.SHARED)
            elif page.file_page in originals.numbers:
                yield _Drawn(originals.pdf, [page.file_page - 1])
            elif (picture := _picture(opened, page.file_page, is_pdf=is_pdf)) is not None:
                add_picture(pictured, *picture)
                yield _Drawn(pictured, [len(pictured.pages) - 1])
            else:
                yield _typeset(page, Instead.RENDERED)
    finally:
        opened.close()


def _picture(opened: Opened, number: int, *, is_pdf: bool) -> tuple[Image.Image, tuple[float, float]] | None:
    """A page as a picture with its size in points: black and white dot for dot. Null for pages without paper."""
    dpi = _DPI
    if not is_pdf and isinstance(scan := opened.read(number), Scan):
        if scan.image.mode == "1":
            return scan.image, scan.size
        dpi = min(dpi, ceil(max(scan.dpi)))
    image = opened.picture(number, dpi)
    return None if image is None else (image, (image.width / dpi * 72, image.height / dpi * 72))


def _typeset(page: Enclosed, why: Instead) -> _Drawn:
    told = words().rendering
    note = told[why].format(file=page.record.file, file_page=page.file_page)
    text = page.text if page.text.strip() else told["empty"]
    pdf = pikepdf.open(io.BytesIO(typeset_text(text, f"{note} {told['spelled']}")))
    return _Drawn(pdf, range(len(pdf.pages)), why)
