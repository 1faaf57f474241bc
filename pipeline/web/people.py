"""Who may sign in at the desk, what each may do there, and the sessions and tokens that show who asks.

A session ends after 30 minutes without a request, and 12 hours after it began: what OWASP's ASVS 4.0.3 (3.3.2, level 2)
and NIST SP 800-63B (AAL2) ask.
"""

from __future__ import annotations

import contextlib
import hashlib
import re
import secrets
import threading
import time
import unicodedata
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from typing import Any, Final

import sqlalchemy as sa
from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from pipeline.batch import audit
from pipeline.batch.register import SESSIONS, USERS, Register
from pipeline.errors import AppealwrightError
from schemas.case import Category

SHORTEST_PASSWORD: Final = 12
IDLE: Final = 30 * 60.0  # seconds
WHOLE: Final = 12 * 3600.0
TOKEN: Final = 365 * 86400.0
_SEEN_EVERY: Final = 60.0  # that a session is in use is written this often, not with every picture of a page
_NAME: Final = re.compile(r"[a-z0-9][a-z0-9._@+-]{0,99}")
_ARGON: Final = PasswordHasher()
_HASHING: Final = threading.BoundedSemaphore(2)  # each takes 64 MB
_PLACE: Final = "the users"


class Role(StrEnum):
    """What a user may do: look, decide on cases, or also see to the desk. Each may do what the one before may."""

    VIEWER = "viewer"
    REVIEWER = "reviewer"
    ADMIN = "admin"

    def may(self, what: Role) -> bool:
        """Whether this role may do what another may."""
        roles = list(Role)
        return roles.index(self) >= roles.index(what)


@dataclass(frozen=True, slots=True)
class User:
    """Someone who may sign in; without a password, through the identity provider."""

    name: str
    role: Role
    has_password: bool = False


@dataclass(frozen=True, slots=True)
class Session:
    """What one who has signed in, or a script with a token, may do."""

    user: User
    csrf: str

    @property
    def is_script(self) -> bool:
        """A script sends its token itself with each request; a browser sends its cookie unasked."""
        return not self.csrf


@dataclass(frozen=True, slots=True)
class Entered:
    """A session just begun: the secret that the browser keeps, and what its changes must carry."""

    secret: str
    csrf: str


class People:
    """The users of a desk and their sessions. Names are written in lower case.

    AppealwrightError (not found, refused) where there is no user of a name, there is one already, or a name or a
    password is not fit; (output) where the register cannot be used.
    """

    def __init__(self, register: Register, clock: Callable[[], float] = time.time) -> None:
        self._register = register
        self._clock = clock

    # Users.

    def users(self) -> list[User]:
        """All users, by name."""
        with self._register.look() as do:
            return [_user(row) for row in do.execute(sa.select(USERS).order_by(USERS.c.name))]

    def tokens(self, name: str) -> list[str]:
        """What the tokens of a user are for, the oldest first."""
        query = sa.select(SESSIONS.c.note).where(SESSIONS.c.user == name.lower(), SESSIONS.c.csrf == "")
        with self._register.look() as do:
            return list(do.execute(query.order_by(SESSIONS.c.made)).scalars())

    def machine(self) -> User | None:
        """The user of this machine, who may do everything as long as no users were added; None afterwards."""
        with self._register.look() as do:
            return _machine() if _nobody_added(do) else None

    def add(self, name: str, role: Role, password: str | None, by: str) -> User:
        """Let someone sign in: with a password, or with none, through the identity provider.

        With the first user the sessions of the machine's own user end.
        """
        name = _fit(name)
        hashed = "" if password is None else _hashed(password)
        with self._register.change() as do:
            if _row(do, name) is not None:
                raise AppealwrightError(Category.REFUSED, _PLACE, "there is one of that name", _ADVICE)
            if _nobody_added(do):
                do.execute(sa.delete(SESSIONS))
            do.execute(sa.insert(USERS).values(name=name, role=role.value, password=hashed, at=audit.now()))
            audit.enter(do, what="user_added", subject=name, why=role.value, who=by)
        return User(name, role, password is not None)

    def remove(self, name: str, by: str) -> None:
        """Let someone sign in no more; their sessions and tokens end at once."""
        with self._changed(name, "user_removed", "", by) as do:
            do.execute(sa.delete(USERS).where(USERS.c.name == name.lower()))

    def set_role(self, name: str, role: Role, by: str) -> None:
        """Let someone do more, or less; their sessions and tokens end at once."""
        with self._changed(name, "role_set", role.value, by) as do:
            do.execute(sa.update(USERS).where(USERS.c.name == name.lower()).values(role=role.value))

    def set_password(self, name: str, password: str | None, by: str) -> None:
        """Give a user another password, or none; their sessions and tokens end at once."""
        hashed = "" if password is None else _hashed(password)
        with self._changed(name, "password_set" if hashed else "password_removed", "", by) as do:
            do.execute(sa.update(USERS).where(USERS.c.name == name.lower()).values(password=hashed))

    def end_all(self, name: str, by: str) -> None:
        """End every session and token of a user."""
        with self._changed(name, "sessions_ended", "", by):
            pass

    # Signing in.

    def check(self, name: str, password: str, whence: str = "") -> User | None:
        """The user whose name and password these are; None, after as long a time, where they are nobody's."""
        with self._register.look() as do:
            row = _row(do, name.lower())
        kept = row.password if row is not None else ""
        right = _matches(kept or _of_nobody(), password)
        if row is None or not kept or not right:
            self._enter_failure(row.name if row is not None else "", whence)
            return None
        if _ARGON.check_needs_rehash(kept):
            again = sa.update(USERS).where(USERS.c.name == row.name, USERS.c.password == kept)
            with self._register.change() as do:
                do.execute(again.values(password=_hash(password)))
        return _user(row)

    def admit(self, name: str, whence: str = "") -> User | None:
        """The user whom the identity provider names; None where nobody of that name was added without a password."""
        with self._register.look() as do:
            row = _row(do, name.lower())
        if row is None or row.password:
            self._enter_failure(row.name if row is not None else "", whence)
            return None
        return _user(row)

    def enter(self, user: User, whence: str = "") -> Entered:
        """Begin a session."""
        entered, now = Entered(secrets.token_urlsafe(32), secrets.token_urlsafe(32)), self._clock()
        with self._register.change() as do:
            do.execute(sa.delete(SESSIONS).where(SESSIONS.c.csrf != "", SESSIONS.c.made < now - WHOLE))
            _open(do, entered.secret, user.name, now, csrf=entered.csrf)
            audit.enter(do, what="signed_in", subject=user.name, why=whence, who=user.name)
        return entered

    def token(self, name: str, note: str, by: str) -> str:
        """A secret with which a script may do what a user may, for a year."""
        secret, now = secrets.token_urlsafe(32), self._clock()
        with self._register.change() as do:
            user = _found(do, name).name
            _open(do, secret, user, now, note=note)
            audit.enter(do, what="token_made", subject=user, why=note, who=by)
        return secret

    def session(self, secret: str) -> Session | None:
        """Whose secret this is; None where its session or token has ended, or there never was one."""
        now = self._clock()
        query = sa.select(SESSIONS, USERS.c.role, USERS.c.password).outerjoin(USERS, USERS.c.name == SESSIONS.c.user)
        with self._register.look() as do:
            row = do.execute(query.where(SESSIONS.c.hash == _digest(secret))).first()
            if row is None or (row.role is None and not _nobody_added(do)):
                return None
        if _is_over(row, now):
            return None
        if now - row.seen >= _SEEN_EVERY:
            with self._register.change() as do:
                do.execute(sa.update(SESSIONS).where(SESSIONS.c.hash == row.hash).values(seen=now))
        user = _machine() if row.role is None else User(row.user, Role(row.role), bool(row.password))
        return Session(user, row.csrf)

    def leave(self, secret: str) -> None:
        """End a session, if it has not ended."""
        with self._register.change() as do:
            of_secret = SESSIONS.c.hash == _digest(secret)
            user = do.execute(sa.select(SESSIONS.c.user).where(of_secret)).scalar()
            if user is not None:
                do.execute(sa.delete(SESSIONS).where(of_secret))
                audit.enter(do, what="signed_out", subject=user, who=user)

    @contextlib.contextmanager
    def _changed(self, name: str, what: str, why: str, by: str) -> Iterator[sa.Connection]:
        """A change of a user, entered in the log, with which their sessions and tokens end."""
        with self._register.change() as do:
            user = _found(do, name).name
            yield do
            do.execute(sa.delete(SESSIONS).where(SESSIONS.c.user == user))
            audit.enter(do, what=what, subject=user, why=why, who=by)

    def _enter_failure(self, user: str, whence: str) -> None:
        """A name that is nobody's is not written down: it may be a password in the wrong field."""
        with self._register.change() as do:
            audit.enter(do, what="sign_in_failed", subject=user or "unknown", why=whence)


def _machine() -> User:
    return User(audit.person(), Role.ADMIN)


def _nobody_added(do: sa.Connection) -> bool:
    return do.execute(sa.select(USERS.c.name).limit(1)).first() is None


def _row(do: sa.Connection, name: str) -> sa.Row[Any] | None:
    return do.execute(sa.select(USERS).where(USERS.c.name == name)).first()


def _found(do: sa.Connection, name: str) -> sa.Row[Any]:
    row = _row(do, name.lower())
    if row is None:
        raise AppealwrightError(Category.NOT_FOUND, _PLACE, "there is none of that name", _ADVICE)
    return row


def _user(row: sa.Row[Any]) -> User:
    return User(row.name, Role(row.role), bool(row.password))


def _open(do: sa.Connection, secret: str, user: str, now: float, *, csrf: str = "", note: str = "") -> None:
    row = {"hash": _digest(secret), "user": user, "csrf": csrf, "made": now, "seen": now, "note": note}
    do.execute(sa.insert(SESSIONS).values(row))


def _is_over(row: sa.Row[Any], now: float) -> bool:
    """The machine's own user, who has no password to come back with, may be idle."""
    if not row.csrf:
        return bool(now - row.made >= TOKEN)
    return bool(now - row.made >= WHOLE or (row.role is not None and now - row.seen >= IDLE))


def _fit(name: str) -> str:
    name = name.lower()
    if not _NAME.fullmatch(name):
        message = "a name has letters, digits and . _ @ + - only, and begins with a letter or a digit"
        raise AppealwrightError(Category.REFUSED, _PLACE, message, "Choose another.")
    return name


def _hashed(password: str) -> str:
    if len(_typed(password)) < SHORTEST_PASSWORD:
        message = f"it has fewer than {SHORTEST_PASSWORD} characters"
        raise AppealwrightError(Category.REFUSED, "the password", message, "Choose a longer one: a few words will do.")
    return _hash(password)


def _hash(password: str) -> str:
    with _HASHING:
        return _ARGON.hash(_typed(password))


def _matches(kept: str, password: str) -> bool:
    try:
        with _HASHING:
            return _ARGON.verify(kept, _typed(password))
    except (VerificationError, InvalidHashError):
        return False


def _typed(password: str) -> str:
    """The same from every keyboard: an accent may come as one character or as two."""
    return unicodedata.normalize("NFC", password)


@cache
def _of_nobody() -> str:
    """What a password is held against where nobody has the name, so that it takes as long."""
    return _ARGON.hash(secrets.token_urlsafe(32))


def _digest(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()


_ADVICE: Final = "See `appealwright users list`."
