"""Whether what was found is what the truth states: by kind of value, as docs/EVALUATION.md says."""

import re
import string
from collections import Counter
from collections.abc import Callable, Sequence
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any, Final

from pipeline.extract.vocabulary import terms
from pipeline.folding import folded
from schemas.denial import AppealWindow

NEAR: Final = 0.8
Comparer = Callable[[str, str], bool]
"""(stated, found) -> whether they say the same."""


def plain(value: Any) -> str:
    """A value of the truth or of the case as words."""
    if isinstance(value, AppealWindow):
        return f"{value.n} {value.unit} {value.trigger}"
    return value.isoformat() if isinstance(value, date) else str(value)


def same_text(stated: str, found: str) -> bool:
    """Alike but for white space, case, the shape of quotes and dashes, and outer punctuation."""
    return _core(stated) == _core(found)


def holds_text(found: str, stated: str) -> bool:
    """Whether the stated text stands within the found one."""
    return _core(stated) in folded(found)


def near_text(stated: str, found: str) -> bool:
    """At least 0.8 of the words of the longer are shared."""
    one, other = Counter(_words(stated)), Counter(_words(found))
    longer = max(one.total(), other.total())
    return longer > 0 and (one & other).total() / longer >= NEAR


def same_words(stated: str, found: str) -> bool:
    """The same words in any order: "LOPEZ, ANA" is "Ana Lopez"."""
    return sorted(_words(stated)) == sorted(_words(found))


def same_code(stated: str, found: str) -> bool:
    """The same letters, figures and points: "CO 50" is "CO-50"."""
    return _kept(stated, r"[^\w.]|_") == _kept(found, r"[^\w.]|_")


def same_identifier(stated: str, found: str) -> bool:
    """Alike but for white space, case and the shape of dashes."""
    return _kept(stated, r"\s") == _kept(found, r"\s")


def same_version(stated: str, found: str) -> bool:
    """Versions: the same text, without a word for "version" before a number ("version 7.2", "v. 7.2")."""
    return same_text(*(_VERSION.sub("", _core(plain(text))) for text in (stated, found)))


_VERSION = re.compile(r"(?:version|ver|v)\.? ?(?=\d)")


def same_phone(stated: str, found: str) -> bool:
    """The same ten figures."""
    return _kept(stated, r"\D")[-10:] == _kept(found, r"\D")[-10:]


def same_number(stated: str, found: str) -> bool:
    """Equal as numbers, or as text where one is none."""
    try:
        return Decimal(stated.replace(",", "")) == Decimal(found.replace(",", ""))
    except InvalidOperation:
        return same_text(stated, found)


def begins(stated: str, found: str) -> bool:
    """Equal as far as the truth goes: "2026-03" is right of "2026-03-14", "15 mg" of "15 mg/week"."""
    parts = re.findall(r"\w+(?:\.\w+)?", folded(stated))
    return re.findall(r"\w+(?:\.\w+)?", folded(found))[: len(parts)] == parts


def part_of(stated: str, found: str) -> bool:
    """One holds the other, word by word: "knee" and "right knee"."""
    one, other = (f" {' '.join(_words(text))} " for text in (stated, found))
    return one in other or other in one


def same_thing(stated: str, found: str) -> bool:
    """The same term of the vocabulary, or where it does not know both, one name within the other."""
    if same_text(stated, found):
        return True
    one, other = ({hit.term.name for hit in terms(name)} for name in (stated, found))
    return bool(one & other) if one and other else part_of(stated, found)


def pairs(stated: Sequence[Sequence[str]], found: Sequence[str], same: Comparer) -> dict[int, int]:
    """Each stated item, given in its right wordings, to the first found one that no other has taken."""
    taken: dict[int, int] = {}
    for i, wordings in enumerate(stated):
        for j, value in enumerate(found):
            if j not in taken.values() and any(same(wording, value) for wording in wordings):
                taken[i] = j
                break
    return taken


def _core(text: str) -> str:
    return folded(text).strip(string.punctuation + " ")


def _words(text: str) -> list[str]:
    return re.findall(r"\w+", folded(text))


def _kept(text: str, dropped: str) -> str:
    return re.sub(dropped, "", folded(text))
