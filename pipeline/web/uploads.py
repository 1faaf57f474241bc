"""Uploading, over HTTP: resumable, in the spirit of tus.

`POST /api/uploads` announces a file by name and size, and is answered with its id and the most bytes of one piece.
`PATCH /api/uploads/ID` sends the next piece, with `Upload-Offset` saying how many bytes came before it; a piece that
does not follow is refused (409) with the offset that does. A piece that is cut short counts as far as it came. After an
interruption `GET /api/uploads/ID` tells the offset to go on from. The last piece hands the file to the inbox, or is
answered with why it is refused. `GET /api/uploads/events` tells what becomes of each, as it happens.
"""

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import contextmanager
from typing import Annotated, Any, Final

from fastapi import APIRouter, Depends, Header, HTTPException, Request, Response
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import JSONResponse
from fastapi.sse import EventSourceResponse, ServerSentEvent
from pydantic import Field
from starlette.requests import ClientDisconnect

from pipeline.errors import AppealwrightError
from pipeline.web.answers import STATUS
from pipeline.web.intake import Intake, Standing, WrongOffsetError
from pipeline.web.people import Session
from schemas.base import Frozen
from schemas.case import Category

CHUNK: Final = 8_000_000  # most bytes of one piece
_LONGEST: Final = 300.0  # seconds of one stream of events: who comes back for the next is asked again who they are
_EVERY: Final = 0.5  # seconds between two looks at what has changed
_STATUS: Final = {**STATUS, Category.EMPTY: 400}
_PIECE: Final = {"application/offset+octet-stream": {"schema": {"type": "string", "format": "binary"}}}


class Announced(Frozen):
    """A file that is about to be sent."""

    name: str = Field(min_length=1, max_length=1000, description="As the browser has it.")
    size: int = Field(ge=0, description="In bytes.")


class Begun(Frozen):
    """An upload that was announced: `chunk` is the most bytes of one piece."""

    id: str
    offset: int = 0
    chunk: int = CHUNK


def make_router(intake: Intake, signed_in: Callable[..., object]) -> APIRouter:
    """The way to an intake, for those that the dependency `signed_in` lets in; each sees their own uploads."""
    router = APIRouter(prefix="/api/uploads", tags=["uploads"])

    def person(session: Annotated[Session, Depends(signed_in)]) -> str:
        return session.user.name

    @router.post("", status_code=201, responses=_answers(400, 409, 413, 503))
    def begin(announced: Announced, user: Annotated[str, Depends(person)]) -> Begun:
        """Announce a file."""
        with _answered():
            return Begun(id=intake.begin(user, announced.name, announced.size).id)

    @router.get("")
    def recent(user: Annotated[str, Depends(person)]) -> list[Standing]:
        """Your uploads of the last day, the newest first."""
        return intake.of(user)

    @router.get("/events", response_class=EventSourceResponse)
    async def events(user: Annotated[str, Depends(person)]) -> AsyncIterator[ServerSentEvent]:
        """Your uploads as they stand, and again whenever one changes (`upload`) or is removed (`removed`)."""
        async for event in _events(intake, user):
            yield event

    @router.get("/{upload}", responses=_answers(404))
    def one(upload: str, user: Annotated[str, Depends(person)]) -> Standing:
        """How an upload stands."""
        with _answered():
            return intake.one(user, upload)

    @router.patch(
        "/{upload}",
        response_model=Standing,
        responses=_answers(400, 404, 409, 413, 415, 503),
        openapi_extra={"requestBody": {"required": True, "content": _PIECE}},
    )
    async def add(
        upload: str,
        request: Request,
        upload_offset: Annotated[int, Header(ge=0)],
        user: Annotated[str, Depends(person)],
    ) -> Response | Standing:
        """Send the next piece."""
        with _answered():
            intake.one(user, upload)
        piece = await _piece(request)
        try:
            with _answered():
                return await run_in_threadpool(intake.add, user, upload, upload_offset, piece)
        except WrongOffsetError as error:
            detail = f"The piece does not follow: {error.offset} bytes have come."
            return JSONResponse({"detail": detail, "offset": error.offset}, 409)

    @router.delete("/{upload}", status_code=204, responses=_answers(404, 409, 503))
    def end(upload: str, user: Annotated[str, Depends(person)]) -> None:
        """Remove an unfinished upload."""
        with _answered():
            intake.end(user, upload)

    return router


async def _piece(request: Request) -> bytes:
    """The body, not more than is taken at a time; of one that breaks off, what has come."""
    piece = bytearray()
    try:
        async for part in request.stream():
            piece += part
            if len(piece) > CHUNK:
                raise HTTPException(413, f"A piece has at most {CHUNK} bytes.")
    except ClientDisconnect:
        pass
    return bytes(piece)


async def _events(intake: Intake, user: str) -> AsyncIterator[ServerSentEvent]:
    """Each change since the last look; what was overtaken meanwhile is left out, so that nobody falls behind."""
    told: dict[str, Standing] = {}
    until = time.monotonic() + _LONGEST
    while not intake.is_stopping and time.monotonic() < until:
        now = {one.id: one for one in intake.of(user)}
        for name in told.keys() - now.keys():
            yield ServerSentEvent(event="removed", data={"id": name})
        for name, one in reversed(now.items()):
            if told.get(name) != one:
                yield ServerSentEvent(event="upload", data=one)
        told = now
        await asyncio.sleep(_EVERY)


@contextmanager
def _answered() -> Iterator[None]:
    """An error as an answer: its message says what to do, and nothing of the file."""
    try:
        yield
    except AppealwrightError as error:
        failure = error.failure
        said = f"{failure.message[:1].upper()}{failure.message[1:]}. {failure.advice}"
        raise HTTPException(_STATUS.get(failure.category, 500), said) from error


def _answers(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """What else a verb may answer, for its description."""
    told = {
        400: "The file holds nothing.",
        404: "You have no such upload.",
        409: "It cannot be done as things stand: the answer says why.",
        413: "It is larger than is taken.",
        415: "The file is of no kind that is read.",
        503: "The desk cannot keep it now.",
    }
    return {status: {"description": told[status]} for status in statuses}
