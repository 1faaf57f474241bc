"""The only door to the tables of domain knowledge: YAML beside the module that reads it, read once."""

import hashlib
from functools import cache
from importlib import resources
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
    found = [(f"{s}/{t.name}", t) for s in stages for t in resources.files(f"pipeline.{s}").iterdir()]
    tables = sorted((name, table) for name, table in found if name.endswith(".yaml"))
    return {name: hashlib.sha256(table.read_bytes()).hexdigest()[:16] for name, table in tables}
