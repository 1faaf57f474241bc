"""The words of the packet: words.yaml, read once."""

from functools import cache

from pipeline.tables import load
from schemas.base import Frozen


class IndexWords(Frozen):
    """The page that lists the exhibits."""

    columns: tuple[str, str, str, str]
    pages: str
    total: str
    none: str


class Words(Frozen):
    """words.yaml."""

    titles: dict[str, str]
    stamps: dict[str, str]
    index: IndexWords
    cover: dict[str, str]
    rendering: dict[str, str]
    spelled: dict[str, str]
    remarks: dict[str, str]
    notes: dict[str, str]


@cache
def words() -> Words:
    """The words of the packet."""
    return Words(**load("packet", "words.yaml"))


def ranges(numbers: tuple[int, ...]) -> str:
    """Numbers as they are listed: "1-3, 5"."""
    runs: list[list[int]] = []
    for number in numbers:
        if runs and runs[-1][1] == number - 1:
            runs[-1][1] = number
        else:
            runs.append([number, number])
    return ", ".join(str(first) if first == last else f"{first}-{last}" for first, last in runs)
