"""Files that cannot or must not be worked, and what systems leave beside files."""

import random
import struct
import zipfile
import zlib
from collections.abc import Callable
from functools import cache
from io import BytesIO

from reportlab.lib.pdfencrypt import StandardEncryption
from reportlab.pdfgen.canvas import Canvas

from benchmarks.inbox_files.papers import SYNTHETIC
from benchmarks.inbox_files.typeset import zipped

_ABSURD = 60_000  # pixels each way
_BOMB = 64 << 20  # bytes unpacked, a thousand times the archive


def _truncated(sound: bytes, rng: random.Random) -> bytes:
    """A PDF whose transfer ended before the first page's words."""
    end = sound.index(b"stream")
    return sound[: rng.randint(end // 2, end)]


def _encrypted(_: bytes, rng: random.Random) -> bytes:
    out = BytesIO()
    lock = StandardEncryption(f"secret{rng.random()}", strength=40)
    canvas = Canvas(out, invariant=1, encrypt=lock)
    canvas.drawString(72, 700, SYNTHETIC)
    canvas.save()
    return out.getvalue()


@cache
def _zeros() -> bytes:
    return zipped([("statement.txt", bytes(_BOMB))])


def _bomb(_: bytes, rng: random.Random) -> bytes:
    """Small on disk, huge unpacked; the comment makes each one another."""
    out = BytesIO(_zeros())
    with zipfile.ZipFile(out, "a") as archive:
        archive.comment = f"{SYNTHETIC} {rng.random()}".encode()
    return out.getvalue()


def _nested_bomb(_: bytes, rng: random.Random) -> bytes:
    """Archives in archives, deeper than any sender packs."""
    data = f"{SYNTHETIC} {rng.random()}\n".encode()
    for depth in range(30):
        data = zipped([(f"{depth}.zip" if depth else "note.txt", data)])
    return data


def _traversal(_: bytes, rng: random.Random) -> bytes:
    """Names that lead out of the folder it is unpacked in."""
    words = f"{SYNTHETIC}\nescaped {rng.random()}\n".encode()
    names = ("../../escaped.txt", "/tmp/escaped.txt", "..\\..\\escaped.txt", "C:\\escaped.txt")
    return zipped([(name, words + name.encode()) for name in names])


def _program(_: bytes, rng: random.Random) -> bytes:
    head = b"MZ\x90\x00\x03\x00\x00\x00\x04\x00\x00\x00\xff\xff\x00\x00" + bytes(48)
    return head + f"This program cannot be run in DOS mode. {SYNTHETIC}\r\n$".encode() + rng.randbytes(3000)


def _absurd_png(_: bytes, rng: random.Random) -> bytes:
    """A sound head that promises an image of some gigabytes."""
    head = struct.pack(">IIBBBBB", _ABSURD, _ABSURD, 8, 2, 0, 0, 0)
    chunks = [(b"IHDR", head), (b"tEXt", f"Comment\0{SYNTHETIC} {rng.random()}".encode())]
    chunks += [(b"IDAT", zlib.compress(bytes(1 << 20))), (b"IEND", b"")]
    made = (
        struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data)) for kind, data in chunks
    )
    return b"\x89PNG\r\n\x1a\n" + b"".join(made)


def _absurd_tiff(_: bytes, rng: random.Random) -> bytes:
    """Sound to the last dot: white rows of one bit each in CCITT group 4."""
    rows = b"\xff" * (_ABSURD // 8) + b"\x00\x10\x01"
    words = f"{SYNTHETIC} {rng.random()}\0".encode()
    tags = {256: _ABSURD, 257: _ABSURD, 258: 1, 259: 4, 262: 0, 277: 1, 278: _ABSURD, 279: len(rows)}
    start = 8 + 2 + 12 * (len(tags) + 2) + 4
    entries = {tag: struct.pack("<HHII", tag, 4, 1, value) for tag, value in tags.items()}
    entries[270] = struct.pack("<HHII", 270, 2, len(words), start)
    entries[273] = struct.pack("<HHII", 273, 4, 1, start + len(words))
    listed = struct.pack("<H", len(entries)) + b"".join(entries[tag] for tag in sorted(entries)) + bytes(4)
    return b"II*\x00\x08\x00\x00\x00" + listed + words + rows


def _noise(_: bytes, rng: random.Random) -> bytes:
    return rng.randbytes(rng.randint(2000, 9000)) + SYNTHETIC.encode()


def _white(_: bytes, rng: random.Random) -> bytes:
    return b" \n" * rng.randint(1, 40)


def _cut_zip(_: bytes, rng: random.Random) -> bytes:
    """An archive whose transfer ended within its only member."""
    whole = zipped([("notes.txt", SYNTHETIC.encode() + rng.randbytes(4000))])
    return whole[: len(whole) // 2]


def _cut_word(_: bytes, rng: random.Random) -> bytes:
    whole = zipped([("[Content_Types].xml", SYNTHETIC.encode()), ("word/document.xml", rng.randbytes(4000))])
    return whole[: len(whole) - 300]


def _no_pages(_: bytes, rng: random.Random) -> bytes:
    words = f"%PDF-1.4\n% {SYNTHETIC} {rng.random()}\n1 0 obj\n<</Type/Catalog/Pages 2 0 R>>\nendobj\n"
    words += "2 0 obj\n<</Type/Pages/Kids[]/Count 0>>\nendobj\ntrailer\n<</Root 1 0 R>>\n%%EOF\n"
    return words.encode()


# Of each kind: its name, how it is made of a sound PDF, and the outcomes that are right.
KINDS: dict[str, tuple[str, Callable[[bytes, random.Random], bytes], tuple[str, ...]]] = {
    "truncated PDF": ("denial_part.pdf", _truncated, ("quarantined",)),
    "encrypted PDF": ("locked.pdf", _encrypted, ("quarantined",)),
    "PDF without pages": ("empty.pdf", _no_pages, ("quarantined",)),
    "no bytes": ("scan.tif", lambda _, __: b"", ("quarantined", "duplicate")),
    "white space": ("note.txt", _white, ("quarantined", "duplicate")),
    "random bytes": ("fax.tif", _noise, ("quarantined",)),
    "program named PDF": ("statement.pdf", _program, ("quarantined",)),
    "zip bomb": ("records.zip", _bomb, ("quarantined",)),
    "archives in archives": ("all records.zip", _nested_bomb, ("quarantined",)),
    "paths out of a zip": ("export.zip", _traversal, ("quarantined", "unassigned")),
    "truncated zip": ("chart.zip", _cut_zip, ("quarantined",)),
    "truncated Word file": ("visit.docx", _cut_word, ("quarantined",)),
    "absurd PNG": ("photo.png", _absurd_png, ("quarantined",)),
    "absurd TIFF": ("scan.tiff", _absurd_tiff, ("quarantined",)),
}

LITTER: dict[str, bytes] = {
    ".DS_Store": b"\x00\x00\x00\x01Bud1\x00\x00\x10\x00" + SYNTHETIC.encode(),
    "Thumbs.db": b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + SYNTHETIC.encode(),
    "~$lock.docx": b"\x0bFront Desk" + SYNTHETIC.encode(),
    ".hidden.pdf": b"%PDF-1.4\n% " + SYNTHETIC.encode(),
    "desktop.ini": b"[.ShellClassInfo]\r\n; " + SYNTHETIC.encode(),
    "._denial.pdf": b"\x00\x05\x16\x07\x00\x02\x00\x00Mac OS X        " + SYNTHETIC.encode(),
}
