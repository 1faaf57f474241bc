"""No pattern of the program can be made to work for ever: its time is at most about square in the text."""

import importlib
import re
import time
from collections.abc import Iterator
from itertools import islice
from typing import Any

import pytest

from pipeline import notation
from pipeline.extract import ground
from tests.regexes import Regex, regexes

_SHORT = (16, 24, 32, 40)  # characters, where an exponential pattern shows and can still be waited for
_LENGTHS = (250, 500, 1000, 2000, 4000)
_FLOOR = 0.004  # seconds: what is faster is not told from noise
_CLEAR = 8  # times the floor, where what a pattern costs beside its growth no longer hides it
_RATIO = 32  # of the times of a text and one a quarter as long: 16 where time is square, 64 where it is cubic
_MANY = 8  # a repeat that may go on so far can be fed
_KINDS = " a1A.,"  # a character of each kind that patterns tell apart
_ENDS = "\0"  # nothing asks for it: what was nearly a match is none
_ATTACKS = 10  # for one pattern, of each sort
_LOOKS = 5  # other work on the machine may hide a growth from one

# The parser of the standard library, which says what a pattern repeats; it has no public name since Python 3.11.
_parser, _op = importlib.import_module("re._parser"), importlib.import_module("re._constants")
_compile = importlib.import_module("re._compiler").compile
_REPEATS = (_op.MAX_REPEAT, _op.MIN_REPEAT, _op.POSSESSIVE_REPEAT)
_ONE = tuple([op] for op in (_op.IN, _op.ANY, _op.LITERAL, _op.NOT_LITERAL))
_CLASSES = (_op.IN, _op.ANY, _op.NOT_LITERAL)


def _accepted(tree: Any) -> list[str]:
    """Some short strings that a parsed pattern accepts, what stands around it left out."""
    found = [""]
    for node in tree:
        found = [start + more for start in found[:4] for more in _of_node(*node)][:12]
    return found


def _of_node(op: Any, given: Any) -> list[str]:
    if op is _op.LITERAL:
        return [chr(given)]
    if op in _CLASSES:
        return _of_class(op, given)
    if op in _REPEATS:
        low, _, body = given
        return [one * low for one in _accepted(body)] if low else ["", *_accepted(body)[:2]]
    if op is _op.BRANCH:
        return [one for branch in given[1][:12] for one in _accepted(branch)[:4]]
    if op in (_op.SUBPATTERN, _op.ATOMIC_GROUP):
        return _accepted(given[-1] if op is _op.SUBPATTERN else given)
    return [""]  # an anchor, or what looks ahead or behind


def _of_class(op: Any, given: Any) -> list[str]:
    """A character of each kind that a class accepts, else one it names."""
    state = _parser.State()
    state.str = ""
    accepts = _compile(_parser.SubPattern(state, [(op, given)]))
    named = [chr(value) for kind, value in given if kind is _op.LITERAL] if op is _op.IN else []
    ranges = [chr(value[0]) for kind, value in given if kind is _op.RANGE] if op is _op.IN else []
    return [one for one in _KINDS if accepts.fullmatch(one)] or (named or ranges)[:1]


def _repeated(tree: Any, before: str = "") -> Iterator[tuple[str, str]]:
    """What may stand before a repeat, and what can be repeated there."""
    for op, given in tree:
        inner = [given[-1]] if op in (_op.SUBPATTERN, *_REPEATS) else given[1] if op is _op.BRANCH else []
        if op in _REPEATS and given[1] >= _MANY:
            for pump in filter(None, _accepted(given[2])):
                yield before, pump
        for body in inner:
            yield from _repeated(body, before)
        before += max(_of_node(op, given)[:1], default="")


def _possessive_groups(tree: Any) -> Iterator[Any]:
    """The atomic groups of a parsed pattern, and its possessive repeats of more than one character."""
    for op, given in tree:
        body = given[2] if op in _REPEATS else None
        if op is _op.ATOMIC_GROUP or (op is _op.POSSESSIVE_REPEAT and [one for one, _ in body] not in _ONE):
            yield given
        inner = [body] if body else [given] if op is _op.ATOMIC_GROUP else []
        inner += [given[-1]] if op is _op.SUBPATTERN else given[1] if op is _op.BRANCH else []
        inner += [given[1]] if op in (_op.ASSERT, _op.ASSERT_NOT) else []
        for one in inner:
            yield from _possessive_groups(one)


def attacks(pattern: Regex) -> list[tuple[str, str]]:
    """What to put first and what to repeat after it, for texts that the pattern nearly matches in many ways."""
    tree = _parser.parse(pattern.pattern if isinstance(pattern.pattern, str) else pattern.pattern.decode("latin-1"))
    whole = max(_accepted(tree), key=len)
    found = dict.fromkeys(_repeated(tree))
    bare = dict.fromkeys(("", pump) for _, pump in found)
    led = (one for one in found if one not in bare)
    whole_again = [("", whole), ("", whole[:-1])] if whole[1:] else []
    return [*islice(bare, _ATTACKS), *islice(led, _ATTACKS), *whole_again]


def seconds(pattern: Regex, text: str, tries: int = 1) -> float:
    """The least time of a search for every match, and for a match of the whole."""
    given: Any = text if isinstance(pattern.pattern, str) else text.encode("latin-1", "replace")
    best = float("inf")
    for _ in range(tries):
        start = time.thread_time()
        for _ in pattern.finditer(given):
            pass
        pattern.fullmatch(given)
        best = min(best, time.thread_time() - start)
    return best


def text_of(first: str, pump: str, length: int) -> str:
    """A text of about that length."""
    return first + pump * max(1, length // len(pump)) + _ENDS


def _takes(pattern: Regex, text: str, most: float) -> bool:
    """Whether a text takes longer than that, also at the best of three tries: one may have met other work."""
    return seconds(pattern, text) > most and seconds(pattern, text, tries=3) > most


def runs_away(pattern: Regex, first: str, pump: str) -> bool:
    """Whether the time grows faster with the text than its square."""
    for length in _SHORT:
        if _takes(pattern, text_of(first, pump, length), _FLOOR):
            return True
    before = seconds(pattern, text_of(first, pump, _LENGTHS[0]))
    if before > 50 * _FLOOR and _takes(pattern, text_of(first, pump, _LENGTHS[0]), 50 * _FLOOR):
        return True
    for length in _LENGTHS[1:] if before > _FLOOR / 10 else ():
        now = seconds(pattern, text_of(first, pump, length))
        if now > _FLOOR:
            least = _RATIO * seconds(pattern, text_of(first, pump, length // 4), tries=5)
            if now > least and seconds(pattern, text_of(first, pump, length), tries=3) > least:
                return True
            if now > _CLEAR * _FLOOR:
                return False
    return False


@pytest.fixture(scope="module")
def patterns() -> dict[Regex, str]:
    return regexes()


def test_the_patterns_of_modules_calls_and_tables_are_found(patterns: dict[Regex, str]) -> None:
    texts = {str(pattern.pattern) for pattern in patterns}
    assert len(texts) > 500
    for held in (notation._DATE, notation._ICD10, ground._IN_A_FIGURE):  # by the module
        assert held in patterns
    assert r"[.;]\s" in texts  # by a call inside a function
    assert any("InterQual" in text and r"20\d\d" in text for text in texts)  # by criteria.yaml


@pytest.mark.parametrize("words", [r"(?:a+)+$", r"(?:\w+\s?)*:", r"\s*,?\s*x", r"(?:a|a)*b"])
def test_a_pattern_that_runs_away_is_told(words: str) -> None:
    pattern = re.compile(words)
    assert any(runs_away(pattern, *attack) for _ in range(_LOOKS) for attack in attacks(pattern))


@pytest.mark.parametrize("words", [r"\s*$", r"(?:a|b)+c", r"(?:\w+\s)*:", r"\d{1,3}(?:,\d{3})*"])
def test_a_pattern_of_square_time_at_most_is_not(words: str) -> None:
    pattern = re.compile(words)
    assert not any(runs_away(pattern, *attack) for attack in attacks(pattern))


@pytest.mark.parametrize(
    ("words", "told"),
    [(r"(?:ab)*+c", 1), (r"((?!x)(?:\w|'s)++)?", 1), (r"(?>ab)", 1), (r"\s*+[^a]?+x", 0), (r"(?:ab)*", 0)],
)
def test_a_possessive_group_is_told(words: str, told: int) -> None:
    assert len([*_possessive_groups(_parser.parse(words))]) == told


def test_no_pattern_has_a_possessive_group(patterns: dict[Regex, str]) -> None:
    """Python before 3.11.5, which Debian 12 has, matches them wrongly where a repeat ends within one (gh-106052)."""
    trees = {p: _parser.parse(p.pattern, p.flags) for p in patterns if isinstance(p.pattern, str)}
    assert [(patterns[p], p.pattern) for p, tree in trees.items() if any(_possessive_groups(tree))] == []


def test_no_pattern_runs_away(patterns: dict[Regex, str]) -> None:
    bad = [(where, p.pattern) for p, where in patterns.items() if any(runs_away(p, *attack) for attack in attacks(p))]
    assert not bad
