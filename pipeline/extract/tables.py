"""Reading the tables of domain knowledge that stand beside the modules that use them."""

import hashlib
import re
from functools import cache
from importlib import resources
from typing import Any

import yaml

_HERE = resources.files("pipeline.extract")


@cache
def load(name: str) -> dict[str, Any]:
    """The YAML table of that name."""
    table: dict[str, Any] = yaml.load(_HERE.joinpath(name).read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)
    return table


def pattern(words: str, flags: re.RegexFlag = re.IGNORECASE) -> re.Pattern[str]:
    """A pattern of a table, in which a space stands for any white space."""
    return re.compile(words.replace(" ?", r"\s*").replace(" ", r"\s+"), flags)


def versions() -> dict[str, str]:
    """Each table with the first 16 hexadecimal digits of its SHA-256, for provenance."""
    tables = sorted((t for t in _HERE.iterdir() if t.name.endswith(".yaml")), key=lambda t: t.name)
    return {f"extract/{t.name}": hashlib.sha256(t.read_bytes()).hexdigest()[:16] for t in tables}
