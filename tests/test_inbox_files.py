"""The invented inbox: the same numbers give the same bytes, and its truth speaks of every file."""

from hashlib import sha256
from pathlib import Path

import pypdfium2
import pytest

from benchmarks.inbox_files import LATE, Truth, make, truth_of
from benchmarks.inbox_files.broken import KINDS
from benchmarks.inbox_files.papers import SYNTHETIC

FILES, CASES = 40, 8


def files_of(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Truth]:
    folder = tmp_path_factory.mktemp("one") / "inbox"
    return folder, make(folder, CASES, FILES, seed=5, scans=0.1)


def text_of(path: Path) -> str:
    with pypdfium2.PdfDocument(path) as document:
        return "\n".join(page.get_textpage().get_text_bounded() for page in document)


def test_the_same_numbers_give_the_same_bytes(made: tuple[Path, Truth], tmp_path: Path) -> None:
    folder, truth = made
    assert make(tmp_path / "inbox", CASES, FILES, seed=5, scans=0.1) == truth
    assert files_of(tmp_path / "inbox") == files_of(folder)
    assert truth_of(tmp_path / "inbox").read_bytes() == truth_of(folder).read_bytes()


def test_another_seed_gives_other_people(made: tuple[Path, Truth], tmp_path: Path) -> None:
    other = make(tmp_path / "inbox", CASES, FILES, seed=6, scans=0)
    assert other.people != made[1].people
    assert len(other.files) == FILES


def test_the_truth_lists_every_file_once_with_its_hash(made: tuple[Path, Truth]) -> None:
    folder, truth = made
    there = files_of(folder)
    assert len(truth.files) == FILES
    assert sorted(entry.path for entry in truth.files) == sorted(there)
    assert all(entry.sha256 == sha256(there[entry.path]).hexdigest() for entry in truth.files)


def test_every_way_to_be_broken_is_there(made: tuple[Path, Truth]) -> None:
    broken = [entry for entry in made[1].files if entry.kind in KINDS]
    assert {entry.kind for entry in broken} == set(KINDS)
    assert all(entry.outcome[0] == "quarantined" and not entry.cases for entry in broken)


def test_every_case_has_a_letter_about_its_patient(made: tuple[Path, Truth]) -> None:
    truth = made[1]
    person = {case.label: case.person for case in truth.cases}
    lettered = {
        (label, page.person)
        for entry in truth.in_all()
        for label in entry.cases
        for page in entry.pages
        if page.of == "letter"
    }
    assert len(person) == CASES
    assert lettered == set(person.items())


def test_only_a_packet_or_a_chart_holds_the_page_of_another_and_says_so(tmp_path: Path) -> None:
    truth = make(tmp_path / "inbox", 40, 120, seed=2, scans=0)
    person = {case.label: case.person for case in truth.cases}
    strays = [
        (entry, page.person)
        for entry in truth.in_all()
        for page in entry.pages
        if entry.cases and page.person is not None and page.person not in {person[label] for label in entry.cases}
    ]
    assert strays
    for entry, stranger in strays:
        assert entry.kind.endswith(("packet", "chart"))
        assert {label for label, other in person.items() if other == stranger} <= set(entry.may)


def test_namesakes_and_twins_are_two_people(made: tuple[Path, Truth]) -> None:
    by_label = {person.label: person for person in made[1].people}
    pairs = [(one, by_label[other]) for one in by_label.values() for other in one.like]
    assert any(one.name == other.name for one, other in pairs)
    assert any(one.address == other.address and one.name != other.name for one, other in pairs)
    assert all((one.name, one.birth_date) != (other.name, other.birth_date) for one, other in pairs)


def test_copies_have_the_bytes_of_what_they_copy_and_either_may_be_the_duplicate(made: tuple[Path, Truth]) -> None:
    truth = made[1]
    for copy in (entry for entry in truth.files if entry.kind.startswith("copy of")):
        group = [entry for entry in truth.files if entry.group == copy.group]
        assert len({entry.sha256 for entry in group if not entry.kind.startswith("rescan")}) == 1
        assert len(group) > 1
        assert all("duplicate" in entry.outcome for entry in group)


def test_pdfs_have_the_pages_that_the_truth_has_and_say_that_they_are_synthetic(made: tuple[Path, Truth]) -> None:
    folder, truth = made
    read = [entry for entry in truth.files if entry.pages and entry.path.lower().endswith(".pdf")]
    texts = {entry.path: text_of(folder / entry.path) for entry in read}
    assert texts
    for entry in read:
        with pypdfium2.PdfDocument(folder / entry.path) as document:
            assert len(document) == len(entry.pages)
    assert all(text.count(SYNTHETIC) > 0 for text in texts.values() if text.strip())


def test_what_comes_late_lies_apart(made: tuple[Path, Truth]) -> None:
    late = {entry.path for entry in made[1].files if entry.late}
    assert late
    assert late == {entry.path for entry in made[1].files if entry.path.startswith(f"{LATE}/")}


def test_a_folder_that_holds_something_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "mine.txt").write_text("mine")
    with pytest.raises(FileExistsError):
        make(tmp_path, CASES, FILES)
    assert files_of(tmp_path) == {"mine.txt": b"mine"}


def test_too_many_cases_for_so_few_files_are_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="do not go into"):
        make(tmp_path / "inbox", cases=30, files=40)
