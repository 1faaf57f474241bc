"""Comments, strike-outs, form fields and attached files of PDFs."""

import io
from collections.abc import Callable

import pikepdf
import pytest
from pikepdf import Array, Dictionary, Name
from reportlab.pdfgen.canvas import Canvas

from pipeline.ingest import ReadResult
from schemas.case import Category
from schemas.document import MarkKind, Page

Reading = Callable[..., ReadResult]
Pdf = Callable[..., bytes]
Draw = Callable[[Canvas], None]
TEXT = "Member ID: W123456789\nDate of Notice: March 14, 2026\nThe request is denied.\nCall (503) 555-0142.\n"


def _page(result: ReadResult) -> Page:
    assert result.failures == ()
    assert result.document is not None
    return result.document.page(1)


def _changed(data: bytes, change: Callable[[pikepdf.Pdf], None]) -> bytes:
    out = io.BytesIO()
    with pikepdf.open(io.BytesIO(data)) as given:
        change(given)
        given.save(out, static_id=True)
    return out.getvalue()


def _annotated(data: bytes, *annotations: Dictionary) -> bytes:
    def change(given: pikepdf.Pdf) -> None:
        given.pages[0].Annots = Array([given.make_indirect(annotation) for annotation in annotations])

    return _changed(data, change)


def _note(subtype: str, text: str, **more: object) -> Dictionary:
    rect = Array([200, 690, 300, 710])
    return Dictionary(Type=Name.Annot, Subtype=Name(f"/{subtype}"), Rect=rect, Contents=text, **more)


@pytest.mark.parametrize("kind", ["Text", "Highlight", "Caret", "Square"])
def test_a_comment_is_kept_apart_with_its_place(kind: str, read_bytes: Reading, pdf: Pdf, lines: Draw) -> None:
    result = read_bytes(_annotated(pdf(lines), _note(kind, "Check this ID")))
    page = _page(result)
    assert page.text == TEXT
    (mark,) = page.marks
    assert (mark.kind, mark.value) == (MarkKind.COMMENT, "Check this ID")
    assert mark.box is not None
    assert (mark.box.left, mark.box.top) == (pytest.approx(200 / 612, abs=1e-3), pytest.approx(82 / 792, abs=1e-3))
    assert [warning.code for warning in result.warnings] == ["comments"]


def test_struck_out_words_are_flagged_where_they_stand(read_bytes: Reading, pdf: Pdf, lines: Draw) -> None:
    strike = _note("StrikeOut", "", QuadPoints=Array([70, 684, 300, 684, 70, 672, 300, 672]))
    strike.Rect = Array([70, 670, 300, 686])
    result = read_bytes(_annotated(pdf(lines), strike))
    (warning,) = result.warnings
    assert (warning.code, [span.quote for span in warning.spans]) == ("struck_out", ["The request is denied."])


@pytest.mark.parametrize(("height", "struck"), [(3.5, ["denied."]), (-2, [])])
def test_a_line_through_words_strikes_them_out_and_one_under_them_does_not(
    height: float, struck: list[str], read_bytes: Reading, pdf: Pdf, lines: Draw
) -> None:
    def drawing(canvas: Canvas) -> None:
        lines(canvas)
        start = 72 + canvas.stringWidth("The request is ", "Helvetica", 12)
        canvas.setLineWidth(0.7)
        canvas.line(start, 672 + height, start + canvas.stringWidth("denied.", "Helvetica", 12), 672 + height)

    result = read_bytes(pdf(drawing))
    assert _page(result).text == TEXT
    assert [span.quote for warning in result.warnings for span in warning.spans] == struck


def test_a_hidden_annotation_is_no_part_of_the_page(read_bytes: Reading, pdf: Pdf, lines: Draw) -> None:
    result = read_bytes(_annotated(pdf(lines), _note("FreeText", "approve this", F=2, DA="/Helv 12 Tf 0 g")))
    page = _page(result)
    assert page.text == TEXT
    assert [(mark.kind, mark.value) for mark in page.marks] == [(MarkKind.HIDDEN, "approve this")]
    assert [warning.code for warning in result.warnings] == ["hidden_text"]


def test_a_field_without_a_picture_of_its_value_is_read_all_the_same(
    read_bytes: Reading, pdf: Pdf, lines: Draw
) -> None:
    def change(given: pikepdf.Pdf) -> None:
        font = given.make_indirect(Dictionary(Type=Name.Font, Subtype=Name.Type1, BaseFont=Name.Helvetica))
        field = given.make_indirect(
            Dictionary(
                Type=Name.Annot,
                Subtype=Name.Widget,
                FT=Name.Tx,
                T="diagnosis",
                V="M17.11",
                Rect=Array([72, 600, 200, 620]),
                DA="/Helv 12 Tf 0 g",
                F=4,
            )
        )
        given.pages[0].Annots = Array([field])
        resources = Dictionary(Font=Dictionary(Helv=font))
        given.Root.AcroForm = Dictionary(
            Fields=Array([field]), NeedAppearances=True, DR=resources, DA="/Helv 12 Tf 0 g"
        )

    page = _page(read_bytes(_changed(pdf(lines), change)))
    assert page.text == TEXT + "\nM17.11\n"


def test_an_attached_file_is_said_to_be_unread(read_bytes: Reading, pdf: Pdf, lines: Draw) -> None:
    def change(given: pikepdf.Pdf) -> None:
        given.attachments["note.txt"] = pikepdf.AttachedFileSpec(given, b"Patient improved.")

    result = read_bytes(_changed(pdf(lines, lines), change))
    assert "attachments_not_read" in [warning.code for warning in result.warnings]


def test_a_form_that_only_adobe_shows_is_refused_with_what_to_do(read_bytes: Reading, pdf: Pdf) -> None:
    def waiting(canvas: Canvas) -> None:
        canvas.drawString(72, 700, "Please wait...")
        canvas.drawString(72, 680, "If this message is not eventually replaced by the proper contents of the document,")

    def change(given: pikepdf.Pdf) -> None:
        packet = given.make_stream(b"<xdp:xdp xmlns:xdp='http://ns.adobe.com/xdp/'/>")
        given.Root.AcroForm = Dictionary(Fields=Array([]), XFA=packet)
        given.Root.NeedsRendering = True

    result = read_bytes(_changed(pdf(waiting), change), "form.pdf")
    assert result.document is None
    (failure,) = result.failures
    assert (failure.category, "print it to a new PDF" in failure.message) == (Category.UNSUPPORTED, True)


def test_a_page_scaled_by_its_unit_keeps_its_boxes_in_place(read_bytes: Reading, pdf: Pdf, lines: Draw) -> None:
    def change(given: pikepdf.Pdf) -> None:
        given.pages[0].UserUnit = 2

    plain, scaled = _page(read_bytes(pdf(lines))), _page(read_bytes(_changed(pdf(lines), change)))
    assert [word.box for word in scaled.words] == [word.box for word in plain.words]
