import io
from collections.abc import Callable

import pytest
from PIL import Image, ImageDraw, ImageFont

from pipeline.ingest import Limits, ReadResult, page_image, tools
from pipeline.ingest.scan.tesseract import read_words
from schemas.case import Category
from schemas.document import Origin, Page

Reading = Callable[..., ReadResult]
Misbehaving = Callable[[str], None]
TEXT = "Member ID: W123456789\nDate of Notice: March 14, 2026\nThe request is denied.\nCall (503) 555-0142.\n"


def _bytes(image: Image.Image, kind: str = "PNG", **options: object) -> bytes:
    out = io.BytesIO()
    image.save(out, kind, **options)
    return out.getvalue()


def _text(result: ReadResult) -> str:
    assert result.failures == ()
    assert result.document is not None
    return "".join(page.text.replace("\n\n", "\n") for page in result.document.pages)


def _first(result: ReadResult) -> Page:
    assert result.document is not None
    return result.document.pages[0]


def test_a_scan_is_read_with_boxes_and_confidence(read_bytes: Reading, scan_file: bytes) -> None:
    result = read_bytes(scan_file)
    assert _text(result) == TEXT
    page = _first(result)
    assert (page.origin, page.width, page.height) == (Origin.OCR, pytest.approx(360, abs=1), pytest.approx(180, abs=1))
    word = next(word for word in page.words if page.text[word.start : word.end] == "W123456789")
    assert word.box is not None
    assert word.box.top == pytest.approx(130 / 750, abs=0.02)
    assert 0.5 < word.confidence <= 1


def test_a_fax_whose_dots_are_not_square_is_read(read_bytes: Reading, scan: Image.Image) -> None:
    fax = scan.resize((1020, 490), Image.Resampling.LANCZOS).convert("1", dither=Image.Dither.NONE)
    stretched = scan.resize((1020, 245), Image.Resampling.LANCZOS).convert("1", dither=Image.Dither.NONE)
    data = _bytes(fax, "TIFF", compression="group4", dpi=(204, 196))
    coarse = _bytes(stretched, "TIFF", compression="group4", dpi=(204, 98))
    assert _text(read_bytes(data)) == TEXT
    assert "555-0142" in _text(read_bytes(coarse))


def test_a_crooked_scan_has_its_boxes_where_the_words_are(read_bytes: Reading, scan: Image.Image) -> None:
    crooked = scan.rotate(2.5, expand=True, fillcolor=255, resample=Image.Resampling.BICUBIC)
    result = read_bytes(_bytes(crooked, dpi=(300, 300)))
    assert [len(line.split()) for line in _text(result).splitlines()] == [
        len(line.split()) for line in TEXT.splitlines()
    ]
    page = _first(result)
    for word in page.words:
        assert word.box is not None
        box = word.box
        shape = (
            box.left * crooked.width,
            box.top * crooked.height,
            box.right * crooked.width,
            box.bottom * crooked.height,
        )
        assert crooked.crop(tuple(map(round, shape))).getextrema()[0] < 128


def test_a_page_on_its_head_is_turned_and_its_picture_with_it(read_bytes: Reading) -> None:
    sheet = Image.new("L", (1275, 700), 255)
    font = ImageFont.load_default(30)
    for i in range(6):
        line = "The requested service is not medically necessary because the record is silent"
        ImageDraw.Draw(sheet).text((60, 40 + 66 * i), line, font=font, fill=0)
    result = read_bytes(_bytes(sheet.rotate(180), dpi=(150, 150)))
    page = _first(result)
    assert page.rotation == 180
    assert page.text.count("not medically necessary") == 6
    assert page.words[0].box is not None
    assert page.words[0].box.left < 0.1
    assert page.words[0].box.top < 0.15
    data = page_image(result.source, result.document, page, dpi=50) if result.document else None
    assert data is not None
    with Image.open(io.BytesIO(data)) as image:
        assert image.size == (425, 233)
        assert image.crop((0, 0, 425, 110)).getextrema()[0] < 128 < image.crop((0, 160, 425, 233)).getextrema()[0]


def test_the_tag_of_a_photo_says_which_way_is_up(read_bytes: Reading, scan: Image.Image) -> None:
    exif = Image.Exif()
    exif[0x0112] = 6  # turn a quarter clockwise to see it
    data = _bytes(scan.rotate(90, expand=True), "JPEG", exif=exif, dpi=(300, 300), quality=90)
    result = read_bytes(data)
    assert _text(result) == TEXT
    assert (_first(result).rotation, round(_first(result).width)) == (0, 360)


def test_a_picture_that_states_no_resolution_is_taken_for_a_letter_page(read_bytes: Reading, scan: Image.Image) -> None:
    letter = Image.new("L", (2550, 3300), 255)
    letter.paste(scan)
    result = read_bytes(_bytes(letter))
    assert _text(result) == TEXT
    assert (round(_first(result).width), round(_first(result).height)) == (612, 792)


def test_dust_and_rules_are_no_words(read_bytes: Reading, scan: Image.Image) -> None:
    draw = ImageDraw.Draw(scan)
    draw.rectangle((60, 60, 1440, 700), outline=0, width=3)
    for i in range(40):
        draw.rectangle((100 + 33 * i, 70 + (i * 97) % 600, 101 + 33 * i, 71 + (i * 97) % 600), fill=0)
    assert _text(read_bytes(_bytes(scan.convert("1", dither=Image.Dither.NONE), dpi=(300, 300)))) == TEXT


def test_a_blank_sheet_is_a_page_without_text(read_bytes: Reading) -> None:
    result = read_bytes(_bytes(Image.new("L", (600, 800), 250), dpi=(100, 100)))
    assert (_text(result), _first(result).words) == ("", ())


def test_a_sheet_with_marks_and_no_words_is_a_failure_and_no_empty_page(read_bytes: Reading) -> None:
    sheet = Image.new("L", (850, 1100), 255)
    for i in range(8):
        ImageDraw.Draw(sheet).ellipse((60 + 90 * i, 100 + 110 * i, 120 + 90 * i, 160 + 110 * i), fill=0)
    result = read_bytes(_bytes(sheet, dpi=(100, 100)), "blots.png")
    assert result.document is None
    assert [(failure.category, failure.place) for failure in result.failures] == [(Category.OCR, "blots.png page 1")]


@pytest.mark.parametrize("script", ["exit 3", "kill -SEGV $$", "exit 0", 'echo "in \\"$PWD\\" (0):"'])
def test_a_tesseract_that_does_not_say_where_its_data_are_is_missing(
    script: str, tesseract: Misbehaving, read_bytes: Reading, scan_file: bytes
) -> None:
    tesseract(script)
    result = read_bytes(scan_file, "scan.png")
    assert result.document is None
    assert [(failure.category, failure.place) for failure in result.failures] == [
        (Category.MISSING_TOOL, "scan.png page 1")
    ]


def test_a_page_that_takes_tesseract_too_long_is_a_failure(read_bytes: Reading, scan_file: bytes) -> None:
    result = read_bytes(scan_file, "scan.png", Limits(page_timeout=0.001))
    assert [(failure.category, failure.place) for failure in result.failures] == [(Category.TIMEOUT, "scan.png page 1")]


def test_words_are_read_alike_whatever_was_read_before(scan: Image.Image) -> None:
    first = read_words(scan, 300, 60, "page")
    read_words(scan.rotate(180), 300, 60, "page")
    assert read_words(scan, 300, 60, "page") == first


def test_words_of_a_small_print_in_a_corner_of_the_page_keep_their_place(scan: Image.Image) -> None:
    page = Image.new("L", (2550, 3300), 255)
    page.paste(scan, (900, 2000))
    moved = [(w.text, w.left - 900, w.top - 2000) for w in read_words(page, 300, 60, "page")]
    assert moved == [(w.text, w.left, w.top) for w in read_words(scan, 300, 60, "page")]


def test_a_tesseract_that_is_missing_is_said_and_found_missing(
    monkeypatch: pytest.MonkeyPatch, read_bytes: Reading, scan_file: bytes
) -> None:
    monkeypatch.setenv("PATH", "/nowhere")
    assert [failure.category for failure in read_bytes(scan_file).failures] == [Category.MISSING_TOOL]
    assert [(tool.present, bool(tool.advice)) for tool in tools()] == [(False, True)] * 3 + [(True, False)]


def test_the_tools_are_found_with_their_version() -> None:
    program, *data = tools()
    assert (program.name, program.present) == ("tesseract", True)
    assert program.version[0].isdigit()
    assert [tool.present for tool in data] == [True, True, True]
