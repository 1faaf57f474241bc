"""Tokens sent for facts, and the evidence kept: `python benchmarks/model_tokens.py [PAGES [EVERY [FIRST]]] [-v]`.

PAGES is 200, EVERY 1 and FIRST 0 by default; `-v` lists the evidence lost. For each case of tests/corpus/charts with a
letter and facts (EVERY takes every so-manieth folder, from the one of place FIRST): what retrieval sends for its
criteria, against sending every page of its chart once, as the corpus has it, and within a chart of PAGES pages made of
the notes of all other cases of the corpus, their dates moved by whole weeks to the four years before. A token is taken
for four characters; no tokenizer is asked. The letter, sent whole either way, is counted on both sides.

Recall is of two kinds of evidence: the words that the rules' answer to a criterion cites where the truth file states
that fact, and every fact of the truth file that is one of the things a criterion names (found by its quote, or else by
its name and value on one line). It is kept where the passages for that criterion hold its lines. Evidence of a note by
another case that happens to say the same is not counted.
"""

import itertools
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path

from pipeline import extract
from pipeline.case import Order
from pipeline.evaluate.cases import CaseFolder, Found, find_cases, work
from pipeline.evaluate.truth import StatedFact
from pipeline.extract.model.retrieval import CHARACTERS, Passages, passages_for
from pipeline.extract.model.sent import numbered
from pipeline.extract.vocabulary import terms
from pipeline.folding import fold, folded
from pipeline.notation import dates
from schemas.denial import Criterion
from schemas.document import Document, Page, Role, Whose
from schemas.span import Span

CORPUS = Path(__file__).parent.parent / "tests" / "corpus" / "charts"
PAGES = 200
SHORT_QUOTE = 12  # characters; a shorter one ("84") tells its line only beside its name


@dataclass(slots=True)
class Tally:
    """Figures of one way of sending."""

    cases: int = 0
    criteria: int = 0
    asks: int = 0
    pages: int = 0
    sent: int = 0
    everything: int = 0
    cited: list[bool] = field(default_factory=list)
    named: list[bool] = field(default_factory=list)
    lost: list[str] = field(default_factory=list)


def notes_of(found: Found) -> tuple[Document, ...]:
    """The notes that facts are read from."""
    notes = [d for d in found.documents if d.role is Role.CLINICAL_NOTE and d.patient is not Whose.OTHER]
    return extract.one_source(notes).documents


def moved(text: str, by: timedelta) -> str:
    """A text with its dates to the day moved."""
    for one in reversed(dates(text)):
        if one.value.day:
            text = f"{text[: one.start]}{one.value.day + by:%m/%d/%Y}{text[one.end :]}"
    return text


def around(notes: Sequence[Document], others: Sequence[Document], pages: int) -> tuple[Document, ...]:
    """The notes amid so many pages of others: half before, half behind."""
    missing = pages - sum(len(note.pages) for note in notes)
    fillers: list[Document] = []
    for turn, other in enumerate(itertools.cycle(others)):
        if missing <= 0:
            break
        by = timedelta(weeks=-4 - 7 * turn % 204)
        name = f"x{turn}"
        bare = {"document": name, "words": (), "marks": (), "tables": ()}
        own = tuple(page.model_copy(update={**bare, "text": moved(page.text, by)}) for page in other.pages)
        fillers.append(Document(id=name, file="", sha256="", role=Role.CLINICAL_NOTE, pages=own))
        missing -= len(own)
    half = len(fillers) // 2
    return (*fillers[:half], *notes, *fillers[half:])


def places(page: Page, words: str) -> Iterator[Span]:
    """Where a page holds words, foldings aside."""
    whole, wanted = fold(page.text), folded(words)
    at = whole.text.find(wanted) if wanted else -1
    while at >= 0:
        yield page.span(*whole.original(at, at + len(wanted)))
        at = whole.text.find(wanted, at + 1)


def line_of(page: Page, span: Span) -> str:
    """The line that a place begins on."""
    start = page.text.rfind("\n", 0, span.start) + 1
    return page.text[start : (page.text + "\n").index("\n", span.start)]


def evidence(fact: StatedFact, notes: Sequence[Document]) -> list[Span]:
    """Where the notes state a fact of the truth file."""
    pages = [page for note in notes for page in note.pages]
    quoted = [(page, span) for page in pages for span in places(page, fact.quote or fact.value or fact.name)]
    if fact.quote and len(fact.quote) > SHORT_QUOTE:
        return [span for _, span in quoted]
    beside = [span for page, span in quoted if names(fact) & {hit.term.name for hit in terms(line_of(page, span))}]
    return beside or ([span for _, span in quoted] if fact.quote else [])


def names(fact: StatedFact) -> set[str]:
    """The vocabulary's names for what a fact is about."""
    return {hit.term.name for name in fact.right("name") if name for hit in terms(name)}


def is_named(fact: StatedFact, criterion: Criterion) -> bool:
    """Whether a criterion names the fact's thing, or a class of such."""
    asked = {hit.term.name for hit in terms(criterion.text.value) if "body_part" not in hit.term.classes}
    return any(
        hit.term.name in asked or asked & set(hit.term.classes)
        for name in fact.right("name")
        if name
        for hit in terms(name)
    )


def holds(passages: Passages, span: Span, charts: Sequence[Document]) -> bool:
    """Whether the passages have every line of a place."""
    page = next(d for d in charts if d.id == span.document).page(span.page)
    first, last = page.text.count("\n", 0, span.start) + 1, page.text.count("\n", 0, span.end) + 1
    held = {number.line for number in passages.lines.get(span.document, ()) if number.page == span.page}
    rows = page.text.split("\n")
    return all(n in held for n in range(first, last + 1) if rows[n - 1].strip())


def tally(given: CaseFolder, found: Found, charts: Sequence[Document], notes: Sequence[Document], into: Tally) -> None:
    """Count one case."""
    assert found.coverage is not None
    criteria = found.denial.criteria
    letter = sum(len(numbered(d)) for d in found.documents if d.role in (Role.DENIAL_LETTER, Role.POLICY))
    parts = passages_for(criteria, charts, service=found.denial.service.value if found.denial.service else "")
    into.cases += 1
    into.criteria += len(criteria)
    into.asks += len(parts)
    into.pages += sum(len(chart.pages) for chart in charts)
    into.sent += (letter + sum(len(part.text) for part in parts)) // CHARACTERS
    into.everything += (letter + sum(len(numbered(chart)) for chart in charts)) // CHARACTERS
    of = {name: part for part in parts for name in part.criteria}
    facts = {fact.id: fact for fact in found.facts}
    stated = [(fact, evidence(fact, notes)) for fact in given.truth.facts]
    for criterion in criteria:
        result = next(one for one in found.coverage.criteria if one.criterion == criterion.id)
        part = of[criterion.id]
        used = [span for name in result.facts if name in facts for span in facts[name].spans]
        for fact, spans in stated:
            told = f"{given.folder.name} {criterion.id}: {fact.name} {fact.value or ''} {fact.date or fact.start or ''}"
            cited = [one for one in used if any(overlap(one, span) for span in spans)]
            asked = spans if is_named(fact, criterion) else []
            for places_of_it, kept in ((cited, into.cited), (asked, into.named)):
                if places_of_it:
                    kept.append(any(holds(part, span, charts) for span in places_of_it))
                    into.lost += [] if kept[-1] else [told]


def overlap(one: Span, other: Span) -> bool:
    """Whether two places share a character."""
    return (one.document, one.page) == (other.document, other.page) and one.start < other.end and other.start < one.end


def main() -> None:
    """Print the table."""
    given_numbers = [int(argument) for argument in sys.argv[1:] if argument != "-v"]
    pages, every, first = given_numbers + [PAGES, 1, 0][len(given_numbers) :]
    order = Order(today=date(2026, 11, 21), workers=1)
    cases = [(given, work(given, order)) for given in find_cases([CORPUS])]
    worked = [(given, found, notes_of(found)) for given, found in cases]
    short, long = Tally(), Tally()
    for given, found, notes in worked[first::every]:
        if found.coverage is None or not given.truth.facts:
            continue
        tally(given, found, notes, notes, short)
        others = [note for other, _, its in worked if other is not given for note in its]
        tally(given, found, around(notes, others, pages), notes, long)
    columns = ("chart", "cases", "pages", "criteria", "asks", "all tokens", "sent", "share", "cited kept", "named kept")
    print(f"| {' | '.join(columns)} |\n|{'---|' * len(columns)}")
    for name, one in (("corpus", short), (f"{pages} pages", long)):
        cells = (
            *(name, one.cases, one.pages, one.criteria, one.asks, one.everything, one.sent),
            *(f"{one.sent / one.everything:.1%}", f"{sum(one.cited)} of {len(one.cited)}"),
            f"{sum(one.named)} of {len(one.named)}",
        )
        print(f"| {' | '.join(map(str, cells))} |")
    if "-v" in sys.argv:
        print("\n".join(dict.fromkeys(long.lost)))


if __name__ == "__main__":
    main()
