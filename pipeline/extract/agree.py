"""Two engines' readings of a denial made one: what both say stands, what one says alone is told; else the stricter.

A model's readings come here already read again by code (`pipeline.extract.model.reread*`) and grounded. Pure.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from pipeline.extract.criteria.asked import with_person
from pipeline.extract.ground import UngroundedError
from pipeline.extract.ground_denial import MANY, GroundedDenial
from pipeline.extract.model.criteria import ReadCriterion
from pipeline.extract.model.reread_criteria import reread_requirement
from pipeline.folding import folded
from schemas.base import Frozen
from schemas.case import Refused
from schemas.coverage import Warning
from schemas.denial import AppealChannel, AppealWindow, CriteriaSource, Criterion, Denial
from schemas.requirement import All, AtLeast, Attest, Not, Requirement
from schemas.requirement import Any as AnyOf
from schemas.span import Cited, Span

_NESTED: dict[str, type[Frozen]] = {"criteria_source": CriteriaSource, "appeal": AppealChannel}
# Words that a reader sees at once are right or wrong; all else a reviewer confirms where no rule read it.
_PLAIN = frozenset({"payer", "service", "provider", "reason", "criteria_source.name", "appeal.peer_to_peer"})


def agreed_denial(rules: GroundedDenial, model: GroundedDenial) -> GroundedDenial:
    """The rules' denial, with the places a model adds to it and the values and criteria that only the model has.

    A value of another field that stands in the same words is the rules' to name. Criteria keep the rules' order and
    ids; the model's own follow.
    """
    joined = _Joined(rules.denial)
    fields: dict[str, Any] = {}
    for name in Denial.model_fields:
        ours, theirs = getattr(rules.denial, name), getattr(model.denial, name)
        if name in _NESTED:
            inner = _NESTED[name].model_fields
            fields[name] = ours.model_copy(
                update={one: joined.one(f"{name}.{one}", getattr(ours, one), getattr(theirs, one)) for one in inner}
            )
        elif name in MANY:
            fields[name] = joined.many(name, ours, theirs)
        elif name == "criteria":
            fields[name] = joined.criteria(ours, theirs)
        else:
            fields[name] = joined.one(name, ours, theirs)
    return GroundedDenial(
        denial=rules.denial.model_copy(update=fields),
        refused=(*rules.refused, *model.refused, *joined.refused),
        warnings=(*rules.warnings, *model.warnings, *joined.warnings),
        agreed=tuple(joined.agreed),
    )


@dataclass
class _Joined:
    """What is told of the two readings of a denial while they are made one."""

    rules: Denial
    refused: list[Refused] = field(default_factory=list)
    warnings: list[Warning] = field(default_factory=list)
    agreed: list[str] = field(default_factory=list)

    def one(self, name: str, ours: Cited[Any] | None, theirs: Cited[Any] | None) -> Cited[Any] | None:
        """A field of one value."""
        if theirs is None:
            return ours
        if ours is None:
            return self._alone(name, theirs)
        if _equal(ours.value, theirs.value):
            self.agreed.append(name)
            return _with_places(ours, theirs)
        if name not in _PLAIN:
            self._disagree(name, ours.spans, theirs.spans)
        return ours

    def many(self, name: str, ours: Sequence[Cited[Any]], theirs: Sequence[Cited[Any]]) -> tuple[Cited[Any], ...]:
        """A field of several values: the rules' in their order, then the model's own."""
        kept = list(ours)
        for value in theirs:
            at = next((n for n, known in enumerate(kept) if _equal(known.value, value.value)), None)
            if at is not None:
                self.agreed.append(f"{name}.{at}")
                kept[at] = _with_places(kept[at], value)
            elif (alone := self._alone(name, value)) is not None:
                kept.append(alone)
        return tuple(kept)

    def criteria(self, ours: Sequence[Criterion], theirs: Sequence[Criterion]) -> tuple[Criterion, ...]:
        """The rules' criteria, then those of the model that stand in no words of theirs."""
        kept = list(ours)
        for criterion in theirs:
            if any(_overlap(criterion.text.spans, known.text.spans) for known in kept):
                continue
            kept.append(criterion.model_copy(update={"id": f"c{len(kept) + 1}"}))
            self._only_model("a criterion", criterion.text.spans)
        return tuple(kept)

    def _alone(self, name: str, theirs: Cited[Any]) -> Cited[Any] | None:
        """A value that the rules did not read, unless they read its words as something else."""
        for other, cited in _marked(self.rules):
            if other != name and all(_overlap((span,), cited.spans) for span in theirs.spans):
                self._disagree(name, cited.spans, theirs.spans)
                span = theirs.spans[0]
                reason = f"the rules read the same words as the {_told(other)}"
                self.refused.append(
                    Refused(what=name, value=str(theirs.value), quote=span.quote, document=span.document, reason=reason)
                )
                return None
        if name not in _PLAIN:
            self._only_model(f"the {_told(name)}", theirs.spans)
        return theirs

    def _only_model(self, what: str, spans: tuple[Span, ...]) -> None:
        message = f"Only the model read {what} here. Confirm it."
        self.warnings.append(Warning(code="model_only", message=message, spans=spans))

    def _disagree(self, name: str, ours: tuple[Span, ...], theirs: tuple[Span, ...]) -> None:
        message = f"The rules and the model read the {_told(name)} in two ways. The rules' reading stands."
        self.warnings.append(Warning(code="engines_disagree", message=message, spans=(*ours[:1], *theirs[:1])))


def _told(name: str) -> str:
    return name.replace(".", " ").replace("_", " ")


def _equal(one: object, other: object) -> bool:
    if isinstance(one, str) and isinstance(other, str):
        return _bare(one) == _bare(other)
    if isinstance(one, AppealWindow) and isinstance(other, AppealWindow):
        return (one.n, one.unit) == (other.n, other.unit)  # what each quote tells of its trigger may differ
    return one == other


def _bare(text: str) -> str:
    return folded(text).strip(" .,;:")


def _with_places(ours: Cited[Any], theirs: Cited[Any]) -> Cited[Any]:
    return ours.model_copy(update={"spans": tuple(dict.fromkeys((*ours.spans, *theirs.spans)))})


def _overlap(one: Sequence[Span], other: Sequence[Span]) -> bool:
    return any(a.meets(b) for a in one for b in other)


def _marked(denial: Denial) -> Iterator[tuple[str, Cited[Any]]]:
    """The values of a denial that are dates, codes, numbers or names of their own, by field."""
    for name in Denial.model_fields:
        value = getattr(denial, name)
        inner = [(f"{name}.{one}", getattr(value, one)) for one in type(value).model_fields] if name in _NESTED else []
        cited = value if name in MANY else ()
        for at, one in [*inner, *((name, each) for each in cited), (name, value)]:
            if isinstance(one, Cited) and at not in _LONG:
                yield at, one


_LONG = frozenset({"service", "reason", "appeal.address", "appeal.peer_to_peer", "appeal.used_up", "plan_type"})


# --- requirements


def agreed_readings(found: GroundedDenial, readings: Sequence[ReadCriterion]) -> GroundedDenial:
    """The denial with the model's readings of its criteria beside the rules'.

    A criterion that the rules read keeps their requirement. Where the model's differs, a person must judge it before
    it is met: that is the stricter verdict of the two. Where the rules have none, the model's stands.
    """
    criteria = {criterion.id: criterion for criterion in found.denial.criteria}
    waiting, refused, warnings = set(criteria), list[Refused](), list[Warning]()
    for reading in readings:
        criterion = criteria.get(reading.criterion)
        try:
            if criterion is None or reading.criterion not in waiting:
                raise UngroundedError("there is no such criterion left to read")
            waiting.remove(reading.criterion)
            theirs = reread_requirement(reading, "\n".join(span.quote for span in criterion.text.spans))
        except UngroundedError as error:
            refused.append(_refused_reading(reading, criterion, error.reason))
            continue
        criteria[criterion.id], told = _read_by_both(criterion, theirs)
        warnings += told
    denial = found.denial.model_copy(update={"criteria": tuple(criteria.values())})
    return GroundedDenial(denial, (*found.refused, *refused), (*found.warnings, *warnings), found.agreed)


def _read_by_both(criterion: Criterion, theirs: Requirement) -> tuple[Criterion, list[Warning]]:
    ours, spans = criterion.requirement, criterion.text.spans
    if ours is None:
        message = f"Only the model could read what criterion {criterion.id} asks. Confirm it."
        warning = Warning(code="model_only", message=message, spans=spans)
        return criterion.model_copy(update={"requirement": theirs}), [warning]
    if not differ(ours, theirs):
        return criterion, []
    message = f"The rules and the model read criterion {criterion.id} in two ways. A person must judge it."
    warning = Warning(code="engines_disagree", message=message, spans=spans)
    judged = with_person(ours, criterion.text.value)
    return criterion.model_copy(update={"requirement": judged}), [warning]


def _refused_reading(reading: ReadCriterion, criterion: Criterion | None, reason: str) -> Refused:
    return Refused(
        what="requirement",
        value=" / ".join(part.words for part in reading.parts),
        quote=criterion.text.value if criterion else "",
        document=criterion.text.spans[0].document if criterion and criterion.text.spans else "",
        reason=reason,
    )


def differ(ours: Requirement, theirs: Requirement) -> bool:
    """Whether two readings of a criterion ask for other figures, or join or deny their parts otherwise.

    Where the rules leave anything to a person, their reading is the stricter already.
    """
    return not _left_to_a_person(ours) and (_figures(ours) != _figures(theirs) or _shape(ours) != _shape(theirs))


def _left_to_a_person(need: Requirement) -> bool:
    if isinstance(need, Attest) or need.judged is not None:
        return True
    return any(_left_to_a_person(part) for part in _parts(need))


def _parts(need: Requirement) -> tuple[Requirement, ...]:
    if isinstance(need, Not):
        return (need.of,)
    return need.of if isinstance(need, All | AnyOf | AtLeast) else ()


def _figures(need: Requirement) -> list[str]:
    """The thresholds of a reading, each with how it compares and its window."""
    if parts := _parts(need):
        return sorted(figure for part in parts for figure in _figures(part))
    length = getattr(need, "length", None)
    figure = next((v for n in ("n", "value", "years") if (v := getattr(need, n, None)) is not None), None)
    stated = "" if figure is None else f"{Decimal(str(figure)).normalize():f}"
    stated = f"{length.n:f} {length.unit}" if length else stated
    within = getattr(need, "within", None)
    window = f" within {within.length.n:f} {within.length.unit}" if within else ""
    return [f"{getattr(need, 'op', '')}{stated}{window}"] if stated or window else []


def _shape(need: Requirement) -> tuple[object, ...]:
    parts = _parts(need)
    inner = tuple(sorted(map(repr, (_shape(part) for part in parts))))
    if isinstance(need, AtLeast):
        return ("at_least", need.n, inner)
    return (need.kind if isinstance(need, All | AnyOf | Not) else "asked", inner)
