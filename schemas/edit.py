"""What a reviewer does to what was read: one edit for each thing he can say of it, signed, and kept to be done again.

An edit names what it is about by the ids of the case it was made on. Whoever keeps it for a case that may be worked
anew keeps it as `Kept`: ids are given anew then, files and their pages are not.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import AwareDatetime, Field, SerializerFunctionWrapHandler, model_serializer

from schemas.base import Frozen
from schemas.coverage import Verdict
from schemas.dates import PartialDate
from schemas.fact import Assertion, FactKind, Length, Outcome, Quantity, Side
from schemas.letter import LetterKind, OwnSentence


class Place(Frozen):
    """Words that a reviewer marked: characters `start` to `end` (half-open) of one page's stored text."""

    document: str
    page: int = Field(ge=1)
    start: int = Field(ge=0)
    end: int = Field(ge=1)


class SetValue(Frozen):
    """A value of the denial as the reviewer types it: in place of what was read, or beside it at the end of a list.

    `field` is a path as in Denial (`payer`, `appeal.window`, `procedure_codes`). With a `place` it cites that and
    nothing else; without one it keeps its places only if it is still what they were read as.
    """

    do: Literal["value"] = "value"
    field: str
    index: int = Field(default=0, ge=0, description="Which of a list; its length adds one. 0 for a single value.")
    value: str
    place: Place | None = None


class RejectValue(Frozen):
    """The value is wrong, and counts for nothing."""

    do: Literal["reject_value"] = "reject_value"
    field: str
    index: int = Field(default=0, ge=0)


class ConfirmValue(Frozen):
    """The value stands as it is stated."""

    do: Literal["confirm_value"] = "confirm_value"
    field: str
    index: int = Field(default=0, ge=0)


class _Stated(Frozen):
    """What a person may state of a fact beside its name."""

    value: str | None = None
    value_high: str | None = None
    unit: str | None = None
    side: Side | None = None
    body_part: str | None = None
    date: PartialDate | None = None
    start: PartialDate | None = None
    end: PartialDate | None = None
    ongoing: bool = False
    duration: Length | None = None
    visits: int | None = Field(default=None, ge=0)
    dose: Quantity | None = None
    outcome: Outcome | None = None
    assertion: Assertion = Assertion.PRESENT


class FactChanges(_Stated):
    """What is to be otherwise of a fact. What is not given stays as it is; null takes away what was stated."""

    name: str = ""

    @model_serializer(mode="wrap")
    def _what_is_given(self, serialize: SerializerFunctionWrapHandler) -> dict[str, Any]:
        return {name: value for name, value in serialize(self).items() if name in self.model_fields_set}

    @property
    def given(self) -> dict[str, Any]:
        """The values given, by field."""
        return {name: getattr(self, name) for name in sorted(self.model_fields_set)}


class ChangeFact(Frozen):
    """A fact stated otherwise. It stands, also where it was rejected before."""

    do: Literal["fact"] = "fact"
    fact: str
    changes: FactChanges


class AcceptFact(Frozen):
    """The fact stands as it is stated, also where two readers differ on it."""

    do: Literal["accept_fact"] = "accept_fact"
    fact: str


class RejectFact(Frozen):
    """The fact is wrong, and supports nothing."""

    do: Literal["reject_fact"] = "reject_fact"
    fact: str


class AddFact(_Stated):
    """Words of a page used as evidence: a fact that nobody read there."""

    do: Literal["add_fact"] = "add_fact"
    kind: FactKind
    name: str
    place: Place


class RejectCriterion(Frozen):
    """The plan does not ask that: the criterion is not answered."""

    do: Literal["reject_criterion"] = "reject_criterion"
    criterion: str


class AcceptCriterion(Frozen):
    """The criterion stands as it was read."""

    do: Literal["accept_criterion"] = "accept_criterion"
    criterion: str


class SetVerdict(Frozen):
    """The reviewer's own answer to a criterion; what the checker says is told beside it."""

    do: Literal["verdict"] = "verdict"
    criterion: str
    verdict: Verdict


class UnsetVerdict(Frozen):
    """The checker's answer to the criterion counts again."""

    do: Literal["unset_verdict"] = "unset_verdict"
    criterion: str


class Dismiss(Frozen):
    """Nothing more is to be done about a proposal that was refused: `index` counts in `Case.refused`, from 0."""

    do: Literal["dismiss"] = "dismiss"
    index: int = Field(ge=0)


class SaySo(Frozen):
    """A sentence of a letter in the reviewer's own words, or, without words, left out."""

    do: Literal["sentence"] = "sentence"
    letter: LetterKind = LetterKind.APPEAL
    sentence: str = Field(description="The id of the sentence in the letter as it is.")
    text: str = Field(default="", max_length=2000)


OfValue = SetValue | RejectValue | ConfirmValue
OfFact = ChangeFact | AcceptFact | RejectFact
OfCriterion = RejectCriterion | AcceptCriterion | SetVerdict | UnsetVerdict
Edit = Annotated[OfValue | OfFact | AddFact | OfCriterion | Dismiss | SaySo, Field(discriminator="do")]


class Signed(Frozen):
    """An edit with who made it, when and why."""

    edit: Edit
    by: str = Field(min_length=1)
    at: AwareDatetime
    reason: str = Field(min_length=1)

    @property
    def told(self) -> str:
        """What was done, and to which thing, by its id: no text of a document."""
        named = (getattr(self.edit, name, None) for name in ("field", "fact", "criterion", "sentence", "kind"))
        return " ".join([self.edit.do.replace("_", " "), *(str(name) for name in named if name)])


class Anchor(Frozen):
    """A place that holds whatever its document is called: words of a page of a file, which is named by its hash."""

    sha256: str
    file_page: int = Field(ge=1)
    start: int = Field(ge=0)
    end: int = Field(ge=1)
    quote: str = Field(min_length=1)


class Kept(Frozen):
    """A signed edit with what it was made of, so that it can be made again of that, and of nothing else."""

    signed: Signed
    was: str = Field(description="Hash of what it is about as that stood before; empty where nothing did.")
    nth: int = Field(default=0, ge=0, description="Which of several that are alike in what was read, from 0.")
    place: Anchor | None = Field(default=None, description="The place that the edit names.")
    own: OwnSentence | None = Field(default=None, description="The reviewer's sentence, with the one it stands for.")
