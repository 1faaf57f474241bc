"""Files as answers: with the name they have, and never run or kept by a browser."""

import io
import zipfile
from collections.abc import Mapping
from mimetypes import guess_type
from typing import Final
from urllib.parse import quote

from starlette.responses import Response

from pipeline.web.room import Room
from schemas.case import Category

STATUS: Final = {
    Category.NOT_FOUND: 404,
    Category.REFUSED: 409,
    Category.TOO_LARGE: 413,
    Category.UNREADABLE: 422,
    Category.ENCRYPTED: 422,
    Category.EMPTY: 422,
    Category.UNSUPPORTED: 415,
    Category.TIMEOUT: 504,
    Category.MISSING_TOOL: 503,
    Category.OUTPUT: 503,
}  # of what a person can do something about; any other category is a fault of ours


def case_file(room: Room, who: str, case: str, digest: str) -> Response:
    """A file of a case, by its hash; that somebody took it is entered in the log."""
    name, content = room.file(case, digest)
    room.note(case, who, "downloaded", name)
    return download(name, content)


def case_packet(room: Room, who: str, case: str, *, fax: bool) -> Response:
    """The letter of a case and its exhibits, bound; that somebody took them is entered in the log."""
    files = room.packet(case, fax=fax)
    room.note(case, who, "downloaded", "packet")
    return packed("packet.zip", files)


def download(name: str, content: bytes) -> Response:
    """A file to be kept by who asks, under the last part of its name."""
    last = name.rpartition("/")[2]
    plain = "".join(c if c.isascii() and (c.isalnum() or c in "-_. ") else "_" for c in last)
    kind = guess_type(last)[0] or "application/octet-stream"
    headers = {"Content-Disposition": f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(last)}"}
    return Response(
        content, media_type="application/octet-stream" if kind.startswith("text/") else kind, headers=headers
    )


def packed(name: str, files: Mapping[str, bytes]) -> Response:
    """Several files in an archive, and one as it is."""
    if len(files) == 1:
        ((one, content),) = files.items()
        return download(one, content)
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_STORED) as archive:
        for one, content in files.items():
            archive.writestr(one, content)
    return download(name, made.getvalue())
