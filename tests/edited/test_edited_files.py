"""What a check does to the file: its comments are added, and nothing that the editors did is lost."""

import io
import zipfile
from pathlib import Path

import docx
import pytest
from docx.oxml.ns import qn
from lxml import etree

from pipeline.edited import Standing
from pipeline.edited.mark import marked
from pipeline.edited.package import open_package, package_of
from pipeline.edited.read import read_edited
from pipeline.errors import AppealwrightError
from schemas.case import Category
from tests.draft.knee_case import TODAY
from tests.edited.edited_letters import (
    ROOMY,
    check,
    deletes_tracked,
    edited,
    id_of,
    inserts_tracked,
    letter,
    remarks,
    types_paragraph,
)

FIXTURES = Path(__file__).parents[1] / "fixtures" / "edited"
NAPROXEN = id_of("treated with naproxen")
WOMAC = id_of("recorded WOMAC")
MARKS = (qn("w:commentRangeStart"), qn("w:commentRangeEnd"))


def members(data: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def by_check(data: bytes) -> dict[str, str]:
    """The comments of a check by their ids."""
    comments = docx.Document(io.BytesIO(data)).comments
    return {str(one.comment_id): one.text for one in comments if one.initials == "AWV"}


def without_checks(data: bytes) -> bytes:
    """The document's own part, canonical, without the comments of a check."""
    ids = by_check(data)
    root = etree.fromstring(members(data)["word/document.xml"])
    for mark in [mark for mark in root.iter(*MARKS, qn("w:commentReference")) if mark.get(qn("w:id")) in ids]:
        gone = mark.getparent() if mark.tag == qn("w:commentReference") else mark
        gone.getparent().remove(gone)
    return etree.tostring(root, method="c14n")


WORKED_ON = (
    inserts_tracked(NAPROXEN, "The patient was", " not"),
    deletes_tracked(WOMAC),
    remarks(NAPROXEN, "Did she take it with food?"),
    types_paragraph("The patient has a fever [Ex. C, p. 1]."),
)


@pytest.mark.parametrize("review", [True, False])
def test_nothing_of_the_editors_work_is_lost(review: bool) -> None:
    before = edited(*WORKED_ON, of=letter(review=review))
    after = check(before).copy
    old, new = members(before), members(after)
    changed = {name for name in new if new[name] != old.get(name)}
    assert changed <= {"word/document.xml", "word/comments.xml", "[Content_Types].xml", "word/_rels/document.xml.rels"}
    assert without_checks(after) == etree.tostring(etree.fromstring(old["word/document.xml"]), method="c14n")
    kept = [(c.author, c.text) for c in docx.Document(io.BytesIO(after)).comments if c.initials != "AWV"]
    assert kept == [(c.author, c.text) for c in docx.Document(io.BytesIO(before)).comments]
    assert ("Jo Park", "Did she take it with food?") in kept
    for name in ("w:ins", "w:del"):
        assert list(docx.Document(io.BytesIO(after)).element.iter(qn(name)))


def test_what_is_not_supported_is_a_comment_on_its_words_that_names_who_changed_it() -> None:
    data = check(edited(*WORKED_ON)).copy
    told = by_check(data)
    (number,) = (number for number, text in told.items() if "not treated with naproxen" in text)
    assert "Not supported" in told[number]
    assert "Changed by Jo Park (tracked)." in told[number]
    root = docx.Document(io.BytesIO(data)).element
    (start,) = (mark for mark in root.iter(qn("w:commentRangeStart")) if mark.get(qn("w:id")) == number)
    following = start.getnext()
    assert "".join(t.text for t in following.iter(qn("w:t"))).startswith("The patient was not treated with naproxen")
    assert any("fever" in text for text in told.values())


def test_a_checked_copy_can_be_checked_again_and_says_the_same() -> None:
    first = check(edited(*WORKED_ON))
    second = check(first.copy)
    assert second.report == first.report
    assert sorted(by_check(second.copy).values()) == sorted(by_check(first.copy).values())
    assert without_checks(second.copy) == without_checks(first.copy)


def test_the_same_letter_and_case_give_the_same_copy() -> None:
    data = edited(*WORKED_ON)
    assert check(data).copy == check(data).copy


def test_a_file_with_nothing_to_say_of_is_the_file_byte_for_byte() -> None:
    data = edited(types_paragraph("We request a copy of the policy."))
    assert marked(read_edited(package_of("letter.docx", data, ROOMY)), [], TODAY) == data


def test_comments_of_people_are_read_and_those_of_the_program_are_not() -> None:
    found = check(edited(remarks(NAPROXEN, "Did she take it with food?"), of=letter(review=True))).report
    (one,) = found.comments
    assert (one.author, one.text) == ("Jo Park", "Did she take it with food?")
    assert one.on.startswith("The patient was treated with naproxen")


@pytest.mark.parametrize("name", ["word/footnotes.xml", "word/header1.xml"])
def test_a_statement_in_a_note_or_a_header_is_checked_too(name: str) -> None:
    data = edited()
    package = package_of("letter.docx", data, ROOMY)
    kind = "footnotes" if "foot" in name else "header"
    if kind == "header":
        (name,) = package.related("header")[:1]
        root = package.part(name)
        root.append(_paragraph("The patient has a fever."))
    else:
        root = etree.Element(qn("w:footnotes"))
        note = etree.SubElement(root, qn("w:footnote"), {qn("w:id"): "5"})
        note.append(_paragraph("The patient has a fever."))
        relations = package.part("word/_rels/document.xml.rels")
        row = etree.SubElement(relations, next(iter(relations)).tag)
        row.attrib.update(
            {
                "Id": "rIdNotes",
                "Type": "http://schemas.openxmlformats.org/officeDocument/2006/relationships/footnotes",
                "Target": "footnotes.xml",
            }
        )
        package.put("word/_rels/document.xml.rels", relations)
        body = package.part(package.main)
        run = next(body.iter(qn("w:r")))
        etree.SubElement(run, qn("w:footnoteReference"), {qn("w:id"): "5"})
        package.put(package.main, body)
    package.put(name, root)
    checked = check(package.written())
    assert [one.text for one in checked.report.refused] == ["The patient has a fever."]
    assert any("fever" in text for text in by_check(checked.copy).values())


def _paragraph(text: str) -> etree._Element:
    paragraph = etree.Element(qn("w:p"))
    etree.SubElement(etree.SubElement(paragraph, qn("w:r")), qn("w:t")).text = text
    return paragraph


@pytest.mark.parametrize(
    ("data", "category"),
    [
        (b"no Word file", Category.UNREADABLE),
        (b"\xd0\xcf\x11\xe0 an old one", Category.UNSUPPORTED),
        (letter()[:5000], Category.UNREADABLE),
    ],
)
def test_what_is_no_word_file_is_said_so(data: bytes, category: Category, tmp_path: Path) -> None:
    path = tmp_path / "letter.docx"
    path.write_bytes(data)
    with pytest.raises(AppealwrightError) as error:
        open_package(path, ROOMY)
    assert error.value.failure.category is category


def test_a_file_that_unpacks_too_large_and_one_that_declares_entities_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "letter.docx"
    path.write_bytes(letter())
    with pytest.raises(AppealwrightError) as error:
        open_package(path, 1000)
    assert error.value.failure.category is Category.TOO_LARGE
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, content in members(letter()).items():
            hostile = b'<!DOCTYPE w [<!ENTITY x "boom">]>' if name == "word/document.xml" else b""
            head, mark, rest = content.partition(b"?>")
            archive.writestr(name, head + mark + hostile + rest)
    path.write_bytes(out.getvalue())
    with pytest.raises(AppealwrightError) as error:
        open_package(path, ROOMY)
    assert error.value.failure.category is Category.UNREADABLE


def test_a_letter_saved_by_libreoffice_is_traced_by_its_words() -> None:
    data = (FIXTURES / "knee-libreoffice.docx").read_bytes()
    assert b"w:tag" not in members(data)["word/document.xml"]  # the program drops the tags of content controls
    found = check(data).report
    (refused,) = found.refused
    assert refused.text.startswith("The patient was not treated with naproxen")
    assert refused.editors == ("Jo Park",)
    assert [one.text for one in found.standing(Standing.OWN)] == ["Ilse Haldane, MD, Orthopedic Surgery"]
    assert [(one.author, one.text) for one in found.comments] == [("Jo Park", "Did she take it with food?")]
    assert any("11 visits over 10 weeks" in one.text for one in found.standing(Standing.BY_PAGE))
