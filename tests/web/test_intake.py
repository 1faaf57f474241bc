"""The intake: what is uploaded comes to the inbox whole or not at all, and whoever sent it learns what became of it."""

import os
import stat
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from pipeline.batch import audit
from pipeline.batch.desk import Desk
from pipeline.batch.flow import Flow
from pipeline.batch.inbox import Round
from pipeline.errors import AppealwrightError
from pipeline.ingest import Limits
from pipeline.web import intake as module
from pipeline.web.intake import Bounds, WrongOffsetError
from pipeline.web.uploaded import safe_name, shown_name
from schemas.case import Category
from tests.batch.papers import TODAY, at_work, one_round, settings
from tests.web.uploading import ANA, BEN, LETTER, NOTE, bomb, intake_of, new_desk, settled, spreadsheet, until, upload


@pytest.fixture(scope="module")
def flow(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flow]:
    with at_work(settings(tmp_path_factory.mktemp("desk"))) as flow:
        yield flow


@pytest.fixture(autouse=True)
def desk(flow: Flow, tmp_path: Path) -> Iterator[Desk]:
    with new_desk(flow, tmp_path) as desk:
        yield desk


@pytest.fixture(autouse=True)
def _patient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_PATIENCE", 60.0)


def files(folder: Path) -> list[str]:
    return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())


def test_a_letter_and_its_note_become_a_case_that_both_are_told_of(flow: Flow, desk: Desk) -> None:
    with intake_of(flow) as intake:
        first = settled(intake, upload(intake, "letter.txt", LETTER))
        second = settled(intake, upload(intake, "note.txt", NOTE))
    (row,) = desk.rows(TODAY)
    assert (first.outcome, second.outcome) == ("case", "case")
    assert first.cases == second.cases == (row.case,)
    assert row.met == 1
    assert files(desk.folder / "uploads/inbox") == sorted([f"done/{first.id}/letter.txt", f"done/{second.id}/note.txt"])
    assert [path.name for path in (desk.folder / "uploads/inbox").iterdir()] == ["done"]
    entries = [entry for entry in audit.entries(desk.register) if entry.what == "uploaded"]
    assert [entry.who for entry in entries] == [ANA, ANA]


def test_a_note_that_waits_is_in_a_case_once_its_letter_was_uploaded(flow: Flow) -> None:
    with intake_of(flow) as intake:
        note = upload(intake, "note.txt", NOTE)
        assert settled(intake, note).outcome == "unassigned"
        settled(intake, upload(intake, "letter.txt", LETTER))
        assert until(lambda: intake.one(ANA, note), lambda one: one.outcome == "case").cases


def test_the_same_file_twice_is_a_duplicate_and_its_reason_names_no_folder_of_ours(flow: Flow) -> None:
    with intake_of(flow) as intake:
        first = upload(intake, "letter.txt", LETTER)
        settled(intake, first)
        again = settled(intake, upload(intake, "letter.txt", LETTER, BEN), BEN)
    assert (again.outcome, again.reason) == ("duplicate", "the same bytes as letter.txt")
    assert again.cases


def test_all_that_is_written_is_its_owners_alone(flow: Flow, desk: Desk) -> None:
    with intake_of(flow) as intake:
        settled(intake, upload(intake, "letter.txt", LETTER))
        intake.begin(ANA, "half.txt", 10)
    uploads = desk.folder / "uploads"
    for path in (uploads, *(uploads / name for name in files(uploads))):
        assert stat.S_IMODE(path.stat().st_mode) & 0o077 == 0, path


def test_an_upload_goes_on_after_a_restart_from_where_it_was(flow: Flow) -> None:
    with intake_of(flow) as intake:
        begun = intake.begin(ANA, "letter.txt", len(LETTER))
        intake.add(ANA, begun.id, 0, LETTER[:300])
    with intake_of(flow) as intake:
        assert (intake.one(ANA, begun.id).stage, intake.one(ANA, begun.id).offset) == ("uploading", 300)
        intake.add(ANA, begun.id, 300, LETTER[300:])
        assert settled(intake, begun.id).outcome == "case"


def test_what_was_received_before_a_restart_is_worked_after_it(flow: Flow, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(module, "work_inbox", lambda *_: Round())
        with intake_of(flow) as intake:
            name = upload(intake, "letter.txt", LETTER)
            assert intake.one(ANA, name).stage == "received"
    with intake_of(flow) as intake:
        assert settled(intake, name).outcome == "case"


def test_what_a_round_did_before_the_program_was_ended_is_told_after_it(
    flow: Flow, desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(module, "work_inbox", lambda *_: Round())
        with intake_of(flow) as intake:
            name = upload(intake, "letter.txt", LETTER)
    one_round(flow, desk.folder / "uploads/inbox")
    with intake_of(flow) as intake:
        assert settled(intake, name).outcome == "case"


def test_a_whole_upload_that_was_not_handed_over_is_at_the_next_start(
    flow: Flow, desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(module.Intake, "_receive", lambda *_: None)
        with intake_of(flow) as intake:
            name = upload(intake, "letter.txt", LETTER)
    assert not files(desk.folder / "uploads/inbox")
    with intake_of(flow) as intake:
        assert settled(intake, name).outcome == "case"


def test_a_whole_upload_that_is_refused_at_the_next_start_does_not_hold_up_the_others(
    flow: Flow, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(module.Intake, "_receive", lambda *_: None)
        with intake_of(flow) as intake:
            names = [upload(intake, "a.bin", bytes(range(256)) * 8), upload(intake, "letter.txt", LETTER)]
    with intake_of(flow) as intake:
        assert [settled(intake, name).outcome for name in names] == ["refused", "case"]


def test_what_was_left_unfinished_for_a_day_is_removed(flow: Flow, desk: Desk) -> None:
    with intake_of(flow) as intake:
        old, new = (intake.begin(ANA, name, 10).id for name in ("old.txt", "new.txt"))
    yesterday = time.time() - 25 * 3600
    os.utime(desk.folder / "uploads/partial" / old / "old.txt", (yesterday, yesterday))
    with intake_of(flow) as intake:
        until(lambda: intake.of(ANA)[-1], lambda one: one.id == new)
        assert files(desk.folder / "uploads/partial") == [f"{new}/new.txt"]
        assert files(desk.folder / "uploads/records") == [f"{new}.json"]


def test_bytes_that_no_record_names_are_removed_at_a_start(flow: Flow, desk: Desk) -> None:
    with intake_of(flow) as intake:
        name = intake.begin(ANA, "a.txt", 10).id
    (desk.folder / f"uploads/records/{name}.json").write_text("{")
    with intake_of(flow) as intake:
        assert intake.of(ANA) == []
    assert files(desk.folder / "uploads") == []


def test_a_piece_that_does_not_follow_is_refused_with_the_offset_that_does(flow: Flow) -> None:
    with intake_of(flow) as intake:
        begun = intake.begin(ANA, "a.txt", 10)
        intake.add(ANA, begun.id, 0, b"abc")
        with pytest.raises(WrongOffsetError) as refused:
            intake.add(ANA, begun.id, 0, b"abc")
    assert refused.value.offset == 3


def test_a_round_that_fails_is_told_and_tried_again(flow: Flow, monkeypatch: pytest.MonkeyPatch) -> None:
    work_inbox, failures = module.work_inbox, [AppealwrightError(Category.OUTPUT, "the register", "it is full")]

    def once(*order: object) -> Round:
        if failures and len(list((flow.desk.folder / "uploads/inbox").iterdir())):
            raise failures.pop()
        return work_inbox(*order)  # type: ignore[arg-type]

    monkeypatch.setattr(module, "work_inbox", once)
    with intake_of(flow) as intake:
        name = upload(intake, "letter.txt", LETTER)
        told = until(lambda: intake.one(ANA, name), lambda one: bool(one.reason))
        assert (told.stage, told.outcome) == ("received", None)
        assert "it is full" in told.reason
        intake.wake()
        assert settled(intake, name).outcome == "case"


def test_a_round_tells_how_far_it_is(flow: Flow) -> None:
    with intake_of(flow) as intake:
        name = upload(intake, "letter.txt", LETTER)
        seen = set()
        while (one := intake.one(ANA, name)).stage != "done":
            seen.add((one.stage, one.done, one.of))
    assert ("received", 0, 0) in seen
    assert {stage for stage, _, of in seen if of == 1} >= {"read", "worked"}


@pytest.mark.parametrize("content", [bytes(range(256)) * 8, spreadsheet(), b" \n" * 20])
def test_what_is_of_no_kind_that_is_read_is_refused_at_once_and_not_kept(
    flow: Flow, desk: Desk, content: bytes
) -> None:
    with intake_of(flow) as intake:
        begun = intake.begin(ANA, "scan.pdf", len(content))
        with pytest.raises(AppealwrightError) as refused:
            intake.add(ANA, begun.id, 0, content)
        told = intake.one(ANA, begun.id)
    assert refused.value.failure.category in (Category.UNSUPPORTED, Category.EMPTY)
    assert (told.stage, told.outcome, told.reason) == ("done", "refused", refused.value.failure.said)
    assert files(desk.folder / "uploads") == [f"records/{begun.id}.json"]
    (entry,) = audit.entries(desk.register)
    assert (entry.what, entry.who) == ("upload refused", ANA)


def test_a_zip_bomb_is_quarantined_with_its_reason(flow: Flow, desk: Desk) -> None:
    with intake_of(flow) as intake:
        told = settled(intake, upload(intake, "scans.zip", bomb(), piece=100_000))
    assert told.outcome == "quarantined"
    assert "unpacks to more than 500 times its size" in told.reason
    assert f"quarantine/{told.id}/scans.zip" in files(desk.folder / "uploads/inbox")


def test_a_damaged_file_is_quarantined_with_its_reason(flow: Flow) -> None:
    with intake_of(flow) as intake:
        told = settled(intake, upload(intake, "torn.pdf", b"%PDF-1.7\n1 0 obj <<"))
    assert told.outcome == "quarantined"
    assert told.reason


def test_a_file_that_was_taken_out_of_the_inbox_is_told_as_gone(flow: Flow, desk: Desk) -> None:
    with intake_of(flow) as intake, pytest.MonkeyPatch.context() as patch:
        patch.setattr(module, "work_inbox", lambda *_: Round())
        name = upload(intake, "letter.txt", LETTER)
        (desk.folder / "uploads/inbox" / name / "letter.txt").unlink()
        intake.wake()
        told = settled(intake, name)
    assert (told.outcome, told.reason[-16:]) == ("quarantined", "Upload it again.")


def test_an_empty_file_and_one_over_the_limit_are_refused_unsent(flow: Flow) -> None:
    with intake_of(flow, Limits(max_file_bytes=1_000_000)) as intake:
        for size, category in ((0, Category.EMPTY), (1_000_001, Category.TOO_LARGE)):
            with pytest.raises(AppealwrightError) as refused:
                intake.begin(ANA, "a.txt", size)
            assert refused.value.failure.category is category
        assert "1 MB" in refused.value.failure.said


def test_a_file_that_becomes_larger_than_announced_is_refused(flow: Flow) -> None:
    with intake_of(flow) as intake:
        begun = intake.begin(ANA, "a.txt", 3)
        with pytest.raises(AppealwrightError, match="more bytes than announced"):
            intake.add(ANA, begun.id, 0, b"abcd")
        assert intake.one(ANA, begun.id).offset == 0


def test_there_is_an_end_to_what_may_be_under_way(flow: Flow) -> None:
    with intake_of(flow, bounds=Bounds(uploads=2, size=100)) as intake:
        first = intake.begin(ANA, "a.txt", 10)
        intake.begin(ANA, "b.txt", 10)
        with pytest.raises(AppealwrightError, match="2 of your uploads are not finished"):
            intake.begin(ANA, "c.txt", 10)
        with pytest.raises(AppealwrightError, match="as many as it can hold"):
            intake.begin(BEN, "d.txt", 81)
        intake.end(ANA, first.id)
        intake.begin(ANA, "c.txt", 10)


def test_an_upload_of_another_person_is_not_there(flow: Flow) -> None:
    with intake_of(flow) as intake:
        name = intake.begin(ANA, "a.txt", 10).id
        for act in (intake.one, intake.end, lambda user, name: intake.add(user, name, 0, b"a")):
            with pytest.raises(AppealwrightError, match="no such upload"):
                act(BEN, name)
        assert intake.of(BEN) == []


def test_what_was_received_cannot_be_taken_back(flow: Flow) -> None:
    with intake_of(flow) as intake:
        name = upload(intake, "letter.txt", LETTER)
        with pytest.raises(AppealwrightError, match="received whole"):
            intake.end(ANA, name)
        settled(intake, name)


@pytest.mark.parametrize(
    ("given", "shown", "safe"),
    [
        ("scan 1.pdf", "scan 1.pdf", "scan 1.pdf"),
        ("../../etc/passwd", "etc/passwd", "passwd"),
        ("C:\\fax\\scan.pdf", "fax/scan.pdf", "scan.pdf"),
        ("chart/one.pdf", "chart/one.pdf", "one.pdf"),
        ("a\x00b\x1b[31m\u202efdp.exe", "ab[31mfdp.exe", "ab[31mfdp.exe"),
        (".htaccess", ".htaccess", "htaccess"),
        ("~$letter.docx", "~$letter.docx", "letter.docx"),
        ("Thumbs.db", "Thumbs.db", "file-Thumbs.db"),
        ("..", "file", "file"),
        ("<img src=x>.txt", "<img src=x>.txt", "<img src=x>.txt"),
    ],
)
def test_a_name_is_made_safe(given: str, shown: str, safe: str) -> None:
    assert (shown_name(given), safe_name(given)) == (shown, safe)


@pytest.mark.parametrize("name", ["ü" * 400 + ".pdf", "a" * 400, "a." + "b" * 400])
def test_a_long_name_is_cut_to_what_a_file_system_takes(name: str) -> None:
    safe = safe_name(name)
    assert 100 < len(safe.encode()) <= 120
    assert safe.endswith(".pdf") == name.endswith(".pdf")
