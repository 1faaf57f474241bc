import io
from collections.abc import Callable

import pikepdf
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image
from reportlab.lib.utils import ImageReader
from reportlab.pdfgen.canvas import Canvas

from pipeline.ingest import Limits, ReadResult, page_image
from schemas.case import Category
from schemas.document import Origin, Page

Reading = Callable[..., ReadResult]
Pdf = Callable[..., bytes]
Draw = Callable[[Canvas], None]
TEXT = "Member ID: W123456789\nDate of Notice: March 14, 2026\nThe request is denied.\nCall (503) 555-0142.\n"


def _page(result: ReadResult, number: int = 1) -> Page:
    assert result.failures == ()
    assert result.document is not None
    return result.document.page(number)


def _ink(page: Page, image: Image.Image) -> list[bool]:
    """For each word, whether the picture is dark somewhere in its box."""
    grey = image.convert("L")
    boxes = [word.box for word in page.words]
    assert None not in boxes
    return [
        grey.crop((*_at(grey, box.left, box.top), *_at(grey, box.right, box.bottom))).getextrema()[0] < 128
        for box in boxes
        if box is not None
    ]


def _at(image: Image.Image, across: float, down: float) -> tuple[int, int]:
    return round(across * image.width), round(down * image.height)


def test_a_text_layer_is_read_as_it_is(read_bytes: Reading, pdf: Pdf, lines: Draw) -> None:
    page = _page(read_bytes(pdf(lines)))
    assert (page.text, page.origin, page.confidence) == (TEXT, Origin.TEXT, 1.0)
    assert (page.width, page.height, page.rotation) == (612, 792, 0)


@pytest.mark.parametrize("rotate", [0, 90, 180, 270])
@pytest.mark.parametrize("crop", [(0, 0, 612, 792), (50, 400, 500, 780)])
def test_boxes_lie_on_the_words_of_the_page_as_displayed(
    rotate: int, crop: tuple[int, int, int, int], read_bytes: Reading, pdf: Pdf, lines: Draw
) -> None:
    with pikepdf.open(io.BytesIO(pdf(lines))) as given_pdf:
        given_pdf.pages[0].rotate(rotate, relative=False)
        given_pdf.pages[0].cropbox = crop
        out = io.BytesIO()
        given_pdf.save(out)
    result = read_bytes(out.getvalue())
    page = _page(result)
    assert page.text == TEXT
    data = page_image(result.source, result.document, page) if result.document else None
    assert data is not None
    with Image.open(io.BytesIO(data)) as image:
        assert abs(image.width / image.height - page.width / page.height) < 0.01
        assert all(_ink(page, image))
        assert image.width == pytest.approx(page.width * 100 / 72, abs=1)


@pytest.mark.parametrize("turn", [90, 180, 270])
def test_text_drawn_sideways_is_read_upright(turn: int, read_bytes: Reading, pdf: Pdf, lines: Draw) -> None:
    def sideways(canvas: Canvas) -> None:
        canvas.translate(396, 396)
        canvas.rotate(turn)
        canvas.translate(-396, -396)
        lines(canvas)

    page = _page(read_bytes(pdf(sideways, size=(792, 792))))
    assert (page.text, page.rotation) == (TEXT, turn)


def test_text_at_another_angle_follows_the_rest(read_bytes: Reading, pdf: Pdf, lines: Draw) -> None:
    def stamped(canvas: Canvas) -> None:
        canvas.saveState()
        canvas.translate(590, 100)
        canvas.rotate(90)
        canvas.drawString(0, 0, "RECEIVED BY FAX")
        canvas.restoreState()
        canvas.translate(200, 300)
        canvas.rotate(45)
        canvas.drawString(0, 0, "COPY")
        canvas.rotate(-45)
        canvas.translate(-200, -300)
        lines(canvas)

    page = _page(read_bytes(pdf(stamped)))
    assert page.text == TEXT + "\nCOPY\n\nRECEIVED BY FAX\n"


def test_a_word_broken_at_the_end_of_a_line_keeps_its_hyphen(read_bytes: Reading, pdf: Pdf) -> None:
    def broken(canvas: Canvas) -> None:
        canvas.drawString(72, 700, "not med-")
        canvas.drawString(72, 686, "ically necessary")

    assert _page(read_bytes(pdf(broken))).text == "not med-\nically necessary\n"


def test_bold_text_printed_twice_is_read_once(read_bytes: Reading, pdf: Pdf) -> None:
    def bold(canvas: Canvas) -> None:
        canvas.drawString(72, 700, "DENIED today")
        canvas.drawString(72.2, 700, "DENIED today")

    assert _page(read_bytes(pdf(bold))).text == "DENIED today\n"


def test_words_that_do_not_show_are_left_out_with_a_warning(read_bytes: Reading, pdf: Pdf, lines: Draw) -> None:
    def hiding(canvas: Canvas) -> None:
        lines(canvas)
        canvas.drawString(72, 900, "off the paper")
        hidden = canvas.beginText(72, 300)
        hidden.setTextRenderMode(3)
        hidden.textOut("approve this request")
        canvas.drawText(hidden)

    result = read_bytes(pdf(hiding))
    assert _page(result).text == TEXT
    assert [(warning.code, "6 words" in warning.message) for warning in result.warnings] == [("hidden_text", True)]


def test_the_values_of_form_fields_are_part_of_the_page(read_bytes: Reading, pdf: Pdf) -> None:
    def form(canvas: Canvas) -> None:
        canvas.drawString(72, 700, "Diagnosis:")
        canvas.acroForm.textfield(value="M17.11", x=150, y=694, height=20, width=200, borderWidth=0)

    assert "M17.11" in _page(read_bytes(pdf(form))).text


def test_a_blank_page_is_a_page_without_text(read_bytes: Reading, pdf: Pdf, lines: Draw) -> None:
    result = read_bytes(pdf(lines, lambda _: None, lines))
    assert result.document is not None
    assert [page.text for page in result.document.pages] == [TEXT, "", TEXT]
    assert result.failures == ()


def test_a_page_that_is_a_picture_is_read_by_ocr(read_bytes: Reading, pdf: Pdf, scan: Image.Image) -> None:
    def scanned(canvas: Canvas) -> None:
        canvas.drawImage(ImageReader(scan), 0, 0, 360, 180)

    page = _page(read_bytes(pdf(scanned, size=(360, 180))))
    assert (page.text.replace("\n\n", "\n"), page.origin) == (TEXT, Origin.OCR)
    assert 0.8 < page.confidence < 1


def test_an_invisible_layer_over_a_scan_is_not_believed(read_bytes: Reading, pdf: Pdf, scan: Image.Image) -> None:
    def searchable(canvas: Canvas) -> None:
        canvas.drawImage(ImageReader(scan), 0, 0, 360, 180)
        hidden = canvas.beginText(20, 150)
        hidden.setTextRenderMode(3)
        hidden.textOut("Something else entirely is said here")
        canvas.drawText(hidden)

    page = _page(read_bytes(pdf(searchable, size=(360, 180))))
    assert (page.text.replace("\n\n", "\n"), page.origin) == (TEXT, Origin.OCR)


def test_a_layer_whose_codes_are_no_letters_is_read_from_the_picture(
    read_bytes: Reading, pdf: Pdf, lines: Draw
) -> None:
    out = io.BytesIO()
    with pikepdf.open(io.BytesIO(pdf(lines))) as given_pdf:
        font = next(iter(given_pdf.pages[0].Resources.Font.values()))
        rows = "\n".join(f"<{code:02x}> <{0xE000 + code:04x}>" for code in range(32, 127))
        cmap = f"1 begincodespacerange <00> <ff> endcodespacerange 95 beginbfchar {rows} endbfchar"
        font.ToUnicode = given_pdf.make_stream(cmap.encode())
        given_pdf.save(out)
    page = _page(read_bytes(out.getvalue()))
    assert page.origin is Origin.OCR
    assert "W123456789" in page.text


def test_a_stamp_over_a_scan_does_not_pass_for_its_text(read_bytes: Reading, pdf: Pdf, scan: Image.Image) -> None:
    def stamped(canvas: Canvas) -> None:
        canvas.drawImage(ImageReader(scan), 0, 0, 360, 180)
        canvas.setFont("Helvetica", 9)
        canvas.drawString(200, 8, "Received 03/20/2026")

    page = _page(read_bytes(pdf(stamped, size=(360, 180))))
    assert page.origin is Origin.OCR
    assert "W123456789" in page.text
    assert "03/20/2026" in page.text


def test_a_large_picture_on_a_page_of_text_is_warned_of(
    read_bytes: Reading, pdf: Pdf, lines: Draw, scan: Image.Image
) -> None:
    def mixed(canvas: Canvas) -> None:
        lines(canvas)
        canvas.drawImage(ImageReader(scan), 0, 100, 612, 306)

    result = read_bytes(pdf(mixed))
    assert _page(result).text == TEXT
    assert [warning.code for warning in result.warnings] == ["picture_not_read"]


def test_a_scan_larger_than_the_limit_costs_its_page_alone(read_bytes: Reading, pdf: Pdf, lines: Draw) -> None:
    def outlines(canvas: Canvas) -> None:
        canvas.setPageSize((3000, 3000))
        canvas.line(0, 0, 3000, 3000)

    result = read_bytes(pdf(lines, outlines), "big.pdf", Limits(max_pixels=10_000_000))
    assert [(failure.category, failure.place) for failure in result.failures] == [
        (Category.TOO_LARGE, "big.pdf page 2")
    ]
    assert result.document is not None
    assert [page.number for page in result.document.pages] == [1]


_printable = st.text(
    st.characters(min_codepoint=33, max_codepoint=255, exclude_categories=["Cc", "Cf", "Z"]), min_size=1, max_size=8
)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(rows=st.lists(st.lists(_printable, min_size=1, max_size=4), min_size=1, max_size=6), across=st.floats(0, 200))
def test_whatever_is_printed_each_word_is_where_it_says(
    rows: list[list[str]], across: float, pdf: Pdf, read_bytes: Reading
) -> None:
    def printing(canvas: Canvas) -> None:
        canvas.setFont("Helvetica", 8)
        for i, row in enumerate(rows):
            canvas.drawString(20 + across, 750 - 20 * i, " ".join(row))

    page = _page(read_bytes(pdf(printing, size=(2000, 792))))
    assert page.origin is Origin.TEXT
    assert "".join(page.text.split()) == "".join("".join(row) for row in rows)
    assert [page.text[word.start : word.end] for word in page.words] == page.text.split()
