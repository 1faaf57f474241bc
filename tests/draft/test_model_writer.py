"""The model writer against a model of the test's own: what it asks, what it lets stand, and what it never does."""

import json
import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from pipeline import ingest
from pipeline.case import Order, work
from pipeline.draft import Evidence, gather
from pipeline.draft.letter import compose
from pipeline.draft.model_writer import DraftedSentences, ModelWriter, Proposed
from pipeline.draft.plan import plan
from pipeline.draft.points import LetterPlan
from pipeline.draft.verify_words import plain_words, words
from pipeline.llm import Ask, Example, Failed, FaultKind, Reply, load
from schemas.coverage import Computed, CriterionResult, Rejected, Verdict
from schemas.letter import Appellant, Letter, Part, Sentence, SentenceKind
from schemas.usage import Usage
from tests.draft.inventions import inventions
from tests.draft.knee_case import COVERAGE, DENIAL, DOCUMENTS, FACTS, TODAY, enclosed, evidence

EACH = 7  # of the inventions on a letter one in so many, so that all kinds come up in seconds
SAMPLES = Path(__file__).parents[2] / "samples"
NAPROXEN = (
    "From January 12, 2026 to March 9, 2026 the patient was treated with naproxen 500 mg; the record reports that it "
    "failed (\u201cit did not relieve the pain\u201d)."
)
WOMAC = "On September 1, 2026 the WOMAC score of the right knee was 58 out of 96."
GOOD = {
    "medical_necessity-3": "The enclosed record reports a Kellgren-Lawrence grade of 4 and a WOMAC score of 58 out of "
    "96, and documents treatment with naproxen and with physical therapy.",
    "clinical_summary-3": NAPROXEN,
    "clinical_summary-6": WOMAC,
    "criteria-9": NAPROXEN,
    "criteria-12": WOMAC,
}
Answer = Callable[[list[str], int], Sequence[Proposed] | Failed]


class Recorder:
    """A model that keeps what it was asked and answers as it is told to, by the points asked and the round."""

    name = "recorder"
    usage = Usage()

    def __init__(self, answer: Answer) -> None:
        self.answer = answer
        self.rounds: list[Sequence[Ask[DraftedSentences]]] = []

    def ask(self, asks: Sequence[Ask[DraftedSentences]]) -> tuple[Reply[DraftedSentences] | Failed, ...]:
        self.rounds.append(asks)
        return tuple(self._answered(asked) for asked in asks)

    def _answered(self, asked: Ask[DraftedSentences]) -> Reply[DraftedSentences] | Failed:
        said = self.answer([point["point"] for point in points_of(asked)], len(self.rounds))
        return said if isinstance(said, Failed) else Reply(DraftedSentences(sentences=tuple(said)), cached=False)


def points_of(asked: Ask[DraftedSentences]) -> list[dict[str, object]]:
    return [json.loads(line) for line in asked.data.splitlines()[1:]]


def saying(told: dict[str, str]) -> Answer:
    return lambda names, _round: [Proposed(point=name, sentence=told[name]) for name in names if name in told]


def written(model: Recorder, known: Evidence | None = None) -> Letter:
    known = known or evidence()
    return compose(plan(known), known, ModelWriter(model))


def told(letter: Letter) -> dict[str, Sentence]:
    return {sentence.id: sentence for section in letter.sections for sentence in section.sentences}


TEMPLATES = compose(plan(evidence()), evidence())
SAID = told(TEMPLATES)


def asked_points(known: Evidence, letter: LetterPlan) -> set[str]:
    model = Recorder(lambda _names, _round: [])
    compose(letter, known, ModelWriter(model))
    return {str(point["point"]) for asks in model.rounds for asked in asks for point in points_of(asked)}


def test_sentences_that_hold_stand_and_the_rest_of_the_letter_is_as_it_was() -> None:
    letter = written(Recorder(saying(GOOD)))
    assert letter.refused == ()
    assert {name: sentence.text for name, sentence in told(letter).items()} == {
        name: GOOD.get(name, sentence.text) for name, sentence in SAID.items()
    }
    for name, sentence in told(letter).items():
        assert sentence == SAID[name].model_copy(update={"text": sentence.text})


def test_the_parts_are_asked_for_together_and_what_holds_is_not_asked_for_again() -> None:
    model = Recorder(saying(GOOD))
    written(model)
    assert [len(asks) for asks in model.rounds] == [3]
    parts = [json.loads(asked.data.splitlines()[0]) for asked in model.rounds[0]]
    assert parts == [
        {"part": "medical_necessity", "voice": "provider"},
        {"part": "clinical_summary", "voice": "provider"},
        {"part": "criteria", "voice": "provider"},
    ]
    assert {asked.reply for asked in model.rounds[0]} == {DraftedSentences}
    assert {asked.prompt.name for asked in model.rounds[0]} == {"draft_sentences"}


def test_a_letter_without_a_fact_to_tell_asks_for_nothing() -> None:
    model = Recorder(saying({}))
    silent = Evidence.of(DENIAL, (), COVERAGE.model_copy(update={"criteria": ()}), enclosed(), TODAY)
    written(model, silent)
    assert model.rounds == []


def test_only_points_that_tell_facts_in_words_of_ours_are_asked_for() -> None:
    names = asked_points(evidence(), plan(evidence()))
    assert names == {
        "medical_necessity-3",
        *(f"clinical_summary-{n}" for n in (3, 4, 5, 6)),
        *(f"criteria-{n}" for n in (3, 5, 9, 12)),
    }
    assert {SAID[name].kind for name in names} == {SentenceKind.FACT}
    assert not any(SAID[name].fields for name in names)


def test_the_model_sees_values_of_planned_facts_and_no_line_of_a_document() -> None:
    model = Recorder(lambda names, _round: [Proposed(point=name, sentence="It will follow.") for name in names])
    written(model)
    sent = "\n".join(asked.data for asks in model.rounds for asked in asks)
    planned = {name for sentence in SAID.values() for name in sentence.facts}
    shown = {name for asks in model.rounds for asked in asks for name in re.findall(r'"id":"([^"]+)"', asked.data)}
    assert shown <= planned
    for private in ("Ellsworth", "CMH904551", "PA-26", "Cascadia", "mother", "rheumatoid", "meloxicam", "130", "left"):
        assert private not in sent
    reasons = {fact.outcome_reason for fact in FACTS if fact.outcome_reason}
    for line in (line for document in DOCUMENTS for page in document.pages for line in page.text.splitlines()):
        assert line not in sent or any(line.rstrip(".") in reason for reason in reasons)


def test_a_fact_that_the_checker_set_aside_is_never_sent() -> None:
    aside = COVERAGE.criteria[3].model_copy(update={"rejected": (Rejected(fact="WOMAC", reason="An older score."),)})
    known = Evidence.of(DENIAL, FACTS, COVERAGE.model_copy(update={"criteria": (aside,)}), enclosed(), TODAY)
    model = Recorder(saying({}))
    written(model, known)
    criteria = [asked for asks in model.rounds for asked in asks if '"part":"criteria"' in asked.data]
    assert all("WOMAC" not in asked.data for asked in criteria)


def test_what_an_unmet_criterion_asks_is_not_sent() -> None:
    model = Recorder(saying({}))
    written(model)
    assert all("12 weeks" not in asked.data for asks in model.rounds for asked in asks)


def test_a_refused_sentence_is_asked_for_once_more_with_the_reasons_and_then_the_template_stands() -> None:
    model = Recorder(
        lambda names, turn: [
            Proposed(point=name, sentence=f"The WOMAC score was {57 - turn} out of 96.")
            for name in names
            if name == "clinical_summary-6"
        ]
    )
    letter = written(model)
    assert [len(asks) for asks in model.rounds] == [3, 1]
    (point,) = points_of(model.rounds[1][0])
    assert point["point"] == "clinical_summary-6"
    refused = point["refused"]
    assert isinstance(refused, dict)
    assert refused["sentence"] == "The WOMAC score was 56 out of 96."
    assert any("56" in reason for reason in refused["reasons"])
    assert letter.sections == TEMPLATES.sections
    assert [(one.sentence.id, one.sentence.text) for one in letter.refused] == [
        ("clinical_summary-6", "The WOMAC score was 56 out of 96."),
        ("clinical_summary-6", "The WOMAC score was 55 out of 96."),
    ]
    assert all(one.reasons for one in letter.refused)


def test_a_second_try_that_holds_stands_and_the_first_is_kept_among_the_refused() -> None:
    first, second = {"criteria-12": "A WOMAC score of 58 is severe."}, {"criteria-12": WOMAC}
    model = Recorder(lambda names, turn: saying(first if turn == 1 else second)(names, turn))
    letter = written(model)
    assert told(letter)["criteria-12"].text == WOMAC
    assert [one.sentence.text for one in letter.refused] == ["A WOMAC score of 58 is severe."]


def test_where_the_model_failed_the_template_stands_and_it_is_not_asked_again() -> None:
    model = Recorder(lambda _names, _round: Failed(FaultKind.TIMEOUT, "no answer"))
    assert written(model) == TEMPLATES
    assert len(model.rounds) == 1


def test_a_part_that_failed_costs_the_other_parts_nothing() -> None:
    def answer(names: list[str], turn: int) -> Sequence[Proposed] | Failed:
        return Failed(FaultKind.SERVER, "500") if "criteria-9" in names else saying(GOOD)(names, turn)

    letter = written(Recorder(answer))
    assert told(letter)["clinical_summary-3"].text == NAPROXEN
    assert told(letter)["criteria-9"] == SAID["criteria-9"]


@pytest.mark.parametrize(
    "name", ["clinical_summary-99", "legal_basis-1", "closing-1", "opening-1", "criteria-1", "kl", ""]
)
def test_a_sentence_for_a_point_that_was_not_asked_for_is_refused(name: str) -> None:
    letter = written(Recorder(lambda _names, _round: [Proposed(point=name, sentence="We ask for approval.")]))
    assert letter.sections == TEMPLATES.sections
    assert {one.sentence.id for one in letter.refused} == {name}


def test_a_point_of_another_part_is_refused_though_its_sentence_holds() -> None:
    def answer(names: list[str], _round: int) -> Sequence[Proposed]:
        return [Proposed(point="criteria-12", sentence=WOMAC)] if "clinical_summary-6" in names else []

    letter = written(Recorder(answer))
    assert letter.sections == TEMPLATES.sections
    assert [one.sentence.text for one in letter.refused] == [WOMAC]


def test_of_two_sentences_on_one_point_the_first_that_holds_stands_and_the_other_is_kept_among_the_refused() -> None:
    other = "The WOMAC score of the right knee, recorded on September 1, 2026, was 58 out of 96."
    both = [Proposed(point="criteria-12", sentence=text) for text in (WOMAC, other)]
    letter = written(Recorder(lambda names, _round: both if "criteria-12" in names else []))
    assert told(letter)["criteria-12"].text == WOMAC
    assert [one.sentence.text for one in letter.refused] == [other]


@pytest.mark.parametrize(
    ("sentence", "why"),
    [
        ("The patient was treated with naproxen 500 mg from January 12, 2026 to March 9, 2026.", "leaves out"),
        (NAPROXEN.replace("500 mg", "of 500 mg").replace("March 9", "March 8"), "2026-03-08"),
        (NAPROXEN.replace("the patient", "the patient's right knee"), "side right"),
        (NAPROXEN.replace("naproxen", "ibuprofen"), "ibuprofen"),
        (NAPROXEN.replace("that it failed", "that it never failed"), "reports that it failed"),
        (f"Unfortunately, f{NAPROXEN[1:]}", "emotion"),
        (NAPROXEN.replace("; the record", ", as the guideline asks; the record"), "guideline"),
        (NAPROXEN.replace(").", "), and more is to follow."), "to follow"),
        (NAPROXEN.replace(").", ") [Ex. A, p. 1]."), "U+005B"),
        (f"{NAPROXEN} {WOMAC}", "more than one sentence"),
        (NAPROXEN.replace("the record reports", "the plan reports"), "leaves out"),
        (NAPROXEN.replace("was treated", "may have been treated"), "\u201cmay\u201d"),
        (NAPROXEN.replace(").", "), and that meets the criterion."), "another point"),
        (NAPROXEN.replace("the patient was", f"the patient was {'of the record ' * 8}was"), "longer than 195"),
        (NAPROXEN.replace("the pain", "the knee"), "no cited place holds the words"),
        (NAPROXEN.rstrip("."), "full stop"),
    ],
)
def test_each_kind_of_invention_is_refused_and_says_why(sentence: str, why: str) -> None:
    letter = written(Recorder(saying({"criteria-9": sentence})))
    assert letter.sections == TEMPLATES.sections
    (refused,) = letter.refused
    assert why in "; ".join(refused.reasons)


def test_the_day_of_the_record_cannot_become_the_day_of_the_treatment() -> None:
    undated = replace(FACTS[2], start=None, end=None, date=FACTS[3].date, date_spans=FACTS[3].date_spans)
    known = Evidence.of(DENIAL, (*FACTS[:2], undated, *FACTS[3:]), COVERAGE, enclosed(), TODAY)
    template = told(compose(plan(known), known))["criteria-9"].text
    assert "as recorded on September 1, 2026" in template
    moved = template.replace(", as recorded on", " on")
    letter = written(Recorder(saying({"criteria-9": moved})), known)
    assert told(letter)["criteria-9"].text == template
    assert "it leaves out the date of record 2026-09-01" in letter.refused[0].reasons


def met_by_ten_weeks() -> Evidence:
    counted = Computed(figure="70 days = 10 weeks", formula="2026-05-04 to 2026-07-13", needed="at least 8 weeks")
    met = CriterionResult(criterion="C2", verdict=Verdict.MET, facts=("pt-note",), computed=counted, explanation="")
    return Evidence.of(DENIAL, FACTS, COVERAGE.model_copy(update={"criteria": (met,)}), enclosed(), TODAY)


@pytest.mark.parametrize(
    ("compared", "stands"),
    [
        ("more than the 8 weeks asked", True),
        ("more than the 9 weeks asked", False),
        ("less than the 8 weeks asked", False),
    ],
)
def test_a_comparison_with_what_a_met_criterion_asks_stands_where_it_holds(compared: str, stands: bool) -> None:
    text = (
        "From May 4, 2026 to July 13, 2026 the patient was treated with physical therapy for the right knee for 70 "
        f"days, or 10 weeks, {compared}; the record reports that it failed."
    )
    letter = written(Recorder(saying({"criteria-5": text})), met_by_ten_weeks())
    assert (told(letter)["criteria-5"].text == text) is stands
    assert bool(letter.refused) is not stands


def test_a_comparison_with_what_an_unmet_criterion_asks_is_refused_though_it_holds() -> None:
    text = SAID["criteria-5"].text.replace("10 weeks;", "10 weeks, less than the 12 weeks asked;")
    letter = written(Recorder(saying({"criteria-5": text})))
    assert letter.sections == TEMPLATES.sections
    assert any("12 weeks" in reason for reason in letter.refused[0].reasons)


def test_who_speaks_stays_who_speaks() -> None:
    known = Evidence.of(DENIAL, FACTS, COVERAGE, enclosed(), TODAY, appellant=Appellant.PATIENT)
    mine = NAPROXEN.replace("the patient was", "I was")
    letter = written(Recorder(saying({"criteria-9": mine, "clinical_summary-3": NAPROXEN})), known)
    assert told(letter)["criteria-9"].text == mine
    assert told(letter)["clinical_summary-3"].text.startswith("I was treated")
    assert [one.sentence.text for one in letter.refused] == [NAPROXEN]


def worked(name: str) -> tuple[LetterPlan, Evidence]:
    order = Order(today=date(2026, 11, 21), workers=1)
    done = work(ingest.find_files([SAMPLES / name]), order)
    case = done.case
    known = gather(
        case.denial.standing,
        case.standing_facts,
        case.coverage,
        case.exhibits,
        case.today,
        done.documents,
        case.guideline,
    )
    return plan(known, done.documents), known


def invented(letter: Letter, known: Evidence, names: set[str]) -> Iterator[tuple[str, str, str]]:
    """The point, the kind and the text of every invention on the points that a model is asked for."""
    templates = [sentence for name, sentence in told(letter).items() if name in names]
    for template in templates:
        for kind, text in inventions(template, templates, known):
            yield template.id, kind, text


def misled_by(letter: LetterPlan, known: Evidence) -> Counter[str]:
    """How many inventions of each kind were proposed on a letter, one in so many; not one of them may stand."""
    plain = compose(letter, known)
    lies = list(invented(plain, known, asked_points(known, letter)))[::EACH]
    model = Recorder(
        lambda names, turn: [
            Proposed(point=name, sentence=text) for name, _, text in lies if name in names and turn == 1
        ]
    )
    misled = compose(letter, known, ModelWriter(model))
    assert told(misled) == told(plain)
    assert len(model.rounds) == 2
    refused = {(one.sentence.id, one.sentence.text) for one in misled.refused if one.reasons}
    assert {(name, " ".join(text.split())) for name, _, text in lies} <= refused
    return Counter(kind for _, kind, _ in lies)


@pytest.mark.parametrize(("name", "least"), [("biologic", 170), ("knee-replacement", 200), ("lumbar-mri", 45)])
def test_of_all_inventions_on_the_letter_of_a_sample_none_is_admitted(name: str, least: int) -> None:
    assert misled_by(*worked(name)).total() >= least


def test_of_every_kind_of_invention_none_is_admitted() -> None:
    known = evidence()
    made = misled_by(plan(known), known)
    mutated = {
        "number",
        "date",
        "negation",
        "side",
        "drug",
        "test",
        "body part",
        "unit",
        "comparison",
        "person",
        "outcome",
    }
    beside = {"tone", "guideline", "doing", "citation", "hedge", "claim", "whose", "cause", "severity", "law", "order"}
    assert mutated | beside | {"lost", "joined", "placeholder", "statistics", "markup"} <= made.keys()


def example_data(known: Evidence, part: Part, answer: Answer) -> list[str]:
    """What a model is sent for a part, in each round."""
    model = Recorder(answer)
    written(model, known)
    return [
        asked.data for asks in model.rounds for asked in asks if json.loads(asked.data.splitlines()[0])["part"] == part
    ]


def test_the_worked_examples_of_the_prompt_are_what_is_sent_and_their_replies_hold() -> None:
    severe = {"clinical_summary-6": "A WOMAC score of 58 shows that the right knee is severely limited."}
    summary, again = example_data(evidence(), Part.SUMMARY, saying(severe))
    (met,) = example_data(met_by_ten_weeks(), Part.CRITERIA, saying({}))
    examples = load("draft_sentences").examples
    assert [example.data for example in examples] == [summary, met, again]
    for example, known in zip(examples, (evidence(), met_by_ten_weeks(), evidence()), strict=True):
        replied = texts_of(example)
        letter = written(Recorder(saying(replied)), known)
        assert letter.refused == ()
        assert {name: told(letter)[name].text for name in replied} == replied
        assert all(told(compose(plan(known), known))[name].text != text for name, text in replied.items())


def texts_of(example: Example) -> dict[str, str]:
    return {one.point: one.sentence for one in DraftedSentences.model_validate_json(example.reply).sentences}


def test_the_prompt_names_exactly_the_words_that_may_be_added_and_each_claims_nothing() -> None:
    known = words().writer.split()
    assert set(known) <= plain_words()
    said = " ".join(load("draft_sentences").system.split())
    assert f"only these: {' '.join(known)}." in said
