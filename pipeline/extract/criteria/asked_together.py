"""What joined trials share, and how a change reaches each trial within a requirement."""

from collections.abc import Callable, Iterator

from pipeline.extract.criteria.clauses import TREATMENTS
from pipeline.extract.criteria.over_time import unknown
from pipeline.extract.vocabulary import by_name
from schemas.fact import Outcome
from schemas.requirement import All, Any, AtLeast, Count, Duration, Requirement

FAILURES = (Outcome.FAILED, Outcome.PARTIAL)


def sharing(parts: tuple[Requirement, Requirement]) -> tuple[Requirement, Requirement]:
    """Joined trials with the outcome and the window that only one of them states: the stricter reading."""
    joined = [part for one in parts for part in trials(one)]
    failed = [part.outcomes for part in joined if set(part.outcomes) & {*FAILURES}]
    windows = [part.within for part in joined if part.within]

    def fill(trial: Count | Duration) -> Count | Duration:
        update: dict[str, object] = {}
        if failed and not trial.outcomes:
            update["outcomes"] = failed[0]
        if windows and trial.within is None:
            update["within"] = windows[-1]
        return trial.model_copy(update=update)

    first, second = (mapped(part, fill) for part in parts)
    return first, second


def trials(requirement: Requirement) -> Iterator[Count | Duration]:
    """The treatments tried, in it; not what must not have been."""
    if isinstance(requirement, All | Any | AtLeast):
        for part in requirement.of:
            yield from trials(part)
    elif isinstance(requirement, Count | Duration) and _is_trial(requirement):
        yield requirement


def _is_trial(part: Count | Duration) -> bool:
    if unknown(part.terms):
        return isinstance(part, Count)
    return all(by_name(term).kind in (*TREATMENTS, None) for term in part.terms)


def mapped(requirement: Requirement, change: Callable[[Count | Duration], Requirement]) -> Requirement:
    """The requirement with each trial within it changed."""
    if isinstance(requirement, All | Any | AtLeast):
        return requirement.model_copy(update={"of": tuple(mapped(part, change) for part in requirement.of)})
    if isinstance(requirement, Count | Duration) and _is_trial(requirement):
        return change(requirement)
    return requirement
