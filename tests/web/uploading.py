"""A desk in whose worker every test takes a new desk, an intake at it, and files to upload."""

import io
import time
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from pipeline.batch.desk import Desk
from pipeline.batch.flow import Flow
from pipeline.ingest import Limits
from pipeline.web.intake import Bounds, Intake, Standing
from tests.batch.papers import TODAY, letter, note, settings

LETTER = letter("Ana Ruiz", "CLM-3001", "01/02/1960").encode()
NOTE = note("Ana Ruiz", "01/02/1960").encode()
ANA, BEN = "ana", "ben"  # who upload


@contextmanager
def new_desk(flow: Flow, folder: Path) -> Iterator[Desk]:
    before, flow.desk = flow.desk, Desk(settings(folder / "new"))
    try:
        yield flow.desk
    finally:
        flow.desk.close_down()
        flow.desk = before


@contextmanager
def intake_of(flow: Flow, limits: Limits | None = None, bounds: Bounds | None = None) -> Iterator[Intake]:
    """An intake at work; when it is left the worker goes on, for the next test."""
    with Intake(flow, limits or Limits(), lambda: TODAY, bounds) as intake:
        yield intake
    flow.stopping.clear()


def upload(intake: Intake, name: str, content: bytes, user: str = ANA, piece: int = 500) -> str:
    """All of it, piece by piece; its id."""
    begun = intake.begin(user, name, len(content))
    for start in range(0, len(content), piece):
        intake.add(user, begun.id, start, content[start : start + piece])
    return begun.id


def settled(intake: Intake, name: str, user: str = ANA) -> Standing:
    """How an upload stands once it was worked."""
    return until(lambda: intake.one(user, name), lambda one: one.stage == "done")


def until(look: Callable[[], Standing], fits: Callable[[Standing], bool]) -> Standing:
    last = time.monotonic() + 60
    while not fits(found := look()):
        assert time.monotonic() < last, found
        time.sleep(0.05)
    return found


def bomb() -> bytes:
    """An archive of a few kilobytes that unpacks to more than any document of its size."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("scan.txt", bytes(30_000_000))
    return out.getvalue()


def spreadsheet() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        archive.writestr("xl/workbook.xml", "<workbook/>")
    return out.getvalue()
