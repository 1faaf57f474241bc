"""Readings of scanned pages that are kept: for their owner only, bounded, and never mistaken."""

import os
import time
from pathlib import Path

import pytest
from PIL import Image

from pipeline.ingest import Limits, PageCache, find_files, read_all
from pipeline.ingest._opened import Reading, Scan

SCAN = Scan(Image.new("L", (40, 30), 255), (300, 300))


def never() -> tuple[Reading, ...]:
    raise AssertionError("it was to be found, not read")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "cache"


def test_a_page_is_read_once(folder: Path) -> None:
    reading = Reading("MRI of the knee\n", ())
    PageCache(folder).read(SCAN, lambda: (reading,))
    assert PageCache(folder).read(SCAN, never) == (reading,)


@pytest.mark.parametrize(
    "other",
    [
        Scan(Image.new("L", (40, 30), 254), (300, 300)),
        Scan(Image.new("L", (30, 40), 255), (300, 300)),
        Scan(SCAN.image, (300, 150)),
    ],
    ids=["other pixels", "another shape", "another resolution"],
)
def test_another_page_is_another_reading(folder: Path, other: Scan) -> None:
    PageCache(folder).read(SCAN, lambda: (Reading("one\n", ()),))
    assert PageCache(folder).read(other, lambda: (Reading("two\n", ()),))[0].text == "two\n"


def test_what_is_kept_is_for_its_owner_only(folder: Path) -> None:
    PageCache(folder).read(SCAN, lambda: (Reading("text\n", ()),))
    (file,) = folder.iterdir()
    assert (folder.stat().st_mode & 0o777, file.stat().st_mode & 0o777) == (0o700, 0o600)


def test_a_damaged_reading_is_read_again(folder: Path) -> None:
    PageCache(folder).read(SCAN, lambda: (Reading("text\n", ()),))
    (file,) = folder.iterdir()
    file.write_bytes(file.read_bytes()[:-9])
    assert PageCache(folder).read(SCAN, lambda: (Reading("again\n", ()),))[0].text == "again\n"


def test_a_folder_that_cannot_be_written_costs_the_keeping_only(tmp_path: Path) -> None:
    (tmp_path / "cache").write_text("a file stands in the way")
    assert PageCache(tmp_path / "cache").read(SCAN, lambda: (Reading("text\n", ()),))[0].text == "text\n"


def test_pages_not_used_for_long_and_those_beyond_the_size_are_forgotten(folder: Path) -> None:
    folder.mkdir()
    for days, name in ((0, "new"), (2, "older"), (40, "old")):
        (folder / f"{name}.json").write_bytes(bytes(1000))
        os.utime(folder / f"{name}.json", (time.time() - days * 86400,) * 2)
    PageCache(folder).prune(most_bytes=10_000, most_days=30)
    assert sorted(path.stem for path in folder.iterdir()) == ["new", "older"]
    PageCache(folder).prune(most_bytes=1500, most_days=30)
    assert [path.stem for path in folder.iterdir()] == ["new"]
    assert PageCache(folder).clear() == 1


def test_a_page_with_its_boxes_and_doubts_comes_back_as_it_was_read(folder: Path, scan_file: bytes) -> None:
    path = folder.parent / "scan.png"
    path.write_bytes(scan_file)
    first, second = (read_all(find_files([path]), Limits(), 1, folder).results[0] for _ in range(2))
    assert len(list(folder.iterdir())) == 1
    assert first == second
    assert first.document is not None
    assert first.document.pages[0].words
