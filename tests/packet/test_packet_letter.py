"""The letter of the packet: as PDF, or made of the Word file by LibreOffice, whose absence is said."""

import io
import os
from pathlib import Path

import docx
import pikepdf
import pytest
from docx.enum.text import WD_COLOR_INDEX
from docx.oxml import OxmlElement
from typer.testing import CliRunner

from pipeline.cli import app
from pipeline.errors import AppealwrightError
from pipeline.packet.convert import to_pdf
from pipeline.packet.letter import read_letter
from schemas.case import Category
from tests import makers
from tests.packet.packet_case import noticed, pdf, texts


def word(*blanks: str, tracked: bool = False) -> bytes:
    letter = docx.Document()
    paragraph = letter.add_paragraph("We appeal.")
    for blank in blanks:
        paragraph = letter.add_paragraph()
        paragraph.add_run(blank).font.highlight_color = WD_COLOR_INDEX.YELLOW
    if tracked:
        paragraph._p.append(OxmlElement("w:ins"))
    out = io.BytesIO()
    letter.save(out)
    return out.getvalue()


def converted(_place: str, _data: bytes) -> bytes:
    return pdf("The letter, converted")


def installed(folder: Path, script: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Make a shell script the only soffice there is."""
    program = folder / "soffice"
    program.write_text(f"#!/bin/sh\n{script}\n")
    program.chmod(0o700)
    monkeypatch.setenv("PATH", f"{folder}{os.pathsep}/usr/bin{os.pathsep}/bin")


def test_the_word_file_of_the_case_is_converted(tmp_path: Path) -> None:
    made = noticed(tmp_path).write()
    (made.path.parent / "appeal-letter.docx").write_bytes(word())
    packet = made.bind(letter=None, convert=converted)
    assert texts(packet.files["packet.pdf"])[0].startswith("The letter, converted")


def test_places_still_to_fill_are_counted(tmp_path: Path) -> None:
    (tmp_path / "letter.docx").write_bytes(word("[Signature]", "[Name]", ""))
    (remark,) = read_letter(tmp_path / "letter.docx", converted).remarks
    assert remark.startswith("2 places in the letter are still highlighted")


def test_tracked_changes_are_refused_since_they_would_be_printed(tmp_path: Path) -> None:
    (tmp_path / "letter.docx").write_bytes(word(tracked=True))
    with pytest.raises(AppealwrightError, match="tracked changes") as error:
        read_letter(tmp_path / "letter.docx", converted)
    assert error.value.failure.category is Category.REFUSED


@pytest.mark.parametrize(
    ("data", "category"),
    [
        (b"Dear Sir", Category.UNSUPPORTED),
        (b"PK\x03\x04 cut short", Category.UNREADABLE),
        (b"%PDF-1.7 cut short", Category.UNREADABLE),
    ],
)
def test_a_letter_that_is_none_is_said(tmp_path: Path, data: bytes, category: Category) -> None:
    made = noticed(tmp_path).write()
    (tmp_path / "letter.pdf").write_bytes(data)
    with pytest.raises(AppealwrightError) as error:
        made.bind()
    assert error.value.failure.category is category


def locked(data: bytes, user: str) -> bytes:
    out = io.BytesIO()
    with pikepdf.open(io.BytesIO(data)) as opened:
        opened.save(out, encryption=pikepdf.Encryption(user=user, owner="secret"))
    return out.getvalue()


def test_a_letter_with_a_password_is_said(tmp_path: Path) -> None:
    made = noticed(tmp_path).write()
    (tmp_path / "letter.pdf").write_bytes(locked(pdf("The letter"), "secret"))
    with pytest.raises(AppealwrightError, match="the letter needs a password") as error:
        made.bind()
    assert error.value.failure.category is Category.ENCRYPTED


def test_a_file_that_is_locked_against_changes_alone_is_enclosed_as_it_is(tmp_path: Path) -> None:
    made = noticed(tmp_path).add("chart.pdf", locked(pdf("Our visit"), "")).write()
    assert "Our visit" in texts(made.bind().files["packet.pdf"])[3]


def test_without_libreoffice_the_advice_is_to_save_as_pdf(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(AppealwrightError) as error:
        to_pdf("letter.docx", word())
    assert error.value.failure.category is Category.MISSING_TOOL
    assert "--letter LETTER.pdf" in error.value.failure.advice


def test_libreoffice_is_run_headless_with_a_profile_of_its_own(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "made.pdf").write_bytes(pdf("Made"))
    script = f'echo "$@" > {tmp_path}/asked; while [ $# -gt 1 ]; do [ "$1" = --outdir ] && out=$2; shift; done'
    installed(tmp_path, f'{script}; cp {tmp_path}/made.pdf "$out/letter.pdf"', monkeypatch)
    assert to_pdf("letter.docx", word()) == pdf("Made")
    asked = (tmp_path / "asked").read_text()
    assert "--headless" in asked
    profile = asked.split("-env:UserInstallation=file://")[1].split()[0]
    assert Path(profile).name == "profile"
    assert not Path(profile).parent.exists()


@pytest.mark.parametrize(
    ("script", "category"), [("sleep 60 & sleep 60", Category.TIMEOUT), ("exit 1", Category.UNREADABLE)]
)
def test_libreoffice_that_hangs_or_fails_is_ended_and_said(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, script: str, category: Category
) -> None:
    installed(tmp_path, script, monkeypatch)
    with pytest.raises(AppealwrightError) as error:
        to_pdf("letter.docx", word(), seconds=0.5)
    assert error.value.failure.category is category


def test_a_packet_of_an_earlier_letter_is_told_of(tmp_path: Path) -> None:
    (tmp_path / "letter.txt").write_text(makers.LETTER, encoding="utf-8")
    (tmp_path / "note.txt").write_text(makers.NOTE, encoding="utf-8")
    out = tmp_path / "out"
    order = ["run", str(tmp_path / "letter.txt"), str(tmp_path / "note.txt"), "-o", str(out), "--today", "2026-03-02"]
    assert "Outdated" not in CliRunner().invoke(app, order).stdout
    (out / "packet.pdf").write_bytes(b"%PDF-1.7 of yesterday")
    assert "Outdated: packet.pdf binds an earlier letter" in CliRunner().invoke(app, order).stdout
    assert (out / "packet.pdf").read_bytes() == b"%PDF-1.7 of yesterday"  # it may have been sent
