"""What people do with a worked case: its pages looked at, what was read corrected, its letter checked and bound.

From hashes to hashes, as the stages are, and run in processes of their own as they are.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, replace
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Final, TypedDict

from pipeline import corrections, ingest
from pipeline.batch.compose import Leaf, Packed
from pipeline.batch.stages import (
    CHECKED,
    EDITED,
    REPORT,
    Input,
    Made,
    check_letter,
    made_of,
    row_of,
    with_letter,
)
from pipeline.batch.store import Store
from pipeline.case import CASE, Worked
from pipeline.errors import AppealwrightError
from pipeline.outputs import write_private
from pipeline.packet import PacketOrder, make_packet
from pipeline.reopen import reopen_from
from schemas.base import Frozen
from schemas.case import Case, Category
from schemas.document import Page
from schemas.edit import Signed

_KEPT: Final = 4  # readings, of the cases that were looked at last


@dataclass(frozen=True, slots=True)
class Shelf:
    """Where a case is: the store, its files by name, and what it was worked from."""

    store: str
    files: Mapping[str, str]
    inputs: Sequence[Input] = ()

    @property
    def read(self) -> Callable[[str], bytes]:
        """What reads a file of the case by its name. AppealwrightError where it has none of that name."""
        store = Store(self.store)

        def read(name: str) -> bytes:
            if name not in self.files:
                raise AppealwrightError(Category.NOT_FOUND, name, "the case has no such file")
            return store.get(self.files[name])

        return read


class Look(Frozen):
    """A page as it is laid out: points of its size, zero without paper; of each word its range in the text and box."""

    width: float
    height: float
    words: tuple[tuple[int, int, float, float, float, float], ...]


class Changed(TypedDict):
    """What a correction came to: the case as it then is, what is not as it was, and the edit to be kept."""

    made: Made
    changes: list[str]
    kept: object


def ready() -> None:
    """Have a process begin."""


def look(shelf: Shelf, where: Leaf) -> Look:
    """Where the words of a page are."""
    _, page = _page(shelf, where)
    words = ((word, word.box) for word in page.words)
    boxes = tuple((w.start, w.end, b.left, b.top, b.right, b.bottom) for w, b in words if b is not None)
    return Look(width=page.width, height=page.height, words=boxes)


def picture(shelf: Shelf, where: Leaf, dpi: int) -> bytes | None:
    """The page as a JPEG; None where there is no paper."""
    result, page = _page(shelf, where)
    if result.document is None or not page.width:
        return None
    digest = next(one["file"] for one in shelf.inputs if where.sha256 in one["wanted"])
    with Store(shelf.store).file(digest) as path:
        return ingest.page_image(result.source.model_copy(update={"path": path}), result.document, page, dpi)


def _page(shelf: Shelf, where: Leaf) -> tuple[ingest.ReadResult, Page]:
    for one in shelf.inputs:
        found = _packed(shelf.store, one["batch"]).page(where) if where.sha256 in one["wanted"] else None
        if found is not None:
            return found
    raise AppealwrightError(Category.NOT_FOUND, "page", "it is not among the pages of the case")


@lru_cache(maxsize=_KEPT)
def _packed(store: str, digest: str) -> Packed:
    return Packed(Store(store).get(digest))


def correct(shelf: Shelf, signed: Signed, today: date) -> Changed:
    """Change what was read as a reviewer says, and conclude and draft anew; his own sentences stay.

    AppealwrightError where the edit does not fit the case.
    """
    case, documents = reopen_from(CASE, shelf.read)
    kept = corrections.keep(case, documents, signed)
    corrected = corrections.corrected(case, documents, signed, today)
    worked = Worked(corrected.case, documents, ())
    return Changed(
        made=made_of(Store(shelf.store), worked, today, shelf.files.get(EDITED, "")),
        changes=list(corrected.differences),
        kept=kept.model_dump(mode="json"),
    )


def check_edited(shelf: Shelf, digest: str, most: int) -> Made:
    """Hold an edited letter, by its hash, against the case, of which it becomes the letter to send.

    AppealwrightError where it cannot be read, unpacks to more than `most` bytes, or is none of the case's.
    """
    store = Store(shelf.store)
    case, documents = reopen_from(CASE, shelf.read)
    checked = check_letter(case, documents, store.get(digest), most)
    report = checked.report.model_dump_json().encode()
    files = {**shelf.files, EDITED: digest, CHECKED: store.put(checked.copy), REPORT: store.put(report)}
    return Made(files=files, row=with_letter(row_of(case), checked.report).model_dump(mode="json"), failed=None)


def without_letter(shelf: Shelf) -> Made:
    """The case without its edited letter: the drafted one is the letter to send again."""
    drafted = row_of(Case.model_validate_json(shelf.read(CASE)))
    files = {name: digest for name, digest in shelf.files.items() if name not in (EDITED, CHECKED, REPORT)}
    return Made(files=files, row=drafted.model_dump(mode="json"), failed=None)


def packet(shelf: Shelf, order: PacketOrder) -> tuple[dict[str, bytes], tuple[str, ...]]:
    """The packet of the case, from the files it was worked from: its files, and what a person must look at."""
    store = Store(shelf.store)
    case = Case.model_validate_json(shelf.read(CASE))
    with tempfile.TemporaryDirectory() as name, ExitStack() as opened:
        folder = Path(name)
        read = shelf.read
        for file in shelf.files:
            write_private(folder / "case" / file, read(file))
        given: list[Path] = []
        for number, one in enumerate(shelf.inputs):
            link = folder / str(number) / _name_of(one, case)
            link.parent.mkdir()
            link.symlink_to(opened.enter_context(store.file(one["file"])))
            given.append(link)
        letter = folder / "case" / EDITED
        made = make_packet(folder / "case" / CASE, given, replace(order, letter=letter if letter.exists() else None))
    return made.files, (*made.notes, *made.remarks)


def _name_of(one: Input, case: Case) -> str:
    """What the file was called: a plain text is told from others by its name."""
    named = (document.file for document in case.documents if document.sha256 in one["wanted"])
    return Path(next(named, "file").partition("/")[0]).name or "file"
