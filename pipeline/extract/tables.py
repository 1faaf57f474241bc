"""The tables of this stage, and the patterns they hold."""

import re
from typing import Any

from pipeline import tables


def load(name: str) -> dict[str, Any]:
    """The YAML table of that name."""
    return tables.load("extract", name)


def pattern(words: str, flags: re.RegexFlag = re.IGNORECASE) -> re.Pattern[str]:
    """A pattern of a table, in which a space stands for any white space."""
    return re.compile(words.replace(" ?", r"\s*+").replace(" ", r"\s++"), flags)
