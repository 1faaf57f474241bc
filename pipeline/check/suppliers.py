"""How terms are said to a reader, and who can supply a missing piece of the record."""

from collections.abc import Iterable
from functools import cache, lru_cache

from pipeline.check.tables import table
from schemas.base import Frozen
from schemas.fact import Fact, FactKind


class SupplierRow(Frozen):
    """Words of a term, and who keeps the record of such a thing."""

    who: str
    words: tuple[str, ...]


class Suppliers(Frozen):
    """suppliers.yaml."""

    source: str
    rows: tuple[SupplierRow, ...]
    kinds: dict[FactKind, str]
    default: str


@cache
def _suppliers() -> Suppliers:
    return table("suppliers", Suppliers)


def supplier(terms: Iterable[str], facts: Iterable[Fact] = ()) -> str:
    """Who can supply more on these terms: by their words, else by the names, classes and kind of facts found."""
    found = tuple(facts)
    return (
        _keeper(tuple(terms))
        or _keeper(tuple(fact.name for fact in found))
        or _keeper(tuple(name for fact in found for name in fact.classes))
        or (_suppliers().kinds[found[0].kind] if found else _suppliers().default)
    )


@lru_cache(maxsize=1024)  # a case asks for the same things many times
def _keeper(names: tuple[str, ...]) -> str | None:
    text = " ".join(dict.fromkeys(names)).casefold().replace("_", " ")
    return next((row.who for row in _suppliers().rows if any(word in text for word in row.words)), None)


def ask(what: str, terms: Iterable[str], facts: Iterable[Fact] = ()) -> str:
    """A gap: what to obtain, and from whom."""
    return f"Obtain {what} from {supplier(terms, facts)}."


class Sayings(Frozen):
    """terms.yaml."""

    source: str
    said: dict[str, str]


@cache
def _sayings() -> Sayings:
    return table("terms", Sayings)


def said(term: str) -> str:
    """A term of the vocabulary as a reader would say it."""
    return _sayings().said.get(term, term.replace("_", " "))


@lru_cache(maxsize=1024)
def named(terms: tuple[str, ...]) -> str:
    """Terms as a reader would say them: "a, b or c"."""
    *others, last = dict.fromkeys(said(term) for term in terms)
    return f"{', '.join(others)} or {last}" if others else last
