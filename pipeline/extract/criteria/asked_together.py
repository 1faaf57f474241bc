"""What joined trials share, and how a change reaches each trial within a requirement."""

import re
from collections.abc import Callable, Iterator

from pipeline import notation
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


_CLASSES_TOO = re.compile(
    r",? (?:from|of|in|across|representing|including) (?:at least |a minimum of )?"
    rf"(?P<n>\d|{notation.NUMBER_WORD})(?: or more)? "
    r"(?:(?:different|distinct|separate|pharmacologic(?:al)?|drug|agent|medication) ){0,3}classes\b",
    re.IGNORECASE,
)


def of_classes_too(text: str, statement: Callable[[str], Requirement | None]) -> Requirement | None:
    """So many trials, and of so many classes among them: "four failed trials from at least two classes"."""
    found = _CLASSES_TOO.search(text)
    if found is None:
        return None
    tried = statement(text[: found.start()] + text[found.end() :])
    n = int(found["n"]) if found["n"].isdigit() else notation.spelled(found["n"])
    if not isinstance(tried, Count) or tried.of != "agent" or not n or n > tried.n:
        return None
    return All(of=(tried, tried.model_copy(update={"n": n, "of": "class"})))


def mapped(requirement: Requirement, change: Callable[[Count | Duration], Requirement]) -> Requirement:
    """The requirement with each trial within it changed."""
    if isinstance(requirement, All | Any | AtLeast):
        return requirement.model_copy(update={"of": tuple(mapped(part, change) for part in requirement.of)})
    if isinstance(requirement, Count | Duration) and _is_trial(requirement):
        return change(requirement)
    return requirement
