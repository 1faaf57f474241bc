"""What a truth file says of a case, as docs/EVALUATION.md describes it. A key that is not given is not scored."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any, Final

from pydantic import Field, ValidationError

from schemas.base import Frozen
from schemas.coverage import CaseType, Pattern, TalkWindow, Verdict
from schemas.denial import PlanType
from schemas.document import Role, Whose
from schemas.fact import Assertion, FactKind, Outcome, Side, Unit


class TruthError(Exception):
    """A truth file that cannot be used: which, and at which key. Never holds a value of it."""


class StatedDocument(Frozen):
    """A document of the case, by the file it came in, and by pages of it where the file holds several."""

    file: str
    pages: tuple[int, ...] = ()
    role: Role | None = None
    patient: Whose | None = None


class StatedWindow(Frozen):
    """A window to appeal; without a trigger any is right."""

    n: int
    unit: Unit
    trigger: str | None = None

    def __str__(self) -> str:
        return f"{self.n} {self.unit} {self.trigger or ''}".strip()


class StatedAppeal(Frozen):
    """How the plan-level appeal can be filed."""

    window: StatedWindow | None = None
    deadline: date | None = None
    address: str | None = None
    fax: str | None = None
    phone: str | None = None


class StatedTalk(Frozen):
    """The talk with a reviewer that the letter offers; null where it does not tell. `by` is the last day to ask."""

    phone: str | None = None
    window: TalkWindow | None = None
    by: date | None = None


class StatedSource(Frozen):
    """The policy the letter names."""

    name: str | None = None
    identifier: str | None = None
    version: str | None = None


class StatedDenial(Frozen):
    """What the letter states; null where it states none."""

    payer: str | None = None
    plan_type: PlanType | None = None
    patient_name: str | None = None
    birth_date: date | None = None
    member_id: str | None = None
    group_number: str | None = None
    claim_number: str | None = None
    reference_number: str | None = None
    letter_date: date | None = None
    received_date: date | None = None
    service: str | None = None
    provider: str | None = None
    denied_amount: str | None = None
    reason: str | None = None
    criteria_source: StatedSource | None = None
    procedure_codes: tuple[str, ...] | None = None
    diagnosis_codes: tuple[str, ...] | None = None
    service_dates: tuple[date, ...] | None = None
    reason_codes: tuple[str, ...] | None = None
    appeal: StatedAppeal | None = None


Accepted = str | StatedWindow | tuple[str, ...] | None
"""Another right value of a field; of a list an item that may be there, or another right list."""


class StatedCriterion(Frozen):
    """A criterion in the payer's words. `accept` holds further verdicts, or further wordings, that are right.

    Where `accept_absent`, a reader may also take it for none.
    """

    text: str
    verdict: Verdict | None = None
    accept: tuple[str, ...] = ()
    accept_absent: bool = False
    requirement: str | None = None
    group: str | None = None
    combine: str | None = Field(default=None, pattern=r"^(?:all|any|at_least \d+)$")
    why: str = ""

    @property
    def verdicts(self) -> frozenset[str]:
        """The verdicts that are right."""
        return frozenset({*self.accept} & {*Verdict}) | ({self.verdict} if self.verdict else set())

    @property
    def needed(self) -> int | None:
        """How many of its group must hold; None where all. `any` is at least one."""
        if self.combine in (None, "all"):
            return None
        return 1 if self.combine == "any" else int((self.combine or "").split()[-1])

    @property
    def texts(self) -> tuple[str, ...]:
        """The wordings that are right."""
        return (self.text, *(text for text in self.accept if text not in {*Verdict}))


class StatedFact(Frozen):
    """A fact of the record, or in `facts_not` one that must not be found. Dates are of any precision.

    `accept` holds further values that are right, by key. An `optional` fact may be found or not. `author_role`,
    `signed` and `date_resolved` are for readers: they are not compared.
    """

    kind: FactKind | None = None
    name: str
    accept: dict[str, tuple[str | None, ...]] = Field(default_factory=dict)
    optional: bool = False
    assertion: Assertion | None = None
    value: str | None = None
    value_high: str | None = None
    unit: str | None = None
    scale_max: str | None = None
    side: Side | None = None
    body_part: str | None = None
    date: str | None = None
    start: str | None = None
    end: str | None = None
    visits: int | None = None
    dose: str | None = None
    duration: str | None = None
    ongoing: bool | None = None
    outcome: Outcome | None = None
    outcome_reason: str | None = None
    author_role: str | None = None
    signed: bool | None = None
    date_resolved: bool | None = None
    quote: str | None = None
    why: str = ""

    def right(self, key: str) -> tuple[str | None, ...]:
        """The values of a key that are right."""
        value = getattr(self, key)
        return (None if value is None else str(value), *self.accept.get(key, ()))


class Truth(Frozen):
    """One truth file."""

    about: str
    today: date | None = None
    documents: tuple[StatedDocument, ...] = ()
    denial: StatedDenial | None = None
    denial_accept: dict[str, tuple[Accepted, ...]] = Field(default_factory=dict)
    criteria: tuple[StatedCriterion, ...] | None = None
    peer_to_peer: StatedTalk | None = None
    case_type: CaseType | None = None
    patterns: tuple[Pattern, ...] | None = None
    patterns_accept: tuple[Pattern, ...] = ()
    deadline: date | None = None
    warnings: tuple[str, ...] = ()
    facts: tuple[StatedFact, ...] = ()
    facts_not: tuple[StatedFact, ...] = ()
    complete_kinds: tuple[FactKind, ...] = ()

    def states(self, key: str) -> bool:
        """Whether the file gives the key, be it null."""
        return key in self.model_fields_set

    @property
    def has_letter(self) -> bool:
        """Whether the case has a denial: fields of one, or a document that is one."""
        letters = (Role.DENIAL_LETTER, Role.REMITTANCE)
        return self.denial is not None or any(document.role in letters for document in self.documents)


def read_truth(path: Path) -> Truth:
    """The truth of a file, in today's format or in that of samples/truth. TruthError where it is neither."""
    try:
        content: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
        return Truth.model_validate(_of_sample(content) if "coverage" in content else content)
    except ValidationError as error:
        keys = [".".join(str(part) for part in problem["loc"]) for problem in error.errors(include_input=False)]
        raise TruthError(f"{path}: not as docs/EVALUATION.md describes it, at {', '.join(keys)}") from None
    except (OSError, ValueError, TypeError, KeyError) as error:
        raise TruthError(f"{path}: cannot be read as JSON ({type(error).__name__})") from None


_NESTED: Final[dict[str, type[Frozen]]] = {"criteria_source": StatedSource, "appeal": StatedAppeal}


def stated_values(denial: StatedDenial) -> Iterator[tuple[str, Any]]:
    """The fields the truth gives, by path, null where the letter states none."""
    for name in StatedDenial.model_fields:
        if name not in denial.model_fields_set:
            continue
        value = getattr(denial, name)
        nested = _NESTED.get(name)
        if nested is None:
            yield name, value
            continue
        for part in nested.model_fields:
            if value is None or part in value.model_fields_set:
                yield f"{name}.{part}", getattr(value, part, None)


def _of_sample(content: dict[str, Any]) -> dict[str, Any]:
    """The older format of samples/truth in today's words; what has no measure here is left out."""
    coverage = content["coverage"]
    return {
        "about": content["case"],
        "today": content["today"],
        "documents": [_only(row, StatedDocument) for row in content["documents"]],
        "denial": content["denial"],
        "denial_accept": content["denial_accept"],
        "criteria": [_only(row, StatedCriterion) for row in coverage["criteria"]],
        "case_type": coverage["case_type"],
        "patterns": coverage["patterns"],
        "patterns_accept": coverage.get("patterns_may_include", ()),
        "deadline": coverage["deadline"]["date"],
        "facts": [_only(row, StatedFact) for row in content["facts"]],
        "facts_not": [{**_only(row, StatedFact), "assertion": "present"} for row in content["facts_not_present"]],
    }


def _only(row: dict[str, Any], model: type[Frozen]) -> dict[str, Any]:
    return {key: value for key, value in row.items() if key in model.model_fields}
