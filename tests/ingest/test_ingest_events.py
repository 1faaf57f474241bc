"""What happens to pages on the way to us, from the file to the page as it is kept."""

import io
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import pytest
import zxingcpp
from PIL import Image, ImageDraw, ImageFont

from pipeline.ingest import Limits, ReadResult, find_files, page_image, read_all
from schemas.document import MarkKind, Page, PageEvent

Reading = Callable[..., ReadResult]
PROSE = (
    "The member completed twelve visits of physical therapy",
    "between the first and the last day of the period without",
    "lasting relief. The plan asks for documents that show it,",
    "and the clinician has supplied each of them with dates.",
)


def tiff(*pages: Image.Image, dpi: tuple[float, float] = (150, 150)) -> bytes:
    out = io.BytesIO()
    pages[0].save(out, "TIFF", save_all=True, append_images=pages[1:], dpi=dpi)
    return out.getvalue()


def sheet(lines: Sequence[str] = PROSE, size: tuple[int, int] = (1275, 1650), top: int = 200) -> Image.Image:
    image = Image.new("L", size, 255)
    for i, line in enumerate(lines):
        ImageDraw.Draw(image).text((110, top + 40 * i), line, font=ImageFont.load_default(26), fill=0)
    return image


def pages(result: ReadResult) -> tuple[Page, ...]:
    assert result.document is not None
    return result.document.pages


@pytest.mark.parametrize(
    ("turn", "events"),
    [(0, ()), (180, (PageEvent.UPSIDE_DOWN,)), (90, (PageEvent.SIDEWAYS,)), (270, (PageEvent.SIDEWAYS,))],
)
def test_a_page_is_read_whichever_way_it_lay(turn: int, events: tuple[PageEvent, ...], read_bytes: Reading) -> None:
    (page,) = pages(read_bytes(tiff(sheet(PROSE * 3).rotate(turn, expand=True))))
    assert "twelve visits of physical therapy" in page.text
    assert page.events == events
    assert page.height > page.width


def test_a_blank_page_is_kept_as_one(read_bytes: Reading) -> None:
    result = read_bytes(tiff(sheet(), sheet(())))
    assert [page.events for page in pages(result)] == [(), (PageEvent.BLANK,)]
    assert result.failures == ()


def test_a_page_with_nothing_but_a_fax_header_is_blank(read_bytes: Reading) -> None:
    empty = sheet(("03/14/2026 10:22 AM  FROM: 503-555-0142  TO: 503-555-0177  PAGE 002/007",), top=12)
    (page,) = pages(read_bytes(tiff(empty)))
    assert [mark.kind for mark in page.marks] == [MarkKind.FAX_HEADER]
    assert page.events == (PageEvent.BLANK,)


def test_two_pages_on_one_sheet_are_two_pages_with_their_own_pictures(tmp_path: Path) -> None:
    both = Image.new("L", (1650, 1275), 250)
    draw, font = ImageDraw.Draw(both), ImageFont.load_default(19)
    for left, top, count in ((110, 180, 30), (960, 94, 24)):
        for i in range(count):
            draw.text((left, top + 27 * i + 10 * (i // 6)), f"{PROSE[i % 4]}", font=font, fill=20)
    draw.text((400, 1190), "Page 1", font=font, fill=20)
    draw.text((1220, 1190), "Page 2", font=font, fill=20)
    path = tmp_path / "sheet.tif"
    path.write_bytes(tiff(both))
    (source,) = find_files([path])
    (result,) = read_all([source], Limits()).results
    assert [(page.number, page.file_page, page.events) for page in pages(result)] == [
        (1, 1, (PageEvent.HALF_SHEET,)),
        (2, 1, (PageEvent.HALF_SHEET,)),
    ]
    assert result.document is not None
    for page in pages(result):
        assert page.text.count("lasting relief") >= 5
        assert all(0 <= word.box.left < word.box.right <= 1 for word in page.words if word.box)
        with Image.open(io.BytesIO(page_image(source, result.document, page) or b"")) as picture:
            assert picture.width < picture.height


def test_a_page_that_repeats_another_is_marked_and_said(tmp_path: Path) -> None:
    (tmp_path / "a.tif").write_bytes(tiff(sheet(PROSE * 3)))
    (tmp_path / "b.tif").write_bytes(tiff(sheet(), sheet(PROSE * 3, top=300)))
    batch = read_all(find_files([tmp_path]), Limits())
    assert [page.events for result in batch.results for page in pages(result)] == [(), (), (PageEvent.DUPLICATE,)]
    assert [(warning.code, warning.message) for warning in batch.warnings] == [
        ("duplicate_page", "b.tif page 2 repeats a.tif page 1")
    ]


def test_a_barcode_is_kept_as_its_value_and_not_as_text(read_bytes: Reading) -> None:
    image = sheet()
    bars = zxingcpp.create_barcode("CLM-2026-201887", zxingcpp.BarcodeFormat.Code128).to_image(scale=3)
    image.paste(Image.fromarray(np.asarray(bars)).resize((600, 120)), (300, 600))
    (page,) = pages(read_bytes(tiff(image)))
    assert [(mark.kind, mark.value) for mark in page.marks] == [(MarkKind.BARCODE, "CLM-2026-201887")]
    assert page.text.split() == " ".join(PROSE).split()


def test_a_received_stamp_and_a_fax_header_are_kept_as_such(read_bytes: Reading) -> None:
    image = sheet(("03/14/2026 10:22 AM  FROM: 503-555-0142  TO: 503-555-0177  PAGE 002/007",), top=12)
    image.paste(sheet().crop((0, 150, 1275, 1600)), (0, 150))
    ImageDraw.Draw(image).text((800, 900), "RECEIVED\nMAR 16 2026", font=ImageFont.load_default(30), fill=0)
    (page,) = pages(read_bytes(tiff(image)))
    marked = {mark.kind: page.text[mark.start : mark.end] for mark in page.marks}
    assert marked[MarkKind.FAX_HEADER].startswith("03/14/2026")
    assert "MAR 16 2026" in " ".join(marked[MarkKind.STAMP].split())
