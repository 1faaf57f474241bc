"""The command: what it writes, what it says, how it exits."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from pipeline.case import Case, Worked, files_of, text_file
from pipeline.outputs import save
from pipeline.seals import seals
from schemas.case import DocumentRecord, PageRecord
from schemas.document import Document
from tests.draft.knee_case import DOCUMENTS, TODAY
from tests.edited.edited_letters import case, edited, id_of, replaces

COMMAND = Path(sys.executable).with_name("appealwright")
NAPROXEN = id_of("treated with naproxen")


def recorded(document: Document) -> DocumentRecord:
    pages = tuple(
        PageRecord(
            **page.model_dump(include={"number", "file_page", "origin", "confidence", "rotation"}),
            text_file=text_file(document.id, page.number),
        )
        for page in document.pages
    )
    told = document.model_dump(include={"id", "file", "sha256", "role", "role_reason", "patient"})
    return DocumentRecord(**told, pages=pages)


def sealed(found: Case) -> Case:
    provenance = found.provenance.model_copy(update={"seals": seals(found)})
    return found.model_copy(update={"provenance": provenance})


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The knee case as `run` writes it."""
    out = tmp_path_factory.mktemp("knee") / "out"
    worked = sealed(case().model_copy(update={"documents": tuple(map(recorded, DOCUMENTS))}))
    save(out, files_of(Worked(worked, DOCUMENTS, ()), TODAY))
    return out


def verify(folder: Path, letter: Path, *arguments: str | Path) -> subprocess.CompletedProcess[str]:
    command = [COMMAND, "verify", letter, "--case", folder, *arguments]
    return subprocess.run(command, cwd=letter.parent, capture_output=True, text=True, check=False)


@pytest.mark.parametrize("name", ["appeal-letter.docx", "appeal-letter-clean.docx"])
def test_a_letter_as_it_was_written_is_supported_and_exits_0(folder: Path, tmp_path: Path, name: str) -> None:
    letter = tmp_path / name
    letter.write_bytes((folder / name).read_bytes())
    result = verify(folder, letter)
    assert result.returncode == 0, result.stdout + result.stderr
    assert "Everything that the letter states is supported." in result.stdout
    assert "[Evidence for this criterion]" in result.stdout
    assert (tmp_path / f"{letter.stem}-verified.docx").is_file()


def test_what_is_not_supported_is_told_and_exits_1(folder: Path, tmp_path: Path) -> None:
    letter = tmp_path / "letter.docx"
    letter.write_bytes(edited(replaces(NAPROXEN, "500 mg", "750 mg"), of=(folder / "appeal-letter.docx").read_bytes()))
    result = verify(folder, letter, "-o", "checked.docx", "--json")
    assert result.returncode == 1, result.stdout + result.stderr
    told = json.loads(result.stdout)
    (refused,) = (one for one in told["statements"] if one["standing"] == "not_supported")
    assert refused["sentences"] == [NAPROXEN]
    assert "750" in " ".join(refused["reasons"])
    assert (tmp_path / "checked.docx").is_file()
    assert "750" not in result.stderr


def test_a_letter_of_no_case_and_a_letter_that_is_missing_are_named_without_their_words(
    folder: Path, tmp_path: Path
) -> None:
    letter = tmp_path / "letter.docx"
    assert verify(folder, letter).returncode == 3
    letter.write_bytes((Path(__file__).parents[2] / "samples/knee-replacement/orthopedic-note.docx").read_bytes())
    result = verify(folder, letter)
    assert result.returncode == 14
    assert "it holds no sentence of this case's letters" in result.stderr
    assert result.stdout == ""


def test_the_edited_letter_itself_is_never_written_over(folder: Path, tmp_path: Path) -> None:
    letter = tmp_path / "letter.docx"
    letter.write_bytes((folder / "appeal-letter.docx").read_bytes())
    assert verify(folder, letter, "-o", letter).returncode == 13
    assert letter.read_bytes() == (folder / "appeal-letter.docx").read_bytes()
