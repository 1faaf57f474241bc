"""What is stored is had again as it was, or not at all."""

import errno
from pathlib import Path

import pytest

from pipeline.batch.store import Store
from pipeline.errors import AppealwrightError


def test_what_is_stored_is_had_again_by_its_hash(tmp_path: Path) -> None:
    store = Store(str(tmp_path))
    name = store.put(b"a page")
    assert store.get(name) == b"a page"
    with store.file(name) as path:
        assert path.read_bytes() == b"a page"
        assert path.stat().st_mode & 0o077 == 0


def test_a_store_that_is_no_folder_keeps_files_too() -> None:
    store = Store("memory://desk")
    name = store.put(b"a page")
    assert store.get(name) == b"a page"
    with store.file(name) as path:
        assert path.read_bytes() == b"a page"
    store.forget(name)
    with pytest.raises(AppealwrightError):
        store.get(name)


def test_bytes_that_changed_in_the_store_are_not_believed(tmp_path: Path) -> None:
    store = Store(str(tmp_path))
    name = store.put(b"10 weeks")
    next(tmp_path.rglob(name)).write_bytes(b"12 weeks")
    with pytest.raises(AppealwrightError, match="not what was stored"):
        store.get(name)


def test_a_full_disk_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr("pipeline.batch.store.write_private", full)
    with pytest.raises(AppealwrightError, match="No space left") as caught:
        Store(str(tmp_path)).put(b"a page")
    assert caught.value.exit_code == 13
