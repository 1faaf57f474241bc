"""Pages on paper: upright, whole, never covered by their stamp, and each kind of file as what it is."""

import io
from pathlib import Path

import pikepdf
import pypdfium2 as pdfium
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image
from reportlab.pdfgen.canvas import Canvas

from pipeline.packet.paper import as_bytes, on_paper
from pipeline.packet.rendering import typeset_text
from pipeline.packet.sheets import Sheet
from tests.packet.packet_case import Doc, noticed, pdf, texts

LINE = "A line at the foot"


def placed(data: bytes, page: int = 0) -> dict[str, tuple[float, float]]:
    """Where each word of a page begins, in points from the lower left."""
    with pdfium.PdfDocument(data) as opened:
        words = opened[page].get_textpage()
        text = "".join(words.get_text_range(n, 1) or " " for n in range(words.count_chars()))
        found = {}
        for word in text.split():
            left, bottom, *_ = words.get_charbox(text.index(word), loose=True)
            found.setdefault(word, (left, bottom))
        return found


def sheet(data: bytes, turn: int = 0) -> Sheet:
    return Sheet(pikepdf.open(io.BytesIO(data)), 0, "Ex. B, p. 1 of 1", "Ex. B", "Ex. B", turn)


def sizes(paper: pikepdf.Pdf) -> list[tuple[int, int]]:
    return [(round(float(page.mediabox[2])), round(float(page.mediabox[3]))) for page in paper.pages]


def test_a_page_with_room_below_keeps_its_size() -> None:
    words = placed(as_bytes(on_paper([sheet(pdf(LINE))])))
    assert words["line"] == pytest.approx(placed(pdf(LINE))["line"], abs=0.1)


def test_a_page_with_text_at_its_foot_is_made_smaller_and_nothing_is_covered() -> None:
    words = placed(as_bytes(on_paper([sheet(pdf(LINE, top=780))])))
    stamp_top = words["Packet"][1] + 8
    assert words["line"][1] > stamp_top
    assert words["line"][0] == pytest.approx(placed(pdf(LINE, top=780))["line"][0], abs=12)


@given(
    st.sampled_from([(612, 792), (792, 612), (595, 842), (612, 1008), (300, 200), (2000, 1500)]),
    st.sampled_from([0, 90, 180, 270]),
    st.sampled_from([0, 90, 180, 270]),
    st.booleans(),
)
@settings(max_examples=30, deadline=None)
def test_whatever_the_page_its_text_is_on_the_paper_above_the_stamp(
    size: tuple[int, int], own: int, turn: int, upright: bool
) -> None:
    with pikepdf.open(io.BytesIO(pdf(f"{LINE}", size=size, top=size[1] - 5))) as page:
        page.pages[0].rotation = own
        turned = as_bytes(page)
    paper = on_paper([sheet(turned, turn)], upright=upright)
    words = placed(as_bytes(paper))
    wide, high = sizes(paper)[0]
    stamp_top = words["Packet"][1] + 6
    for word in ("line", "foot"):
        left, bottom = words[word]
        assert 0 <= left <= wide
        assert stamp_top < bottom <= high
    if upright:
        assert (wide, high) == (612, 792)


def test_paper_is_letter_size_unless_the_page_is_larger_and_landscape_pages_lie() -> None:
    sheets = [sheet(pdf(LINE, size=size)) for size in ((792, 612), (300, 200), (595, 842), (2000, 1500))]
    assert sizes(on_paper(sheets)) == [(792, 612), (612, 792), (595, 842), (792, 612)]
    assert sizes(on_paper(sheets, upright=True)) == [(612, 792)] * 4


def test_a_page_that_was_read_turned_is_shown_upright(tmp_path: Path) -> None:
    with pikepdf.open(io.BytesIO(pdf("Left Right"))) as chart:
        chart.pages[0].rotation = 270
        lying = as_bytes(chart)
    made = noticed(tmp_path).add("chart.pdf", lying, Doc("chart.pdf", turn=90)).write()
    words = placed(made.bind().files["packet.pdf"], 3)
    assert words["Left"][1] == pytest.approx(words["Right"][1], abs=0.5)
    assert words["Left"][0] < words["Right"][0]


def test_the_values_of_a_form_stay_on_the_page(tmp_path: Path) -> None:
    out = io.BytesIO()
    canvas = Canvas(out, invariant=1)
    canvas.acroForm.textfield(name="score", value="ODI 48/100", x=72, y=600, width=200, height=20)
    canvas.showPage()
    canvas.save()
    made = noticed(tmp_path).add("form.pdf", out.getvalue(), Doc("form.pdf")).write()
    assert "ODI 48/100" in texts(made.bind().files["packet.pdf"])[3]


def test_a_fax_image_goes_in_dot_for_dot_and_a_photograph_in_colour(tmp_path: Path) -> None:
    fax, photo = io.BytesIO(), io.BytesIO()
    dots = Image.frombytes("1", (1728, 1078), bytes(range(216)) * 1078)
    dots.save(fax, "TIFF", compression="group4", dpi=(204, 98))
    Image.new("RGB", (850, 1100), "maroon").save(photo, "JPEG", dpi=(100, 100))
    made = noticed(tmp_path).add("fax.tif", fax.getvalue()).add("photo.jpg", photo.getvalue()).write()
    with pikepdf.open(io.BytesIO(made.bind().files["packet.pdf"])) as packet:
        pictures = [
            pikepdf.PdfImage(item)
            for item in packet.objects
            if isinstance(item, pikepdf.Stream) and item.get("/Subtype") == pikepdf.Name.Image
        ]
        by_bits = {picture.bits_per_component: picture for picture in pictures}
        assert by_bits[1].as_pil_image().convert("1").tobytes() == dots.tobytes()
        assert by_bits[8].as_pil_image().getpixel((400, 400)) == pytest.approx((128, 0, 0), abs=3)


def test_columns_of_stored_text_stand_below_each_other() -> None:
    words = placed(typeset_text("Measure   July   September\nODI   52%   50%\n\nDone", "A note."))
    for head, cell in (("Measure", "ODI"), ("July", "52%"), ("September", "50%")):
        assert words[head][0] == pytest.approx(words[cell][0], abs=1)
    assert words["Measure"][0] < words["July"][0] - 20


@given(
    st.text(st.characters(codec="latin-1", categories=("L", "N", "P")), min_size=1, max_size=400).map(
        lambda t: t.replace("\xad", "")
    )
)
@settings(max_examples=25, deadline=None)
def test_no_character_of_a_text_is_lost_however_long_its_words(text: str) -> None:
    shown = "".join("".join(page.split()) for page in texts(typeset_text(text, "")))
    assert len(shown) == len("".join(text.split()))


def test_a_long_text_takes_several_sheets_each_named(tmp_path: Path) -> None:
    note = "\n".join(f"Visit {n}" for n in range(120))
    made = noticed(tmp_path).add("note.txt", note.encode(), Doc("note.txt", [(1, note)])).write()
    pages = texts(made.bind().files["packet.pdf"])
    assert [page.rpartition(" Ex. ")[2] for page in pages[3:]] == [
        f"B, p. 1 of 1 (sheet {n} of {len(pages) - 3})" for n in range(1, len(pages) - 2)
    ]
    assert "Visit 119" in pages[-1]
