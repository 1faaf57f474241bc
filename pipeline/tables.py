"""The only door to the tables of domain knowledge: YAML beside the module that reads it, read once."""

import hashlib
from collections.abc import Iterator
from functools import cache
from importlib import resources
from importlib.resources.abc import Traversable
from typing import Any

import yaml


@cache
def load(stage: str, name: str) -> dict[str, Any]:
    """The table `name` of a stage (`extract`, `check`, `draft`)."""
    text = resources.files(f"pipeline.{stage}").joinpath(name).read_text(encoding="utf-8")
    table: dict[str, Any] = yaml.load(text, Loader=yaml.CSafeLoader)
    return table


def versions(*stages: str) -> dict[str, str]:
    """Each table of the stages as `stage/name` with the first 16 hexadecimal digits of its SHA-256, for provenance."""
    tables = sorted(table for stage in stages for table in _below(stage, resources.files(f"pipeline.{stage}")))
    return {name: hashlib.sha256(table.read_bytes()).hexdigest()[:16] for name, table in tables}


def _below(name: str, folder: Traversable) -> Iterator[tuple[str, Traversable]]:
    for inner in folder.iterdir():
        if inner.is_dir():
            yield from _below(f"{name}/{inner.name}", inner)
        elif inner.name.endswith(".yaml"):
            yield f"{name}/{inner.name}", inner
