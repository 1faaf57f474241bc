import hashlib
from pathlib import Path

import pytest

from pipeline.errors import AppealwrightError
from pipeline.ingest import Limits, find_files, read
from schemas.case import Category


def test_files_of_a_folder_come_sorted_with_their_path_below_it(tmp_path: Path) -> None:
    for name in ("b.txt", "a.txt", "notes/c.txt"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(name)
    found = find_files([tmp_path])
    assert [source.name for source in found] == ["a.txt", "b.txt", "notes/c.txt"]
    assert (found[0].sha256, found[0].size) == (hashlib.sha256(b"a.txt").hexdigest(), 5)


def test_hidden_files_word_locks_and_our_own_output_are_passed_over(tmp_path: Path) -> None:
    for name in (
        ".DS_Store",
        "~$letter.docx",
        "Thumbs.db",
        "out/case.json",
        "out/appeal-letter.docx",
        ".git/x",
        "chart.txt",
    ):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(name)
    assert [source.name for source in find_files([tmp_path])] == ["chart.txt"]


def test_the_same_bytes_are_one_file_that_names_its_copies(tmp_path: Path) -> None:
    for name in ("a.txt", "copy of a.txt"):
        (tmp_path / name).write_text("same")
    (source,) = find_files([tmp_path, tmp_path / "a.txt"])
    assert (source.name, source.copies) == ("a.txt", ("copy of a.txt",))


def test_a_file_given_twice_is_no_copy_of_itself(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("once")
    (source,) = find_files([tmp_path / "a.txt", tmp_path / "a.txt"])
    assert source.copies == ()


def test_two_files_of_one_name_are_told_apart_by_their_paths(tmp_path: Path) -> None:
    for folder in ("x", "y"):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "note.txt").write_text(folder)
    names = [source.name for source in find_files([tmp_path / "x", tmp_path / "y"])]
    assert names == [(tmp_path / "x/note.txt").as_posix(), (tmp_path / "y/note.txt").as_posix()]


@pytest.mark.parametrize("output", [False, True])
def test_a_path_that_is_missing_or_our_output_is_an_error(tmp_path: Path, output: bool) -> None:
    path = tmp_path / "given"
    if output:
        path.mkdir()
        (path / "case.json").write_text("{}")
    with pytest.raises(AppealwrightError) as caught:
        find_files([path])
    assert caught.value.failure.category is Category.NOT_FOUND


def test_links_that_lead_in_a_circle_end(tmp_path: Path) -> None:
    (tmp_path / "chart.txt").write_text("text")
    (tmp_path / "again").symlink_to(tmp_path, target_is_directory=True)
    (tmp_path / "self").symlink_to(tmp_path / "self")
    found = find_files([tmp_path])
    assert [source.name for source in found] == ["chart.txt", "self"]
    assert [failure.category for failure in read(found[1], "D1", Limits()).failures] == [Category.UNREADABLE]


def test_a_file_that_changes_between_finding_and_reading_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "chart.txt"
    path.write_text("before")
    (source,) = find_files([path])
    path.write_text("after!")
    (failure,) = read(source, "D1", Limits()).failures
    assert (failure.category, failure.place) == (Category.UNREADABLE, "chart.txt")


def test_a_file_that_vanishes_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "chart.txt"
    path.write_text("text")
    (source,) = find_files([path])
    path.unlink()
    assert [failure.category for failure in read(source, "D1", Limits()).failures] == [Category.UNREADABLE]
