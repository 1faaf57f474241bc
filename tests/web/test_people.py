"""Who may sign in, for how long, and what is written down of it."""

from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa
from argon2 import PasswordHasher
from typer.testing import CliRunner, Result

from pipeline.batch import audit
from pipeline.batch.desk import Desk
from pipeline.batch.register import SESSIONS, USERS, Register, sqlite_url
from pipeline.cli import app
from pipeline.errors import AppealwrightError
from pipeline.settings import Settings
from pipeline.web import people as held
from pipeline.web.people import IDLE, TOKEN, WHOLE, People, Role, User

PASSWORD = "seven green teapots"
MACHINE = User(audit.person(), Role.ADMIN)


class Clock:
    """Time that passes when it is told to."""

    def __init__(self) -> None:
        self.now = 1_000_000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def register(tmp_path: Path) -> Iterator[Register]:
    made = Register(sqlite_url(tmp_path / "desk.sqlite"))
    yield made
    made.close()


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def people(register: Register, clock: Clock) -> People:
    return People(register, clock)


def events(register: Register) -> list[tuple[str, str, str]]:
    return [(entry.what, entry.subject, entry.who) for entry in audit.entries(register)]


def test_each_role_may_do_what_the_one_before_may() -> None:
    may = {role: [what for what in Role if role.may(what)] for role in Role}
    assert [len(may[role]) for role in (Role.VIEWER, Role.REVIEWER, Role.ADMIN)] == [1, 2, 3]


def test_a_user_is_known_by_name_and_password_alone(people: People) -> None:
    kim = people.add("Kim", Role.REVIEWER, PASSWORD, by="root")
    assert people.check("kim", PASSWORD) == people.check("KIM", PASSWORD) == kim
    assert people.check("kim", PASSWORD.upper()) is None
    assert people.check("lee", PASSWORD) is None
    assert people.check("kim", "") is None


def test_a_password_is_the_same_however_its_accents_are_typed(people: People) -> None:
    people.add("kim", Role.VIEWER, "sept th\u00e9i\u00e8res vertes", by="root")
    assert people.check("kim", "sept the\u0301ie\u0300res vertes") is not None


def test_a_user_without_a_password_comes_from_the_identity_provider_and_nobody_else_does(people: People) -> None:
    people.add("kim@clinic.example", Role.VIEWER, None, by="root")
    people.add("lee", Role.ADMIN, PASSWORD, by="root")
    assert people.check("kim@clinic.example", "") is None
    assert people.admit("Kim@Clinic.example") == User("kim@clinic.example", Role.VIEWER)
    assert people.admit("lee") is None
    assert people.admit("max") is None


@pytest.mark.parametrize("name", ["", "a b", "kim\n", "-kim", "k\u0131m", "../kim", "k" * 101])
def test_a_name_that_could_be_mistaken_is_refused(people: People, name: str) -> None:
    with pytest.raises(AppealwrightError, match="letters, digits"):
        people.add(name, Role.VIEWER, None, by="root")


def test_a_short_password_is_refused(people: People) -> None:
    with pytest.raises(AppealwrightError, match="fewer than 12"):
        people.add("kim", Role.VIEWER, "elevenchars", by="root")


def test_a_name_is_one_users_and_what_is_asked_of_nobody_is_said(people: People) -> None:
    people.add("kim", Role.VIEWER, None, by="root")
    with pytest.raises(AppealwrightError, match="one of that name"):
        people.add("KIM", Role.ADMIN, None, by="root")
    with pytest.raises(AppealwrightError, match="none of that name"):
        people.set_role("lee", Role.ADMIN, by="root")


def test_a_password_of_an_older_making_is_made_anew_at_sign_in(people: People, register: Register) -> None:
    people.add("kim", Role.VIEWER, PASSWORD, by="root")
    weak = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1).hash(PASSWORD)
    with register.change() as do:
        do.execute(sa.update(USERS).values(password=weak))
    assert people.check("kim", PASSWORD) is not None
    with register.look() as do:
        assert do.execute(sa.select(USERS.c.password)).scalar_one() != weak
    assert people.check("kim", PASSWORD) is not None


def test_a_name_that_is_nobodys_costs_a_hash_too(people: People, monkeypatch: pytest.MonkeyPatch) -> None:
    held_against: list[str] = []
    monkeypatch.setattr(held, "_matches", lambda kept, _: bool(held_against.append(kept)))
    people.check("nobody", PASSWORD)
    assert held_against[0].startswith("$argon2id$")


def test_only_hashes_of_secrets_and_passwords_are_kept(people: People, register: Register, tmp_path: Path) -> None:
    kim = people.add("kim", Role.VIEWER, PASSWORD, by="root")
    told = [people.enter(kim).secret, people.token("kim", "nightly", by="root"), PASSWORD]
    register.close()
    kept = b"".join(path.read_bytes() for path in tmp_path.iterdir())
    assert not [secret for secret in told if secret.encode() in kept]


def test_a_session_ends_when_nobody_uses_it(people: People, clock: Clock) -> None:
    secret = people.enter(people.add("kim", Role.VIEWER, PASSWORD, by="root")).secret
    for _ in range(3):
        clock.now += IDLE - 1
        assert people.session(secret) is not None
    clock.now += IDLE
    assert people.session(secret) is None


def test_a_session_ends_after_a_day_of_work_however_much_it_is_used(people: People, clock: Clock) -> None:
    secret = people.enter(people.add("kim", Role.VIEWER, PASSWORD, by="root")).secret
    for _ in range(int(WHOLE // 1000)):
        clock.now += 1000
        assert people.session(secret) is not None
    clock.now += WHOLE % 1000
    assert people.session(secret) is None


def test_that_a_session_is_in_use_is_not_written_with_every_request(
    people: People, clock: Clock, register: Register
) -> None:
    secret = people.enter(people.add("kim", Role.VIEWER, PASSWORD, by="root")).secret
    began = clock.now
    clock.now += 59
    people.session(secret)
    with register.look() as do:
        assert do.execute(sa.select(SESSIONS.c.seen)).scalar_one() == began


def test_who_has_left_is_out_and_nobody_else(people: People) -> None:
    kim = people.add("kim", Role.VIEWER, PASSWORD, by="root")
    one, other = people.enter(kim).secret, people.enter(kim).secret
    people.leave(one)
    people.leave("never was")
    assert people.session(one) is None
    assert people.session(other) is not None


@pytest.mark.parametrize("change", ["remove", "role", "password", "end"])
def test_a_change_of_a_user_ends_sessions_and_tokens(people: People, change: str) -> None:
    kim = people.add("kim", Role.VIEWER, PASSWORD, by="root")
    lee = people.enter(people.add("lee", Role.VIEWER, PASSWORD, by="root")).secret
    session, token = people.enter(kim).secret, people.token("kim", "nightly", by="root")
    changes = {
        "remove": lambda: people.remove("kim", by="root"),
        "role": lambda: people.set_role("kim", Role.ADMIN, by="root"),
        "password": lambda: people.set_password("kim", "another long one", by="root"),
        "end": lambda: people.end_all("kim", by="root"),
    }
    changes[change]()
    assert people.session(session) is people.session(token) is None
    assert people.session(lee) is not None


def test_a_token_is_a_scripts_for_a_year_and_is_told_by_what_it_is_for(people: People, clock: Clock) -> None:
    people.add("kim", Role.REVIEWER, None, by="root")
    secret = people.token("kim", "nightly", by="root")
    assert people.tokens("kim") == ["nightly"]
    clock.now += TOKEN - 1
    found = people.session(secret)
    assert found is not None
    assert (found.user.role, found.is_script) == (Role.REVIEWER, True)
    clock.now += 1
    assert people.session(secret) is None


def test_without_users_the_machines_own_may_do_everything_until_one_is_added(people: People, clock: Clock) -> None:
    assert people.machine() == MACHINE
    secret = people.enter(MACHINE).secret
    clock.now += 2 * IDLE
    found = people.session(secret)
    assert found is not None
    assert found.user == MACHINE
    people.add("kim", Role.VIEWER, None, by="root")
    assert people.machine() is people.session(secret) is None
    people.remove("kim", by="root")
    assert people.session(secret) is None


def test_all_of_it_is_in_the_log_but_no_name_that_is_nobodys(people: People, register: Register) -> None:
    kim = people.add("kim", Role.VIEWER, PASSWORD, by="root")
    people.check("kim", "wrong", "10.0.0.9")
    people.check("hunter2 typed in the wrong field", "x")
    people.leave(people.enter(kim).secret)
    people.set_role("kim", Role.ADMIN, by="root")
    people.set_password("kim", None, by="root")
    people.token("kim", "nightly", by="root")
    people.remove("kim", by="root")
    assert events(register) == [
        ("user_added", "kim", "root"),
        ("sign_in_failed", "kim", "appealwright"),
        ("sign_in_failed", "unknown", "appealwright"),
        ("signed_in", "kim", "kim"),
        ("signed_out", "kim", "kim"),
        ("role_set", "kim", "root"),
        ("password_removed", "kim", "root"),
        ("token_made", "kim", "root"),
        ("user_removed", "kim", "root"),
    ]
    assert [entry.why for entry in audit.entries(register, "kim")][:2] == ["viewer", "10.0.0.9"]
    assert "hunter2" not in "".join(str(entry) for entry in audit.entries(register))


def said(*words: str, given: str = "") -> Result:
    return CliRunner().invoke(app, ["users", *words], input=given)


def test_users_are_kept_from_the_command_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("APPEALWRIGHT_DESK", str(tmp_path))
    assert said("add", "kim", "--role", "reviewer", "--password-stdin", given=f"{PASSWORD}\n").exit_code == 0
    typed = said("add", "lee", given=f"{PASSWORD}\n{PASSWORD}\n")
    assert typed.exit_code == 0
    assert PASSWORD not in typed.output
    assert said("add", "max@clinic.example", "--no-password", "--role", "admin").exit_code == 0
    secret = said("token", "kim", "--note", "nightly").stdout.strip()
    lines = [line.split() for line in said("list").stdout.splitlines()]
    assert lines == [
        ["kim", "reviewer", "password", "nightly"],
        ["lee", "viewer", "password"],
        ["max@clinic.example", "admin", "identity", "provider"],
    ]
    desk = Desk(Settings())
    people = People(desk.register)
    assert people.check("kim", PASSWORD) is not None
    assert people.session(secret) is not None

    assert said("end", "kim").exit_code == 0
    assert people.session(secret) is None
    assert said("role", "kim", "viewer").exit_code == 0
    assert said("password", "kim", "--password-stdin", given="another long one\n").exit_code == 0
    assert people.check("kim", "another long one") == User("kim", Role.VIEWER, has_password=True)
    assert said("remove", "lee").exit_code == 0
    assert [user.name for user in people.users()] == ["kim", "max@clinic.example"]
    desk.close_down()


def test_what_cannot_be_is_wrong_usage_on_the_command_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("APPEALWRIGHT_DESK", str(tmp_path))
    assert said("add", "kim", "--role", "king", "--no-password").exit_code == 2
    assert said("add", "kim", "--password-stdin", "--no-password").exit_code == 2
    assert said("remove", "kim").exception.failure.category == "not_found"  # type: ignore[union-attr]
