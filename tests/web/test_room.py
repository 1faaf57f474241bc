"""What the room keeps in memory, and how it has one page of a large file without the others."""

import gzip
import hashlib
import threading
from pathlib import Path

import pytest

from pipeline import ingest
from pipeline.batch.compose import Leaf, Packed, packed, unpacked
from pipeline.errors import AppealwrightError
from pipeline.ingest import SourceFile
from pipeline.web.room import _Recent
from schemas.case import Category, Failure
from tests import makers


class Made:
    """What is made, counted, as slowly as a test likes."""

    def __init__(self) -> None:
        self.times = 0
        self.begun, self.may_end = threading.Event(), threading.Event()

    def slowly(self) -> str:
        self.times += 1
        self.begun.set()
        assert self.may_end.wait(10)
        return "made"


def test_what_many_ask_for_at_once_is_made_once() -> None:
    recent, made, found = _Recent[str](4), Made(), []
    asking = [threading.Thread(target=lambda: found.append(recent.get("a", made.slowly))) for _ in range(8)]
    for thread in asking:
        thread.start()
    assert made.begun.wait(10)
    assert recent.get("b", lambda: "nobody waits for another") == "nobody waits for another"
    made.may_end.set()
    for thread in asking:
        thread.join()
    assert (found, made.times) == (["made"] * 8, 1)


def test_what_was_asked_for_last_is_kept_and_the_rest_made_anew() -> None:
    recent, made = _Recent[str](2), []

    def get(name: str) -> None:
        assert recent.get(name, lambda: made.append(name) or name) == name  # type: ignore[func-returns-value]

    for name in "abacb":
        get(name)
    assert "".join(made) == "abcb"


def test_what_could_not_be_made_is_tried_again() -> None:
    recent = _Recent[str](2)

    def fail() -> str:
        raise AppealwrightError(Category.TIMEOUT, "the case", "it took too long")

    with pytest.raises(AppealwrightError):
        recent.get("a", fail)
    assert recent.get("a", lambda: "made") == "made"


def batch() -> ingest.Batch:
    """A file of two pages, one that could not be read, and one of a page that is like the first."""
    results = []
    for n, texts in enumerate((("One\nline", "Two"), (), ("One\nline",)), start=1):
        document = makers.document(*texts, name=f"D{n}") if texts else None
        digest = document.sha256 if document else "f" * 64
        source = SourceFile(path=Path("/inbox") / f"{n}.txt", name=f"{n}.txt", sha256=digest, size=9)
        failures = () if texts else (Failure(category=Category.EMPTY, place=f"{n}.txt", message="x", advice=""),)
        results.append(ingest.ReadResult(source=source, document=document, failures=failures))
    return ingest.Batch(results=tuple(results), failures=results[1].failures, warnings=())


def test_what_was_read_is_stored_whole_and_the_same_wherever_its_file_was() -> None:
    read = batch()
    content = packed(read)
    moved = read.results[0].source.model_copy(update={"path": Path("/elsewhere/1.txt")})
    elsewhere = (read.results[0].model_copy(update={"source": moved}), *read.results[1:])
    assert packed(read.model_copy(update={"results": elsewhere})) == content
    assert unpacked(content).documents == read.documents
    assert unpacked(content).failures == read.failures
    assert [one.document is None for one in unpacked(content).results] == [False, True, False]


def test_a_page_is_had_without_the_others() -> None:
    stored = Packed(packed(batch()))
    first, second, _ = (page for document in batch().documents for page in document.pages)
    for page in (first, second):
        leaf = Leaf(sha256="0" * 64, file_page=page.file_page, text=hashlib.sha256(page.text.encode()).hexdigest())
        found = stored.page(leaf)
        assert found is not None
        assert (found[1], found[0].source.name) == (page, "1.txt")
    assert stored.page(Leaf(sha256="0" * 64, file_page=2, text="0" * 64)) is None


def test_what_an_earlier_release_stored_is_read() -> None:
    read = batch()
    whole = gzip.compress(read.model_dump_json().encode())
    assert unpacked(whole).documents == read.documents
    assert packed(unpacked(whole)) == packed(read)
