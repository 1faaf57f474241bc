"""The rule tables beside these modules, checked against their shape."""

from typing import TypeVar

from pydantic import TypeAdapter

from pipeline import tables

T = TypeVar("T")


def table(name: str, shape: type[T]) -> T:
    """The table of that name as `shape`; pydantic's ValidationError where a row does not fit."""
    return TypeAdapter(shape).validate_python(tables.load("check", f"{name}.yaml"))
