"""The rule tables beside these modules: read once, checked against their shape, hashed for provenance."""

import hashlib
from functools import cache
from importlib import resources
from typing import TypeVar

import yaml
from pydantic import TypeAdapter

T = TypeVar("T")


@cache
def _text(name: str) -> str:
    return resources.files(__package__).joinpath(f"{name}.yaml").read_text(encoding="utf-8")


def table(name: str, shape: type[T]) -> T:
    """The table of that name as `shape`; pydantic's ValidationError where a row does not fit."""
    return TypeAdapter(shape).validate_python(yaml.load(_text(name), Loader=yaml.CSafeLoader))


def rule_table_versions() -> dict[str, str]:
    """Every table as `check/<name>.yaml` with the first 16 hex digits of its SHA-256."""
    names = sorted(entry.name for entry in resources.files(__package__).iterdir() if entry.name.endswith(".yaml"))
    return {
        f"check/{name}": hashlib.sha256(_text(name.removesuffix(".yaml")).encode("utf-8")).hexdigest()[:16]
        for name in names
    }
