"""Which sentence of the letter each statement of the edited one comes from: by its content control, else by likeness.

Likeness only finds what a statement comes from. Whether it is carried is for verification, word by word.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

from rapidfuzz import fuzz

from pipeline.draft.citations import PageRef
from pipeline.edited.read import Paragraph, by_tag
from pipeline.edited.units import Statement, alike, inherit, is_block, statements

_LIKE = 65.0  # of 100: one sentence, edited
_WITHIN = 88.0  # of 100: a piece of it, kept
_SHORTER = 0.8  # of the length: a piece and not the whole
_FEWEST = 15  # characters: a shorter piece stands in anything


@dataclass(frozen=True, slots=True)
class Block:
    """A piece of the letter around its sentences, as edited: the tag it was set with, and what stands there now."""

    tag: str
    paragraph: Paragraph
    text: str


@dataclass(frozen=True, slots=True)
class Original:
    """The letter as it was set: its sentences by id, the pieces around them by tag, and all its paragraphs."""

    sentences: Mapping[str, str]
    blocks: Mapping[str, str]
    paragraphs: tuple[Paragraph, ...]

    @classmethod
    def of(cls, paragraphs: tuple[Paragraph, ...]) -> Original:
        """Take the letter as set apart."""
        tagged = by_tag(paragraphs)
        sentences = {tag: " ".join(text.split()) for tag, text in tagged.items() if not is_block(tag)}
        return cls(sentences, {tag: text for tag, text in tagged.items() if is_block(tag)}, paragraphs)


@dataclass(frozen=True, slots=True)
class Matched:
    """What an edited letter says, and which sentences and pieces of the letter it no longer has."""

    statements: tuple[Statement, ...]
    blocks: tuple[Block, ...]
    deleted: tuple[str, ...]


def match(edited: Sequence[Paragraph], original: Original, cited: Mapping[str, frozenset[PageRef]]) -> Matched:
    """Find where each statement comes from. `cited` are the pages that each sentence of the letter cites."""
    found: list[Statement] = []
    blocks: list[Block] = []
    known = sorted({alike(text) for text in original.sentences.values()}, key=len, reverse=True)
    for number, (paragraph, tag, label) in enumerate(_paired(edited, original), start=1):
        if tag:
            blocks.append(Block(tag, paragraph, paragraph.text))
        elif not label:
            found += statements(paragraph, number, known)
    _name(found, original)
    _trace(found, original)
    inherit(found, cited)
    _mark_moved(found, [*original.sentences])
    kept = {name for one in found for name in one.origins} | {block.tag for block in blocks}
    names = (*original.sentences, *(tag for tag, text in original.blocks.items() if not text.startswith("[")))
    return Matched(tuple(found), tuple(blocks), tuple(name for name in names if name not in kept))


def key(paragraph: Paragraph) -> str:
    """The words of a paragraph as paragraphs are compared."""
    return " ".join(alike(paragraph.text).split())


def _paired(edited: Sequence[Paragraph], original: Original) -> Iterator[tuple[Paragraph, str, bool]]:
    """Each edited paragraph with the tag of the piece it is, and whether it is a heading or label as it was set."""
    labels = Counter(key(one) for one in original.paragraphs if not any(s.tag for s in one.stretches))
    placed = _by_place(edited, original)
    for n, paragraph in enumerate(edited):
        own = [stretch.tag for stretch in paragraph.stretches if is_block(stretch.tag)]
        tag = own[0] if own else "" if any(s.tag for s in paragraph.stretches) else placed.get(n, "")
        yield paragraph, tag, not tag and key(paragraph) in labels


def _by_place(edited: Sequence[Paragraph], original: Original) -> dict[int, str]:
    """Of edited paragraphs without content controls, the pieces that they are by where they stand."""
    before, after = [key(one) for one in original.paragraphs], [key(one) for one in edited]
    tags = [_only_block(one) for one in original.paragraphs]
    found: dict[int, str] = {}
    for kind, a, b, first, last in SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        if kind == "equal" or b - a == last - first:
            found |= {first + n: tag for n, tag in enumerate(tags[a:b]) if tag}
        elif kind == "replace" and all(tags[a:b]):
            found |= dict.fromkeys(range(first, last), tags[a])
    return found


def _only_block(paragraph: Paragraph) -> str:
    return next((stretch.tag for stretch in paragraph.stretches if is_block(stretch.tag)), "")


def _name(found: Sequence[Statement], original: Original) -> None:
    """Give what is unchanged the id of its sentence: by its content control, else by its place among the others."""
    texts = {name: alike(text) for name, text in original.sentences.items()}
    free = dict(texts)
    whole = [one for one in found if one.whole]
    for one in whole:
        _take(one, (name for name in one.tags if texts.get(name) == one.whole), free)
    left = [one for one in whole if not one.exact]
    names = [*free]
    order = SequenceMatcher(None, [free[name] for name in names], [one.whole for one in left], autojunk=False)
    for a, b, size in order.get_matching_blocks():
        for n in range(size):
            _take(left[b + n], (names[a + n],), free)
    for one in left:
        if not one.exact:
            _take(one, [name for name, text in free.items() if text == one.whole], free)
    for one in whole:
        if not one.exact:
            one.exact, one.repeated = next(name for name, text in texts.items() if text == one.whole), True


def _take(one: Statement, names: Iterable[str], free: dict[str, str]) -> None:
    """Give it the first of the names that is free."""
    name = next((name for name in names if name in free), "")
    if name:
        one.exact = name
        del free[name]


def _trace(found: Sequence[Statement], original: Original) -> None:
    """Set the origins: of what is unchanged itself, else of its content controls, else of what it is like."""
    for one in found:
        if one.exact:
            one.origins = (one.exact,)
        else:
            one.origins = tuple(tag for tag in one.tags if tag in original.sentences)
    claimed = {name for one in found for name in one.origins}
    free = {name: alike(text) for name, text in original.sentences.items() if name not in claimed}
    left = [one for one in found if not one.origins]
    alone = sorted(
        ((_likeness(alike(one.text), text), -n, name) for n, one in enumerate(left) for name, text in free.items()),
        reverse=True,
    )
    used: set[str] = set()
    for score, n, name in alone:
        if score >= _LIKE and not left[-n].origins and name not in used:
            left[-n].origins = (name,)
            used.add(name)
    for one in left:
        pieces = tuple(name for name, text in free.items() if _is_within(text, alike(one.text)))
        if len(pieces) > 1 or not one.origins:
            one.origins = tuple(dict.fromkeys((*one.origins, *pieces))) or _whole_of(one, free)


def _likeness(first: str, second: str) -> float:
    """How like two sentences are, of 100, their words in either order."""
    return max(fuzz.ratio(first, second), fuzz.token_sort_ratio(first, second))


def _whole_of(one: Statement, free: Mapping[str, str]) -> tuple[str, ...]:
    """The sentence that a statement is a piece of."""
    return tuple(name for name, text in free.items() if _is_within(alike(one.text), text))[:1]


def _is_within(piece: str, whole: str) -> bool:
    if not _FEWEST <= len(piece) < len(whole) * _SHORTER:
        return False
    return fuzz.partial_ratio(piece, whole) >= _WITHIN


def _mark_moved(found: Sequence[Statement], order: Sequence[str]) -> None:
    """Mark those that do not stand in the order of the letter; as few as explain the rest."""
    place = {name: n for n, name in enumerate(order)}
    traced = [one for one in found if one.origins and not one.repeated]
    kept = _longest_rising([place[one.origins[0]] for one in traced])
    for n, one in enumerate(traced):
        one.moved = n not in kept


def _longest_rising(values: Sequence[int]) -> set[int]:
    """The indexes of a longest subsequence that never falls."""
    tails: list[int] = []
    ends: list[int] = []
    before: list[int] = []
    for n, value in enumerate(values):
        at = bisect_left(tails, value + 1)
        before.append(ends[at - 1] if at else -1)
        tails[at : at + 1], ends[at : at + 1] = [value], [n]
    found: set[int] = set()
    n = ends[-1] if ends else -1
    while n >= 0:
        found.add(n)
        n = before[n]
    return found
