"""Attempts to reach what is elsewhere: outside the folders that are served, in another case, of another user."""

import io
import zipfile
from typing import Final

from benchmarks.attack_kit.attempt import attempt
from benchmarks.attack_kit.papers import OTHERS
from benchmarks.attack_kit.target import PAGE, Target, hold, refused, sign_in

_UP: Final = ("..", "%2e%2e", "..%2f..", "%2e%2e%2f%2e%2e", "..%5c..", "....//..", "..%252f..", "..;", "%c0%ae%c0%ae")
_WANTED: Final = ("desk.sqlite", "app.py", "etc/passwd")
_OWNED: Final = "owned.txt"


@attempt("Path traversal", "`..` in nine spellings below /static, and absolute paths")
def in_static(target: Target) -> str:
    """What is beside the files that are served."""
    paths = [f"/static/{up}/{wanted}" for up in _UP for wanted in _WANTED]
    paths += ["/static//etc/passwd", "/static/%2fetc%2fpasswd", "/static/style.css%00.py", "/static/", "/static"]
    return _none_is_served(target, paths)


@attempt("Path traversal", "`..` in nine spellings as case, document, hash of a file and upload")
def in_ids(target: Target) -> str:
    """What no id names."""
    bases = [f"/cases/{target.case}/files/", f"/api/cases/{target.case}/pages/", "/api/cases/", "/api/uploads/"]
    return _none_is_served(target, [f"{base}{up}/{wanted}" for base in bases for up in _UP for wanted in _WANTED])


def _none_is_served(target: Target, paths: list[str]) -> str:
    bearer = f"Authorization: Bearer {target.tokens['ana']}"
    statuses = {path: target.get(path, bearer)[0] for path in paths}
    for path, status in statuses.items():
        hold(status in (307, 400, 404, 405, 422), f"{path} was answered {status}")
    return f"{len(paths)} tried: {_told(list(statuses.values()))}"


def _told(statuses: list[int]) -> str:
    return ", ".join(f"{status} ({statuses.count(status)})" for status in sorted(set(statuses)))


@attempt("Path traversal", "names of uploads that lead out of their folder")
def in_names(target: Target) -> str:
    """A file written where its name says."""
    names = ("../../../../", "..\\..\\..\\", "/tmp/", "C:\\", "a/../../../", "....//....//", "\x00../", "~/")
    uploads = [target.upload(f"{name}{_OWNED}", f"{number} {_OWNED}".encode()) for number, name in enumerate(names)]
    for upload in uploads:
        target.settled(upload)
    return _nothing_left(target, len(names))


@attempt("Path traversal", "members of an archive whose names lead out of it (zip slip)")
def in_archives(target: Target) -> str:
    """A file unpacked where its name says."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name in (f"../../../../{_OWNED}", f"/tmp/{_OWNED}", f"..\\..\\{_OWNED}"):
            archive.writestr(name, _OWNED)
    target.settled(target.upload("slip.zip", out.getvalue()))
    return _nothing_left(target, 3)


def _nothing_left(target: Target, tried: int) -> str:
    inbox = target.folder / "desk/uploads"
    out = [path for path in target.folder.rglob(f"*{_OWNED}*") if not path.is_relative_to(inbox)]
    hold(not out, "a file was written outside the folder of uploads")
    return f"{tried} tried: each was kept by its last part, in a folder of its own"


@attempt("Other people's data", "pages, pictures and text of a paper that lies in the same file and is in no case")
def beside_the_case(target: Target) -> str:
    """Another patient's page of the same scan."""
    tried = 0
    with target.script("ana") as client:
        for document in ("d1", "d2", "d3", "D2", ""):
            for page in (-1, 0, 1, 2, 3):
                for end in ("", "/picture"):
                    answer = client.get(f"/api/cases/{target.scan}/pages/{document}/{page}{end}")
                    hold(not any(word in answer.text for word in OTHERS), f"page {page} of {document} was shown")
                    hold((answer.status_code == 200) == (document == "d1" and page == 1), f"{document} {page}")
                    tried += 1
        for word in OTHERS:
            found = client.post(f"/api/cases/{target.scan}/search", json={"words": word}).json()
            hold(found == [], "a search found the other paper")
        kept = client.get(f"/api/cases/{target.scan}/case.json").text
        hold(not any(word in kept for word in OTHERS), "case.json holds the other paper")
        for digest in target.state(target.scan)["files"].values():
            content = client.get(f"/api/cases/{target.scan}/files/{digest}").content
            hold(not any(word.encode() in content for word in OTHERS), "a file holds the other paper")
    return f"{tried} addresses, search, case.json and every file: nothing of it"


@attempt("Other people's data", "a file of one case asked for through another, by its hash")
def through_another_case(target: Target) -> str:
    """The letter of one case by the address of the other."""
    there = set(target.state(target.scan)["files"].values()) - set(target.state()["files"].values())
    with target.script("ana") as client:
        statuses = [refused(client.get(f"/api/cases/{target.case}/files/{one}"), 404) for one in there]
    return f"{_told(statuses)}"


@attempt("Other people's data", "another user's upload: looked at, listed, continued, removed")
def uploads_of_others(target: Target) -> str:
    """An upload by its id, by who did not begin it."""
    with target.script("ana") as ana, target.script("ben") as ben:
        one = ana.post("/api/uploads", json={"name": "half.txt", "size": 9}).json()["id"]
        path = f"/api/uploads/{one}"
        got = [ben.get(path), ben.patch(path, content=b"x", headers={"Upload-Offset": "0"}), ben.delete(path)]
        statuses = [refused(answer, 404) for answer in got]
        hold(one not in ben.get("/api/uploads").text, "it is listed")
        hold(ana.get(path).json()["offset"] == 0, "it was continued")
        ana.delete(path)
    return f"{_told(statuses)}, as if it were not there"


@attempt("Roles", "a viewer uploads, corrects, approves, sends, decides, closes, reopens, takes (pages and API)")
def viewer_changes(target: Target) -> str:
    """Everything that changes, by who may only look."""
    before = target.state()
    with target.browser("vic") as page, target.script("vic") as script:
        statuses = [refused(page.change(path), 403) for path in _changes(target)]
        statuses += [refused(script.post(f"/api{path}", json={}), 403) for path in _api_changes(target)]
        statuses.append(refused(script.post("/api/uploads", json={"name": "a", "size": 1}), 403))
        statuses.append(refused(page.get("/upload", headers=PAGE), 403))
    hold(target.state() == before, "the case was changed")
    return _told(statuses)


def _changes(target: Target) -> list[str]:
    verbs = ("edits", "edited", "edited/drop", "approve", "submit", "decide", "close", "reopen")
    return ["/worklist", *(f"/cases/{target.case}/{verb}" for verb in verbs)]


def _api_changes(target: Target) -> list[str]:
    verbs = ("edits", "edited", "approve", "submit", "decide", "close", "reopen", "take")
    return [f"/cases/{target.case}/{verb}" for verb in verbs]


@attempt("Roles", "every address of the API, and every page, by nobody")
def nobody(target: Target) -> str:
    """What is open to who has not signed in."""
    with target.nobody() as client, target.script("ana") as known:
        verbs = known.get("/api/openapi.json").json()["paths"]
        tried = [
            refused(client.request(verb, path.format(**_ids(target))), 401)
            for path, of_path in verbs.items()
            for verb in of_path
        ]
        for path in ("/", "/cases", f"/cases/{target.case}", "/reports", "/upload", "/worklist.csv", "/worklist.ics"):
            answer = client.get(path, headers=PAGE)
            hold(answer.headers.get("location", "").startswith("/login?"), f"{path} was answered")
            tried.append(refused(answer, 303))
        tried += [refused(client.post(path, data={"do": "take"}), 401) for path in _changes(target)]
    return _told(tried)


def _ids(target: Target) -> dict[str, str]:
    files = target.state()["files"]
    return {
        "case": target.case,
        "document": "d1",
        "number": "1",
        "digest": files["case.json"],
        "upload": "0" * 32,
    }


@attempt("Roles", "the session and the token of a user who was removed")
def removed_user(target: Target) -> str:
    """What a user left behind."""
    with target.browser("gus") as page, target.script("gus") as script:
        hold(script.get("/api/worklist").status_code == 200, "the token did not work to begin with")
        target.people.remove("gus", by="attacks")
        statuses = [refused(script.get("/api/worklist"), 401), refused(page.get("/api/worklist"), 401)]
        statuses.append(refused(sign_in(page, "gus"), 403))
    return f"{_told(statuses)} at once"
