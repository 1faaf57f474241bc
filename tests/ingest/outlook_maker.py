"""Writes Outlook messages: the least of [MS-CFB] and [MS-OXMSG] that a reader needs."""

from __future__ import annotations

import struct
from collections.abc import Mapping
from dataclasses import dataclass, field

_FREE, _END, _FAT = 0xFFFFFFFF, 0xFFFFFFFE, 0xFFFFFFFD
_SECTOR, _MINI, _CUTOFF = 512, 64, 4096
Tree = Mapping[str, "bytes | Tree"]


def message(
    strings: Mapping[int, str | bytes] | None = None,
    binaries: Mapping[int, bytes] | None = None,
    attachments: tuple[Tree, ...] = (),
    numbers: Mapping[int, int] | None = None,
    header: int = 32,
) -> Tree:
    """The streams of a message: strings (Unicode, or bytes of a code page), binaries and fixed numbers by property."""
    tree: dict[str, bytes | Tree] = {}
    rows = b""
    for number, text in (strings or {}).items():
        kind, data = (0x1E, text) if isinstance(text, bytes) else (0x1F, text.encode("utf-16-le"))
        tree[f"__substg1.0_{number:04X}{kind:04X}"] = data
        rows += struct.pack("<HHIQ", kind, number, 6, len(data))
    for number, data in (binaries or {}).items():
        tree[f"__substg1.0_{number:04X}0102"] = data
        rows += struct.pack("<HHIQ", 0x102, number, 6, len(data))
    for number, value in (numbers or {}).items():
        rows += struct.pack("<HHIQ", 0x40 if value > 0xFFFFFFFF else 3, number, 6, value)
    for number, attachment in enumerate(attachments):
        tree[f"__attach_version1.0_#{number:08X}"] = attachment
    return {"__properties_version1.0": bytes(header) + rows, **tree}


def attachment(name: str, data: bytes | None = None, inner: Tree | None = None, cid: str = "") -> Tree:
    """The streams of an attachment: a file's bytes, or a message made with header=24."""
    binaries = {} if data is None else {0x3701: data}
    tree = message({0x3707: name, **({0x3712: cid} if cid else {})}, binaries, header=8)
    return tree if inner is None else {**tree, "__substg1.0_3701000D": inner}


@dataclass
class _File:
    sectors: list[bytes] = field(default_factory=list)
    fat: list[int] = field(default_factory=list)
    mini: bytearray = field(default_factory=bytearray)
    mini_fat: list[int] = field(default_factory=list)
    entries: list[bytes] = field(default_factory=list)

    def chain(self, data: bytes) -> int:
        """Store the bytes in sectors of their own; the first of them."""
        blocks = [data[i : i + _SECTOR].ljust(_SECTOR, b"\0") for i in range(0, len(data), _SECTOR)]
        first = len(self.sectors)
        self.sectors += blocks
        self.fat += [*range(first + 1, first + len(blocks)), _END][: len(blocks)]
        return first if blocks else _END

    def small(self, data: bytes) -> int:
        """Store the bytes in the stream of small streams."""
        count, first = -(-len(data) // _MINI), len(self.mini_fat)
        self.mini += data.ljust(count * _MINI, b"\0")
        self.mini_fat += [*range(first + 1, first + count), _END][:count]
        return first if count else _END

    def tree(self, tree: Tree) -> int:
        """Store a folder's entries, each the right neighbour of the one before; the first of them."""
        after = _FREE
        for name in sorted(tree, reverse=True):
            content = tree[name]
            if isinstance(content, bytes):
                start = self.chain(content) if len(content) >= _CUTOFF else self.small(content)
                entry = _entry(name, 2, after, _FREE, start, len(content))
            else:
                entry = _entry(name, 1, after, self.tree(content), 0, 0)
            self.entries.append(entry)
            after = len(self.entries)  # the root comes before them
        return after


def compound(tree: Tree) -> bytes:
    """The compound file that holds these streams and folders."""
    file = _File()
    child = file.tree(tree)
    mini = file.chain(bytes(file.mini))
    root = _entry("Root Entry", 5, _FREE, child, mini, len(file.mini))
    directory = file.chain(b"".join([root, *file.entries]))
    mini_fat = file.chain(struct.pack(f"<{len(file.mini_fat)}I", *file.mini_fat)) if file.mini_fat else _END
    count = 1
    while count * 128 < len(file.fat) + count:
        count += 1
    start = len(file.sectors)
    table = [*file.fat, *[_FAT] * count]
    table += [_FREE] * (count * 128 - len(table))
    places = [*range(start, start + count)] + [_FREE] * (109 - count)
    header = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(16) + struct.pack("<HHHHH6x", 62, 3, 0xFFFE, 9, 6)
    mini_count = -(-len(file.mini_fat) // 128)
    header += struct.pack("<9I", 0, count, directory, 0, _CUTOFF, mini_fat, mini_count, _END, 0)
    header += struct.pack("<109I", *places)
    return header + b"".join(file.sectors) + struct.pack(f"<{len(table)}I", *table)


def _entry(name: str, kind: int, right: int, child: int, start: int, size: int) -> bytes:
    raw = name.encode("utf-16-le")
    return struct.pack("<64sHBBIII16xI16xIQ", raw, len(raw) + 2, kind, 1, _FREE, right, child, 0, start, size)
