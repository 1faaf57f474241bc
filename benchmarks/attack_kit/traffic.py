"""Attempts by the way of asking: other names, other methods, two requests in one, too much, too slowly, and bombs."""

import io
import socket
import time
import zipfile
from collections.abc import Iterator, Mapping
from typing import Final

import httpx2

from benchmarks.attack_kit.attempt import attempt
from benchmarks.attack_kit.target import PAGE, Target, hold, refused, told

_MB: Final = 1_000_000
_BOMB: Final = 600 * _MB  # more than a file may unpack to
_PART: Final = b'--x\r\nContent-Disposition: form-data; name="letter"; filename="a.docx"\r\n\r\n'
_KINDS: Final = {"edited": "multipart/form-data; boundary=x", "search": "application/json"}
_FORM: Final = "application/x-www-form-urlencoded"
_MARK: Final = "root:x:0:0"


@attempt("Host", "the desk called by other names (host header, DNS rebinding), and redirects built from them")
def other_names(target: Target) -> str:
    """A name of the attacker's that leads here."""
    names = ("evil.example", "localhost.evil.example", "127.0.0.1.evil.example", "0.0.0.0", "10.0.0.1", "", "[::2]")
    names += ("evil.example:80", "127.0.0.1@evil.example", "evil.example#127.0.0.1", "evil.example/127.0.0.1")
    for name in names:
        status, answer = told(target.raw(f"GET /login HTTP/1.1\r\nHost: {name}\r\nConnection: close\r\n\r\n".encode()))
        hold(status == 400, f"{name} was answered {status}")
        hold(b"location:" not in answer.lower(), f"{name} leads elsewhere")
    for extra in ("X-Forwarded-Host: evil.example", "X-Forwarded-For: 1.2.3.4", "Forwarded: host=evil.example"):
        status, answer = target.get("/cases", extra, "Accept: text/html")
        hold(status == 303 and b"evil.example" not in answer, f"{extra} was believed")
    for hosts in ("Host: evil.example", f"Host: 127.0.0.1:{target.port}"):
        status, _ = target.get("/login", hosts)
        hold(status == 400, "two names were taken")
    return f"{len(names) + 2} names: 400; forwarding headers are not believed"


@attempt("Methods", "TRACE, CONNECT, PUT, DELETE, PROPFIND and one that is none, on pages and API")
def methods(target: Target) -> str:
    """A method that nothing is meant for."""
    bearer, statuses = f"Authorization: Bearer {target.tokens['ana']}", []
    for method in ("TRACE", "CONNECT", "PUT", "DELETE", "PATCH", "PROPFIND", "JUNK"):
        for path in ("/cases", "/login", "/api/worklist", f"/api/cases/{target.case}", "/static/style.css"):
            status, answer = target.get(path, bearer, method=method)
            hold(status in (400, 404, 405, 501), f"{method} {path} was answered {status}")
            hold(target.tokens["ana"].encode() not in answer, f"{method} sends headers back")
            statuses.append(status)
    return ", ".join(f"{one} ({statuses.count(one)})" for one in sorted(set(statuses)))


@attempt(
    "Requests", "one request read as two (smuggling): lengths that differ, a length and chunks, odd chunks, bare CR"
)
def smuggling(target: Target) -> str:
    """What a server in front would read otherwise."""
    inner = "GET /static/icon.svg HTTP/1.1\r\nHost: localhost\r\n\r\n"
    heads = (
        f"Content-Length: 0\r\nContent-Length: {len(inner)}",
        f"Content-Length: {len(inner)}\r\nTransfer-Encoding: chunked",
        "Transfer-Encoding: chunked\r\nContent-Length: 5",
        "Transfer-Encoding: chunked\r\nTransfer-Encoding: identity",
        "Transfer-Encoding: xchunked",
        "Transfer-Encoding: chunked, identity",
        "Transfer-Encoding : chunked",
        "Transfer-Encoding:\x0bchunked",
        f"Content-Length: +{len(inner)}",
        "Content-Length: 0x5",
        "Content-Length: -1",
        "Content-Length: 1 1",
        "X: a\rContent-Length: 5",
    )
    for head in heads:
        sent = f"POST /login HTTP/1.1\r\nHost: localhost\r\n{head}\r\n\r\n0\r\n\r\n{inner}"
        answer = target.raw(sent.encode("latin-1"), 2)
        hold(b"<svg" not in answer, f"the second was answered: {head!r}")
        hold(answer.count(b"HTTP/1.1 ") <= 1, f"two answers: {head!r}")
    return f"{len(heads)} tried: one answer at most, never one to the second"


@attempt("Size", "bodies of 2 MB on 4 addresses, announced and in chunks; an edited letter of 21 MB; a piece of 10 MB")
def oversized(target: Target) -> str:
    """More than any of them takes."""
    tried = 0
    with target.script("ana") as ana, target.nobody() as nobody:
        paths = ("/login", "/worklist", f"/api/cases/{target.case}/search", "/api/uploads")
        sized = [(ana, "POST", path, 2 * _MB) for path in paths] + [(nobody, "POST", "/login", 2 * _MB)]
        sized.append((ana, "POST", f"/api/cases/{target.case}/edited", 21 * _MB))
        one = ana.post("/api/uploads", json={"name": "a.txt", "size": 20 * _MB}).json()["id"]
        sized.append((ana, "PATCH", f"/api/uploads/{one}", 10 * _MB))
        for client, method, path, size in sized:
            first = _PART if path.endswith("edited") else b""
            for content in (first + b"x" * size, _parts(first, size)):
                hold(_status(client, method, path, content) in (0, 413), f"{path} took {size} bytes")
                tried += 1
        hold(ana.get(f"/api/uploads/{one}").json()["offset"] <= 8 * _MB, "the piece was kept")
        refused(ana.post("/api/uploads", json={"name": "a", "size": 10**12}), 413)
        refused(ana.post("/api/uploads", json={"name": "a", "size": 10**30}), 413)
        ana.delete(f"/api/uploads/{one}")
    return f"{tried + 2} tried: 413, or the connection ends"


def _parts(first: bytes, size: int) -> Iterator[bytes]:
    yield first
    for _ in range(size // 100_000):
        yield b"x" * 100_000


def _status(client: httpx2.Client, method: str, path: str, content: object) -> int:
    """What it is answered; 0 where the connection ends while it is being sent."""
    try:
        told = {"Upload-Offset": "0", "Content-Type": _KINDS.get(path.rpartition("/")[2], _FORM)}
        return client.request(method, path, content=content, headers=told).status_code  # type: ignore[arg-type]
    except httpx2.TransportError:
        return 0


@attempt("Size", "a head of 200 KB, 20,000 headers, 5,000 form fields, a query of 60 KB")
def long_heads(target: Target) -> str:
    """Many small things."""
    many = "\r\n".join(f"X-{number}: a" for number in range(20_000))
    heads = (f"X: {'a' * 200_000}", many)
    for head in heads:
        status, _ = target.get("/login", head)
        hold(status in (0, 400, 431), f"a long head was answered {status}")
    fields = "&".join(f"a{number}=b" for number in range(5000))
    with target.script("ana") as ana:
        form = {"Content-Type": _FORM}
        refused(ana.post(f"/cases/{target.case}/edits", content=fields, headers=form), 400, 409, 422)
        refused(ana.get("/api/worklist", params={"payer": "a" * 60_000}), 200, 400)
    return "heads: 400; fields: refused; the query finds nothing"


@attempt("Slowness", "heads and bodies that come a byte at a time (slowloris), 30 at once", slow=True)
def slowly(target: Target) -> str:
    """Connections that are held open."""
    began = time.monotonic()
    heads = [_open(target, b"GET /login HTTP/1.1\r\nHost: localhost\r\nX: ") for _ in range(15)]
    body = f"POST /login HTTP/1.1\r\nHost: localhost\r\nContent-Type: {_FORM}\r\nContent-Length: 900000\r\n\r\na"
    bodies = [_open(target, body.encode()) for _ in range(15)]
    left, slowest = {*heads, *bodies}, 0.0
    while left and time.monotonic() - began < 60:
        with target.nobody() as client:
            asked = time.monotonic()
            hold(client.get("/login", headers=PAGE).status_code == 200, "nobody else is answered")
            slowest = max(slowest, time.monotonic() - asked)
        left -= {wire for wire in left if _is_over(wire)}
        time.sleep(0.5)
    taken = time.monotonic() - began
    for wire in (*heads, *bodies):
        wire.close()
    hold(not left, f"{len(left)} of 30 are still open")
    hold(slowest < 3, f"others waited {slowest:.1f} s")
    return f"all were ended within {taken:.0f} s; others were answered within {slowest:.1f} s meanwhile"


def _open(target: Target, sent: bytes) -> socket.socket:
    wire = socket.create_connection(("127.0.0.1", target.port), 5)
    wire.sendall(sent)
    wire.setblocking(False)
    return wire


def _is_over(wire: socket.socket) -> bool:
    """Send one more byte; whether the other side has answered or ended it."""
    try:
        wire.send(b"a")
        return bool(wire.recv(4096)) or True
    except BlockingIOError:
        return False
    except OSError:
        return True


@attempt("Bombs", "archives that unpack to 600 MB, that hold each other, that hold 5,000 files", slow=True)
def bombs(target: Target) -> str:
    """A small upload that becomes a large one."""
    nested = b"x" * 1000
    for _ in range(12):
        nested = _zipped({"next.zip": nested})
    sent = {
        "bomb.zip": _zipped({"scan.txt": bytes(_BOMB)}),
        "nested.zip": nested,
        "many.zip": _zipped({f"{number}.txt": b"x" for number in range(5000)}),
        "letter.docx": _letter(target, after=" " * _BOMB),
    }
    ids = {name: target.upload(name, content) for name, content in sent.items()}
    outcomes = {name: target.settled(one)["outcome"] for name, one in ids.items()}
    hold(set(outcomes.values()) <= {"quarantined", "refused", "unassigned"}, f"{outcomes}")
    with target.script("ana") as ana:
        hold(ana.get("/api/worklist").status_code == 200, "the desk is not answered")
    sizes = sum(path.stat().st_size for path in target.folder.rglob("*") if path.is_file())
    hold(sizes < _BOMB / 4, f"{sizes} bytes were written")
    return (
        f"{', '.join(f'{name}: {told}' for name, told in outcomes.items())}; all files of the desk {sizes / _MB:.0f} MB"
    )


@attempt("Bombs", "an edited letter that unpacks to 600 MB", slow=True)
def letter_bomb(target: Target) -> str:
    """A Word file of half a megabyte."""
    bomb = _letter(target, after=" " * _BOMB)
    began = time.monotonic()
    status = _edited(target, bomb).status_code
    taken = time.monotonic() - began
    hold(status in (409, 413, 422), f"it was answered {status}")
    return f"{status} after {taken:.1f} s"


@attempt("Bombs", "entities in an edited letter: a file of the server's (XXE), an address, a billion laughs")
def entities(target: Target) -> str:
    """What XML can ask its reader for."""
    laughs = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))
    doctypes = {
        "file": '<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]>',
        "address": f'<!DOCTYPE a [<!ENTITY x SYSTEM "{target.url}/static/icon.svg">]>',
        "parameter": f'<!DOCTYPE a SYSTEM "{target.url}/login">',
        "laughs": f'<!DOCTYPE a [<!ENTITY l0 "ha">{laughs}<!ENTITY x "&l9;">]>',
    }
    statuses = []
    hold(_edited(target, _letter(target)).status_code == 200, "the letter as it is was not taken")
    for doctype in doctypes.values():
        letter = _letter(target, doctype, "" if "/login" in doctype else "&x;")
        began = time.monotonic()
        answer = _edited(target, letter)
        hold(time.monotonic() - began < 20, "it was read for long")
        hold(_MARK not in answer.text, "a file of the server was read")
        statuses.append(refused(answer, 422))
    return f"{len(doctypes)} tried: {', '.join(map(str, statuses))}; the letter without them: 200"


def _edited(target: Target, content: bytes) -> httpx2.Response:
    with target.script("ana") as ana:
        seen = target.state()["version"]
        return ana.post(
            f"/api/cases/{target.case}/edited", params={"seen": seen}, files={"letter": ("a.docx", content)}
        )


def _letter(target: Target, doctype: str = "", within: str = "", after: str = "") -> bytes:
    """The letter of the case as edited in Word, with more before its text, in it and after it."""
    with target.script("ana") as ana:
        digest = target.state()["files"]["appeal-letter.docx"]
        drafted = ana.get(f"/api/cases/{target.case}/files/{digest}").content
    with zipfile.ZipFile(io.BytesIO(drafted)) as packed:
        members = {name: packed.read(name) for name in packed.namelist()}
    text = members["word/document.xml"].decode()
    hold("<w:document" in text and "</w:t>" in text, "there is no letter")
    text = text.replace("<w:document", f"{doctype}<w:document", 1).replace("</w:t>", f"{within}</w:t>", 1)
    return _zipped(members | {"word/document.xml": (text + after).encode()})


def _zipped(members: Mapping[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, content in members.items():
            packed.writestr(name, content)
    return out.getvalue()


@attempt("Searches", "200 characters that make a pattern slow, on a page of 400 KB")
def patterns(target: Target) -> str:
    """A search that keeps the server busy (ReDoS)."""
    long = ("a " * 1000 + " " * 1000) * 60 + "Progress Note\nPatient: Ana Ruiz\nDOB: 01/02/1960\n"
    upload = target.upload("long.txt", (long + " ".join(["aaaa"] * 20_000)).encode())
    standing = target.settled(upload)
    hold(target.case in standing["cases"], f"the long page is in no case: {standing['reason']}")
    slowest = 0.0
    with target.script("ana") as ana:
        for words in ("a " * 100, "(a+)+$" * 30, "a" * 200, ".*" * 100, "\\" * 200, "a" + " " * 198 + "b", "((" * 100):
            began = time.monotonic()
            refused(ana.post(f"/api/cases/{target.case}/search", json={"words": words[:200]}), 200)
            slowest = max(slowest, time.monotonic() - began)
        refused(ana.post(f"/api/cases/{target.case}/search", json={"words": "a" * 201}), 422)
    hold(slowest < 1, f"one took {slowest:.2f} s")
    return f"the slowest took {slowest * 1000:.0f} ms; longer ones are refused"
