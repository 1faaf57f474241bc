"""The clinical words we know: treatments, drugs, scores, findings and the classes they count for."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

from pydantic import Field

from pipeline.extract.phrases import Phrases
from pipeline.extract.tables import load
from schemas.base import Frozen
from schemas.fact import FactKind


class Row(Frozen):
    """One term as the table states it: `words` and `neutral` are its further forms; its name is one unless `silent`."""

    words: tuple[str, ...] = ()
    neutral: tuple[str, ...] = ()
    silent: bool = False
    classes: tuple[str, ...] = ()
    unit: str | None = None
    units: tuple[str, ...] = ()
    low: float | None = None
    high: float | None = None
    shown_by: str | None = None


class Group(Frozen):
    """Rows that share a kind, classes, a manner of result and a source."""

    source: str
    kind: FactKind | None = None
    classes: tuple[str, ...] = ()
    shown_by: str | None = None
    terms: dict[str, tuple[str, ...] | Row]


class Table(Frozen):
    """vocabulary.yaml as a whole."""

    sources: dict[str, str]
    hidden: tuple[str, ...]
    classes: tuple[Group, ...]
    terms: tuple[Group, ...]


class Term(Frozen):
    """A thing of the field, or a class of things.

    `classes` holds every class it counts for, the classes of its classes included. `unit` is the usual unit, `units`
    every spelling of one, `low` to `high` the values a record can mean by it. The `neutral` forms name only what was
    looked at ("straight leg raise", "strength"): `shown_by` names the words that tell its result.
    A form without a lower-case letter is an abbreviation and is matched as written.
    """

    name: str
    kind: FactKind | None
    classes: tuple[str, ...] = ()
    forms: tuple[str, ...] = Field(min_length=1)
    neutral: tuple[str, ...] = ()
    source: str
    unit: str | None = None
    units: tuple[str, ...] = ()
    low: float | None = None
    high: float | None = None
    shown_by: str | None = None


@dataclass(frozen=True, slots=True)
class TermHit:
    """A term and the half-open range of the text that names it; `neutral` where the form tells no result."""

    start: int
    end: int
    term: Term
    neutral: bool = False


class Vocabulary:
    """The table, ready to be looked up and to be found in text."""

    def __init__(self, table: Table) -> None:
        self._broader = {
            name: (*_row(content).classes, *group.classes)
            for group in table.classes
            for name, content in group.terms.items()
        }
        self._terms: dict[str, Term] = {}
        for group in (*table.classes, *table.terms):
            if group.source not in table.sources:
                raise ValueError(f"vocabulary: unknown source {group.source}")
            for name, content in group.terms.items():
                self._add(name, _row(content), group)
        entries = [(form, (term.name, form in term.neutral)) for term in self._terms.values() for form in term.forms]
        self._phrases = Phrases([*entries, *((form, ("", False)) for form in table.hidden)], plurals=True)

    def _ancestors(self, classes: tuple[str, ...]) -> tuple[str, ...]:
        found: dict[str, None] = {}
        waiting = list(classes)
        while waiting:
            name = waiting.pop(0)
            if name not in self._broader:
                raise ValueError(f"vocabulary: unknown class {name}")
            if name not in found:
                found[name] = None
                waiting.extend(self._broader[name])
        return tuple(found)

    def _add(self, name: str, row: Row, group: Group) -> None:
        """A name that stands in several groups is one term with the classes and forms of all."""
        known = self._terms.get(name)
        own = () if row.silent or known else (name,)
        forms = (*(known.forms if known else ()), *own, *row.words, *row.neutral)
        classes = self._ancestors((*(known.classes if known else ()), *group.classes, *row.classes))
        if known:
            units = (*known.units, *row.units)
            self._terms[name] = known.model_copy(update={"forms": forms, "classes": classes, "units": units})
            return
        self._terms[name] = Term(
            name=name,
            kind=group.kind,
            classes=classes,
            forms=forms,
            neutral=(*row.neutral, *(row.words if group.shown_by else ())),
            source=group.source,
            shown_by=row.shown_by or group.shown_by,
            **row.model_dump(include={"unit", "units", "low", "high"}),
        )

    def terms(self, text: str) -> list[TermHit]:
        """The terms named in a text, in order, without overlap; the longest form wins. Linear in the text."""
        return [
            TermHit(hit.start, hit.end, self._terms[name], neutral)
            for hit in self._phrases.find(text)
            for name, neutral in (hit.value,)
            if name
        ]

    def by_name(self, name: str) -> Term:
        """The term, or class, of that canonical name; KeyError where there is none."""
        return self._terms[name]

    def names_in_class(self, name: str) -> tuple[str, ...]:
        """The terms that count for a class, narrower classes included, in the order of the table."""
        return tuple(term.name for term in self._terms.values() if name in term.classes)

    def __iter__(self) -> Iterator[Term]:
        return iter(self._terms.values())


def _row(content: tuple[str, ...] | Row) -> Row:
    return content if isinstance(content, Row) else Row(words=content)


@cache
def vocabulary() -> Vocabulary:
    """The vocabulary of the project, read once."""
    return Vocabulary(Table.model_validate(load("vocabulary.yaml")))


def terms(text: str) -> list[TermHit]:
    """The terms named in a text, in order, without overlap; the longest form wins."""
    return vocabulary().terms(text)


def by_name(name: str) -> Term:
    """The term, or class, of that canonical name; KeyError where there is none."""
    return vocabulary().by_name(name)


def names_in_class(name: str) -> tuple[str, ...]:
    """The names of the terms that count for a class, narrower classes included."""
    return vocabulary().names_in_class(name)
