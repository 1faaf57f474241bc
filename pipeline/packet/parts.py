"""The packet as files: one, or as many as a limit of size demands, each with bookmarks and its own links."""

from __future__ import annotations

import io
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby

import pikepdf
from pikepdf import Name

from pipeline.errors import AppealwrightError
from pipeline.packet.links import Link
from pipeline.packet.sheets import Sheet
from pipeline.packet.words import ranges, words
from schemas.case import Category

Held = list[list[tuple[str, str]]]  # for each part: what it holds, and on which pages of the packet
Cover = Callable[[int, Held, int], pikepdf.Pdf]  # the number of a part, what each holds, and its pages


@dataclass(frozen=True)
class Body:
    """The stamped pages of a packet, the sheet that each was, and the links between them."""

    pdf: pikepdf.Pdf
    sheets: Sequence[Sheet]
    links: Sequence[Link]
    title: str
    made_by: str
    on: date


def in_files(body: Body, cover: Cover, limit: int | None, *, covered: bool) -> list[bytes]:
    """The packet in one file if the limit (in bytes) allows it, else in as few as pages in order allow.

    Several have a cover each, and one only where it is to be `covered`. AppealwrightError (too_large) where a single
    page is above the limit.
    """
    whole = range(len(body.sheets))
    alone = _file(body, whole, cover, [whole] if covered else [])
    if limit is None or len(alone) <= limit:
        return [alone]
    room = limit - len(_file(body, range(0), cover, [range(0), whole]))  # a cover for each
    while True:
        parts = _split(body, cover, room)
        files = [_file(body, part, cover, parts) for part in parts]
        over = max(map(len, files)) - limit
        if over <= 0:
            return files
        room -= over  # a cover says more the more parts there are


def _split(body: Body, cover: Cover, room: int) -> list[range]:
    """Consecutive pages, as many to a part as there is room for, in bytes."""
    parts: list[range] = []
    start, count = 0, len(body.sheets)
    while start < count:
        fits, above = start, count + 1  # up to `fits` there is room, up to `above` there is not
        while above - fits > 1:
            end = count if above > count else (fits + above) // 2
            if len(_file(body, range(start, end), cover, [])) <= room:
                fits = end
            else:
                above = end
        if fits == start:
            raise _too_large(body, start, cover)
        parts.append(range(start, fits))
        start = fits
    return parts


def _too_large(body: Body, page: int, cover: Cover) -> AppealwrightError:
    alone = range(page, page + 1)
    size = len(_file(body, alone, cover, [alone]))
    message = f"with its cover this page alone makes a file of {size / 1e6:.2f} MB, which is above --max-mb"
    advice = "Raise --max-mb, or make the packet with --fax, which makes every page black and white."
    return AppealwrightError(Category.TOO_LARGE, body.sheets[page].stamp, message, advice)


def _file(body: Body, pages: range, cover: Cover, parts: Sequence[range]) -> bytes:
    """One file with those pages; where there are parts, after the cover of the one that they are."""
    made = pikepdf.new()
    before = 0
    if parts:
        front = cover(parts.index(pages) + 1, [_held(body, part) for part in parts], len(pages) + 1)
        made.pages.extend(front.pages)
        before = len(made.pages)
    for number in pages:
        made.pages.append(body.pdf.pages[number])
    _link(made, body.links, pages, before)
    _bookmark(made, body, pages, before)
    _describe(made, body)
    out = io.BytesIO()
    made.save(out, object_stream_mode=pikepdf.ObjectStreamMode.generate, deterministic_id=True)
    return out.getvalue()


def _held(body: Body, pages: range) -> list[tuple[str, str]]:
    return [
        (chapter, ranges(tuple(number + 1 for number in numbers)))
        for chapter, numbers in groupby(pages, key=lambda number: body.sheets[number].chapter)
    ]


def _link(made: pikepdf.Pdf, links: Sequence[Link], pages: range, before: int) -> None:
    for link in links:
        if link.page not in pages or link.target not in pages:
            continue
        page, target = (made.pages[number - pages.start + before] for number in (link.page, link.target))
        annotation = pikepdf.Dictionary(
            Type=Name.Annot,
            Subtype=Name.Link,
            Rect=pikepdf.Array([round(edge, 2) for edge in link.place]),
            Border=pikepdf.Array([0, 0, 0]),
            Dest=pikepdf.Array([target.obj, Name.Fit]),
        )
        if Name.Annots not in page.obj:
            page.obj.Annots = pikepdf.Array()
        page.obj.Annots.append(made.make_indirect(annotation))


def _bookmark(made: pikepdf.Pdf, body: Body, pages: range, before: int) -> None:
    with made.open_outline() as outline:
        for chapter, numbers in groupby(pages, key=lambda number: body.sheets[number].chapter):
            first = next(numbers)
            title = body.sheets[first].title
            if first > 0 and body.sheets[first - 1].chapter == chapter:
                title = words().titles["continued"].format(title=title)
            outline.root.append(pikepdf.OutlineItem(title, first - pages.start + before, "Fit"))


def _describe(made: pikepdf.Pdf, body: Body) -> None:
    """What the file says of itself; its date is that of the case, so that the same packet has the same bytes."""
    made.docinfo[Name.Title] = body.title
    made.docinfo[Name.Producer] = body.made_by
    made.docinfo[Name.CreationDate] = made.docinfo[Name.ModDate] = f"D:{body.on:%Y%m%d}000000Z"
    made.Root.Lang = pikepdf.String("en-US")
    made.Root.PageMode = Name.UseOutlines
    made.Root.ViewerPreferences = pikepdf.Dictionary(DisplayDocTitle=True)
