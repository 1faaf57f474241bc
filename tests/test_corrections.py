"""A reviewer's edits on a case: what he signs counts at once, and again when late records have the case worked anew."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pydantic import BaseModel, TypeAdapter

from pipeline.case import CASE, Order, run
from pipeline.corrections import Corrected, apply, corrected, keep, replay, typed
from pipeline.errors import AppealwrightError
from pipeline.recheck import Anew, again
from pipeline.reopen import reopen
from pipeline.seals import seals, unsigned
from schemas.case import Case, Category, Refused
from schemas.coverage import Verdict
from schemas.denial import AppealWindow, Denial
from schemas.document import Document, Whose
from schemas.edit import Edit, Kept, Signed
from schemas.fact import Assertion, Fact, FactKind
from schemas.span import Correction
from tests import makers

TODAY = date(2026, 3, 2)
NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
LATE = """Progress Note
Patient: Elena Rivera
Date of visit: 02/02/2026

She took naproxen from 11/10/2025 to 01/10/2026. She is unable to sit for more than ten minutes.
"""
OTHERS = makers.NOTE.replace("Elena Rivera", "Gordon Whitlock")
Json = dict[str, Any]
Read = tuple[Case, tuple[Document, ...]]


def signed(edit: Json, minutes: int = 0, reason: str = "Read on the paper.", by: str = "Dana Okafor") -> Signed:
    read: Edit = TypeAdapter(Edit).validate_python(edit)
    return Signed(edit=read, by=by, at=NOON + timedelta(minutes=minutes), reason=reason)


def signature() -> Correction:
    return Correction(by="Dana Okafor", at=NOON, reason="Read on the paper.")


def worked(folder: Path, **texts: str) -> Read:
    """A case worked from texts by the names of their files."""
    folder.mkdir()
    for name, text in texts.items():
        (folder / f"{name}.txt").write_text(text, encoding="utf-8")
    run([folder], folder.with_name(f"{folder.name}-out"), Order(today=TODAY))
    return reopen(folder.with_name(f"{folder.name}-out") / CASE)


@pytest.fixture(scope="module")
def read(tmp_path_factory: pytest.TempPathFactory) -> Read:
    """A case whose one criterion is met."""
    return worked(tmp_path_factory.mktemp("read") / "case", letter=makers.LETTER, note=makers.NOTE, more=LATE)


@pytest.fixture(scope="module")
def renumbered(tmp_path_factory: pytest.TempPathFactory) -> Read:
    """The same case with its files in another order, and one more."""
    more = LATE.replace("02/02/2026", "02/20/2026").replace("naproxen", "ibuprofen")
    return worked(tmp_path_factory.mktemp("renumbered") / "case", a=makers.NOTE, b=more, c=LATE, d=makers.LETTER)


def therapy(case: Case) -> Fact:
    return next(fact for fact in case.facts if fact.name == "physical therapy" and fact.start)


def place(documents: tuple[Document, ...], words: str) -> Json:
    """The first place where the words stand."""
    for document in documents:
        for page in document.pages:
            if (start := page.text.find(words)) >= 0:
                return {"document": document.id, "page": page.number, "start": start, "end": start + len(words)}
    raise AssertionError(words)


def made(read: Read, *edits: Json) -> Corrected:
    """The edits, each signed a minute after the one before."""
    found = Corrected(read[0], ())
    for n, edit in enumerate(edits):
        found = corrected(found.case, read[1], signed(edit, n), TODAY)
        assert not [*unsigned(found.case)]
    return found


def verdicts(case: Case) -> list[Verdict]:
    return [result.verdict for result in case.coverage.criteria]


def refusal(read: Read, edit: Json, **signature: str) -> tuple[Category, str]:
    with pytest.raises(AppealwrightError) as error:
        apply(*read, signed(edit, **signature))  # type: ignore[arg-type]
    return error.value.failure.category, str(error.value)


def test_a_corrected_date_flips_the_verdict_and_says_so(read: Read) -> None:
    changes = {"end": "2025-11-20"}
    found = made(read, {"do": "fact", "fact": therapy(read[0]).id, "changes": changes})
    assert (verdicts(read[0]), verdicts(found.case)) == ([Verdict.MET], [Verdict.NOT_MET])
    assert "Criterion c1: met -> not met" in found.differences
    correction = therapy(found.case).correction
    assert correction
    assert (correction.by, correction.at, correction.reason) == ("Dana Okafor", NOON, "Read on the paper.")


def test_what_is_not_given_of_a_fact_stays_and_null_takes_it_away(read: Read) -> None:
    before = therapy(read[0])
    after = therapy(apply(*read, signed({"do": "fact", "fact": before.id, "changes": {"outcome": None, "visits": 12}})))
    assert (after.outcome, after.visits, after.start, after.end) == (None, 12, before.start, before.end)


def test_a_figure_that_was_not_read_counts_once_it_is_typed(read: Read) -> None:
    case, documents = read
    state = {"unread": True, "assertion": Assertion.POSSIBLE, "correction": signature()}
    unread = replace(therapy(case), **state)
    facts = tuple(unread if fact.id == unread.id else fact for fact in case.facts)
    typed_in = {"do": "fact", "fact": unread.id, "changes": {"value": "44"}}
    fact = therapy(apply(case.model_copy(update={"facts": facts}), documents, signed(typed_in)))
    assert (fact.value, fact.unread, fact.assertion) == ("44", False, Assertion.PRESENT)


def test_a_date_typed_for_a_fact_is_no_longer_cited_by_the_words_that_dated_it(read: Read) -> None:
    dated = next(fact for fact in read[0].facts if fact.date_spans)
    case = apply(*read, signed({"do": "fact", "fact": dated.id, "changes": {"date": "2026-01"}}))
    after = next(fact for fact in case.facts if fact.id == dated.id)
    assert (str(after.date), after.date_spans, after.spans) == ("2026-01", (), dated.spans)


def test_a_fact_by_another_name_counts_for_the_classes_of_that(read: Read) -> None:
    fact = next(fact for fact in read[0].facts if fact.name == "naproxen")
    for name, known in (("Ibuprofen", "ibuprofen"), ("a drug of no table", "a drug of no table")):
        case = apply(*read, signed({"do": "fact", "fact": fact.id, "changes": {"name": name}}))
        after = next(one for one in case.facts if one.id == fact.id)
        assert after.name == known
        assert ("nsaid" in after.classes) == (known == "ibuprofen")


def test_a_rejected_fact_no_longer_carries_until_it_is_accepted_again(read: Read) -> None:
    fact = therapy(read[0]).id
    rejected = made(read, {"do": "reject_fact", "fact": fact})
    assert verdicts(rejected.case) == [Verdict.NOT_DOCUMENTED]
    again = made(read, {"do": "reject_fact", "fact": fact}, {"do": "accept_fact", "fact": fact})
    assert verdicts(again.case) == [Verdict.MET]


def test_a_fact_that_two_readers_read_differently_is_settled_by_who_accepts_it(read: Read) -> None:
    case, documents = read
    doubted = replace(therapy(case), read_as=(Assertion.PRESENT, Assertion.HYPOTHETICAL))
    facts = tuple(doubted if fact.id == doubted.id else fact for fact in case.facts)
    case = case.model_copy(update={"facts": facts})
    sealed = case.provenance.model_copy(update={"seals": seals(case)})
    doubtful = again(case.model_copy(update={"provenance": sealed}), documents, Anew(TODAY))
    assert verdicts(doubtful) == [Verdict.NEEDS_REVIEW]
    assert verdicts(made((doubtful, documents), {"do": "accept_fact", "fact": doubted.id}).case) == [Verdict.MET]


def test_marked_words_become_a_fact_that_meets_a_criterion(read: Read) -> None:
    marked = place(read[1], "physical therapy from 11/03/2025 to 01/05/2026")
    added = {"do": "add_fact", "kind": "treatment", "name": "PT", "start": "2025-11-03", "end": "2026-01-05"}
    found = made(read, {"do": "reject_fact", "fact": therapy(read[0]).id}, {**added, "place": marked})
    fact = found.case.facts[-1]
    assert (fact.id, fact.name) == (f"f{len(read[0].facts) + 1}", "physical therapy")
    assert fact.spans[0].quote == "physical therapy from 11/03/2025 to 01/05/2026"
    (result,) = found.case.coverage.criteria
    assert (result.verdict, result.facts) == (Verdict.MET, (fact.id,))
    assert any(fact.id in sentence.facts for section in found.case.letter.sections for sentence in section.sentences)


def test_a_reviewers_verdict_is_told_with_the_checkers_and_can_be_taken_back(read: Read) -> None:
    own = {"do": "verdict", "criterion": "c1", "verdict": "not_met"}
    found = made(read, own)
    (result,) = found.case.coverage.criteria
    assert (result.verdict, result.checked) == (Verdict.NOT_MET, Verdict.MET)
    assert "Criterion c1: not met by its reviewer; the checker says met" in found.differences
    back = made(read, own, {**own, "verdict": "needs_review"}, {"do": "unset_verdict", "criterion": "c1"})
    (result,) = back.case.coverage.criteria
    assert (result.verdict, result.checked, result.correction) == (Verdict.MET, None, None)


def test_a_rejected_criterion_asks_for_nothing_until_it_is_accepted_again(read: Read) -> None:
    edits = ({"do": "verdict", "criterion": "c1", "verdict": "not_met"}, {"do": "reject_criterion", "criterion": "c1"})
    assert made(read, *edits).case.coverage.criteria == ()
    assert verdicts(made(read, *edits, {"do": "accept_criterion", "criterion": "c1"}).case) == [Verdict.MET]


def test_a_second_person_edits_the_same_fact_again(read: Read) -> None:
    fact = therapy(read[0]).id
    first = made(read, {"do": "fact", "fact": fact, "changes": {"end": "2025-11-20"}}).case
    later = signed(
        {"do": "fact", "fact": fact, "changes": {"end": "2025-12-29"}}, 5, "The bill says so.", "Ines Moreau"
    )
    found = corrected(first, read[1], later, TODAY)
    assert verdicts(found.case) == [Verdict.MET]
    correction = therapy(found.case).correction
    assert correction
    assert correction.by == "Ines Moreau"


def test_two_changes_of_one_thing_are_not_signed_with_one_signature(read: Read) -> None:
    fact = therapy(read[0]).id
    first = made(read, {"do": "fact", "fact": fact, "changes": {"end": "2025-11-20"}}).case
    category, told = refusal((first, read[1]), {"do": "fact", "fact": fact, "changes": {"end": "2025-12-29"}})
    assert category is Category.REFUSED
    assert "was changed again after its correction" in told


def test_a_value_typed_decides_the_deadline_and_a_place_makes_it_a_citation(read: Read) -> None:
    typed_only = made(read, {"do": "value", "field": "letter_date", "value": "2026-01-14"})
    assert typed_only.case.coverage.deadline.date == date(2026, 7, 13)
    assert any(line.startswith("Deadline: 2026-08-13") for line in typed_only.differences)
    marked = place(read[1], "02/14/2026")
    cited = made(read, {"do": "value", "field": "letter_date", "value": "2026-02-14", "place": marked}).case.denial
    assert cited.letter_date
    assert [span.quote for span in cited.letter_date.spans] == ["02/14/2026"]


def test_a_value_keeps_its_places_only_where_it_is_what_was_read(read: Read) -> None:
    before = read[0].denial.member_id
    assert before
    for value, spans in ((before.value, before.spans), ("W102074779", ())):
        after = apply(*read, signed({"do": "value", "field": "member_id", "value": value})).denial.member_id
        assert after
        assert (after.value, after.spans, bool(after.correction)) == (value, spans, True)


def test_a_value_that_nobody_read_is_added(read: Read) -> None:
    edits = (
        {"do": "value", "field": "procedure_codes", "value": "72148"},
        {"do": "value", "field": "procedure_codes", "value": "72149", "index": 1},
        {"do": "value", "field": "denied_amount", "value": "$1,840.00"},
        {"do": "value", "field": "appeal.window", "value": "60 days from receipt"},
        {"do": "value", "field": "criteria_source.name", "value": "Imaging  Policy\n7"},
    )
    denial = made(read, *edits).case.denial
    assert [code.value for code in denial.procedure_codes] == ["72148", "72149"]
    assert denial.denied_amount
    assert str(denial.denied_amount.value) == "1840.00"
    assert denial.appeal.window
    assert denial.appeal.window.value == AppealWindow(n=60, unit="days", trigger="receipt")
    assert denial.criteria_source.name
    assert denial.criteria_source.name.value == "Imaging Policy 7"


def test_a_value_rejected_counts_for_nothing_and_confirmed_it_stands_signed(read: Read) -> None:
    rejected = made(read, {"do": "reject_value", "field": "member_id"})
    assert "missing_member_id" in [warning.code for warning in rejected.case.coverage.warnings]
    confirmed = made(read, {"do": "reject_value", "field": "member_id"}, {"do": "confirm_value", "field": "member_id"})
    assert confirmed.case.denial.standing.member_id
    assert confirmed.case.denial.standing.member_id.correction


def with_refused(read: Read) -> Read:
    case, documents = read
    refused = Refused(what="payer", value="Orchard", quote="Orchard", document="d1", reason="it does not stand there")
    case = case.model_copy(update={"refused": (refused, refused)})
    sealed = case.provenance.model_copy(update={"seals": seals(case)})
    return case.model_copy(update={"provenance": sealed}), documents


def test_refused_proposals_are_dismissed_one_by_one(read: Read) -> None:
    refused = with_refused(read)
    found = made(refused, {"do": "dismiss", "index": 0}, {"do": "dismiss", "index": 1})
    assert [one.correction is not None and one.correction.rejects for one in found.case.refused] == [True, True]
    assert made(refused, {"do": "dismiss", "index": 1}).case.complete is False
    assert found.case.complete is True


def test_every_value_of_the_denial_can_be_typed() -> None:
    assert {*fields(Denial)} == {*typed.ONE, *typed.MANY}


def fields(model: type[BaseModel], prefix: str = "") -> Iterator[str]:
    for name, field in model.model_fields.items():
        stated = str(field.annotation)
        if "Cited[" in stated:
            yield prefix + name
        elif isinstance(field.annotation, type) and issubclass(field.annotation, BaseModel):
            yield from fields(field.annotation, f"{prefix}{name}.")


@pytest.mark.parametrize(
    "edit",
    [
        {"do": "value", "field": "shoe_size", "value": "44"},
        {"do": "value", "field": "appeal", "value": "44"},
        {"do": "value", "field": "criteria", "value": "44"},
        {"do": "value", "field": "__class__", "value": "44"},
        {"do": "value", "field": "procedure_codes", "index": 7, "value": "72148"},
        {"do": "value", "field": "payer", "index": 1, "value": "Orchard"},
        {"do": "reject_value", "field": "denied_amount"},
        {"do": "confirm_value", "field": "procedure_codes"},
        {"do": "accept_fact", "fact": "f99"},
        {"do": "fact", "fact": "", "changes": {"visits": 3}},
        {"do": "reject_criterion", "criterion": "c9"},
        {"do": "verdict", "criterion": "c9", "verdict": "met"},
        {"do": "unset_verdict", "criterion": "c9"},
        {"do": "dismiss", "index": 0},
    ],
)
def test_what_the_case_does_not_have_is_not_found(read: Read, edit: Json) -> None:
    assert refusal(read, edit)[0] is Category.NOT_FOUND


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("letter_date", "14/02/2026"),
        ("letter_date", "2026-02-30"),
        ("letter_date", "9999-12-31"),
        ("denied_amount", "about 400"),
        ("denied_amount", "1e9"),
        ("denied_amount", "1,84"),
        ("appeal.window", "soon"),
        ("appeal.window", "60 days or so"),
        ("appeal.window", "60"),
        ("appeal.window", "0 days"),
        ("appeal.window", "5000 years"),
        ("plan_type", "gold"),
        ("procedure_codes", "72148; DROP TABLE"),
        ("payer", " \n "),
        ("payer", "Or\x00chard"),
        ("payer", "Or\u202echard"),
        ("payer", "x" * 201),
        ("reason", "x" * 4001),
    ],
)
def test_a_value_that_does_not_parse_is_refused(read: Read, field: str, value: str) -> None:
    category, told = refusal(read, {"do": "value", "field": field, "value": value})
    assert category is Category.REFUSED
    assert told.startswith(f"denial.{field}")


@pytest.mark.parametrize(
    "changes",
    [
        {"name": ""},
        {"name": "x" * 201},
        {"value": "NaN"},
        {"value": "1e999999999"},
        {"value": "9" * 40},
        {"value": "44", "value_high": "words"},
        {"value": "words", "value_high": "44"},
        {"value": "44", "value_high": "40"},
        {"unit": "mg\x1b[2J"},
        {"start": "0001-01-01"},
        {"end": "9999"},
        {"end": "2025-10-01"},
        {"visits": 10**9},
        {"duration": {"n": "1e30", "unit": "days"}},
        {"duration": {"n": "2000", "unit": "years"}},
        {"dose": {"n": "1e30", "unit": "mg"}},
        {"dose": {"n": "15", "unit": " "}},
    ],
)
def test_what_no_record_states_of_a_fact_is_refused(read: Read, changes: Json) -> None:
    category, told = refusal(read, {"do": "fact", "fact": therapy(read[0]).id, "changes": changes})
    assert category is Category.REFUSED
    assert told.startswith("facts.f")


@pytest.mark.parametrize(
    "moved",
    [{"document": "d9"}, {"page": 9}, {"end": 100000}, {"start": 5, "end": 5}, {"start": 9, "end": 5}],
)
def test_a_place_that_is_not_on_its_page_is_refused(read: Read, moved: Json) -> None:
    marked = {**place(read[1], "physical therapy"), **moved}
    fact = {"do": "add_fact", "kind": "treatment", "name": "PT", "place": marked}
    assert refusal(read, fact)[0] is Category.REFUSED
    assert refusal(read, {"do": "value", "field": "service", "value": "MRI", "place": marked})[0] is Category.REFUSED


def test_blank_space_is_no_place(read: Read) -> None:
    blank = place(read[1], "   ")
    assert refusal(read, {"do": "value", "field": "payer", "value": "Orchard", "place": blank})[0] is Category.REFUSED


@pytest.mark.parametrize("signature", [{"reason": "  "}, {"by": " "}, {"reason": "x" * 4001}, {"by": "Dana\x00"}])
def test_an_edit_without_a_name_or_a_reason_is_refused(read: Read, signature: dict[str, str]) -> None:
    assert refusal(read, {"do": "confirm_value", "field": "payer"}, **signature)[0] is Category.REFUSED


def test_another_patients_page_and_one_that_may_be_carry_nothing(tmp_path: Path) -> None:
    case, documents = worked(tmp_path / "case", letter=makers.LETTER, note=makers.NOTE, other=OTHERS)
    other = next(record for record in case.documents if record.patient is Whose.OTHER)
    marked = {"document": other.id, "page": 1, "start": 0, "end": 8}
    edits = (
        {"do": "add_fact", "kind": "treatment", "name": "PT", "place": marked},
        {"do": "value", "field": "service", "value": "MRI", "place": marked},
    )
    aside = other.model_copy(update={"patient": Whose.UNKNOWN, "set_aside": True})
    doubtful = tuple(aside if record is other else record for record in case.documents)
    for one in (case, case.model_copy(update={"documents": doubtful})):
        for edit in edits:
            category, told = refusal((one, documents), edit)
            assert category is Category.REFUSED
            assert f"{other.id} is about another patient" in told


def test_the_same_value_stands_in_a_list_once(read: Read) -> None:
    first = made(read, {"do": "value", "field": "procedure_codes", "value": "72148"}).case
    twice = {"do": "value", "field": "procedure_codes", "value": "72148", "index": 1}
    assert refusal((first, read[1]), twice)[0] is Category.REFUSED


def test_no_message_holds_what_was_typed_or_read(read: Read) -> None:
    for edit in (
        {"do": "value", "field": "letter_date", "value": "Elena Rivera"},
        {"do": "fact", "fact": therapy(read[0]).id, "changes": {"value": "9" * 40}},
    ):
        _, told = refusal(read, edit)
        assert "Rivera" not in told
        assert "999" not in told


# Kept, and made again.


def edits_of(case: Case, documents: tuple[Document, ...]) -> list[Json]:
    """Edits of every kind on a case."""
    words = place(documents, "unable to sit")
    return [
        *({"do": do, "fact": fact.id} for do in ("reject_fact", "accept_fact") for fact in case.facts),
        {"do": "fact", "fact": therapy(case).id, "changes": {"end": "2025-11-20", "outcome": None}},
        {
            "do": "add_fact",
            "kind": "functional_limit",
            "name": "cannot sit",
            "value": "10",
            "unit": "min",
            "place": words,
        },
        {"do": "value", "field": "payer", "value": "Orchard Health"},
        {"do": "value", "field": "letter_date", "value": "2026-02-14", "place": place(documents, "02/14/2026")},
        {"do": "value", "field": "procedure_codes", "value": "72148"},
        {"do": "confirm_value", "field": "member_id"},
        {"do": "reject_value", "field": "claim_number"},
        {"do": "reject_criterion", "criterion": "c1"},
        {"do": "accept_criterion", "criterion": "c1"},
        {"do": "verdict", "criterion": "c1", "verdict": "needs_review"},
        {"do": "unset_verdict", "criterion": "c1"},
        *({"do": "dismiss", "index": n} for n in range(len(case.refused))),
    ]


def applied(read: Read, edits: list[Json]) -> tuple[Case, list[Kept]]:
    """The case with those of the edits that can be made, and each as it is kept in the register."""
    case, kept = read[0], []
    for n, edit in enumerate(edits):
        one = signed(edit, n)
        try:
            entry = keep(case, read[1], one)
            case = apply(case, read[1], one)
        except AppealwrightError:
            continue
        kept.append(Kept.model_validate_json(entry.model_dump_json()))
    return case, kept


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_edits_that_are_kept_and_made_again_on_the_same_case_give_the_same(read: Read, data: st.DataObject) -> None:
    start = with_refused(read)
    edits = data.draw(st.lists(st.sampled_from(edits_of(*start)), max_size=8))
    case, kept = applied(start, edits)
    assert replay(*start, kept) == (case, ("",) * len(kept))


def test_edits_fit_a_case_whose_documents_and_facts_were_numbered_anew(read: Read, renumbered: Read) -> None:
    assert therapy(read[0]).id != therapy(renumbered[0]).id
    assert therapy(read[0]).spans[0].document != therapy(renumbered[0]).spans[0].document
    for edit in edits_of(*read):
        case, kept = applied(read, [edit])
        if not kept:
            continue
        after, unfit = replay(*renumbered, kept)
        assert unfit == ("",), edit
        assert not [*unsigned(after)]
        assert verdicts(again(after, renumbered[1], Anew(TODAY))) == verdicts(again(case, read[1], Anew(TODAY)))


def test_a_fact_that_was_added_is_found_again_by_what_is_done_to_it_later(read: Read, renumbered: Read) -> None:
    marked = place(read[1], "unable to sit")
    number = f"f{len(read[0].facts) + 1}"
    edits: list[Json] = [
        {"do": "add_fact", "kind": "functional_limit", "name": "sitting", "place": marked},
        {"do": "fact", "fact": number, "changes": {"value": "15"}},
        {"do": "reject_fact", "fact": number},
    ]
    _, kept = applied(read, edits)
    case, unfit = replay(*renumbered, kept)
    assert unfit == ("", "", "")
    fact = case.facts[-1]
    assert fact.id != number
    assert (fact.kind, fact.value, fact.stands) == (FactKind.FUNCTIONAL_LIMIT, "15", False)


def test_what_is_read_otherwise_since_is_left_to_a_person(read: Read, tmp_path: Path) -> None:
    note = makers.NOTE.replace("01/05/2026", "01/06/2026")
    letter = makers.LETTER.replace("W102074778", "W102074999")
    since = worked(tmp_path / "case", letter=letter, note=note)
    edits: list[Json] = [
        {"do": "accept_fact", "fact": therapy(read[0]).id},
        {"do": "confirm_value", "field": "member_id"},
        {"do": "value", "field": "letter_date", "value": "2026-02-14", "place": place(read[1], "02/14/2026")},
        {"do": "value", "field": "payer", "value": "Orchard Health"},
    ]
    _, kept = applied(read, edits)
    case, unfit = replay(*since, kept)
    assert [bool(why) for why in unfit] == [True, True, True, False]
    assert unfit[0].endswith("what it was made of is not read so any more")
    assert unfit[2].endswith("the words that it cites are not in the documents any more")
    assert case.denial.payer
    assert case.denial.payer.value == "Orchard Health"
    assert not therapy(case).correction


def test_a_value_added_where_one_is_read_since_is_left_to_a_person(read: Read, tmp_path: Path) -> None:
    edits = [
        {"do": "value", "field": "denied_amount", "value": "400"},
        {"do": "value", "field": "procedure_codes", "value": "72148"},
    ]
    _, kept = applied(read, edits)
    letter = makers.LETTER.replace("Lumbar MRI", "Lumbar MRI\nCPT code: 72148\nDenied amount: $1,840.00")
    since = worked(tmp_path / "case", letter=letter, note=makers.NOTE)
    case, unfit = replay(*since, kept)
    assert unfit[0] == "denial.denied_amount: a value is read there now"
    assert unfit[1].endswith("it stands in the list already")
    assert case == since[0]


def test_an_edit_is_kept_without_what_was_not_given(read: Read) -> None:
    kept = keep(*read, signed({"do": "fact", "fact": therapy(read[0]).id, "changes": {"visits": None}}))
    assert kept.model_dump(mode="json")["signed"]["edit"]["changes"] == {"visits": None}
