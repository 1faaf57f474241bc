"""The only door to the second reader: the recogniser that comes with RapidOCR, run on pictures of single lines.

It is run by ONNX Runtime itself and not through RapidOCR, because what is wanted of it is more than a text: how sure it
is of each character, and what the character might be instead. Its mean over a line hides the one doubtful digit.
"""

from __future__ import annotations

import math
import threading
from dataclasses import dataclass
from functools import cache
from importlib import metadata, util
from pathlib import Path
from typing import TYPE_CHECKING, Final

import cv2
import numpy as np
import numpy.typing as npt

from pipeline.errors import ADVICE
from pipeline.ingest.scan.tesseract import ToolStatus
from schemas.case import Category

if TYPE_CHECKING:
    from onnxruntime import InferenceSession

_HEIGHT: Final = 48  # pixels: what the recogniser was taught
_LEAST_WIDTH: Final = 32
_MOST_WIDTH: Final = 3200  # a line of print at that height is no longer
_BLANK: Final = 0  # the class that stands for no character

_LOCK = threading.Lock()
_SESSIONS: list[tuple[InferenceSession, tuple[str, ...]]] = []


@dataclass(frozen=True, slots=True)
class Guess:
    """What a picture of a line says. `score` is the mean over its characters, 0 to 1.

    `least` is the share of the least sure letter or digit, and `instead` the text with that one as it else might be.
    """

    text: str
    score: float
    least: float
    instead: str


@cache  # asked for every scanned page
def tool() -> ToolStatus:
    """Whether the second reader is installed."""
    present = _model() is not None and util.find_spec("onnxruntime") is not None
    return ToolStatus(
        name="rapidocr",
        present=present,
        version=metadata.version("rapidocr") if present else "",
        advice="" if present else ADVICE[Category.MISSING_TOOL],
    )


def _model() -> Path | None:
    """The recogniser in RapidOCR's wheel."""
    found = util.find_spec("rapidocr")
    if found is None or found.origin is None:
        return None
    return next(iter(sorted((Path(found.origin).parent / "models").glob("*_rec_*.onnx"))), None)


def read_line(picture: npt.NDArray[np.uint8]) -> Guess:
    """What stands in a grey picture of one line."""
    session, characters = _session()
    height, width = picture.shape
    across = min(max(_LEAST_WIDTH, math.ceil(width * _HEIGHT / height)), _MOST_WIDTH)
    grey = np.asarray(cv2.resize(picture, (across, _HEIGHT)), dtype=np.float32) / 127.5 - 1
    (shares,) = session.run(None, {session.get_inputs()[0].name: np.repeat(grey[None, None], 3, axis=1)})
    return _decoded(np.asarray(shares)[0], characters)


def _decoded(shares: npt.NDArray[np.float32], characters: tuple[str, ...]) -> Guess:
    """The text of a row of character shares: a character repeated without a blank between is one (CTC)."""
    best = shares.argmax(axis=1)
    sure = shares[np.arange(len(best)), best]
    at: list[int] = []  # of each character, where it is surest
    for i, which in enumerate(best):
        if which == _BLANK:
            continue
        if i and best[i - 1] == which:
            at[-1] = max(at[-1], i, key=lambda x: (sure[x], -x))
        else:
            at.append(i)
    text = [characters[best[i]] for i in at]
    counted = [n for n, character in enumerate(text) if character.isalnum()]
    if not counted:
        return Guess("".join(text), float(sure[at].mean()) if at else 0.0, 0.0, "")
    weakest = min(counted, key=lambda n: sure[at[n]])
    second = shares[at[weakest]].copy()
    second[best[at[weakest]]] = 0
    instead = [*text[:weakest], characters[int(second.argmax())], *text[weakest + 1 :]]
    return Guess("".join(text), float(sure[at].mean()), float(sure[at[weakest]]), "".join(instead))


def _session() -> tuple[InferenceSession, tuple[str, ...]]:
    """The recogniser and its characters by class, loaded once; ONNX Runtime's sessions may be shared by threads."""
    with _LOCK:
        if not _SESSIONS:
            from onnxruntime import InferenceSession, SessionOptions

            options = SessionOptions()
            options.intra_op_num_threads = options.inter_op_num_threads = 1
            session = InferenceSession(str(_model()), options, providers=["CPUExecutionProvider"])
            known = session.get_modelmeta().custom_metadata_map["character"].splitlines()
            _SESSIONS.append((session, ("", *known, " ")))
    return _SESSIONS[0]
