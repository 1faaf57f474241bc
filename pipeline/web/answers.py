"""Files as answers: with the name they have, and never run or kept by a browser."""

import io
import zipfile
from collections.abc import Mapping
from mimetypes import guess_type
from urllib.parse import quote

from starlette.responses import Response


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
