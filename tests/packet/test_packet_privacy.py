"""No page of another patient goes out: not shown, not hidden in the file, not by a case that was edited."""

import io
from pathlib import Path

import pikepdf
import pytest
from pikepdf import Dictionary, Name
from PIL import Image
from reportlab.lib.utils import ImageReader
from reportlab.pdfgen.canvas import Canvas

from pipeline.errors import AppealwrightError
from pipeline.ingest import SourceFile
from pipeline.packet.enclosed import Enclosed, refuse_others
from pipeline.reopen import reopen
from schemas.case import Category
from schemas.document import Whose
from schemas.letter import Exhibit
from tests.packet.packet_case import OTHERS, Doc, noticed, pdf, texts

SECRET = bytes(range(7, 250, 3)) * 100  # the pixels of a picture on the other patient's page


def ours() -> Doc:
    return Doc("chart.pdf", [(1, "Our visit")])


def theirs() -> Doc:
    return Doc("chart.pdf", [(2, OTHERS)], patient=Whose.OTHER)


def streams(data: bytes) -> list[bytes]:
    """Everything in a file, unpacked."""
    with pikepdf.open(io.BytesIO(data)) as packet:
        return [
            item.read_bytes()
            for item in packet.objects
            if isinstance(item, pikepdf.Stream) and item.get("/Filter") != "/DCTDecode"
        ]


def entangled() -> bytes:
    """A chart whose pages share their resources, and whose first page links to the second, another patient's."""
    with pikepdf.open(io.BytesIO(pdf("Our visit", OTHERS))) as chart:
        picture = chart.make_stream(SECRET, Type=Name.XObject, Subtype=Name.Image, Width=81, Height=100)
        picture.ColorSpace, picture.BitsPerComponent = Name.DeviceGray, 8
        shared = chart.make_indirect(chart.pages[0].obj.Resources)
        shared.XObject = Dictionary(Theirs=picture)
        for page in chart.pages:
            page.obj.Resources = shared
        chart.pages[1].contents_add(b"q 200 0 0 200 100 100 cm /Theirs Do Q")
        link = Dictionary(Type=Name.Annot, Subtype=Name.Link, Rect=[0, 0, 90, 90], Dest=[chart.pages[1].obj, Name.Fit])
        chart.pages[0].obj.Annots = chart.make_indirect(pikepdf.Array([link]))
        out = io.BytesIO()
        chart.save(out)
    return out.getvalue()


def test_the_other_patients_page_of_a_shared_file_leaves_nothing_in_the_packet(tmp_path: Path) -> None:
    made = noticed(tmp_path).add("chart.pdf", entangled(), ours(), theirs()).write()
    packet = made.bind().files["packet.pdf"]
    assert any("Our visit" in page for page in texts(packet))
    assert not any(OTHERS in page for page in texts(packet))
    assert not any(SECRET in content or OTHERS.encode() in content for content in streams(packet))
    with pikepdf.open(io.BytesIO(packet)) as bound:
        drawn = [item for item in bound.objects if isinstance(item, Dictionary) and item.get("/Type") == Name.Page]
        assert len(drawn) == len(bound.pages)


def test_what_a_page_was_cropped_to_hide_does_not_go_out(tmp_path: Path) -> None:
    with pikepdf.open(io.BytesIO(pdf("Our visit\n\n\n\n\n\n" + OTHERS))) as chart:
        chart.pages[0].cropbox = pikepdf.Array([0, 700, 612, 792])
        out = io.BytesIO()
        chart.save(out)
    made = noticed(tmp_path).add("chart.pdf", out.getvalue(), ours()).write()
    packet = made.bind().files["packet.pdf"]
    assert not any(OTHERS.encode() in content for content in streams(packet))
    assert len(texts(packet)) == 4


@pytest.mark.parametrize("barred", [{"patient": Whose.OTHER}, {"set_aside": True}])
def test_a_case_edited_to_enclose_what_is_barred_is_refused(tmp_path: Path, barred: dict[str, object]) -> None:
    made = noticed(tmp_path).add("theirs.pdf", pdf(OTHERS), Doc("theirs.pdf", **barred))
    made.write(Exhibit(label="A", document="d1", pages=(1,)), Exhibit(label="B", document="d2", pages=(1,)))
    with pytest.raises(AppealwrightError, match=r"Ex\. B: it is of d2, which is another patient's") as error:
        made.bind()
    assert error.value.failure.category is Category.REFUSED


def test_pages_are_looked_at_again_by_their_place_on_paper(tmp_path: Path) -> None:
    made = noticed(tmp_path).add("chart.pdf", pdf("Our visit", OTHERS), ours(), theirs()).write()
    case, _ = reopen(made.path)
    record, exhibit = case.documents[1], case.exhibits[1]
    source = SourceFile(path=made.files / "chart.pdf", name="chart.pdf", sha256=record.sha256, size=1)
    page = Enclosed(exhibit, record, source, 2, (1,), 1, 0, "Our visit", whole=True)  # but it is their page of the file
    with pytest.raises(AppealwrightError, match="holds a page of a document that is another patient's"):
        refuse_others(case, [page])


def test_an_exhibit_twice_of_no_document_or_with_pages_it_has_not_is_refused(tmp_path: Path) -> None:
    made = noticed(tmp_path)
    good = Exhibit(label="A", document="d1", pages=(1,))
    for wrong in (good, good.model_copy(update={"document": "d9"}), good.model_copy(update={"pages": (1, 7)})):
        made.write(*([good, wrong] if wrong is good else [wrong]))
        with pytest.raises(AppealwrightError, match=r"^Ex\. A: it "):
            made.bind()


def half_sheets() -> bytes:
    """A scanned sheet with a page on each half."""
    out = io.BytesIO()
    Image.effect_noise((1100, 850), 40).convert("L").save(out, "PNG", dpi=(100, 100))
    return out.getvalue()


def test_two_pages_on_one_sheet_are_shown_on_it(tmp_path: Path) -> None:
    both = Doc("sheet.png", [(1, "Left page"), (1, "Right page")])
    packet = noticed(tmp_path).add("sheet.png", half_sheets(), both).write().bind()
    pages = texts(packet.files["packet.pdf"])
    assert pages[3].endswith("Ex. B, pp. 1-2 of 2")
    assert len(pages) == 4
    assert packet.remarks == ()


def test_of_a_sheet_that_holds_another_patients_page_only_our_text_goes_out(tmp_path: Path) -> None:
    left, right = Doc("sheet.png", [(1, "Our half")]), Doc("sheet.png", [(1, OTHERS)], patient=Whose.OTHER)
    packet = noticed(tmp_path).add("sheet.png", half_sheets(), left, right).write().bind()
    assert "Our half" in texts(packet.files["packet.pdf"])[3]
    assert packet.remarks == (
        "Ex. B, p. 1 shares its sheet with a page that is not enclosed; its text was typeset instead.",
    )
    with pikepdf.open(io.BytesIO(packet.files["packet.pdf"])) as bound:
        assert not [
            item for item in bound.objects if isinstance(item, pikepdf.Stream) and item.get("/Subtype") == Name.Image
        ]


def test_a_layer_that_is_switched_off_stays_hidden(tmp_path: Path) -> None:
    out = io.BytesIO()
    canvas = Canvas(out, invariant=1)
    canvas.drawString(72, 700, "Our visit")
    canvas.drawImage(ImageReader(Image.new("L", (50, 50), 90)), 72, 300)
    canvas.save()
    with pikepdf.open(out) as chart:
        layer = chart.make_indirect(Dictionary(Type=Name.OCG, Name="Theirs"))
        chart.Root.OCProperties = Dictionary(OCGs=[layer], D=Dictionary(OFF=[layer]))
        chart.pages[0].obj.Resources.Properties = Dictionary(Layer=layer)
        chart.pages[0].contents_add(f"/OC /Layer BDC BT /F1 12 Tf 72 500 Td ({OTHERS}) Tj ET EMC".encode())
        hidden = io.BytesIO()
        chart.save(hidden)
    made = noticed(tmp_path).add("chart.pdf", hidden.getvalue(), ours()).write()
    assert not any(OTHERS.encode() in content for content in streams(made.bind().files["packet.pdf"]))


def test_of_a_damaged_file_of_which_a_part_is_enclosed_pictures_go_out(tmp_path: Path) -> None:
    damaged = pdf("Our visit", OTHERS).replace(b"startxref", b"startxerf")
    packet = noticed(tmp_path).add("chart.pdf", damaged, ours(), theirs()).write().bind().files["packet.pdf"]
    assert texts(packet)[3] == "Packet p. 4 of 4 Ex. B, p. 1 of 1"
