"""Notes that repeat one another: a draft and its signed version are one source; a note carried forward is a warning."""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations

from pipeline.extract.chart.charted import Shape, Statement
from pipeline.extract.chart.sections import statements
from pipeline.folding import folded
from schemas.coverage import Warning
from schemas.dates import PartialDate
from schemas.document import Document
from schemas.span import Span

_ALIKE = 0.75  # of the shorter document's sentences stand in the other, word for word
_LEAST = 5  # sentences; fewer prove no copy
_WORDS = 4  # of a sentence that is compared; shorter ones recur in every note
_WIDEST = 8  # documents; a sentence in more is a form's own text
_COUNTS_FROM_TODAY = re.compile(
    r"\b(?:ago|yesterday|today|tonight|(?:last|this|past) (?:night|week|month|morning))\b", re.IGNORECASE
)
_MOST_SHOWN = 12  # differences that a warning points at
_SIGNED = re.compile(r"\b(?:electronically |digitally |e-)?signed\b|/s/", re.IGNORECASE)
_DRAFT = re.compile(r"\b(?:draft|preliminary|unsigned|not yet signed|incomplete|pended|status: open)\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Sources:
    """The documents that are a source each, and what to tell of those that repeat another."""

    documents: tuple[Document, ...]
    warnings: tuple[Warning, ...]


@dataclass(frozen=True)
class _Note:
    document: Document
    all: tuple[Statement, ...]
    sentences: dict[str, Statement]
    day: PartialDate | None


def one_source(documents: Sequence[Document]) -> Sources:
    """The documents without drafts and copies of a note that is there too; where they differ is a warning."""
    notes = [_read(document) for document in documents]
    dropped: set[str] = set()
    warnings: list[Warning] = []
    for one, other in _alike(notes):
        if one.document.id in dropped or other.document.id in dropped:
            continue
        if one.day is None or other.day is None or one.day == other.day:
            kept, copy = _by_worth(one, other)
            dropped.add(copy.document.id)
            warnings.append(_one_note(kept, copy))
    warnings += _carried_forward([note for note in notes if note.document.id not in dropped])
    return Sources(tuple(d for d in documents if d.id not in dropped), tuple(warnings))


def _read(document: Document) -> _Note:
    read = tuple(one for one in statements(document) if one.shape is not Shape.HEADING and not one.rest)
    sentences = {folded(one.text): one for one in read if len(one.text.split()) >= _WORDS}
    return _Note(document, read, sentences, next((one.dated.value for one in read if one.dated), None))


def _alike(notes: Sequence[_Note]) -> Iterator[tuple[_Note, _Note]]:
    """The pairs that share most of their sentences, in order."""
    holding: dict[str, list[int]] = {}
    for index, note in enumerate(notes):
        for sentence in note.sentences:
            holding.setdefault(sentence, []).append(index)
    shared = Counter(
        pair for indexes in holding.values() if len(indexes) <= _WIDEST for pair in combinations(indexes, 2)
    )
    for (a, b), count in sorted(shared.items()):
        shorter = min(len(notes[a].sentences), len(notes[b].sentences))
        if count >= max(_LEAST, _ALIKE * shorter):
            yield notes[a], notes[b]


def _by_worth(one: _Note, other: _Note) -> tuple[_Note, _Note]:
    """The better source first: what is signed before what is a draft, else the longer, else the later."""
    first, second = sorted((other, one), key=_worth, reverse=True)
    return first, second


def _worth(note: _Note) -> tuple[bool, bool, int]:
    text = "\n".join(page.text for page in note.document.pages)
    return _DRAFT.search(text) is None, _SIGNED.search(text) is not None, len(note.sentences)


def _one_note(kept: _Note, copy: _Note) -> Warning:
    differing = (*_only_in(kept, copy), *_only_in(copy, kept))
    message = f"{_name(copy)} is another version of {_name(kept)}. It was set aside."
    message += f" They differ in {len(differing)} places." if differing else ""
    return Warning(code="near_duplicate", message=message, spans=differing[:_MOST_SHOWN])


def _only_in(one: _Note, other: _Note) -> tuple[Span, ...]:
    return tuple(_span(one, sentence) for key, sentence in one.sentences.items() if key not in other.sentences)


def _carried_forward(notes: Sequence[_Note]) -> Iterator[Warning]:
    """Sentences that count from their own day ("2 weeks ago") and stand in several notes: true of one of them only."""
    places: dict[str, list[tuple[_Note, Statement]]] = {}
    for note in notes:
        for statement in note.all:
            if _COUNTS_FROM_TODAY.search(statement.text) and len(statement.text.split()) >= _WORDS:
                places.setdefault(folded(statement.text), []).append((note, statement))
    for told in places.values():
        if len({(note.document.id, statement.note) for note, statement in told}) > 1:
            message = "The same words, which count from the day they were written, stand in several notes. "
            message += "They hold for the earliest of them."
            spans = tuple(_span(note, statement) for note, statement in told[:_MOST_SHOWN])
            yield Warning(code="copied_forward", message=message, spans=spans)


def _span(note: _Note, statement: Statement) -> Span:
    return note.document.page(statement.page).span(statement.start, statement.end)


def _name(note: _Note) -> str:
    return f"{note.document.id} ({note.document.file})"
