"""Counting the fields of a denial and its criteria with their verdicts."""

from collections.abc import Iterator, Sequence
from typing import Any, Final

from pipeline.evaluate.cases import Found
from pipeline.evaluate.compare import (
    Comparer,
    begins,
    holds_text,
    near_text,
    pairs,
    plain,
    same_code,
    same_identifier,
    same_number,
    same_phone,
    same_text,
    same_version,
    same_words,
)
from pipeline.evaluate.tally import Miss, Score, Tally
from pipeline.evaluate.truth import Accepted, StatedCriterion, Truth, stated_values
from schemas.coverage import Verdict
from schemas.denial import Criterion, Denial, PlanType

# A field that is not named here is text.
_COMPARED: Final[dict[str, Comparer]] = {
    "patient_name": same_words,
    "provider": same_words,
    "member_id": same_identifier,
    "group_number": same_identifier,
    "claim_number": same_identifier,
    "reference_number": same_identifier,
    "criteria_source.identifier": same_identifier,
    "criteria_source.version": same_version,
    "denied_amount": same_number,
    "procedure_codes": same_code,
    "diagnosis_codes": same_code,
    "reason_codes": same_code,
    "appeal.window": begins,
    "appeal.fax": same_phone,
    "appeal.phone": same_phone,
}
NEAR_FIELDS: Final = ("service", "reason", "criteria")
CRITERIA: Final = "criteria"
NO_CRITERION: Final = "no such criterion"
NOT_FOUND: Final = "not found"
WITHIN: Final = "within another"
_REQUIREMENTS: Final = {"contraindicated": "tolerance", "intolerant": "tolerance"}


def count_denial(case: str, truth: Truth, denial: Denial, score: Score) -> Iterator[Miss]:
    """Each field the truth gives; null, or an empty list, where the letter states none."""
    for path, stated in stated_values(truth.denial) if truth.denial else ():
        tally = score.fields.setdefault(path, Tally())
        accept = truth.denial_accept.get(path, ())
        found = _at(denial, path)
        if isinstance(found, tuple):
            items = [plain(item.value) for item in found]
            wordings = _best_list(path, stated or (), accept, items)
            count = _count_items(path, wordings, accept, items, tally)
        else:
            count = _count_value(path, _words(stated), accept, _words(found and found.value), tally)
        for said, read in count:
            yield Miss(case, path, said, read)


def count_criteria(case: str, stated: Sequence[StatedCriterion], found: Found, score: Score) -> Iterator[Miss]:
    """The criteria by text, and of those found, or nearly found, verdict and translation."""
    criteria = found.denial.criteria
    texts = [criterion.text.value for criterion in criteria]
    matched = _matched([one.texts for one in stated], texts, same_text)
    stated = [one for i, one in enumerate(stated) if i in matched or not one.accept_absent]
    matched = _matched([one.texts for one in stated], texts, same_text)
    within = _within(stated, texts, matched)
    tally = score.fields.setdefault(CRITERIA, Tally())
    listed = [text for j, text in enumerate(texts) if j not in within.values()] + [stated[i].text for i in within]
    for said, read in _count_items(CRITERIA, [one.texts for one in stated], (), listed, tally):
        yield Miss(case, CRITERIA, said, read)
    verdicts = {result.criterion: result.verdict for result in (found.coverage.criteria if found.coverage else ())}
    for i, one in enumerate(stated):
        criterion = criteria[matched[i]] if i in matched else None
        verdict = verdicts.get(criterion.id) if criterion else None
        if one.verdict and i in within:
            score.verdicts[one.verdict, WITHIN] += 1
        elif one.verdict:
            score.verdicts[one.verdict, verdict or NOT_FOUND] += 1
            score.false_met += verdict is Verdict.MET and verdict not in one.verdicts
            if not score.verdicts_right.add(verdict in one.verdicts):
                yield Miss(case, f"verdict of {one.text!r}", one.verdict, verdict or NOT_FOUND)
        if criterion:
            yield from _count_reading(case, one, criterion, score)
    for j, extra in enumerate(criteria):
        if j not in {*matched.values(), *within.values()}:
            score.verdicts[NO_CRITERION, verdicts.get(extra.id, NOT_FOUND)] += 1


def _within(stated: Sequence[StatedCriterion], texts: Sequence[str], matched: dict[int, int]) -> dict[int, int]:
    """Members of a group that a reader has kept as one criterion: each to the found one whose text holds its own."""
    free = [j for j in range(len(texts)) if j not in matched.values()]
    return {
        i: j
        for i, one in enumerate(stated)
        if one.group and i not in matched
        for j in [next((j for j in free if holds_text(texts[j], one.text)), None)]
        if j is not None
    }


def _count_reading(case: str, stated: StatedCriterion, found: Criterion, score: Score) -> Iterator[Miss]:
    """How a criterion that was found is combined with others, and what kind of requirement it became."""
    if stated.group:
        needed = None if found.combine == "all" else found.at_least
        score.groups.add(found.group is not None and needed == stated.needed)
    if "requirement" in stated.model_fields_set:
        kind = found.requirement.kind if found.requirement else None
        if not score.requirements.add(kind == _REQUIREMENTS.get(stated.requirement or "", stated.requirement)):
            yield Miss(case, f"requirement of {stated.text!r}", str(stated.requirement), str(kind))


def _count_value(
    path: str, stated: str | None, accept: Sequence[Accepted], found: str | None, tally: Tally
) -> Iterator[tuple[str, str]]:
    """Count a field with one value; gives what was stated and found where they differ."""
    same = _COMPARED.get(path, same_text)
    others = [plain(one) for one in accept if one is not None]
    if found is None and (stated is None or None in accept):
        tally.null += stated is None
        return
    if stated is None:
        if not any(same(one, found or "") for one in others):
            tally.null, tally.invented, tally.found = tally.null + 1, tally.invented + 1, tally.found + 1
            yield "", found or ""
        return
    tally.stated += 1
    if found is not None:
        tally.found += 1
        right = any(same(one, found) for one in (stated, *others))
        tally.right += right
        tally.near += right or any(near_text(one, found) for one in (stated, *others))
        if right:
            return
    yield stated, found or ""


def _count_items(
    path: str, stated: Sequence[Sequence[str]], accept: Sequence[Accepted], found: Sequence[str], tally: Tally
) -> Iterator[tuple[str, str]]:
    """Count a list by items; those that `accept` allows are neither right nor wrong."""
    same = _COMPARED.get(path, same_text)
    matched = pairs(stated, found, same)
    allowed = {
        j
        for j, value in enumerate(found)
        if j not in matched.values() and any(same(plain(one), value) for one in accept if isinstance(one, str))
    }
    tally.stated += len(stated)
    tally.found += len(found) - len(allowed)
    tally.right += len(matched)
    near = _matched(stated, found, same)
    tally.near += len(near)
    if not stated:
        tally.null += 1
        tally.invented += len(found) > len(allowed)
    for i, wordings in enumerate(stated):
        if i not in matched:
            yield wordings[0], found[near[i]] if i in near else ""
    for j, value in enumerate(found):
        if j not in {*matched.values(), *near.values(), *allowed}:
            yield "", value


def _best_list(
    path: str, stated: Sequence[Any], accept: Sequence[Accepted], found: Sequence[str]
) -> list[tuple[str, ...]]:
    """Of the lists that are right, the one that agrees best with what was found; the truth's own among equals."""
    lists: list[list[tuple[str, ...]]] = [
        [(plain(item),) for item in one] for one in (stated, *(o for o in accept if isinstance(o, tuple)))
    ]
    same = _COMPARED.get(path, same_text)
    return max(lists, key=lambda one: 2 * len(pairs(one, found, same)) - len(one))


def _matched(stated: Sequence[Sequence[str]], found: Sequence[str], same: Comparer) -> dict[int, int]:
    """Each stated item to the found one that is the same, or else nearly the same."""
    exact = pairs(stated, found, same)
    rest = [i for i in range(len(stated)) if i not in exact]
    free = [j for j in range(len(found)) if j not in exact.values()]
    near = pairs([stated[i] for i in rest], [found[j] for j in free], near_text)
    return exact | {rest[i]: free[j] for i, j in near.items()}


def _at(denial: Denial, path: str) -> Any:
    """The field at a path, which is a `Cited`, a tuple of them, or null."""
    value: Any = denial
    for name in path.split("."):
        value = getattr(value, name)
    return value


def _words(value: Any) -> str | None:
    """A value as words; an unknown plan type is none."""
    return None if value is None or value is PlanType.UNKNOWN else plain(value)
