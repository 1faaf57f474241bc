"""What reviewers did to a case outlives what comes later: late records, another reviewer, a kill, and the purge."""

import json
import subprocess
import sys
import threading
from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import count
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from pydantic import TypeAdapter

from pipeline.batch import anew, audit
from pipeline.batch import flow as module
from pipeline.batch.anew import Shelf
from pipeline.batch.desk import Change, Desk
from pipeline.batch.flow import Flow
from pipeline.batch.register import CASES, EDITS
from pipeline.batch.stages import EDITED, REPORT, Failed, Made
from pipeline.batch.states import State
from pipeline.case import CASE, LETTER
from pipeline.errors import AppealwrightError
from schemas.case import Case
from schemas.edit import Edit, Signed
from tests.batch.papers import TODAY, at_work, letter, note, one_round, settings

ANA = ("Ana Ruiz", "01/02/1960")
OWN = "This decision is on lumbar MRI."
ROOMY = 100_000_000
CLAIMS = count(5001)  # the work on two cases that are the same is one


@pytest.fixture(scope="module")
def flow(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flow]:
    with at_work(settings(tmp_path_factory.mktemp("desk"))) as flow:
        yield flow


@pytest.fixture
def desk(flow: Flow, tmp_path: Path) -> Iterator[Desk]:
    """A desk with one case, of a letter and a note."""
    before, flow.desk = flow.desk, Desk(settings(tmp_path))
    deliver(flow, tmp_path, letter=letter(ANA[0], f"CLM-{next(CLAIMS)}", ANA[1]), note=note(*ANA))
    yield flow.desk
    flow.desk.close_down()
    flow.desk = before


def deliver(flow: Flow, folder: Path, **texts: str) -> None:
    inbox = folder / "inbox"
    inbox.mkdir(exist_ok=True)
    for name, text in texts.items():
        (inbox / f"{name}.txt").write_text(text)
    one_round(flow, inbox)


def case_of(desk: Desk) -> str:
    return desk.rows(TODAY)[0].case


def stored(desk: Desk) -> Case:
    return Case.model_validate_json(desk.store.get(desk.kept(case_of(desk)).files[CASE]))


def made(desk: Desk, edit: dict[str, Any], minute: int = 0) -> tuple[str, Made, Change]:
    """What an edit makes of the case as it is: the version that was seen, the case, and what is to be entered."""
    kept = desk.kept(case_of(desk))
    read: Edit = TypeAdapter(Edit).validate_python(edit)
    signed = Signed(edit=read, by="kim", at=datetime(2026, 3, 2, 12, minute, tzinfo=UTC), reason="Read on the page")
    changed = anew.correct(Shelf(desk.store_url, kept.files), signed, TODAY)
    return kept.files[CASE], changed["made"], Change("kim", "corrected", signed.told, changed["kept"])


def correct(desk: Desk, edit: dict[str, Any], minute: int = 0) -> None:
    desk.replace(case_of(desk), *made(desk, edit, minute))


def take_letter(desk: Desk) -> str:
    """The drafted letter, taken for one that was edited; its hash."""
    kept = desk.kept(case_of(desk))
    digest = kept.files[LETTER]
    edited = anew.check_edited(Shelf(desk.store_url, kept.files), digest, ROOMY)
    desk.replace(case_of(desk), kept.files[CASE], edited, Change("kim", "letter edited", digest[:12]))
    return digest


def unfit(desk: Desk) -> list[str]:
    with desk.register.look() as do:
        return list(do.execute(sa.select(EDITS.c.unfit).order_by(EDITS.c.n)).scalars())


def test_late_records_leave_what_a_reviewer_corrected_wrote_and_edited_as_it_is(
    flow: Flow, desk: Desk, tmp_path: Path
) -> None:
    correct(desk, {"do": "value", "field": "member_id", "value": "W777"})
    correct(desk, {"do": "sentence", "sentence": "opening-2", "text": OWN}, 1)
    correct(desk, {"do": "verdict", "criterion": "c1", "verdict": "needs_review"}, 2)
    digest = take_letter(desk)
    desk.approve(case_of(desk), "kim", "It is signed by hand")
    deliver(flow, tmp_path, a_late_note=note(*ANA, on="02/10/2026"))
    case, kept = stored(desk), desk.kept(case_of(desk))
    assert len(case.documents) == 3
    assert case.denial.member_id
    assert case.denial.member_id.value == "W777"
    assert OWN in [one.text for section in case.letter.sections for one in section.sentences]
    assert [(one.verdict, one.checked) for one in case.coverage.criteria] == [("needs_review", "met")]
    assert (kept.files[EDITED], REPORT in kept.files, kept.row.edited) == (digest, True, True)
    assert kept.state is State.NEEDS_REVIEW
    assert unfit(desk) == ["", "", ""]
    assert json.loads((desk.case_folder(case_of(desk)) / CASE).read_text())["denial"]["member_id"]["value"] == "W777"


def test_a_correction_that_no_longer_fits_is_told_and_stays_on_record(flow: Flow, desk: Desk, tmp_path: Path) -> None:
    correct(desk, {"do": "accept_fact", "fact": "f1"})
    correct(desk, {"do": "confirm_value", "field": "payer"}, 1)
    with desk.register.change() as do:  # as if another release read that fact otherwise
        was = desk.edits(case_of(desk))[0] | {"was": "0" * 16}  # type: ignore[operator]
        do.execute(sa.update(EDITS).where(EDITS.c.n == 1).values(edit=was))
    deliver(flow, tmp_path, late=note(*ANA, on="02/10/2026"))
    row = desk.row(case_of(desk), TODAY)
    assert (row.state, "1 correction to make again" in row.why) == ("needs_review", True)
    assert [bool(why) for why in unfit(desk)] == [True, False]
    assert "is not read so any more" in unfit(desk)[0]
    assert desk.unfit(case_of(desk)) == [("accept fact f1", "kim", unfit(desk)[0])]
    assert stored(desk).denial.payer.correction  # type: ignore[union-attr]


def test_work_that_fails_loses_no_letter_and_no_correction(desk: Desk) -> None:
    correct(desk, {"do": "confirm_value", "field": "payer"})
    case, digest = case_of(desk), take_letter(desk)
    with desk.register.change() as do:
        work = do.execute(sa.select(CASES.c.work)).scalar_one()
        do.execute(sa.update(CASES).values(state=State.WORKING.value))
    module._publish(case, work, Made(files={}, row=None, failed=Failed(category="timeout", message="It took too long")))
    kept = desk.kept(case)
    assert (kept.state, dict(kept.files)) == (State.NEEDS_REVIEW, {EDITED: digest})
    assert len(desk.edits(case)) == 1


def test_of_two_who_change_a_case_at_once_one_is_refused(desk: Desk, tmp_path: Path) -> None:
    case = case_of(desk)
    desks = [Desk(settings(tmp_path)) for _ in range(2)]
    makings = [made(desk, {"do": "value", "field": "member_id", "value": f"W{n}"}) for n in range(2)]
    together = threading.Barrier(2)
    refused: list[AppealwrightError] = []

    def replace(one: Desk, making: tuple[str, Made, Change]) -> None:
        together.wait()
        try:
            one.replace(case, *making)
        except AppealwrightError as error:
            refused.append(error)
        finally:
            one.close_down()

    threads = [threading.Thread(target=replace, args=pair) for pair in zip(desks, makings, strict=True)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [error.failure.category for error in refused] == ["refused"]
    (edit,) = desk.edits(case)
    assert stored(desk).denial.member_id.value == edit["signed"]["edit"]["value"]  # type: ignore[index,union-attr]
    assert audit.verify(desk.register).broken is None


KILLED = """
import os, signal, sys, json
from pathlib import Path
from pipeline.batch import desk as module
from pipeline.batch.desk import Change, Desk
from pipeline.settings import Settings
folder, case, seen, told = sys.argv[1:]
def end(*_): os.kill(os.getpid(), signal.SIGKILL)
module.save = end
made, edit = json.loads(told)
Desk(Settings(desk=Path(folder) / "desk")).replace(case, seen, made, Change("kim", "corrected", "x", edit))
"""


def test_a_change_that_is_killed_before_it_is_entered_is_none(desk: Desk, tmp_path: Path) -> None:
    case, before = case_of(desk), desk.kept(case_of(desk)).files
    seen, changed, change = made(desk, {"do": "value", "field": "member_id", "value": "W777"})
    told = json.dumps([changed, change.edit])
    ended = subprocess.run([sys.executable, "-c", KILLED, str(tmp_path), case, seen, told], check=False)
    assert ended.returncode == -9
    assert (desk.kept(case).files, desk.edits(case)) == (before, [])
    assert audit.verify(desk.register).broken is None
    desk.replace(case, seen, changed, change)
    folder = desk.case_folder(case)
    assert {name: (folder / name).read_bytes() for name in changed["files"]} == {
        name: desk.store.get(digest) for name, digest in desk.kept(case).files.items()
    }
    assert len(desk.edits(case)) == 1


def test_with_a_case_its_corrections_and_its_edited_letter_are_forgotten(desk: Desk) -> None:
    correct(desk, {"do": "value", "field": "member_id", "value": "W777"})
    case, digest = case_of(desk), take_letter(desk)
    version = desk.kept(case).files[CASE]
    desk.close(case, "kim", "paid")
    with desk.register.change() as do:
        do.execute(sa.update(CASES).values(at="2020-01-01"))
    assert desk.purge(TODAY, lambda _: None) == [case]
    assert (desk.edits(case), unfit(desk)) == ([], [])
    for gone in (digest, version):
        with pytest.raises(AppealwrightError):
            desk.store.get(gone)
    assert not desk.case_folder(case).exists()
    assert b"W777" not in (desk.folder / "desk.sqlite").read_bytes()
