from collections.abc import Iterable
from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.draft import Evidence, exhibits, verify, write
from pipeline.draft.phrases import day
from pipeline.draft.points import LetterPlan
from pipeline.draft.writer import RulesWriter
from schemas.coverage import Computed, Coverage, CriterionResult, Verdict
from schemas.dates import PartialDate
from schemas.denial import Denial
from schemas.document import Role, Whose
from schemas.fact import Assertion, Fact, FactKind, Outcome, Quantity, Side
from schemas.letter import Letter, Part, Section, Sentence, SentenceKind
from tests.draft.knee_case import COVERAGE, DENIAL, DOCUMENTS, FACTS, TODAY, document, enclosed, fact


def the_letter(denial: Denial = DENIAL, facts: Iterable[Fact] = FACTS, coverage: Coverage = COVERAGE) -> Letter:
    return write(denial, facts, coverage, enclosed(), TODAY)


def part(letter: Letter, wanted: Part) -> Section:
    return next(section for section in letter.sections if section.part is wanted)


def text(letter: Letter) -> str:
    return "\n".join(sentence.text for section in letter.sections for sentence in section.sentences)


def answer_and_fields(letter: Letter, criterion: str) -> list[Sentence]:
    return [s for s in part(letter, Part.CRITERIA).sentences if s.criterion == criterion]


def answer(letter: Letter, criterion: str) -> list[Sentence]:
    return [s for s in part(letter, Part.CRITERIA).sentences if s.criterion == criterion and s.fields == ()]


def test_the_eight_parts_stand_in_order() -> None:
    assert [section.part for section in the_letter().sections] == list(Part)


def test_the_opening_says_who_appeals_what_and_by_which_numbers_and_asks_for_reversal() -> None:
    opening = " ".join(s.text for s in part(the_letter(), Part.OPENING).sentences)
    assert opening == (
        "This letter appeals, on behalf of our patient, Marguerite A. Ellsworth, the adverse decision of Cascadia "
        "Mutual Health Plan dated September 28, 2026. The decision is on total knee arthroplasty, right knee "
        "(procedure code 27447; diagnosis code M17.11). The notice identifies the case by member ID CMH904551-01 and "
        "reference number PA-26-0914-7731. The notice gives 180 days to appeal. The ground of the denial is medical "
        "necessity: the notice states "
        "\u201cnot medically necessary\u201d. We ask Cascadia Mutual Health Plan to reverse this decision."
    )


def test_each_criterion_is_quoted_word_for_word_before_its_answer() -> None:
    sentences = part(the_letter(), Part.CRITERIA).sentences
    for criterion in DENIAL.criteria:
        mine = [s for s in sentences if s.criterion == criterion.id]
        assert mine[0].text == f"The criterion reads: \u201c{criterion.text.value}\u201d"
        assert len(mine) > 1


def test_a_met_criterion_is_answered_with_dated_evidence() -> None:
    assert [s.text for s in answer(the_letter(), "C3")] == [
        "The record meets this criterion.",
        "The patient was treated with naproxen 500 mg from January 12, 2026 to March 9, 2026; the record reports that "
        "it failed (\u201cit did not relieve the pain\u201d).",
    ]


def test_an_unmet_criterion_gets_the_figure_the_record_shows_and_leaves_the_argument_to_the_reviewer() -> None:
    stated, blank = answer(the_letter(), "C2")
    assert "from May 4, 2026 to July 13, 2026 (70 days, or 10 weeks; 11 visits)" in stated.text
    assert stated.comment
    assert "12 weeks" not in stated.text
    assert blank.kind is SentenceKind.PLACEHOLDER
    assert "physical therapist" in blank.comment


def test_an_unmet_criterion_without_a_figure_is_not_stated_against_the_patient() -> None:
    contrary = CriterionResult(criterion="C1", verdict=Verdict.NOT_MET, facts=("kl",), explanation="Contrary.")
    letter = the_letter(coverage=COVERAGE.model_copy(update={"criteria": (contrary,)}))
    assert [s.kind for s in answer(letter, "C1")] == [SentenceKind.PLACEHOLDER]


@pytest.mark.parametrize(("criterion", "told"), [("C6", "Medically cleared"), ("C7", "imaging centre")])
def test_what_is_not_shown_is_a_placeholder_whose_comment_says_what_is_known(criterion: str, told: str) -> None:
    (blank,) = answer(the_letter(), criterion)
    assert blank.kind is SentenceKind.PLACEHOLDER
    assert told in blank.comment
    assert "Medically cleared" not in text(the_letter())


def test_a_criterion_that_nobody_judged_is_left_to_the_reviewer() -> None:
    letter = the_letter(coverage=COVERAGE.model_copy(update={"criteria": ()}))
    assert all(answer(letter, criterion.id)[0].kind is SentenceKind.PLACEHOLDER for criterion in DENIAL.criteria)


def test_an_alternative_to_a_met_criterion_needs_no_evidence() -> None:
    either = tuple(c.model_copy(update={"group": "g", "combine": "any"}) for c in DENIAL.criteria)
    (sentence,) = answer(the_letter(DENIAL.model_copy(update={"criteria": either})), "C2")
    assert sentence.kind is SentenceKind.ASK
    assert "alternative" in sentence.text


@pytest.mark.parametrize(("asked", "spared"), [(4, True), (5, False)])  # four criteria of the case are met
def test_a_criterion_is_spared_once_as_many_others_are_met_as_the_plan_asks(asked: int, spared: bool) -> None:
    some = {"group": "g", "combine": "at_least", "at_least": asked}
    case = DENIAL.model_copy(update={"criteria": tuple(c.model_copy(update=some) for c in DENIAL.criteria)})
    told = answer(the_letter(case), "C2")
    assert any("this appeal rests on other criteria" in sentence.text for sentence in told) == spared
    assert not the_letter(case).refused


def test_the_other_knee_the_family_and_plans_are_never_raised() -> None:
    letter = text(the_letter())
    for words in ("130", "left", "mother", "rheumatoid", "meloxicam"):
        assert words not in letter.lower()


def test_a_treatment_that_helped_is_not_volunteered() -> None:
    helped = replace(FACTS[2], id="helped", outcome=Outcome.EFFECTIVE, name="acetaminophen")
    assert "acetaminophen" not in text(the_letter(facts=(*FACTS, helped)))


def test_facts_that_say_the_same_are_told_once_and_cited_together() -> None:
    told = [s for s in part(the_letter(), Part.SUMMARY).sentences if "physical therapy" in s.text]
    assert [s.facts for s in told] == [("pt", "pt-note")]
    assert {span.document for span in told[0].citations} == {"therapy", "note"}


def test_a_passage_that_shows_two_things_is_quoted_once() -> None:
    passage = "Unilateral primary osteoarthritis, right knee (M17.11), end stage."
    shown = fact("deformity", passage, kind=FactKind.FINDING, side=Side.RIGHT, body_part="knee")
    summary = part(the_letter(facts=(*FACTS, shown)), Part.SUMMARY).sentences
    assert sum(passage in s.text for s in summary) == 1


def test_findings_of_that_side_and_part_stand_in_the_summary_and_those_set_aside_do_not() -> None:
    words = "Right knee: no active infection. Left knee flexion 130 degrees."
    found = fact("crepitus", "Weight-bearing radiographs", kind=FactKind.FINDING, side=Side.RIGHT, body_part="knee")
    other = fact("effusion", words, kind=FactKind.FINDING, side=Side.LEFT, body_part="knee")
    summary = part(the_letter(facts=(*FACTS, found, other)), Part.SUMMARY).sentences
    told = {name for s in summary for name in s.facts}
    assert "crepitus" in told
    assert "effusion" not in told


def test_visits_that_are_listed_by_day_are_told_in_one_sentence_with_their_span() -> None:
    log = document("log", Role.CLINICAL_NOTE, "PT visit 05/04/2026\nPT visit 05/18/2026\nPT visit 06/22/2026\n")
    page = log.pages[0]
    days = ("2026-05-04", "2026-05-18", "2026-06-22")
    visits = [
        Fact(
            id=f"v{n}",
            kind=FactKind.TREATMENT,
            name="physical therapy",
            date=PartialDate(known),
            spans=(page.span(20 * n, 20 * n + 19),),
        )
        for n, known in enumerate(days)
    ]
    result = CriterionResult(
        criterion="C2",
        verdict=Verdict.MET,
        facts=("v0", "v1", "v2"),
        computed=Computed(figure="49 days = 7 weeks", formula="2026-05-04 to 2026-06-22", needed="at least 6 weeks"),
        explanation="",
    )
    coverage = COVERAGE.model_copy(update={"criteria": (result,)})
    listed = exhibits((*DOCUMENTS, log), visits, coverage, DENIAL)
    letter = write(DENIAL, visits, coverage, listed, TODAY)
    assert answer(letter, "C2")[1].text == (
        "The record lists physical therapy on May 4, 2026; May 18, 2026; and June 22, 2026 (49 days, or 7 weeks)."
    )


def test_an_age_is_told_by_the_date_of_birth_of_the_notice() -> None:
    born = DENIAL.model_copy(update={"birth_date": DENIAL.letter_date})
    figure = Computed(figure="0 years", formula="2026-09-28 to 2026-09-28", needed="at least 0 years")
    old_enough = CriterionResult(criterion="C6", verdict=Verdict.MET, computed=figure, explanation="")
    letter = the_letter(born, coverage=COVERAGE.model_copy(update={"criteria": (old_enough,)}))
    assert [s.text for s in answer_and_fields(letter, "C6")][1:] == [
        "The record meets this criterion.",
        "The patient's date of birth is September 28, 2026, an age of 0 years on September 28, 2026.",
    ]


def test_without_a_plan_type_no_law_is_cited() -> None:
    letter = the_letter(coverage=COVERAGE.model_copy(update={"legal_basis": ()}))
    (blank,) = part(letter, Part.LEGAL_BASIS).sentences
    assert blank.kind is SentenceKind.PLACEHOLDER
    assert not any(s.kind is SentenceKind.LAW for section in letter.sections for s in section.sentences)


def test_the_decision_clock_stands_in_the_closing() -> None:
    laws = [s.text for s in part(the_letter(), Part.CLOSING).sentences if s.kind is SentenceKind.LAW]
    assert len(laws) == 1
    assert "within 30 days" in laws[0]


def test_a_guideline_part_stands_only_where_a_guideline_is_enclosed() -> None:
    assert part(the_letter(), Part.GUIDELINE).sentences == ()
    guideline = document("guideline", Role.GUIDELINE, "A guideline", patient=Whose.UNKNOWN)
    documents = (*DOCUMENTS, guideline)
    listed = exhibits(documents, FACTS, COVERAGE, DENIAL)
    letter = write(DENIAL, FACTS, COVERAGE, listed, TODAY, documents=documents)
    assert [s.kind for s in part(letter, Part.GUIDELINE).sentences] == [SentenceKind.PLACEHOLDER]


def test_a_stated_consequence_is_quoted_and_a_missing_one_is_not_made_up() -> None:
    assert part(the_letter(), Part.CONSEQUENCE).sentences == ()
    risk = fact("disease progression", "end stage", kind=FactKind.RISK)
    sentences = part(the_letter(facts=(*FACTS, risk)), Part.CONSEQUENCE).sentences
    assert [s.text for s in sentences] == ["The record notes: \u201cend stage\u201d."]


def test_an_empty_notice_still_makes_a_letter_of_placeholders() -> None:
    letter = write(Denial(), (), Coverage(deadline=COVERAGE.deadline), (), TODAY)
    assert letter.refused == ()
    kinds = {s.kind for section in letter.sections for s in section.sentences}
    assert kinds == {SentenceKind.PLACEHOLDER, SentenceKind.ASK}


class Liar:
    """A writer that claims what is not so, as a model might."""

    def write(self, plan: LetterPlan, evidence: Evidence) -> tuple[Sentence, ...]:
        return tuple(
            Sentence(
                id=point.id,
                kind=point.kind,
                text="The patient completed 12 weeks of physical therapy.",
                facts=point.facts,
                fields=point.fields,
                criterion=point.criterion,
                rule=point.rule,
                citations=tuple(s for name in point.facts for s in evidence.facts[name].spans),
            )
            for part in plan.parts
            for point in part.points
        )


class Meddler:
    """A writer that rests its sentences on other facts than it was given."""

    def write(self, plan: LetterPlan, evidence: Evidence) -> tuple[Sentence, ...]:
        known = evidence.facts["kl"]
        return tuple(
            Sentence(
                id=point.id,
                kind=SentenceKind.FACT,
                text="The recorded Kellgren-Lawrence grade was 4.",
                facts=("kl",),
                citations=known.spans,
            )
            for part in plan.parts
            for point in part.points
        )


def test_a_refused_sentence_is_replaced_by_the_template_and_kept_with_its_reasons() -> None:
    letter = write(DENIAL, FACTS, COVERAGE, enclosed(), TODAY, writer=Liar())
    assert letter.sections == the_letter().sections
    assert len(letter.refused) > 20
    assert all(refused.reasons for refused in letter.refused)


def test_a_true_sentence_on_facts_that_were_not_planned_is_refused() -> None:
    letter = write(DENIAL, FACTS, COVERAGE, enclosed(), TODAY, writer=Meddler())
    expected = [(s.id, s.kind, s.facts) for section in the_letter().sections for s in section.sentences]
    assert [(s.id, s.kind, s.facts) for section in letter.sections for s in section.sentences] == expected


def test_a_writer_may_leave_points_out() -> None:
    class Terse(RulesWriter):
        def write(self, plan: LetterPlan, evidence: Evidence) -> tuple[Sentence, ...]:
            return super().write(plan, evidence)[1:]

    assert write(DENIAL, FACTS, COVERAGE, enclosed(), TODAY, writer=Terse()) == the_letter()


NAMES = [
    "physical therapy",
    "corticosteroid injection",
    "home exercise program",
    "naproxen",
    "epidural steroid injection",
]
DAYS = st.dates(min_value=TODAY.replace(year=2024), max_value=TODAY.replace(month=9)).map(PartialDate.of)
MONTHS = DAYS.map(lambda known: PartialDate(known.iso[:7]))


@st.composite
def treatments(draw: st.DrawFn) -> tuple[str, dict[str, object]]:
    """A line of a chart and the fields of the fact that it states."""
    name = draw(st.sampled_from(NAMES))
    start, end = sorted((draw(DAYS | MONTHS), draw(DAYS | MONTHS)), key=lambda known: known.earliest)
    visits = draw(st.none() | st.integers(1, 40))
    dose = draw(st.none() | st.integers(1, 999))
    side = draw(st.none() | st.just(Side.RIGHT))
    outcome = draw(st.sampled_from([Outcome.FAILED, Outcome.PARTIAL, Outcome.INTOLERANT]))
    reason = draw(
        st.none() | st.sampled_from(["no lasting relief", "nausea", "pain unchanged at 7/10", "did not help"])
    )
    known: dict[str, object] = {
        "name": name,
        "outcome": outcome,
        "outcome_reason": reason,
        "visits": visits,
        "side": side,
    }
    words = [name]
    if dose:
        known["dose"] = Quantity(n=Decimal(dose), unit="mg")
        words.append(f"{dose} mg")
    if side:
        known["body_part"] = "knee"
        words.append("right knee")
    if draw(st.booleans()):
        known["start"], known["end"] = start, end
        words.append(f"{day(start)} to {day(end)}")
    elif draw(st.booleans()):
        known["start"] = start
        words.append(f"since {day(start)}")
    else:
        known["date"] = start
        words.append(day(start))
    words += [f"{visits} sessions"] if visits else []
    words += [reason] if reason else []
    return ", ".join(words), known


@settings(max_examples=25, deadline=None)
@given(st.lists(treatments(), min_size=1, max_size=4, unique_by=lambda drawn: drawn[0]))
def test_a_letter_on_any_chart_is_verified_whole_and_tells_each_treatment(
    drawn: list[tuple[str, dict[str, object]]],
) -> None:
    chart = document("chart", Role.CLINICAL_NOTE, "\n".join(line for line, _ in drawn))
    page = chart.pages[0]
    facts, start = [], 0
    for n, (line, fields) in enumerate(drawn):
        where = page.span(start, start + len(line))
        start += len(line) + 1
        known = {"id": f"f{n}", "kind": FactKind.TREATMENT, "spans": (where,), "assertion": Assertion.PRESENT, **fields}
        facts.append(Fact(**known))
    met = CriterionResult(criterion="C3", verdict=Verdict.MET, facts=tuple(f.id for f in facts), explanation="")
    coverage = COVERAGE.model_copy(update={"criteria": (met,)})
    listed = exhibits((*DOCUMENTS, chart), facts, coverage, DENIAL)
    letter = write(DENIAL, facts, coverage, listed, TODAY)
    assert letter.refused == ()
    holds = Evidence.of(DENIAL, facts, coverage, listed, TODAY)
    for section in letter.sections:
        for sentence in section.sentences:
            assert verify(sentence, holds) == ()
            assert sentence.citations or sentence.kind is not SentenceKind.FACT
    assert {name for s in answer(letter, "C3")[1:] for name in s.facts} == {fact.id for fact in facts}
