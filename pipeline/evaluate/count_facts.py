"""Counting clinical facts by kind: by name, with every key, with their assertion, and those that must not be found."""

from collections.abc import Callable, Iterator, Sequence
from typing import Final

from pipeline.evaluate.compare import Comparer, begins, part_of, same_number, same_text, same_thing
from pipeline.evaluate.tally import FactTally, Miss, Score
from pipeline.evaluate.truth import StatedFact, Truth
from pipeline.folding import folded
from schemas.fact import Assertion, Fact, FactKind

_KEYS: Final[dict[str, tuple[Callable[[Fact], object], Comparer]]] = {
    "value": (lambda fact: fact.value, same_number),
    "value_high": (lambda fact: fact.value_high, same_number),
    "unit": (lambda fact: fact.unit, same_text),
    "scale_max": (lambda fact: fact.scale_max, same_number),
    "side": (lambda fact: fact.side, same_text),
    "body_part": (lambda fact: fact.body_part, part_of),
    "date": (lambda fact: fact.date, begins),
    "start": (lambda fact: fact.start, begins),
    "end": (lambda fact: fact.end, begins),
    "visits": (lambda fact: fact.visits, same_number),
    "dose": (lambda fact: fact.dose and f"{fact.dose.n} {fact.dose.unit}", begins),
    "duration": (lambda fact: fact.duration and f"{fact.duration.n} {fact.duration.unit}", same_text),
    "ongoing": (lambda fact: fact.ongoing, same_text),
    "outcome": (lambda fact: fact.outcome, same_text),
    "outcome_reason": (lambda fact: fact.outcome_reason, part_of),
}


_SHOWN: Final = {*_KEYS, "assertion"}


def count_facts(case: str, truth: Truth, facts: Sequence[Fact], score: Score) -> Iterator[Miss]:
    """The facts the truth states, those found of kinds that it lists completely, and those it forbids."""
    yield from _stated(case, truth.facts, facts, score.facts)
    yield from _judged(case, truth, facts, score.facts)
    yield from _forbidden(case, truth, facts, score.facts)


def _stated(
    case: str, stated: Sequence[StatedFact], facts: Sequence[Fact], tallies: dict[FactKind, FactTally]
) -> Iterator[Miss]:
    matched = _assigned(stated, facts)
    for i, one in enumerate(stated):
        if one.optional:
            continue
        fact = matched.get(i)
        tally = tallies.setdefault(one.kind or (fact.kind if fact else FactKind.FINDING), FactTally())
        tally.stated += 1
        if fact is None:
            yield Miss(case, f"fact: {one.kind}", _shown(one), _under_other_kinds(one, facts))
            continue
        differing = _differing(one, fact)
        tally.named += 1
        tally.right += not differing
        if differing:
            yield Miss(case, f"fact: {', '.join(differing)} of {one.kind}", _shown(one), _told(fact))
        if one.assertion:
            tally.asserted += 1
            right = fact.assertion in one.right("assertion")
            tally.assertion_right += right
            tally.holding_right += right or fact.assertion.holds is one.assertion.holds
            if not right:
                yield Miss(case, f"assertion of {one.kind}", _shown(one), _told(fact))


def _judged(case: str, truth: Truth, facts: Sequence[Fact], tallies: dict[FactKind, FactTally]) -> Iterator[Miss]:
    """Only facts that hold are judged: what is said not to be so can be listed without end."""
    for fact in facts:
        if fact.kind in truth.complete_kinds and fact.assertion.holds:
            tally = tallies.setdefault(fact.kind, FactTally())
            sound = any(_bears_out(one, fact) for one in truth.facts)
            tally.judged += 1
            tally.sound += sound
            if not sound:
                yield Miss(case, f"no such {fact.kind}", "", _told(fact))


def _forbidden(case: str, truth: Truth, facts: Sequence[Fact], tallies: dict[FactKind, FactTally]) -> Iterator[Miss]:
    for one in truth.facts_not:
        broken = next((fact for fact in facts if _violates(one, fact, truth.facts)), None)
        kind = one.kind or (broken.kind if broken else FactKind.FINDING)
        tally = tallies.setdefault(kind, FactTally())
        tally.forbidden += 1
        if broken:
            tally.violated += 1
            yield Miss(case, f"must not be found: {kind}", _shown(one), _told(broken))


def _assigned(stated: Sequence[StatedFact], facts: Sequence[Fact]) -> dict[int, Fact]:
    """Each stated fact to a found one of its kind and name, the best agreeing first, none twice."""
    ranked = sorted(
        (len(_differing(one, fact)), fact.assertion is not one.assertion, not _stands_on(one, fact), i, j)
        for i, one in enumerate(stated)
        for j, fact in enumerate(facts)
        if _same(one, fact)
    )
    matched: dict[int, Fact] = {}
    taken: set[int] = set()
    for *_, i, j in ranked:
        if i not in matched and j not in taken:
            matched[i] = facts[j]
            taken.add(j)
    return matched


def _named(stated: StatedFact, fact: Fact) -> bool:
    return any(same_thing(name or "", fact.name) for name in stated.right("name")) or _is_half_of(stated, fact)


def _is_half_of(stated: StatedFact, fact: Fact) -> bool:
    """Of "blood pressure" 134/82 the systolic and the diastolic are each a half."""
    pair, narrower = "/" in (stated.value or ""), not same_text(stated.name, fact.name)
    return pair and narrower and part_of(stated.name, fact.name)


def _same(stated: StatedFact, fact: Fact) -> bool:
    return stated.kind in (None, fact.kind) and _named(stated, fact)


def _differing(stated: StatedFact, fact: Fact) -> tuple[str, ...]:
    """The keys the truth gives that the fact does not carry; null is carried by having none."""
    return tuple(key for key in _KEYS if key in stated.model_fields_set and not _carries(key, stated, fact))


def _carries(key: str, stated: StatedFact, fact: Fact) -> bool:
    read, same = _KEYS[key]
    value, right = read(fact), stated.right(key)
    if key == "value" and _is_half_of(stated, fact):
        right += tuple((stated.value or "").split("/"))
    return None in right if value is None else any(one is not None and same(one, str(value)) for one in right)


def _bears_out(stated: StatedFact, fact: Fact) -> bool:
    """Whether the truth states this fact: nothing the fact has differs, though it may lack something."""
    contradicted = any(_KEYS[key][0](fact) is not None for key in _differing(stated, fact))
    holds = any(one is None or Assertion(one).holds for one in stated.right("assertion"))
    return _same(stated, fact) and holds and not contradicted


def _violates(forbidden: StatedFact, fact: Fact, stated: Sequence[StatedFact]) -> bool:
    """Whether the fact is the forbidden one: on its words where the truth quotes them, else unless stated elsewhere."""
    assertion = forbidden.assertion or Assertion.PRESENT
    alike = fact.assertion is assertion or (fact.assertion.holds and assertion.holds)
    if not (alike and _same(forbidden, fact)) or _differing(forbidden, fact):
        return False
    if forbidden.quote:
        return _stands_on(forbidden, fact)
    return not any(_bears_out(one, fact) and one.assertion in (None, fact.assertion) for one in stated)


def _stands_on(stated: StatedFact, fact: Fact) -> bool:
    """Whether the fact cites the words that the truth quotes, or some of them."""
    quote = folded(stated.quote or "")
    cited = [folded(span.quote) for span in fact.spans]
    return bool(quote) and any(quote in words or words in quote for words in cited)


def _shown(stated: StatedFact) -> str:
    given = stated.model_dump(mode="json", exclude_unset=True, include=_SHOWN)
    return "; ".join((stated.name, *(f"{key} {value}" for key, value in given.items())))


def _under_other_kinds(stated: StatedFact, facts: Sequence[Fact]) -> str:
    kinds = {fact.kind for fact in facts if _named(stated, fact)}
    return f"of that name: {', '.join(sorted(kinds - {stated.kind}))}" if kinds - {stated.kind} else ""


def _told(fact: Fact) -> str:
    shown = {key: read(fact) for key, (read, _) in _KEYS.items()}
    given = [f"{key} {value}" for key, value in shown.items() if value not in (None, False)]
    return "; ".join((fact.name, f"assertion {fact.assertion}", *given))
