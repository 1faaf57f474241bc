"""The list in a criterion's text: the words that lead to it, and its items."""

import re
from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Itemized:
    """A lead and the items below it; without items the lead is the whole text."""

    lead: str
    items: tuple[str, ...] = ()


_MARK = re.compile(
    r"(?:^|\n)\s*(\(?(?:\d{1,2}|[a-zA-Z]|[ivx]{1,4}|[IVX]{1,4})[.)]|[\u2022\u25cf\u25cb\u25aa\u25a0\u2023*\u00b7o-])\s+"
)


def nested(text: str) -> Itemized:
    """The list whose items stand on lines of their own; items of the same kind of mark as the first make it."""
    marks = list(_MARK.finditer(text))
    if marks and not text[: marks[0].start()].strip():  # the criterion's own mark
        text = text[marks[0].end() :]
        marks = list(_MARK.finditer(text))
    if len(marks) < 2:
        return Itemized(text)
    shape = shape_of(marks[0][1])
    tops = [mark for mark in marks if shape_of(mark[1]) == shape]
    ends = [mark.start() for mark in tops[1:]] + [len(text)]
    items = tuple(text[mark.end() : end] for mark, end in zip(tops, ends, strict=True))
    return Itemized(text[: tops[0].start()], items)


def shape_of(mark: str) -> str:
    """The kind of a mark: figures, small or capital letters with what surrounds them, or the bullet itself."""
    if not mark.strip():
        return ""  # an item by its place alone
    if mark.strip()[0] in "[\u2610\u2611\u2612\u25a1" or mark.strip() == "()":
        return "[ ]"  # ticked or not
    return re.sub(r"[a-z]+", "a", re.sub(r"[A-Z]+", "A", re.sub(r"\d+", "1", mark.strip())))


_ROMAN = {"i": 1, "v": 5, "x": 10}


def ordinals(mark: str) -> frozenset[tuple[str, int]]:
    """What a mark may count as: the figure of "2.1", "c" as a letter, "iv" as a Roman figure; nothing for a bullet."""
    last = re.search(r"(\d+|[A-Za-z]+)\W*$", mark)
    if last is None or shape_of(mark) == "[ ]":
        return frozenset()
    stem, sign = mark[: last.start()].strip(), last[1]
    if sign.isdigit():
        return frozenset({(f"{stem}1", int(sign))})
    found = {(f"{stem}a{sign.isupper()}", ord(sign.lower()))} if len(sign) == 1 else set()
    if re.fullmatch(r"[ivx]+", sign.lower()):
        figures = [_ROMAN[one] for one in sign.lower()]
        value = sum(-one if one < after else one for one, after in zip(figures, [*figures[1:], 0], strict=True))
        found.add((f"{stem}i{sign.isupper()}", value))
    return frozenset(found)


def follows(mark: str, before: str) -> bool:
    """Whether a mark is the next after another: "III." after "II.", "B." after "A."."""
    return any((kind, value - 1) in ordinals(before) for kind, value in ordinals(mark))


def begins(mark: str) -> bool:
    """Whether a mark may begin a list."""
    return any(value in (1, ord("a")) for _, value in ordinals(mark))


# Words by which a few words above a list ask something of it, and are no mere title: "Failure of one of".
_DEMANDS = re.compile(
    r"\b(?:of|with|without|for|or|no|not|any|one|two|three|either|neither|none|all|both|each|least|following|must|has|have|had|"
    r"is|are|fail\w*|trials?|tried|contra\w+|intoler\w+|complet\w+|document\w*|history|evidence|absence|presence|inadequate)\b|[\d:;]",
    re.IGNORECASE,
)
_TITLE = 6  # words
_STATEMENT = 4  # words of an item that can stand alone


def is_title(text: str, items: Sequence[str]) -> bool:
    """Whether an item only heads those below it ("II. Severity and earlier treatment"), each of which stands alone."""
    words = text.split()
    plain = 0 < len(words) <= _TITLE and words[0][0].isupper() and _DEMANDS.search(text) is None
    return plain and all(len(item.split()) >= _STATEMENT or re.search(r"\d", item) for item in items)


_INLINE = re.compile(r"(?:(?<=[\s:;,])|^)\(?(?P<n>\d|[a-h]|i{1,3}|iv|vi{0,3})\)\s+(?=\S)")
_TAIL = re.compile(
    r"(?:with|without|including|each|every|for|which|that|who|unless|if|when|in|within|such|as|at|but)\b", re.IGNORECASE
)


_ALL_BUT_ONE = re.compile(r"[^,;]\sor\s[^,;]*,\s+and\s+[^,;]+$")


def inline(text: str) -> Itemized:
    """The list in one line: "(1) ... (2) ...", or what stands between semicolons or commas after a colon."""
    marks = list(_INLINE.finditer(text))
    if len(marks) > 1 and marks[0]["n"] in ("1", "a", "i"):
        ends = [mark.start() for mark in marks[1:]] + [len(text)]
        items = tuple(text[mark.end() : end].strip() for mark, end in zip(marks, ends, strict=True))
        return Itemized(text[: marks[0].start()], items)
    lead, colon, rest = text.partition(": ")
    if not colon or not re.search(r"\bof\b|\bfollowing\b|\beither\b|\bboth\b", lead, re.IGNORECASE):
        return Itemized(text)
    joint = ";" if ";" in rest else ","
    if joint == ",":  # "a, b or c, and d": the "or" is within an item
        joint = r",\s+" if _ALL_BUT_ONE.search(rest) else r",\s+(?=or\b|and\b)|,\s+|\s+(?=or\s)"
    cut = re.split(r";\s+" if joint == ";" else joint, rest)
    parts = [re.sub(r"^(?:and|or)\s+", "", part.strip(" .")) for part in cut if part.strip(" .")]
    if len(parts) < 2 or (joint != ";" and any(_TAIL.match(part) for part in parts)):
        return Itemized(text)
    last_or = _ALL_BUT_ONE.search(rest) is None and re.search(r"(?:[;,]|\s)\s*or\s", rest) is not None
    return Itemized(
        lead + ":", tuple(f"{item}; or" if last_or and n < len(parts) - 1 else item for n, item in enumerate(parts))
    )
