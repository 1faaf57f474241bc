"""The only door to RapidOCR, the second reader: whether it is there, and what it reads in a picture of words."""

from __future__ import annotations

import threading
from functools import cache
from importlib import metadata, util
from typing import TYPE_CHECKING

import cv2
import numpy as np
import numpy.typing as npt

from pipeline.errors import ADVICE
from pipeline.ingest._tesseract import ToolStatus
from schemas.case import Category

if TYPE_CHECKING:
    from rapidocr import RapidOCR

_ENGINES = threading.local()  # a RapidOCR keeps the state of its last call: one for each thread
_ONE_THREAD = {f"EngineConfig.onnxruntime.{kind}_op_num_threads": 1 for kind in ("intra", "inter")}


@cache  # asked for every scanned page
def tool() -> ToolStatus:
    """Whether the second reader is installed."""
    present = util.find_spec("rapidocr") is not None and util.find_spec("onnxruntime") is not None
    return ToolStatus(
        name="rapidocr",
        present=present,
        version=metadata.version("rapidocr") if present else "",
        advice="" if present else ADVICE[Category.MISSING_TOOL],
    )


def read_line(picture: npt.NDArray[np.uint8]) -> tuple[str, float]:
    """What stands in a grey picture of one line, and how sure the reader is, 0 to 1. Its models come with its wheel."""
    found = _engine()(cv2.cvtColor(picture, cv2.COLOR_GRAY2BGR))
    texts, scores = getattr(found, "txts", None), getattr(found, "scores", None)
    return (str(texts[0]), float(scores[0])) if texts and scores else ("", 0.0)


def _engine() -> RapidOCR:
    engine: RapidOCR | None = getattr(_ENGINES, "engine", None)
    if engine is None:
        from rapidocr import RapidOCR

        params = {"Global.log_level": "critical", "Global.use_det": False, "Global.use_cls": False}
        engine = RapidOCR(params={**params, "Rec.rec_batch_num": 1, **_ONE_THREAD})
        _ENGINES.engine = engine
    return engine
