"""Size limits and fax: files below the limit with nothing lost, and pages a fax machine sends as they are."""

import io
import stat
from pathlib import Path

import pikepdf
import pytest
from PIL import Image

from pipeline.errors import AppealwrightError
from pipeline.packet import save_packet
from pipeline.packet.index import draw_cover
from pipeline.reopen import reopen
from schemas.case import Category
from tests.packet.packet_case import Doc, Made, noticed, pdf, texts


@pytest.fixture
def made(tmp_path: Path) -> Made:
    """A case with a chart of six scanned pages of about 100 KB each."""
    scans = [Image.effect_noise((425, 550), 90 + n) for n in range(6)]
    out = io.BytesIO()
    scans[0].save(out, "TIFF", save_all=True, append_images=scans[1:], dpi=(50, 50))
    pages = [(n, f"Visit {n}") for n in range(1, 7)]
    return noticed(tmp_path).add("chart.tif", out.getvalue(), Doc("chart.tif", pages)).write()


def test_a_packet_below_the_limit_is_one_file_without_a_cover(made: Made) -> None:
    assert made.bind(max_bytes=10**8).files == made.bind().files


@pytest.mark.parametrize("fax", [False, True])
def test_parts_are_below_the_limit_and_hold_every_page_in_order(made: Made, fax: bool) -> None:
    whole = len(made.bind(fax=fax).files["packet.pdf"])
    limit = whole // 2
    packet = made.bind(fax=fax, max_bytes=limit)
    assert len(packet.files) > 1
    assert all(len(data) <= limit for data in packet.files.values())
    assert list(packet.files) == [f"packet-{n}.pdf" for n in range(1, len(packet.files) + 1)]
    pages = 0
    for data in packet.files.values():
        with pikepdf.open(io.BytesIO(data)) as part:
            pages += len(part.pages) - 1
    assert pages == packet.pages


def test_each_part_says_what_it_holds_and_what_the_others_do(made: Made) -> None:
    files = made.bind(max_bytes=len(made.bind().files["packet.pdf"]) // 2).files
    covers = [texts(data)[0] for data in files.values()]
    stamps = [page.split(" of 9 ")[1] for data in files.values() for page in texts(data)[1:]]
    assert stamps[:3] == ["Appeal letter, p. 1 of 1", "Index of exhibits", "Ex. A, p. 1 of 1"]
    assert stamps[3:] == [f"Ex. B, p. {n} of 6" for n in range(1, 7)]
    for n, (cover, data) in enumerate(zip(covers, files.values(), strict=True), start=1):
        assert f"Part {n} of {len(files)}" in cover
        assert f"Pages {len(texts(data))}, this one included" in cover
        assert "Claim number CLM-2026-201887" in cover
    with pikepdf.open(io.BytesIO(list(files.values())[-1])) as last, last.open_outline() as outline:
        assert [item.title for item in outline.root] == ["Ex. B: Record (chart.tif) (continued)"]


def test_a_single_page_above_the_limit_is_named(made: Made) -> None:
    with pytest.raises(AppealwrightError, match=r"Ex\. B, p\. 1 of 6: with its cover this page alone") as error:
        made.bind(max_bytes=150_000)
    assert error.value.failure.category is Category.TOO_LARGE


def test_every_page_of_a_fax_is_one_group_4_picture_of_a_letter_page(tmp_path: Path) -> None:
    made = noticed(tmp_path).add("wide.pdf", pdf("A wide page", size=(792, 612))).write()
    with pikepdf.open(io.BytesIO(made.bind(fax=True).files["packet.pdf"])) as packet:
        assert len(packet.pages) == 5  # the cover with them
        for page in packet.pages:
            assert [round(float(edge)) for edge in page.mediabox] == [0, 0, 612, 792]
            (picture,) = page.resources.XObject.values()
            found = picture.Filter, picture.Width, picture.Height, picture.BitsPerComponent
            assert found == (pikepdf.Name.CCITTFaxDecode, 1728, 2156, 1)


def test_a_fax_page_is_dark_on_light(tmp_path: Path) -> None:
    made = noticed(tmp_path).add("text.pdf", pdf("\n".join(["A line of text"] * 40))).write()
    with pikepdf.open(io.BytesIO(made.bind(fax=True).files["packet.pdf"])) as packet:
        (picture,) = packet.pages[4].resources.XObject.values()
        dark = pikepdf.PdfImage(picture).as_pil_image().convert("L").histogram()[0] / (1728 * 2156)
    assert 0.005 < dark < 0.2


def test_the_cover_of_a_fax_says_to_whom_and_how_many_pages_and_names_no_patient(made: Made) -> None:
    case, _ = reopen(made.path)
    (cover,) = texts(draw_cover(case.denial, 1, [[("Ex. A", "3")]], 7, fax=True))
    for line in ("To Orchard Valley Health Plan", "Fax 555-0142", "Pages 7, this one included", "Ex. A: packet p. 3"):
        assert line in cover
    assert "Rivera" not in cover


def test_an_earlier_packet_is_replaced_and_files_are_for_their_owner_only(made: Made) -> None:
    out = made.path.parent
    save_packet(made.bind(max_bytes=len(made.bind().files["packet.pdf"]) - 1), out)
    assert sorted(path.name for path in out.glob("packet*")) == ["packet-1.pdf", "packet-2.pdf"]
    save_packet(made.bind(), out)
    (packet,) = out.glob("packet*")
    assert stat.S_IMODE(packet.stat().st_mode) == 0o600
