"""Folding text for comparison while remembering where every character came from.

What may differ between a quote and the page, and nothing else: white space, case, the shape of quotation marks and
dashes, ligatures, composed or combining accents, and a hyphen at the end of a line. Compatibility forms are not
folded: NFKC would make "10²" into "102".
"""

import re
import unicodedata
from bisect import bisect_right
from dataclasses import dataclass
from functools import lru_cache

_SAME = {
    **dict.fromkeys("\u2018\u2019\u201a\u201b\u02bc\u2032`\u00b4", "'"),
    **dict.fromkeys("\u201c\u201d\u201e\u201f\u00ab\u00bb\u2033", '"'),
    **dict.fromkeys("\u2010\u2011\u2012\u2013\u2014\u2015\u2212\u00ad", "-"),
    "\u2026": "...",
    "\ufb00": "ff",
    "\ufb01": "fi",
    "\ufb02": "fl",
    "\ufb03": "ffi",
    "\ufb04": "ffl",
    "\ufb05": "st",
    "\ufb06": "st",
}
_INVISIBLE = "\u200b\u200c\u200d\u2060\ufeff"
# A cluster: characters that only their case can change, an end-of-line hyphen between letters, a run of space, or one
# character with its combining marks.
_CLUSTER = re.compile(
    r"(?P<plain>[!-,.-_a-~]+(?![\u0300-\u036f]))"
    r"|(?<=[^\W\d_])[-\u2010\u00ad][ \t]*\n\s*(?=[^\W\d_])|\s+|.[\u0300-\u036f]*",
    re.DOTALL,
)


@dataclass(frozen=True, slots=True)
class Folded:
    """Folded text; `starts[i]` and `ends[i]` bound the original characters that became `text[i]`."""

    text: str
    starts: tuple[int, ...]
    ends: tuple[int, ...]

    def original(self, start: int, end: int) -> tuple[int, int]:
        """The range of the original text behind a non-empty range of the folded one."""
        return self.starts[start], self.ends[end - 1]

    def at(self, position: int) -> int:
        """The folded index of the character that holds an original position."""
        return max(0, bisect_right(self.starts, position) - 1)


def _folded_cluster(cluster: str, hyphen: str) -> str:
    if cluster.isspace():
        return " "
    if "\n" in cluster:
        return hyphen
    return "".join(_SAME.get(c, "" if c in _INVISIBLE else c) for c in unicodedata.normalize("NFC", cluster)).casefold()


def fold(text: str, *, keep_line_hyphen: bool = False) -> Folded:
    """Fold a text. A hyphen at a line's end is dropped, or kept where the word has one: the page does not say which."""
    out: list[str] = []
    starts: list[int] = []
    ends: list[int] = []
    hyphen = "-" if keep_line_hyphen else ""
    for match in _CLUSTER.finditer(text):
        if match.lastgroup:
            out.append(match[0].lower())
            starts.extend(range(match.start(), match.end()))
            ends.extend(range(match.start() + 1, match.end() + 1))
            continue
        folded = _folded_cluster(match[0], hyphen)
        if folded == " " and (not out or out[-1] == " "):
            continue
        out.extend(folded)
        starts.extend([match.start()] * len(folded))
        ends.extend([match.end()] * len(folded))
    if out and out[-1] == " ":
        out.pop(), starts.pop(), ends.pop()
    return Folded("".join(out), tuple(starts), tuple(ends))


_BROKEN_WORD = re.compile(r"(?<=[^\W\d_])[-\u2010\u00ad][ \t]*\n\s*(?=([^\W\d_]))")


def on_one_line(text: str) -> str:
    """The text with single spaces for white space, a word that a line's end breaks made whole.

    Its hyphen stays before a capital ("Lopez-Garcia"): elsewhere the page does not say whether the word has one.
    """
    whole = _BROKEN_WORD.sub(lambda match: "" if match[1].islower() else "-", text) if "\n" in text else text
    return " ".join(whole.split())


_LINE_HYPHEN = re.compile(r"(?<=[^\W\d_])-[ \t]*\n\s*(?=[^\W\d_])")


@lru_cache(maxsize=4096)
def folded(text: str) -> str:
    """The folded text alone, as `fold` gives it."""
    if text.isascii():  # nothing to compose and no ligatures: the same at a fraction of the time
        return " ".join(_LINE_HYPHEN.sub("", text).replace("`", "'").casefold().split())
    return fold(text).text
