"""A mailbox as an inbox, played by a server on this machine."""

from email.message import EmailMessage
from pathlib import Path

import pytest

from pipeline.batch.mailbox import Address, address_of, fetch, mark
from pipeline.doctor import report
from pipeline.errors import AppealwrightError
from tests.loopback.imap import Mailbox


def mail(subject: str) -> bytes:
    message = EmailMessage()
    message["Subject"], message["Message-ID"] = subject, f"<{subject}@clinic.example>"
    message.set_content("Synthetic.")
    return bytes(message)


def at(box: Mailbox, moved_to: str = "") -> Address:
    return address_of(box.url, "secret", moved_to)


def test_messages_become_files_and_stay_unread_until_they_are_marked(tmp_path: Path) -> None:
    with Mailbox(mail("one"), mail("two")) as box:
        assert list(fetch(at(box), tmp_path, ())) == ["7-11.eml", "7-12.eml"]
        assert b"Subject: one" in (tmp_path / "7-11.eml").read_bytes()
        assert not any(box.flags.values())
        assert mark(at(box), ["7-11.eml"]) == 1
        assert box.flags == {"11": {"\\Seen"}, "12": set()}


def test_doctor_says_whether_a_mailbox_can_be_opened(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    monkeypatch.setenv("APPEALWRIGHT_DESK", str(tmp_path / "none"))
    with Mailbox(mail("one"), mail("two")) as box:
        for password, told in (("secret", "2 messages"), ("wrong", "APPEALWRIGHT_IMAP_PASSWORD")):
            monkeypatch.setenv("APPEALWRIGHT_IMAP_PASSWORD", password)
            report(box.url)
            assert told in capsys.readouterr().out
    assert not (tmp_path / "none").exists()


def test_what_is_known_is_not_fetched_again(tmp_path: Path) -> None:
    with Mailbox(mail("one"), mail("two")) as box:
        assert list(fetch(at(box), tmp_path, ["7-11.eml"])) == ["7-12.eml"]
        assert box.fetched == ["12"]


def test_a_folder_that_was_made_anew_has_other_messages_under_the_same_numbers(tmp_path: Path) -> None:
    with Mailbox(mail("one"), validity=8) as box:
        assert list(fetch(at(box), tmp_path, ["7-11.eml"])) == ["8-11.eml"]
        assert mark(at(box), ["7-11.eml"]) == 0


def test_messages_on_record_are_moved_where_a_folder_is_named(tmp_path: Path) -> None:
    with Mailbox(mail("one")) as box:
        list(fetch(at(box, "Worked"), tmp_path, ()))
        mark(at(box, "Worked"), ["7-11.eml"])
        assert box.folders == {"Worked": ["11"]}


def test_a_connection_that_drops_loses_nothing(tmp_path: Path) -> None:
    with Mailbox(mail("one"), mail("two"), drops_after=1) as box:
        with pytest.raises(AppealwrightError, match="mailbox"):
            list(fetch(at(box), tmp_path, ()))
        assert (tmp_path / "7-11.eml").exists()
        assert list(fetch(at(box), tmp_path, ())) == ["7-12.eml"]
        assert box.fetched == ["11", "12"]


def test_a_wrong_password_is_said_without_it(tmp_path: Path) -> None:
    with Mailbox(mail("one")) as box:
        with pytest.raises(AppealwrightError) as caught:
            list(fetch(address_of(box.url, "hunter2"), tmp_path, ()))
        assert "hunter2" not in str(caught.value)
        assert "APPEALWRIGHT_IMAP_PASSWORD" in caught.value.failure.advice


@pytest.mark.parametrize(
    "url", ["imap://kim@mail.example/", "imaps://mail.example/", "imaps://kim:secret@mail.example/"]
)
def test_an_address_that_would_give_the_password_away_is_refused(url: str) -> None:
    with pytest.raises(ValueError, match=r"imaps|IMAP"):
        address_of(url, "secret")


def test_an_address_names_its_folder() -> None:
    found = address_of("imaps://kim%40clinic.example@mail.example/Fax%2FDenials", "secret")
    assert (found.user, found.port, found.folder) == ("kim@clinic.example", 993, "Fax/Denials")
    assert "kim" not in found.spool
