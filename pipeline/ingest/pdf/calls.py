"""PDFium's calls that are made for every word or object of a page, without the cost of pypdfium2's typed handles.

Handles are plain addresses here. The calls keep Python's lock: they are shorter than letting go of it.
"""

from __future__ import annotations

import ctypes
from collections.abc import Callable
from typing import Any

import pypdfium2.raw as raw

_HANDLE, _INT = ctypes.c_void_p, ctypes.c_int


def address(handle: Any) -> int:
    """The address behind one of pypdfium2's typed handles; zero for null."""
    return ctypes.cast(handle, _HANDLE).value or 0


def _call(name: str, result: Any, *arguments: Any) -> Callable[..., Any]:
    return ctypes.PYFUNCTYPE(result, *arguments)(address(getattr(raw, name)))


text_object = _call("FPDFText_GetTextObject", _HANDLE, _HANDLE, _INT)
loose_box = _call("FPDFText_GetLooseCharBox", _INT, _HANDLE, _INT, _HANDLE)
char_angle = _call("FPDFText_GetCharAngle", ctypes.c_float, _HANDLE, _INT)
unmapped = _call("FPDFText_HasUnicodeMapError", _INT, _HANDLE, _INT)
unicode_of = _call("FPDFText_GetUnicode", ctypes.c_uint, _HANDLE, _INT)
text_of = _call("FPDFText_GetText", _INT, _HANDLE, _INT, _INT, _HANDLE)
index_of = _call("FPDFText_GetCharIndexFromTextIndex", _INT, _HANDLE, _INT)
render_mode = _call("FPDFTextObj_GetTextRenderMode", _INT, _HANDLE)
font_of = _call("FPDFTextObj_GetFont", _HANDLE, _HANDLE)
fill_colour = _call("FPDFPageObj_GetFillColor", _INT, _HANDLE, *[_HANDLE] * 4)
count_marks = _call("FPDFPageObj_CountMarks", _INT, _HANDLE)
mark_at = _call("FPDFPageObj_GetMark", _HANDLE, _HANDLE, ctypes.c_ulong)
mark_value_type = _call("FPDFPageObjMark_GetParamValueType", _INT, _HANDLE, ctypes.c_char_p)
object_type = _call("FPDFPageObj_GetType", _INT, _HANDLE)
object_bounds = _call("FPDFPageObj_GetBounds", _INT, _HANDLE, *[_HANDLE] * 4)
object_matrix = _call("FPDFPageObj_GetMatrix", _INT, _HANDLE, _HANDLE)
set_active = _call("FPDFPageObj_SetIsActive", _INT, _HANDLE, _INT)
draw_mode = _call("FPDFPath_GetDrawMode", _INT, _HANDLE, _HANDLE, _HANDLE)
count_objects = _call("FPDFPage_CountObjects", _INT, _HANDLE)
object_at = _call("FPDFPage_GetObject", _HANDLE, _HANDLE, _INT)
count_in_form = _call("FPDFFormObj_CountObjects", _INT, _HANDLE)
object_in_form = _call("FPDFFormObj_GetObject", _HANDLE, _HANDLE, ctypes.c_ulong)


class Colour:
    """Room for one colour."""

    def __init__(self) -> None:
        self._parts = (ctypes.c_uint * 4)()
        start = ctypes.addressof(self._parts)
        self._where = tuple(start + 4 * i for i in range(4))

    def fill(self, item: int) -> tuple[float, int] | None:
        """Luminance and alpha, 0 to 255, of an object's fill; null where it has no plain colour."""
        if not fill_colour(item, *self._where):
            return None
        red, green, blue, alpha = self._parts
        return 0.299 * red + 0.587 * green + 0.114 * blue, alpha
