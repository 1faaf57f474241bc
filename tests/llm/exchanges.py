"""Conversations with a model server as they are recorded, played back, and put to a real one."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import vcr
from vcr.request import Request

from pipeline.llm import FaultKind, Mode
from tests.llm.asked import SENTENCE, SOUND
from tests.loopback.answers import Answer, Fault, fails, says

CASSETTES = Path(__file__).parents[1] / "cassettes"


@dataclass(frozen=True, slots=True)
class Exchange:
    """What is asked, in which mode; what the server was made to answer; what comes of it after how many requests."""

    name: str
    answers: tuple[Answer, ...]
    outcome: tuple[str, ...] | FaultKind = ("green", "blue")
    data: str = SENTENCE
    mode: Mode = "json_schema"
    calls: int = 1

    def __str__(self) -> str:
        return self.name


EXCHANGES = (
    Exchange("json_schema", (SOUND,)),
    Exchange("json_object", (SOUND,), mode="json_object"),
    Exchange("tool", (SOUND,), mode="tool"),
    Exchange("prompt", (says('Here:\n```json\n{"colours": ["green", "blue"]}\n```'),), mode="prompt"),
    Exchange("nothing_to_find", (says({"colours": []}),), (), data="It rains."),
    Exchange("busy_at_first", (fails(Fault.RATE_LIMITED, retry_after="1"), SOUND), calls=2),
    Exchange("put_right", (says({"colors": ["green", "blue"]}), SOUND), calls=2),
    Exchange("down", (fails(Fault.SERVER_ERROR),), FaultKind.SERVER, calls=2),
    Exchange("refused", (fails(Fault.REFUSED),), FaultKind.REFUSED, calls=2),
    Exchange("cut_off", (fails(Fault.TRUNCATED),), FaultKind.TRUNCATED, calls=2),
    Exchange("wrong_key", (fails(Fault.NOT_AUTHORIZED),), FaultKind.REJECTED),
)


@contextmanager
def cassette(name: str, *, record: bool = False) -> Iterator[Any]:
    """The recorded exchange, played once in its order; a request that was not recorded, or differs, is an error."""
    recorder = vcr.VCR(
        record_mode=vcr.mode.ALL if record else vcr.mode.NONE,
        match_on=("method", "path", "body"),
        before_record_request=_request,
        before_record_response=_response,
    )
    with recorder.use_cassette(str(CASSETTES / f"{name}.yaml")) as tape:
        yield tape


def _request(request: Request) -> Request:
    """Without the key, the address and what says on which machine it was made."""
    kind = request.headers.get("content-type")
    request.uri = f"http://loopback.invalid{request.path}"
    request.headers = {"content-type": kind}
    return request


def _response(response: dict[str, Any]) -> dict[str, Any]:
    kept = {name: values for name, values in response["headers"].items() if name in ("content-type", "retry-after")}
    return {**response, "headers": kept}
