"""The packet as its reader has it: order, stamps, index, bookmarks, links, and the same bytes every time."""

import io
import subprocess
import sys
import zipfile
from email.message import EmailMessage
from pathlib import Path

import pikepdf
import pytest

from pipeline.errors import AppealwrightError
from schemas.case import Category
from schemas.letter import Exhibit
from tests.packet.packet_case import LETTER, NOTICE, Doc, Made, noticed, pdf, texts

CHART = pdf("First visit", "Second visit")
NOTE = "Pain 7/10\u00a0\u2192 9/10   \u2265 6 weeks"


@pytest.fixture
def made(tmp_path: Path) -> Made:
    case = noticed(tmp_path).add("chart.pdf", CHART, Doc("chart.pdf", [(1, "First visit"), (2, "Second visit")]))
    return case.add("note.txt", NOTE.encode(), Doc("note.txt", [(1, NOTE)])).write()


def opened(data: bytes) -> pikepdf.Pdf:
    return pikepdf.open(io.BytesIO(data))


def target(pdf: pikepdf.Pdf, annotation: pikepdf.Object) -> int:
    """The page, from 0, that a link leads to."""
    return [page.obj.objgen for page in pdf.pages].index(annotation.Dest[0].objgen)


def test_letter_index_and_exhibits_stand_in_order_and_each_page_is_stamped(made: Made) -> None:
    pages = texts(made.bind().files["packet.pdf"])
    ends = ["Appeal letter, p. 1 of 1", "Index of exhibits", "Ex. A, p. 1 of 1", "Ex. B, p. 1 of 2", "Ex. B, p. 2 of 2"]
    for n, (page, end) in enumerate(zip(pages, [*ends, "Ex. C, p. 1 of 1"], strict=True), start=1):
        assert page.endswith(f"Packet p. {n} of 6 {end}"), page
    assert "First visit" in pages[3]


def test_only_the_pages_that_an_exhibit_lists_are_enclosed(made: Made) -> None:
    made.write(Exhibit(label="B", document="d2", pages=(2,)))
    pages = texts(made.bind().files["packet.pdf"])
    assert len(pages) == 3
    assert "Second visit" in pages[2]
    assert pages[2].endswith("Ex. B, p. 2 of 2")
    assert "2 of 2" in pages[1]


def test_bookmarks_and_the_index_lead_to_each_exhibit(made: Made) -> None:
    packet = opened(made.bind().files["packet.pdf"])
    with packet.open_outline() as outline:
        assert [item.title for item in outline.root] == [
            "Appeal letter",
            "Index of exhibits",
            "Ex. A: Record (notice.pdf)",
            "Ex. B: Record (chart.pdf)",
            "Ex. C: Record (note.txt)",
        ]
    assert [target(packet, link) for link in packet.pages[1].obj.Annots] == [2, 3, 5]


def test_a_citation_in_the_letter_leads_to_the_page_it_names(made: Made) -> None:
    packet = opened(made.bind().files["packet.pdf"])
    assert [target(packet, link) for link in packet.pages[0].obj.Annots] == [2, 2, 3]


def test_a_citation_of_a_page_that_is_not_enclosed_is_said(made: Made) -> None:
    (made.folder / "letter.pdf").write_bytes(pdf("See [Ex. B, pp. 2-3] and [Ex. Q, p. 1]."))
    assert made.bind().remarks == ("The letter cites Ex. B, p. 3, Ex. Q, p. 1, which this packet does not hold.",)


def test_text_without_pages_is_typeset_with_a_note_that_it_is(made: Made) -> None:
    packet = made.bind()
    page = texts(packet.files["packet.pdf"])[5]
    assert page.startswith("The text of note.txt, which has no pages of its own, typeset for this packet.")
    assert "Pain 7/10 [to] 9/10 \u2265 6 weeks" in page
    assert packet.notes == ("Typeset from their text, since they have no pages of their own: Ex. C.",)
    assert packet.remarks == ()


def test_the_same_case_has_the_same_bytes(made: Made) -> None:
    assert made.bind(fax=True).files == made.bind(fax=True).files
    first = made.bind().files["packet.pdf"]
    assert first == made.bind().files["packet.pdf"]
    packet = opened(first)
    assert packet.docinfo["/CreationDate"] == "D:20260302000000Z"


def test_a_file_that_was_not_given_is_named(made: Made) -> None:
    (made.files / "chart.pdf").unlink()
    with pytest.raises(AppealwrightError, match=r"chart\.pdf: it is not among the files given") as error:
        made.bind()
    assert error.value.failure.category is Category.NOT_FOUND


def test_a_file_that_has_changed_is_refused(made: Made) -> None:
    (made.files / "chart.pdf").write_bytes(pdf("First visit", "Second visit, amended"))
    with pytest.raises(AppealwrightError, match="it is not the file that was read for the case") as error:
        made.bind()
    assert error.value.failure.category is Category.REFUSED


@pytest.mark.parametrize("container", ["zip", "mail"])
def test_a_file_is_found_by_its_bytes_within_mail_and_archives(made: Made, container: str) -> None:
    expected = made.bind().files
    (made.files / "chart.pdf").unlink()
    if container == "zip":
        with zipfile.ZipFile(made.files / "records.zip", "w") as archive:
            archive.writestr("deep/renamed.pdf", CHART)
    else:
        mail = EmailMessage()
        mail["From"], mail["Subject"], mail["Message-ID"] = "clinic@example.org", "Records", "<1@example.org>"
        mail.set_content("Attached.")
        mail.add_attachment(CHART, maintype="application", subtype="pdf", filename="renamed.pdf")
        (made.files / "records.eml").write_bytes(mail.as_bytes())
    assert made.bind().files == expected


def test_a_long_exhibit_list_takes_several_index_pages(tmp_path: Path) -> None:
    made = noticed(tmp_path)
    exhibits = [Exhibit(label=f"A{chr(65 + n)}", document="d1", pages=(1,), title="word " * 30) for n in range(26)]
    made.write(*exhibits)
    packet = opened(made.bind().files["packet.pdf"])
    linked = [len(page.obj.get("/Annots", ())) for page in packet.pages[1:4]]
    assert sum(linked) == 26
    assert min(linked) > 0


def test_the_command_writes_the_packet_beside_the_case_and_says_what_to_look_at(made: Made) -> None:
    (made.folder / "letter.pdf").write_bytes(LETTER.replace(b"%%EOF", b"%%EOF\n"))
    command = [Path(sys.executable).with_name("appealwright"), "packet", made.path.parent, made.files]
    done = subprocess.run(
        [*command, "--letter", made.folder / "letter.pdf"], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert "6 pages" in done.stdout
    assert NOTICE.splitlines()[0] in texts((made.path.parent / "packet.pdf").read_bytes())[2]
