"""Two engines' facts made one: equal ones once; of one thing read in two ways the rules' reading stands.

Where they differ on whether it is so at all, it meets nothing by either's word alone: see docs/decisions/0012. Pure.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace

from pipeline.extract.ground_facts import GroundedFacts
from pipeline.extract.model.known import ASSERTION, Differing
from schemas.case import Refused
from schemas.coverage import Warning
from schemas.fact import Assertion, Fact, FactKind
from schemas.span import Span

# What meets nothing is strictest: an absence may be what a criterion asks for.
_STRICTEST = (
    Assertion.OTHER_PATIENT,
    Assertion.FAMILY,
    Assertion.HYPOTHETICAL,
    Assertion.POSSIBLE,
    Assertion.ABSENT,
    Assertion.HISTORICAL,
    Assertion.PRESENT,
)
_OWN = ("value", "value_high", "unit", "scale_max", "side", "start", "end", "duration", "visits", "dose", "outcome")


def agreed_facts(
    rules: GroundedFacts, model: GroundedFacts, repeated: Iterable[str] = (), differing: Sequence[Differing] = ()
) -> GroundedFacts:
    """Both engines' facts, equal ones once, numbered anew in the order of their places.

    Of the same thing at the same place the rules' fact stands, with the stricter assertion of the two; one that says
    something else there is refused. `repeated` are ids of the rules' facts that the model only repeated, `differing`
    what it read otherwise of them that their words did not bear out.
    """
    joined = _Joined([_Kept(fact, of_rules=True) for fact in rules.facts])
    of = {kept.fact.id: kept for kept in joined.kept}
    for name in repeated:
        of[name].alike = True
    for other in differing:
        joined.differ(of[other.fact], other.particulars, other.assertion, other.spans)
    for fact in model.facts:
        joined.add(fact)
    alike: dict[Fact, bool] = {}
    for kept in sorted(joined.kept, key=lambda one: (one.fact.spans[0].place, one.fact.name)):
        fact = replace(kept.fact, id="f0")
        alike[fact] = alike.get(fact, False) or (kept.alike and not kept.told_otherwise)
    facts = tuple(replace(fact, id=f"f{n}") for n, fact in enumerate(alike, start=1))
    return GroundedFacts(
        facts=facts,
        refused=(*rules.refused, *model.refused, *joined.refused),
        warnings=(*rules.warnings, *model.warnings, *dict.fromkeys(joined.warnings)),
        agreed=tuple(fact.id for fact, both in zip(facts, alike.values(), strict=True) if both),
    )


@dataclass
class _Kept:
    """A fact, and what the other engine makes of it where it is `of_rules`."""

    fact: Fact
    of_rules: bool
    alike: bool = False
    told_otherwise: bool = False


@dataclass
class _Joined:
    """The facts, and what is told of the two readings while they are made one."""

    kept: list[_Kept]
    refused: list[Refused] = field(default_factory=list)
    warnings: list[Warning] = field(default_factory=list)

    def add(self, fact: Fact) -> None:
        """A fact of the model's."""
        here = [kept for kept in self.kept if _same_thing(kept.fact, fact)]
        fitting = [kept for kept in here if not any(_others(fact, kept.fact))]
        fitting.sort(key=lambda kept: kept.fact.assertion is not fact.assertion)
        if not here:
            self.kept.append(_Kept(fact, of_rules=False))
        elif not fitting:
            self.refused.append(_other(fact))
            self.differ(here[0], tuple(_others(fact, here[0].fact)), here[0].fact.assertion, fact.spans)
        elif fact.assertion.agrees(fitting[0].fact.assertion):
            fitting[0].alike = fitting[0].of_rules
        else:
            self.differ(fitting[0], (ASSERTION,), fact.assertion, fact.spans)

    def differ(self, kept: _Kept, particulars: Sequence[str], theirs: Assertion, spans: Sequence[Span]) -> None:
        """The model reads these particulars of a fact otherwise, here."""
        kept.told_otherwise = True
        fact, ours, said = kept.fact, kept.fact.assertion, []
        readers, first = ("The rules and the model", "The rules'") if kept.of_rules else ("Two replies", "The first")
        if named := [_WORDS.get(name, name) for name in particulars if name != ASSERTION]:
            said.append(f"{readers} read {fact.name} in two ways ({', '.join(named)}). {first} reading stands.")
        if ASSERTION in particulars and fact.read_as is None:
            stands = _stricter(ours, theirs)
            said.append(f"{readers} read {fact.name} in two ways: {_word(ours)}, {_word(theirs)}.")
            said.append(f"It counts as {_word(stands)}.")
            kept.fact = replace(fact, assertion=stands, read_as=(ours, theirs))
        if said:
            places = tuple(dict.fromkeys((fact.spans[0], *spans[:1])))
            self.warnings.append(Warning(code="engines_disagree", message=" ".join(said), spans=places))


_WORDS = {"value_high": "value", "scale_max": "scale", "body_part": "part of the body", "duration": "length"}


def _word(assertion: Assertion) -> str:
    return assertion.replace("_", " ")


def _same_thing(one: Fact, other: Fact) -> bool:
    return one.name == other.name and any(a.meets(b) for a in one.spans for b in other.spans)


def _others(fact: Fact, known: Fact) -> Iterable[str]:
    """The particulars of a fact that are not the other's. A course is dated by its latest note: not that."""
    own = _OWN if fact.kind in (FactKind.TREATMENT, FactKind.MEDICATION) else (*_OWN, "date")
    return (name for name in own if getattr(fact, name) not in (None, getattr(known, name)))


def _stricter(one: Assertion, other: Assertion) -> Assertion:
    """The one that meets less; what the one asserts and the other denies is possible, and meets nothing."""
    if Assertion.ABSENT in (one, other) and (one.holds or other.holds):
        return Assertion.POSSIBLE
    return min(one, other, key=_STRICTEST.index)


def _other(fact: Fact) -> Refused:
    span = fact.spans[0]
    value = fact.name if fact.value is None else f"{fact.name} {fact.value}"
    reason = "the rules read the same words otherwise"
    return Refused(what=fact.kind, value=value, quote=span.quote, document=span.document, reason=reason)
