"""Writing a case to its folder: all of it or nothing, for its owner's eyes only."""

import os
import tempfile
from collections.abc import Mapping
from pathlib import Path

from pipeline.errors import AppealwrightError
from schemas.case import Category

_SENT = ("appeal-letter", "appeal-one-page", "medical-necessity-letter", "records-request")
_OURS = (
    *("case.json", "review.html", "pages", "edited", "peer-to-peer-sheet.docx", "documentation-map.docx"),
    *(f"{name}{copy}.docx" for name in _SENT for copy in ("", "-clean")),
)


def save(out: Path, files: Mapping[str, bytes]) -> None:
    """Put the files in `out`, in place of those of an earlier run; other files there are left alone.

    They are written beside it first and then moved, so that a failure leaves `out` as it was. AppealwrightError
    (output) where that is not possible. Files are readable by their owner only.
    """
    try:
        out.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix=f".{out.name}-", dir=out.parent) as folder:
            staged = Path(folder) / "new"
            for name, content in files.items():
                _write(staged / name, content)
            _put(staged, out, Path(folder))
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise AppealwrightError(Category.OUTPUT, str(out), f"cannot be written ({reason})") from error


def write_private(path: Path, content: bytes) -> None:
    """Put the content in the file, whole or not at all, for its owner only. OSError where that is not possible."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    handle, staged = tempfile.mkstemp(prefix=f".{path.name}-", dir=path.parent)  # 0600
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
        Path(staged).replace(path)
    except OSError:
        Path(staged).unlink(missing_ok=True)
        raise


def _write(path: Path, content: bytes) -> None:
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(content)


def _put(staged: Path, out: Path, aside: Path) -> None:
    """Move what was staged into place; what stood there goes with the temporary folder."""
    if not out.exists():
        staged.rename(out)
        return
    if not out.is_dir():
        raise NotADirectoryError(20, "it is a file")
    old = aside / "old"
    old.mkdir()
    taken: list[str] = []
    placed: list[str] = []
    try:
        for name in _OURS:
            if (out / name).exists():
                (out / name).rename(old / name)
                taken.append(name)
        for path in sorted(staged.iterdir()):
            path.rename(out / path.name)
            placed.append(path.name)
    except OSError:  # back to how it was
        for name in placed:
            (out / name).rename(staged / name)
        for name in taken:
            (old / name).rename(out / name)
        raise
