"""Mail and archives, each replaced by what it holds, to any depth within the limits."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

from pipeline.errors import AppealwrightError
from pipeline.ingest.mail.container import may_hold, members_of
from pipeline.ingest.mail.mail import HEAD
from pipeline.ingest.mail.members import Member, Room
from pipeline.ingest.sources import Limits, SourceFile, read_bytes
from schemas.base import Frozen
from schemas.case import Category, Failure
from schemas.coverage import Warning


class Unpacked(Frozen):
    """The files to read, in order, containers replaced by their members.

    `failures` are of containers and members that cannot be had; a file given that cannot be had stays among `sources`,
    and reading it says why. `warnings` name containers that one file holds twice.
    """

    sources: tuple[SourceFile, ...]
    failures: tuple[Failure, ...] = ()
    warnings: tuple[Warning, ...] = ()


def unpack(source: SourceFile, limits: Limits) -> Unpacked:
    """What a mail, a mailbox or an archive (told by its bytes) holds; of any other file, itself. Nothing is written.

    Does not raise: what cannot be had is among the failures.
    """
    found = _Found(limits)
    found.add_given(source)
    return Unpacked(
        sources=tuple(found.sources.values()), failures=tuple(found.failures), warnings=tuple(found.warnings)
    )


def merged(parts: Sequence[Unpacked]) -> Unpacked:
    """All of them in order; the same bytes anywhere are one source with `copies`."""
    sources: dict[str, SourceFile] = {}
    for source in (source for part in parts for source in part.sources):
        _keep(sources, source)
    return Unpacked(
        sources=tuple(sources.values()),
        failures=tuple(failure for part in parts for failure in part.failures),
        warnings=tuple(warning for part in parts for warning in part.warnings),
    )


def _keep(sources: dict[str, SourceFile], source: SourceFile) -> None:
    """Add a file to read by the hash of its bytes; one whose bytes could not be had is like no other."""
    key = source.sha256 or source.name
    first = sources.get(key)
    if first is None:
        sources[key] = source
    else:
        sources[key] = first.model_copy(update={"copies": (*first.copies, source.name, *source.copies)})


class _FullError(Exception):
    """One file given holds more than the limits allow; the rest of it is left."""


class _Found:
    """What has been found so far, each by the hash of its bytes."""

    def __init__(self, limits: Limits) -> None:
        self.sources: dict[str, SourceFile] = {}
        self.failures: list[Failure] = []
        self.warnings: list[Warning] = []
        self._limits = limits
        self._containers: dict[str, str] = {}
        self._room = Room(0, 0, 0)
        self._members = 0

    def add_given(self, source: SourceFile) -> None:
        """Add a file given, or what it holds."""
        limits = self._limits
        self._room = Room(limits.max_unpacked_bytes, limits.max_file_bytes, limits.max_ratio)
        self._members = limits.max_members
        data = _worth_a_look(source, limits)
        try:
            if data is None:
                _keep(self.sources, source)
            else:
                self._open(source, data)
        except _FullError:
            message = "it holds more than the limits allow; the rest was not read"
            message += " (APPEALWRIGHT_MAX_MEMBERS, APPEALWRIGHT_MAX_UNPACKED_MB)"
            self.failures.append(AppealwrightError(Category.TOO_LARGE, source.name, message).failure)

    def _open(self, source: SourceFile, data: bytes) -> None:
        """Add what the source holds, or the source itself where it holds nothing."""
        if source.sha256 in self._containers:
            self._warn_of_copy(source.name, self._containers[source.sha256])
            return
        try:
            members = members_of(source.name, data)
            if members is not None and len(source.inside) >= self._limits.max_nesting:
                message = f"more than {self._limits.max_nesting} mails or archives one in another"
                raise AppealwrightError(Category.TOO_LARGE, source.name, f"{message} (APPEALWRIGHT_MAX_NESTING)")
        except AppealwrightError as error:
            self.failures.append(error.failure)
            return
        if members is None:
            _keep(self.sources, source)
            return
        self._containers[source.sha256] = source.name
        for copy in source.copies:
            self._warn_of_copy(copy, source.name)
        for number, member in enumerate(members):
            self._add_member(source, number, member)

    def _add_member(self, container: SourceFile, number: int, member: Member) -> None:
        if self._members == 0:
            raise _FullError
        self._members -= 1
        try:
            data = member.read(self._room)
        except AppealwrightError as error:
            self.failures.append(error.failure)
            if self._room.left <= 0:
                raise _FullError from error
            return
        source = SourceFile(
            path=container.path,
            name=member.name,
            sha256=hashlib.sha256(data).hexdigest(),
            size=len(data),
            inside=(*container.inside, number),
        )
        if member.own:
            _keep(self.sources, source)
        else:
            self._open(source, data)

    def _warn_of_copy(self, copy: str, name: str) -> None:
        message = f"{copy} is the same file as {name}. It was read once."
        self.warnings.append(Warning(code="duplicate_file", message=message))


def _worth_a_look(source: SourceFile, limits: Limits) -> bytes | None:
    """The bytes of a file that may be a container; null for any other, and where they cannot be had."""
    try:
        with source.path.open("rb") as file:
            head = file.read(HEAD)
        return read_bytes(source, limits) if may_hold(head) else None
    except (OSError, AppealwrightError):  # reading the file will say why
        return None
