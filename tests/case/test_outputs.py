"""Results are written whole, in place of older ones, or not at all."""

import stat
from pathlib import Path

import pytest

from pipeline.errors import AppealwrightError
from pipeline.outputs import save
from schemas.case import Category

OLD = {"case.json": b"old", "review.html": b"old", "pages/d1-1.txt": b"old", "pages/d1-2.txt": b"old"}
NEW = {"case.json": b"new", "review.html": b"new", "pages/d1-1.txt": b"new"}


def files(folder: Path) -> dict[str, bytes]:
    return {p.relative_to(folder).as_posix(): p.read_bytes() for p in folder.rglob("*") if p.is_file()}


def test_new_results_replace_old_ones_wholly(tmp_path: Path) -> None:
    save(tmp_path / "out", OLD)
    save(tmp_path / "out", NEW)
    assert files(tmp_path) == {f"out/{name}": content for name, content in NEW.items()}


def test_folders_above_the_results_are_made(tmp_path: Path) -> None:
    save(tmp_path / "a" / "b" / "out", NEW)
    assert files(tmp_path / "a" / "b" / "out") == NEW
    assert stat.S_IMODE((tmp_path / "a" / "b" / "out").stat().st_mode) & 0o077 == 0


def test_a_failure_halfway_leaves_the_old_results_as_they_were(tmp_path: Path) -> None:
    save(tmp_path / "out", OLD)
    with pytest.raises(AppealwrightError) as error:
        save(tmp_path / "out", {**NEW, "pages/" + "x" * 300: b"a name that no file system takes"})
    assert error.value.failure.category is Category.OUTPUT
    assert files(tmp_path) == {f"out/{name}": content for name, content in OLD.items()}


def test_what_was_placed_before_a_failure_is_taken_back(tmp_path: Path) -> None:
    save(tmp_path / "out", OLD)
    (tmp_path / "out" / "zz").mkdir()
    with pytest.raises(AppealwrightError):
        save(tmp_path / "out", {**NEW, "appeal-letter.docx": b"placed first", "zz": b"a folder stands here"})
    assert files(tmp_path / "out") == OLD
