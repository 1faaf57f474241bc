"""Outlook's compressed RTF ([MS-OXRTFCP])."""

from __future__ import annotations

import struct
from typing import Final

_HEADER: Final = struct.Struct("<II4sI")  # packed size, size, kind, checksum
_BEFORE: Final = (  # MS-OXRTFCP 2.1.2.1: what the dictionary holds at the start
    b"{\\rtf1\\ansi\\mac\\deff0\\deftab720{\\fonttbl;}{\\f0\\fnil \\froman \\fswiss \\fmodern \\fscript \\fdecor "
    b"MS Sans SerifSymbolArialTimes New RomanCourier{\\colortbl\\red0\\green0\\blue0\r\n\\par "
    b"\\pard\\plain\\f0\\fs20\\b\\i\\u\\tab\\tx"
)
_WINDOW: Final = 4096


def decompress(data: bytes) -> bytes | None:
    """The RTF, as far as it goes, at most 17 times as long; null where the bytes are no compressed RTF."""
    if len(data) < _HEADER.size:
        return None
    _, size, kind, _ = _HEADER.unpack_from(data)
    if kind == b"MELA":  # not compressed at all
        return data[_HEADER.size : _HEADER.size + size]
    return _unpacked(data, size) if kind == b"LZFu" else None


def _unpacked(data: bytes, size: int) -> bytes:
    """Runs of eight tokens, each run after a byte that says which are literals and which references to the window."""
    out = bytearray(_BEFORE)
    at = _HEADER.size
    while at < len(data):
        control = data[at]
        at += 1
        for bit in range(8):
            if control >> bit & 1:
                if at + 2 > len(data):
                    return _cut(out, size)
                reference = data[at] << 8 | data[at + 1]
                at += 2
                # The window is a ring: an offset is the last place written that falls on it.
                back = (len(out) - (reference >> 4)) % _WINDOW
                if back == 0 or back > len(out):  # where writing goes on: the mark of the end
                    return _cut(out, size)
                for _ in range((reference & 15) + 2):
                    out.append(out[-back])
            elif at < len(data):
                out.append(data[at])
                at += 1
    return _cut(out, size)


def _cut(out: bytearray, size: int) -> bytes:
    return bytes(out[len(_BEFORE) : len(_BEFORE) + size])
