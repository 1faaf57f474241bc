"""Zip archives: their members, and of a damaged one those that can still be had."""

from __future__ import annotations

import io
import stat
import struct
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from pipeline.errors import AppealwrightError
from pipeline.ingest.mail.members import Member, Room, is_litter, label, lost, told_apart
from schemas.case import Category

STARTS: Final = (b"PK\x03\x04", b"PK\x05\x06", b"PK\x07\x08PK\x03\x04")

_LOCAL: Final = struct.Struct("<4s5H3I2H")  # APPNOTE 4.3.7: the header before each member's bytes
_LOCAL_SIGN, _CENTRAL_SIGN, _DESCRIPTOR_SIGN = b"PK\x03\x04", b"PK\x01\x02", b"PK\x07\x08"
_STORED, _DEFLATED = 0, 8
_LOCKED, _SIZED_LATER, _UTF8 = 1, 8, 0x800  # general purpose flags, APPNOTE 4.4.4
_OFFICE: Final = frozenset({"[Content_Types].xml", "mimetype"})  # OOXML; ODF and EPUB
_MOST_ENTRIES: Final = 100_000  # each costs a kilobyte of memory before any limit is asked
_BLOCK: Final = 1 << 16
_DAMAGED: Final = "the archive is damaged or cut short"
_SPOILT: Final = "it is damaged or cut short in its archive"


@dataclass(frozen=True, slots=True)
class _Entry:
    """A member as its header states it; `start` and `end` are where its packed bytes lie.

    `crc` is null where it stands behind the bytes.
    """

    name: str
    flags: int
    method: int
    crc: int | None
    start: int
    end: int
    mode: int = 0


def zip_members(place: str, data: bytes) -> tuple[Member, ...] | None:
    """What the archive holds, in its order; null for an Office file. AppealwrightError where that is nothing."""
    if max(data.count(_CENTRAL_SIGN), data.count(_LOCAL_SIGN)) > _MOST_ENTRIES:
        raise AppealwrightError(Category.TOO_LARGE, place, f"the archive has more than {_MOST_ENTRIES} entries")
    entries = _listed(data)
    whole = entries is not None
    if entries is None:
        entries = list(_found(data))
    if not whole and not entries:
        raise AppealwrightError(Category.UNREADABLE, place, _DAMAGED)
    if not _OFFICE.isdisjoint(entry.name for entry in entries):
        return None
    kept = [entry for entry in entries if not entry.name.endswith("/") and not is_litter(label(entry.name))]
    if whole and not kept:
        raise AppealwrightError(Category.EMPTY, place, "the archive holds no file")
    names = told_apart(f"{place}/{label(entry.name) or 'unnamed'}" for entry in kept)
    members = [_member(name, data, entry) for name, entry in zip(names, kept, strict=True)]
    if not whole:
        members.append(lost(place, Category.UNREADABLE, f"{_DAMAGED}; what is there was read"))
    return tuple(members)


def _listed(data: bytes) -> list[_Entry] | None:
    """The entries of the directory at the archive's end; null where that is gone."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            return [_of_directory(data, info) for info in archive.infolist()]
    except (zipfile.BadZipFile, NotImplementedError, ValueError, OSError, struct.error, EOFError, IndexError):
        return None


def _of_directory(data: bytes, info: zipfile.ZipInfo) -> _Entry:
    """ValueError or struct.error where no member lies where the directory says."""
    if info.header_offset < 0:
        raise ValueError("before the archive's start")
    sign, *_, name_length, extra_length = _LOCAL.unpack_from(data, info.header_offset)
    if sign != _LOCAL_SIGN:
        raise ValueError("no member lies there")
    start = info.header_offset + _LOCAL.size + name_length + extra_length
    return _Entry(
        name=_name(info.orig_filename.encode("utf-8" if info.flag_bits & _UTF8 else "cp437", "replace")),
        flags=info.flag_bits,
        method=info.compress_type,
        crc=info.CRC,
        start=start,
        end=start + info.compress_size,
        mode=info.external_attr >> 16,
    )


def _found(data: bytes) -> Iterator[_Entry]:
    """The members found one after the other, without the directory."""
    at = data.find(_LOCAL_SIGN)
    while 0 <= at <= len(data) - _LOCAL.size:
        _, _, flags, method, _, _, crc, packed, _, name_length, extra_length = _LOCAL.unpack_from(data, at)
        name = data[at + _LOCAL.size : at + _LOCAL.size + name_length]
        start = at + _LOCAL.size + name_length + extra_length
        later = bool(flags & _SIZED_LATER) or packed == 0xFFFFFFFF
        at = data.find(_LOCAL_SIGN, start if later else start + packed)
        end = (at if at >= 0 else len(data)) if later else start + packed
        yield _Entry(_name(name), flags, method, None if later else crc, start, end)


def _name(raw: bytes) -> str:
    """UTF-8 where it is that, flag or no flag: macOS sets none."""
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError:
        return raw.decode("cp437")


def _member(name: str, data: bytes, entry: _Entry) -> Member:
    if entry.flags & _LOCKED:
        return lost(name, Category.ENCRYPTED, "it is locked with a password in its archive")
    if entry.method not in (_STORED, _DEFLATED):
        return lost(name, Category.UNSUPPORTED, f"it is packed by method {entry.method}; we unpack stored and deflated")
    if stat.S_ISLNK(entry.mode):
        return lost(name, Category.UNSUPPORTED, "it is a link, and no file")

    def unpack(room: Room) -> bytes:
        packed = memoryview(data)[entry.start : entry.end]
        if entry.method == _DEFLATED:
            return _inflated(name, packed, entry.crc, room)
        room.take(name, len(packed), len(packed), len(packed))
        if zlib.crc32(packed) != entry.crc:
            raise AppealwrightError(Category.UNREADABLE, name, _SPOILT)
        return bytes(packed)

    return Member(name, unpack)


def _inflated(name: str, packed: memoryview, crc: int | None, room: Room) -> bytes:
    """The bytes, counted as they come: what a header says of their number may be a lie."""
    inflater, out, at = zlib.decompressobj(-zlib.MAX_WBITS), bytearray(), 0
    rest = b""
    try:
        while not inflater.eof and (rest or at < len(packed)):
            if not rest:
                rest, at = bytes(packed[at : at + _BLOCK]), at + _BLOCK
            block = inflater.decompress(rest, 4 * _BLOCK)
            rest = inflater.unconsumed_tail
            out += block
            room.take(name, len(block), len(out), len(packed))
    except zlib.error as error:
        raise AppealwrightError(Category.UNREADABLE, name, _SPOILT) from error
    if crc is None:
        crc = _crc_after(inflater.unused_data + packed[at : at + 8])
    if not inflater.eof or zlib.crc32(out) != crc:
        raise AppealwrightError(Category.UNREADABLE, name, _SPOILT)
    return bytes(out)


def _crc_after(descriptor: bytes) -> int:
    """The checksum in the descriptor behind a member (APPNOTE 4.3.9), -1 where there is none."""
    descriptor = descriptor.removeprefix(_DESCRIPTOR_SIGN)
    return int.from_bytes(descriptor[:4], "little") if len(descriptor) >= 4 else -1
