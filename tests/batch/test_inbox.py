"""A round of the inbox: every file is accounted for once, and nothing is lost or done twice."""

import errno
import hashlib
import json
import zipfile
from collections.abc import Iterator
from email.message import EmailMessage
from pathlib import Path

import pytest
import sqlalchemy as sa

from pipeline.batch import audit
from pipeline.batch.account import File
from pipeline.batch.desk import Desk
from pipeline.batch.flow import Flow
from pipeline.batch.inbox import Round, work_inbox, work_mailbox
from pipeline.batch.mailbox import address_of
from pipeline.batch.register import ARRIVALS, PAPERS
from pipeline.errors import AppealwrightError
from pipeline.ingest import Limits
from schemas.case import Category
from tests.batch.papers import TODAY, at_work, letter, note, one_round, settings
from tests.loopback.imap import Mailbox

ANA, BEN = ("Ana Ruiz", "01/02/1960"), ("Benjamin Ode", "05/06/1971")


@pytest.fixture(scope="module")
def flow(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flow]:
    with at_work(settings(tmp_path_factory.mktemp("desk"))) as flow:
        yield flow


@pytest.fixture(autouse=True)
def desk(flow: Flow, tmp_path: Path) -> Iterator[Desk]:
    """A new desk for the worker: each test begins with an empty one."""
    before, flow.desk = flow.desk, Desk(settings(tmp_path / "new"))
    yield flow.desk
    flow.desk.close_down()
    flow.desk = before


@pytest.fixture
def inbox(tmp_path: Path) -> Path:
    folder = tmp_path / "inbox"
    folder.mkdir()
    return folder


def put(folder: Path, **files: str | bytes) -> None:
    for name, content in files.items():
        path = folder / name.replace("__", "/").replace("_dot_", ".")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content.encode() if isinstance(content, str) else content)


def rows(done: Round) -> dict[str, File]:
    return {row.file: row for row in done.files}


def files(folder: Path) -> list[str]:
    return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())


def test_a_letter_and_its_note_become_a_case_that_is_worked(flow: Flow, desk: Desk, inbox: Path) -> None:
    put(inbox, letter_dot_txt=letter(ANA[0], "CLM-1001", ANA[1]), charts__note_dot_txt=note(*ANA))
    found = rows(one_round(flow, inbox))
    assert {row.outcome for row in found.values()} == {"case"}
    assert found["letter.txt"].cases == found["charts/note.txt"].cases
    assert files(inbox) == ["done/charts/note.txt", "done/letter.txt"]
    (row,) = desk.rows(TODAY)
    assert (row.payer, row.patient, str(row.amount)) == ("Orchard Valley Health Plan", "Ana Ruiz", "1200.00")
    assert row.state in ("ready", "needs_review")
    assert row.met == 1
    written = json.loads((desk.case_folder(row.case) / "case.json").read_text())
    assert written["case_id"] == row.case
    assert {document["file"] for document in written["documents"]} == {"letter.txt", "note.txt"}


def test_the_same_bytes_are_one_and_both_are_on_record(flow: Flow, desk: Desk, inbox: Path) -> None:
    text = letter(ANA[0], "CLM-1002", ANA[1])
    put(inbox, a_dot_txt=text, b_dot_txt=text)
    found = rows(one_round(flow, inbox))
    assert [found[name].outcome for name in ("a.txt", "b.txt")] == ["case", "duplicate"]
    assert found["b.txt"].cases == found["a.txt"].cases
    assert len(desk.rows(TODAY)) == 1
    put(inbox, c_dot_txt=text)
    assert rows(one_round(flow, inbox))["c.txt"].outcome == "duplicate"


def test_a_file_delivered_again_after_it_was_moved_away_is_a_duplicate(flow: Flow, inbox: Path) -> None:
    put(inbox, a_dot_txt=letter(ANA[0], "CLM-1003", ANA[1]))
    one_round(flow, inbox)
    put(inbox, a_dot_txt=letter(ANA[0], "CLM-1003", ANA[1]))
    found = rows(one_round(flow, inbox))
    assert found["a.txt"].outcome == "duplicate"
    assert files(inbox) == ["done/a (2).txt", "done/a.txt"]


def test_what_cannot_be_worked_is_set_aside_with_the_reason(flow: Flow, inbox: Path) -> None:
    put(inbox, torn_dot_pdf=b"%PDF-1.7\n1 0 obj <<", empty_dot_pdf=b"", Thumbs_dot_db=b"x")
    found = rows(one_round(flow, inbox))
    assert {name: row.outcome for name, row in found.items()} == {
        "torn.pdf": "quarantined",
        "empty.pdf": "quarantined",
        "Thumbs.db": "ignored",
    }
    assert files(inbox) == [
        "Thumbs.db",
        *(f"quarantine/{name}.pdf{end}" for name in ("empty", "torn") for end in ("", ".reason.txt")),
    ]
    assert (inbox / "quarantine/torn.pdf.reason.txt").read_text().strip() == found["torn.pdf"].reason


def test_a_file_over_the_limit_is_set_aside_unread(flow: Flow, inbox: Path) -> None:
    put(inbox, big_dot_txt="x" * 2000)
    found = rows(one_round(flow, inbox, Limits(max_file_bytes=1000)))
    assert found["big.txt"].outcome == "quarantined"
    assert "APPEALWRIGHT_MAX_FILE_MB" in found["big.txt"].reason


def test_each_member_of_a_mail_and_of_an_archive_has_its_row(flow: Flow, inbox: Path) -> None:
    mail = EmailMessage()
    mail["Message-ID"], mail["From"], mail["Subject"] = "<1@clinic.example>", "fax@clinic.example", "records"
    mail.set_content("Please see attached.")
    mail.add_attachment(letter(ANA[0], "CLM-1004", ANA[1]), filename="letter.txt")
    mail.add_attachment(b"%PDF-1.7 torn", maintype="application", subtype="pdf", filename="torn.pdf")
    put(inbox, mail_dot_eml=bytes(mail))
    with zipfile.ZipFile(inbox / "notes.zip", "w") as archive:
        archive.writestr("note.txt", note(*ANA))
        archive.writestr("stranger.txt", note(*BEN))
    found = rows(one_round(flow, inbox))
    members = {member.file: member.outcome for row in found.values() for member in row.members}
    assert members["mail.eml/letter.txt"] == "case"
    assert members["mail.eml/torn.pdf"] == "quarantined"
    assert members["notes.zip/note.txt"] == "case"
    assert members["notes.zip/stranger.txt"] == "unassigned"
    assert (found["mail.eml"].outcome, found["notes.zip"].outcome) == ("case", "case")


def test_no_page_of_one_patient_is_in_anothers_case(flow: Flow, desk: Desk, inbox: Path) -> None:
    packet = "\f".join([letter(ANA[0], "CLM-1005", ANA[1]), note(*ANA), note(*BEN), note(*ANA, on="01/27/2026")])
    put(inbox, packet_dot_txt=packet, other_dot_txt=letter(BEN[0], "CLM-1006", BEN[1], "W999999999"))
    one_round(flow, inbox)
    for row in desk.rows(TODAY):
        other = BEN if row.patient == ANA[0] else ANA
        folder = desk.case_folder(row.case)
        pages = [path.read_text() for path in (folder / "pages").iterdir()]
        assert len(pages) == {ANA[0]: 3, BEN[0]: 2}[row.patient]
        assert not any(f"Patient: {other[0]}" in page for page in pages)


def test_a_note_waits_until_its_letter_comes(flow: Flow, desk: Desk, inbox: Path) -> None:
    put(inbox, note_dot_txt=note(*ANA))
    assert rows(one_round(flow, inbox))["note.txt"].outcome == "unassigned"
    assert desk.waiting() == [("note.txt page 1", "no denial of this patient has come")]
    put(inbox, letter_dot_txt=letter(ANA[0], "CLM-1007", ANA[1]))
    one_round(flow, inbox)
    (row,) = desk.rows(TODAY)
    assert row.met == 1
    assert desk.waiting() == []


def test_a_late_record_joins_its_case_and_has_it_worked_again(flow: Flow, desk: Desk, inbox: Path) -> None:
    put(inbox, letter_dot_txt=letter(ANA[0], "CLM-1008", ANA[1]))
    one_round(flow, inbox)
    assert desk.rows(TODAY)[0].undocumented == 1
    put(inbox, note_dot_txt=note(*ANA))
    one_round(flow, inbox)
    (row,) = desk.rows(TODAY)
    assert (row.met, row.undocumented) == (1, 0)


def test_a_case_that_was_approved_goes_back_to_review_when_a_record_comes(flow: Flow, desk: Desk, inbox: Path) -> None:
    put(inbox, letter_dot_txt=letter(ANA[0], "CLM-1009", ANA[1]))
    one_round(flow, inbox)
    (row,) = desk.rows(TODAY)
    desk.approve(row.case, "kim", "the argument is added by hand")
    put(inbox, note_dot_txt=note(*ANA))
    one_round(flow, inbox)
    assert desk.row(row.case, TODAY).state in ("ready", "needs_review")


def test_what_was_submitted_is_not_changed_by_a_late_record(flow: Flow, desk: Desk, inbox: Path) -> None:
    put(inbox, letter_dot_txt=letter(ANA[0], "CLM-1010", ANA[1]))
    one_round(flow, inbox)
    (row,) = desk.rows(TODAY)
    desk.approve(row.case, "kim", "the argument is added by hand")
    desk.submit(row.case, "kim", "fax", "confirmation 17", TODAY)
    sent = hashlib.sha256((desk.case_folder(row.case) / "appeal-letter.docx").read_bytes()).hexdigest()
    put(inbox, note_dot_txt=note(*ANA))
    one_round(flow, inbox)
    after = desk.row(row.case, TODAY)
    assert (after.state, after.why) == ("submitted", "records came after it was submitted: reopen it to use them")
    assert hashlib.sha256((desk.case_folder(row.case) / "appeal-letter.docx").read_bytes()).hexdigest() == sent
    desk.reopen(row.case, "kim", "a late note")
    one_round(flow, inbox)
    assert desk.row(row.case, TODAY).met == 1


def test_a_person_cannot_skip_a_state(flow: Flow, desk: Desk, inbox: Path) -> None:
    put(inbox, letter_dot_txt=letter(ANA[0], "CLM-1011", ANA[1]))
    one_round(flow, inbox)
    (row,) = desk.rows(TODAY)
    with pytest.raises(AppealwrightError, match="cannot become submitted"):
        desk.submit(row.case, "kim", "fax", "", TODAY)
    with pytest.raises(AppealwrightError, match="no such case"):
        desk.approve("case-none", "kim")


def test_the_log_says_who_did_what_and_is_whole(flow: Flow, desk: Desk, inbox: Path) -> None:
    put(inbox, letter_dot_txt=letter(ANA[0], "CLM-1012", ANA[1]))
    one_round(flow, inbox)
    (row,) = desk.rows(TODAY)
    desk.approve(row.case, "kim", "the argument is added by hand")
    told = [(entry.who, entry.what) for entry in audit.entries(desk.register, row.case)]
    assert [what for _, what in told[:3]] == ["opened", "joined", "working"]
    assert told[-1] == ("kim", "approved")
    assert audit.verify(desk.register).broken is None


def test_neither_log_nor_names_of_files_in_it_hold_a_name(flow: Flow, desk: Desk, inbox: Path) -> None:
    put(inbox, Ruiz__letter_dot_txt=letter(ANA[0], "CLM-1013", ANA[1]))
    one_round(flow, inbox)
    told = " ".join(str(entry) for entry in audit.entries(desk.register))
    assert "Ruiz" not in told
    assert "CLM" not in told


def test_a_purged_case_is_gone_from_everywhere(flow: Flow, desk: Desk, inbox: Path) -> None:
    put(inbox, letter_dot_txt=letter(ANA[0], "CLM-1014", ANA[1]), other_dot_txt=letter(BEN[0], "CLM-1015", BEN[1]))
    one_round(flow, inbox)
    gone = next(row.case for row in desk.rows(TODAY) if row.patient == ANA[0])
    desk.close(gone, "kim", "withdrawn")
    assert desk.purge(TODAY.replace(year=2100), lambda _: None) == [gone]
    (left,) = desk.rows(TODAY)
    assert left.patient == BEN[0]
    assert not desk.case_folder(gone).exists()
    kept = b"".join(path.read_bytes() for path in (desk.folder / "store").rglob("*") if path.is_file())
    assert b"Ana Ruiz" not in kept
    assert b"Benjamin Ode" in kept
    assert files(inbox) == ["done/other.txt"]
    with desk.register.look() as do:
        assert "Ana Ruiz" not in str(do.execute(sa.select(PAPERS)).all())
        assert len(do.execute(sa.select(ARRIVALS)).all()) == 1


def test_originals_can_be_kept_and_what_changed_since_is_no_original(flow: Flow, desk: Desk, inbox: Path) -> None:
    told = letter(ANA[0], "CLM-1018", ANA[1])
    put(inbox, letter_dot_txt=told, copies__letter_dot_txt=told)
    one_round(flow, inbox)
    (row,) = desk.rows(TODAY)
    put(inbox, done__letter_dot_txt="written over by a person")
    desk.close(row.case, "kim", "withdrawn")
    desk.purge(TODAY.replace(year=2100), lambda _: None)
    assert files(inbox) == ["done/letter.txt"]
    put(inbox, letter_dot_txt=told)
    one_round(flow, inbox)
    desk.close(desk.rows(TODAY)[0].case, "kim", "withdrawn")
    desk.purge(TODAY.replace(year=2100), lambda _: None, originals=False)
    assert files(inbox) == ["done/letter (2).txt", "done/letter.txt"]


def test_a_round_that_finds_nothing_does_nothing(flow: Flow, desk: Desk, inbox: Path) -> None:
    put(inbox, letter_dot_txt=letter(ANA[0], "CLM-1016", ANA[1]))
    one_round(flow, inbox)
    before = audit.verify(desk.register).head
    again = one_round(flow, inbox)
    assert (again.files, again.cases) == ([], [])
    assert audit.verify(desk.register).head == before


def test_drafts_of_earlier_work_are_purged_too(
    flow: Flow, desk: Desk, inbox: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(inbox, letter_dot_txt=letter(ANA[0], "CLM-1017", ANA[1]))
    one_round(flow, inbox)
    put(inbox, note_dot_txt=note(*ANA))
    one_round(flow, inbox)
    count = len(list(desk.store.names()))
    desk.purge(TODAY, lambda _: None)
    assert len(list(desk.store.names())) == count  # what is being stored is named soon
    monkeypatch.setattr("pipeline.batch.desk._HOUR", -1.0)
    desk.purge(TODAY, lambda _: None)
    assert len(list(desk.store.names())) < count
    desk.write(desk.rows(TODAY)[0].case, inbox / "out")
    assert (inbox / "out" / "case.json").exists()


def test_each_denied_claim_of_a_remittance_is_a_case_and_a_paid_one_is_none(
    flow: Flow, desk: Desk, inbox: Path
) -> None:
    sample = Path(__file__).parent.parent / "fixtures" / "x12" / "835_emedny_sample.txt"
    put(inbox, remit_dot_835=sample.read_bytes())
    found = rows(one_round(flow, inbox))
    assert len(found["remit.835"].cases) == 2
    for row in desk.rows(TODAY):
        assert len(list((desk.case_folder(row.case) / "pages").iterdir())) == 1


def test_a_full_disk_is_said_and_the_next_round_goes_on(
    flow: Flow, desk: Desk, inbox: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(inbox, letter_dot_txt=letter(ANA[0], "CLM-1018", ANA[1]), note_dot_txt=note(*ANA))

    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    def no_room(_: object) -> bytes:
        raise AppealwrightError(Category.OUTPUT, "the store", "it cannot be written")

    with monkeypatch.context() as patch:
        patch.setattr("pipeline.batch.store.write_private", full)
        with pytest.raises(AppealwrightError, match="No space left"):
            one_round(flow, inbox)
    assert files(inbox) == ["letter.txt", "note.txt"]
    with monkeypatch.context() as patch:  # taken in, and not read
        patch.setattr("pipeline.batch.stages.packed", no_room)
        with pytest.raises(AppealwrightError, match="store"):
            one_round(flow, inbox)
    assert files(inbox) == ["letter.txt", "note.txt"]
    found = rows(one_round(flow, inbox))
    assert {row.outcome for row in found.values()} == {"case"}
    assert desk.rows(TODAY)[0].met == 1


def test_a_file_that_is_still_being_written_is_left_for_the_next_round(
    flow: Flow, inbox: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(inbox, letter_dot_txt=letter(ANA[0], "CLM-1019", ANA[1]))

    def write_on(_: float) -> None:
        with (inbox / "letter.txt").open("a") as file:
            file.write("more\n")

    monkeypatch.setattr("pipeline.batch.arrivals.time.sleep", write_on)
    found = rows(work_inbox(flow, inbox, Limits(), 5, TODAY, lambda *_: None))
    assert found["letter.txt"].outcome == "ignored"
    assert "still being written" in found["letter.txt"].reason
    assert files(inbox) == ["letter.txt"]
    assert rows(one_round(flow, inbox))["letter.txt"].outcome == "case"


def test_names_in_an_archive_lead_nowhere(flow: Flow, inbox: Path) -> None:
    with zipfile.ZipFile(inbox / "odd.zip", "w") as archive:
        archive.writestr("../../escaped.txt", note(*ANA))
    one_round(flow, inbox)
    assert not list(inbox.parent.parent.rglob("escaped.txt"))


def test_a_mailbox_is_worked_and_marked_once_its_messages_are_on_record(flow: Flow, desk: Desk) -> None:
    mail = EmailMessage()
    mail["Message-ID"], mail["Subject"] = "<2@clinic.example>", "denial"
    mail.set_content("Please see attached.")
    mail.add_attachment(letter(ANA[0], "CLM-1020", ANA[1]), filename="letter.txt")
    with Mailbox(bytes(mail), drops_after=0) as box:
        address = address_of(box.url, "secret")
        lost = work_mailbox(flow, address, Limits(), TODAY, lambda *_: None)
        assert lost.lost is not None
        assert not box.flags["11"]
        done = work_mailbox(flow, address, Limits(), TODAY, lambda *_: None)
        assert (done.lost, [row.outcome for row in done.files]) == (None, ["case"])
        assert box.flags["11"] == {"\\Seen"}
        again = work_mailbox(flow, address, Limits(), TODAY, lambda *_: None)
        assert again.files == []
        assert box.fetched == ["11"]
    assert len(desk.rows(TODAY)) == 1


def test_a_case_that_is_reopened_with_nothing_new_is_there_to_be_reviewed(flow: Flow, desk: Desk, inbox: Path) -> None:
    put(inbox, letter_dot_txt=letter(ANA[0], "CLM-1021", ANA[1]))
    one_round(flow, inbox)
    (row,) = desk.rows(TODAY)
    desk.close(row.case, "kim", "withdrawn")
    desk.reopen(row.case, "kim", "not withdrawn after all")
    one_round(flow, inbox)
    after = desk.row(row.case, TODAY)
    assert (after.state, after.why) == ("needs_review", "not withdrawn after all")
    desk.approve(row.case, "kim", "the argument is added by hand")
