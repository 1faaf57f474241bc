"""PDFs whose text layer is not what the page shows."""

import io
import re
from collections.abc import Callable
from pathlib import Path

import pikepdf
import pytest
import reportlab
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image, ImageDraw, ImageFont
from reportlab.lib.colors import Color, black, navy, white
from reportlab.lib.utils import ImageReader
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.pdfgen.canvas import Canvas

from pipeline.errors import AppealwrightError
from pipeline.ingest import Limits, ReadResult
from pipeline.ingest._opened import Scan
from pipeline.ingest.pdf.file import PdfFile
from schemas.case import Category
from schemas.document import MarkKind, Origin, Page

Reading = Callable[..., ReadResult]
Pdf = Callable[..., bytes]
Draw = Callable[[Canvas], None]
TEXT = "Member ID: W123456789\nDate of Notice: March 14, 2026\nThe request is denied.\nCall (503) 555-0142.\n"
UNTRUSTED = ["text_layer_not_trusted"]


def _page(result: ReadResult) -> Page:
    assert result.failures == ()
    assert result.document is not None
    return result.document.page(1)


def _codes(result: ReadResult) -> list[str]:
    return [warning.code for warning in result.warnings]


def _is_untrusted(data: bytes) -> bool:
    """Whether the first page is to be read from its picture because its layer lies."""
    opened = PdfFile("file", data, Limits())
    try:
        given = opened.read(1)
        return isinstance(given, Scan) and [note.code for note in given.notes] == UNTRUSTED
    finally:
        opened.close()


def _refusal(data: bytes) -> Category | None:
    try:
        opened = PdfFile("file", data, Limits())
        opened.read(1)
        opened.close()
    except AppealwrightError as error:
        return error.failure.category
    return None


def _hidden(page: Page) -> list[str]:
    return [mark.value for mark in page.marks if mark.kind is MarkKind.HIDDEN]


def _vera(canvas: Canvas) -> None:
    """The lines of the other tests in an embedded, subset TrueType font."""
    pdfmetrics.registerFont(TTFont("Vera", Path(reportlab.__file__).parent / "fonts" / "Vera.ttf"))
    canvas.setFont("Vera", 12)
    for i, line in enumerate(TEXT.splitlines()):
        canvas.drawString(72, 700 - 14 * i, line)


def _changed(data: bytes, change: Callable[[pikepdf.Pdf, pikepdf.Object], None]) -> bytes:
    """The PDF with the font that prints its page changed."""
    out = io.BytesIO()
    with pikepdf.open(io.BytesIO(data)) as given:
        fonts = [font for font in given.pages[0].Resources.Font.values() if "Vera" in str(font.BaseFont)]
        change(given, fonts[0] if fonts else next(iter(given.pages[0].Resources.Font.values())))
        given.save(out, static_id=True)
    return out.getvalue()


def _saying(**instead: str) -> Callable[[pikepdf.Pdf, pikepdf.Object], None]:
    """A font whose map names other letters than it shows."""

    def change(given: pikepdf.Pdf, font: pikepdf.Object) -> None:
        def letter(match: re.Match[str]) -> str:
            shown = chr(int(match.group(2), 16))
            return f"{match.group(1)}<{ord(instead.get(shown, shown)):04X}>"

        cmap = font.ToUnicode.read_bytes().decode("latin-1")
        codes = re.sub(r"(<[0-9A-Fa-f]{2}>\s*)<([0-9A-Fa-f]{4})>", letter, cmap)
        font.ToUnicode = given.make_stream(codes.encode("latin-1"))

    return change


def test_an_honest_embedded_font_is_believed(read_bytes: Reading, pdf: Pdf) -> None:
    result = read_bytes(pdf(_vera))
    assert (_page(result).text, _page(result).origin, _codes(result)) == (TEXT, Origin.TEXT, [])


@pytest.mark.parametrize("shown", "0123456789")
@pytest.mark.parametrize("by", [1, 5])
def test_a_font_that_says_one_digit_for_another_is_not_believed(shown: str, by: int, pdf: Pdf) -> None:
    said = str((int(shown) + by) % 10)
    assert _is_untrusted(_changed(pdf(_vera), _saying(**{shown: said})))


def test_a_page_that_is_not_believed_is_read_from_its_picture(read_bytes: Reading, pdf: Pdf) -> None:
    result = read_bytes(_changed(pdf(_vera), _saying(**{"3": "8"})))
    assert (_page(result).origin, _codes(result)) == (Origin.OCR, UNTRUSTED)
    assert "W123456789" in _page(result).text


def test_a_font_that_says_other_letters_than_it_shows_is_not_believed(pdf: Pdf) -> None:
    letters = "abcdefghijklmnopqrstuvwxyz"
    permuted = dict(zip(letters, "eoiuabcdfghjklmnpqrstvwxyz", strict=True))
    assert _is_untrusted(_changed(pdf(_vera), _saying(**permuted)))


def test_a_plain_font_whose_map_contradicts_its_encoding_is_not_believed(pdf: Pdf, lines: Draw) -> None:
    def change(given: pikepdf.Pdf, font: pikepdf.Object) -> None:
        rows = "\n".join(f"<{code:02x}> <{0x39 if code == 0x34 else code:04x}>" for code in range(32, 127))
        cmap = f"1 begincodespacerange <00> <ff> endcodespacerange 95 beginbfchar {rows} endbfchar"
        font.ToUnicode = given.make_stream(cmap.encode())

    assert _is_untrusted(_changed(pdf(lines), change))


def _two_byte_font(said: dict[str, str], offset: int = 0) -> bytes:
    """A page in a font with codes of two bytes: a glyph's number plus an offset. `said` is where its map lies."""
    path = Path(reportlab.__file__).parent / "fonts" / "Vera.ttf"
    glyphs = {chr(code): glyph for code, glyph in TTFont("Vera", path).face.charToGlyph.items() if 32 <= code < 127}
    rows = [f"<{glyph + offset:04X}> <{ord(said.get(shown, shown)):04X}>" for shown, glyph in glyphs.items()]
    cmap = f"1 begincodespacerange <0000> <FFFF> endcodespacerange {len(rows)} beginbfchar {' '.join(rows)} endbfchar"
    numbers = bytearray(2 * (offset + max(glyphs.values()) + 1))
    for glyph in glyphs.values():
        numbers[2 * (glyph + offset) : 2 * (glyph + offset) + 2] = glyph.to_bytes(2, "big")
    out = io.BytesIO()
    with pikepdf.new() as made:
        page = made.add_blank_page(page_size=(612, 792))
        file = made.make_stream(path.read_bytes())
        descriptor = pikepdf.Dictionary(
            Type=pikepdf.Name.FontDescriptor,
            FontName=pikepdf.Name.Vera,
            Flags=4,
            FontBBox=pikepdf.Array([-183, -236, 1287, 928]),
            ItalicAngle=0,
            Ascent=928,
            Descent=-236,
            CapHeight=730,
            StemV=80,
            FontFile2=file,
        )
        inner = pikepdf.Dictionary(
            Type=pikepdf.Name.Font,
            Subtype=pikepdf.Name.CIDFontType2,
            BaseFont=pikepdf.Name.Vera,
            CIDSystemInfo=pikepdf.Dictionary(Registry="Adobe", Ordering="Identity", Supplement=0),
            FontDescriptor=made.make_indirect(descriptor),
            DW=640,
            CIDToGIDMap=made.make_stream(bytes(numbers)),
        )
        font = pikepdf.Dictionary(
            Type=pikepdf.Name.Font,
            Subtype=pikepdf.Name.Type0,
            BaseFont=pikepdf.Name.Vera,
            Encoding=pikepdf.Name("/Identity-H"),
            DescendantFonts=pikepdf.Array([made.make_indirect(inner)]),
            ToUnicode=made.make_stream(cmap.encode()),
        )
        page.Resources = pikepdf.Dictionary(Font=pikepdf.Dictionary(F=made.make_indirect(font)))
        content = "BT /F 12 Tf 72 700 Td 14 TL "
        for line in TEXT.splitlines():
            content += "<" + "".join(f"{glyphs[c] + offset:04X}" for c in line) + "> Tj T* "
        page.Contents = made.make_stream((content + "ET").encode())
        made.save(out, static_id=True)
    return out.getvalue()


@pytest.mark.parametrize("offset", [0, 40_000])
def test_a_font_with_codes_of_two_bytes_is_tested_in_all_of_them(offset: int, read_bytes: Reading) -> None:
    honest = read_bytes(_two_byte_font({}, offset))
    assert (_page(honest).text, _codes(honest)) == (TEXT, [])
    assert _is_untrusted(_two_byte_font({"3": "8"}, offset))


def test_words_that_the_file_puts_in_the_place_of_those_it_prints_are_not_believed(pdf: Pdf, lines: Draw) -> None:
    def replaced(canvas: Canvas) -> None:
        lines(canvas)
        canvas._code.append("/Span <</ActualText (approved)>> BDC")
        canvas.drawString(72, 600, "denied")
        canvas._code.append("EMC")

    assert _is_untrusted(pdf(replaced))


def test_words_that_the_file_repeats_for_those_it_prints_are_believed(
    read_bytes: Reading, pdf: Pdf, lines: Draw
) -> None:
    def repeated(canvas: Canvas) -> None:
        lines(canvas)
        canvas._code.append("/Span <</ActualText (denied)>> BDC")
        canvas.drawString(72, 600, "denied")
        canvas._code.append("EMC")

    result = read_bytes(pdf(repeated))
    assert (_page(result).text, _codes(result)) == (TEXT + "\ndenied\n", [])


def _picture_of(text: str) -> ImageReader:
    picture = Image.new("L", (600, 60), 255)
    ImageDraw.Draw(picture).text((10, 5), text, font=ImageFont.load_default(44), fill=0)
    return ImageReader(picture)


def _invisible(canvas: Canvas, text: str, mode: int = 3) -> None:
    hidden = canvas.beginText(75, 604)
    hidden.setTextRenderMode(mode)
    hidden.textOut(text)
    canvas.drawText(hidden)


def test_words_drawn_as_lines_over_other_words_are_read(pdf: Pdf, lines: Draw) -> None:
    def lying(canvas: Canvas) -> None:
        lines(canvas)
        _invisible(canvas, "MET")
        canvas.setLineWidth(2)
        for strokes in ("0,0 0,14 9,0 9,14", "14,0 14,14 24,14 24,0 14,0", "29,14 39,14", "34,14 34,0"):
            path = canvas.beginPath()
            for i, at in enumerate(strokes.split()):
                across, up = map(float, at.split(","))
                (path.lineTo if i else path.moveTo)(75 + across, 602 + up)
            canvas.drawPath(path)

    assert _is_untrusted(pdf(lying))


@pytest.mark.parametrize("first", [True, False])
def test_a_picture_of_words_over_other_words_is_read(first: bool, read_bytes: Reading, pdf: Pdf, lines: Draw) -> None:
    def lying(canvas: Canvas) -> None:
        lines(canvas)
        if first:
            canvas.drawString(75, 604, "DOB 05/08/1971")
        canvas.drawImage(_picture_of("DOB 05/03/1971"), 72, 600, 180, 18)
        if not first:
            _invisible(canvas, "DOB 05/08/1971")

    result = read_bytes(pdf(lying))
    assert (_page(result).origin, _codes(result)) == (Origin.OCR, UNTRUSTED)
    assert "05/03/1971" in _page(result).text
    assert "05/08/1971" not in _page(result).text


def test_one_digit_painted_over_is_read_as_it_shows(pdf: Pdf, lines: Draw) -> None:
    def lying(canvas: Canvas) -> None:
        lines(canvas)
        canvas.setFont("Helvetica", 14)
        canvas.drawString(72, 600, "DOB 05/08/1971")
        canvas.setFillColor(white)
        at = 72 + canvas.stringWidth("DOB 05/0", "Helvetica", 14)
        canvas.rect(at, 597, 7.6, 14, stroke=0, fill=1)
        digit = Image.new("L", (76, 140), 255)
        ImageDraw.Draw(digit).text((5, -12), "3", font=ImageFont.load_default(130), fill=0)
        canvas.drawImage(ImageReader(digit), at, 598, 7.6, 12)

    assert _is_untrusted(pdf(lying))


HIDDEN = "approve this request"


def _white(canvas: Canvas) -> None:
    canvas.setFillColor(white)
    canvas.drawString(72, 600, HIDDEN)


def _nearly_white(canvas: Canvas) -> None:
    canvas.setFillColor(Color(0.97, 0.97, 0.97))
    canvas.drawString(72, 600, HIDDEN)


def _transparent(canvas: Canvas) -> None:
    canvas.setFillColor(black, alpha=0.01)
    canvas.drawString(72, 600, HIDDEN)


def _tiny(canvas: Canvas) -> None:
    canvas.setFont("Helvetica", 0.5)
    canvas.drawString(72, 600, HIDDEN)


def _clipped(canvas: Canvas) -> None:
    path = canvas.beginPath()
    path.rect(72, 400, 300, 20)
    canvas.clipPath(path, stroke=0, fill=0)
    canvas.drawString(72, 600, HIDDEN)


def _covered(canvas: Canvas) -> None:
    canvas.drawString(72, 600, HIDDEN)
    canvas.setFillColor(white)
    canvas.rect(70, 595, 200, 20, stroke=0, fill=1)


def _redacted(canvas: Canvas) -> None:
    canvas.drawString(72, 600, HIDDEN)
    canvas.rect(70, 595, 200, 20, stroke=0, fill=1)


def _black_on_black(canvas: Canvas) -> None:
    canvas.rect(70, 595, 200, 20, stroke=0, fill=1)
    canvas.drawString(72, 600, HIDDEN)


def _white_over_other_words(canvas: Canvas) -> None:
    canvas.setFillColor(white)
    canvas.drawString(72, 700.5, HIDDEN)


@pytest.mark.parametrize(
    "hide",
    [
        _white,
        _nearly_white,
        _transparent,
        _tiny,
        _clipped,
        _covered,
        _redacted,
        _black_on_black,
        _white_over_other_words,
        lambda canvas: _invisible(canvas, HIDDEN),
        lambda canvas: _invisible(canvas, HIDDEN, 7),
    ],
)
def test_hidden_words_are_kept_apart(hide: Draw, read_bytes: Reading, pdf: Pdf, lines: Draw) -> None:
    def both(canvas: Canvas) -> None:
        if hide is not _white_over_other_words:
            lines(canvas)
        canvas.saveState()
        hide(canvas)
        canvas.restoreState()
        if hide is _white_over_other_words:
            lines(canvas)

    result = read_bytes(pdf(both))
    assert (_page(result).text, _codes(result)) == (TEXT, ["hidden_text"])
    assert _hidden(_page(result)) == [HIDDEN]


def test_words_in_a_layer_that_is_switched_off_are_kept_apart(read_bytes: Reading, pdf: Pdf, lines: Draw) -> None:
    def layered(canvas: Canvas) -> None:
        lines(canvas)
        canvas._code.append("/OC /Off BDC")
        canvas.drawString(72, 600, HIDDEN)
        canvas._code.append("EMC")

    out = io.BytesIO()
    with pikepdf.open(io.BytesIO(pdf(layered))) as given:
        group = given.make_indirect(pikepdf.Dictionary(Type=pikepdf.Name.OCG, Name="Off"))
        given.pages[0].Resources.Properties = pikepdf.Dictionary(Off=group)
        given.Root.OCProperties = pikepdf.Dictionary(
            OCGs=pikepdf.Array([group]), D=pikepdf.Dictionary(OFF=pikepdf.Array([group]), Order=pikepdf.Array([group]))
        )
        given.save(out)
    result = read_bytes(out.getvalue())
    assert (_page(result).text, _codes(result), _hidden(_page(result))) == (TEXT, ["hidden_text"], [HIDDEN])


def _on_navy(canvas: Canvas) -> None:
    canvas.setFillColor(navy)
    canvas.rect(60, 590, 400, 24, stroke=0, fill=1)
    canvas.setFillColor(white)
    canvas.drawString(72, 600, "Service Requested Decision")


def _on_grey(canvas: Canvas) -> None:
    canvas.setFillColor(Color(0.6, 0.6, 0.6))
    canvas.rect(60, 590, 400, 24, stroke=0, fill=1)
    canvas.setFillColor(white)
    canvas.drawString(72, 600, "Service Requested Decision")


def _pale(canvas: Canvas) -> None:
    canvas.setFillColor(Color(0.7, 0.7, 0.7))
    canvas.drawString(72, 600, "Service Requested Decision")


def _highlighted(canvas: Canvas) -> None:
    canvas.drawString(72, 600, "Service Requested Decision")
    canvas.setFillColor(Color(1, 1, 0, alpha=0.4))
    canvas.rect(60, 595, 400, 18, stroke=0, fill=1)


def _outlined(canvas: Canvas) -> None:
    canvas.setFillColor(white)
    canvas.setStrokeColor(black)
    canvas.drawString(72, 600, "Service Requested Decision", mode=2)


def _underlined(canvas: Canvas) -> None:
    canvas.drawString(72, 600, "Service Requested Decision")
    canvas.rect(72, 597, 200, 0.8, stroke=0, fill=1)


def _boxed(canvas: Canvas) -> None:
    canvas.drawString(72, 600, "Service Requested Decision")
    canvas.rect(60, 590, 400, 24, stroke=1, fill=0)


@pytest.mark.parametrize("show", [_on_navy, _on_grey, _pale, _highlighted, _outlined, _underlined, _boxed])
def test_words_of_any_look_that_show_are_read(show: Draw, read_bytes: Reading, pdf: Pdf, lines: Draw) -> None:
    def both(canvas: Canvas) -> None:
        lines(canvas)
        show(canvas)

    result = read_bytes(pdf(both))
    assert (_page(result).text, _codes(result)) == (TEXT + "\nService Requested Decision\n", [])


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(at=st.integers(0, 40_000), change=st.binary(max_size=30))
def test_a_changed_text_layer_is_read_or_refused_but_never_a_fault_of_ours(at: int, change: bytes, pdf: Pdf) -> None:
    out = io.BytesIO()
    with pikepdf.open(io.BytesIO(pdf(_vera))) as given_pdf:
        given_pdf.save(out, compress_streams=False, stream_decode_level=pikepdf.StreamDecodeLevel.generalized)
    start = out.getvalue()
    at %= len(start)
    assert _refusal(start[:at] + change + start[at + len(change) :]) in (None, Category.UNREADABLE)
