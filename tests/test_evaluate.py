"""Scoring against truth files: every measure on cases small enough to count by hand."""

import json
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result
from typer.testing import CliRunner

from pipeline import evaluate
from pipeline.cli import app
from pipeline.evaluate.cases import CaseFolder, Found
from pipeline.evaluate.compare import begins, near_text, same_code, same_phone, same_text, same_thing
from pipeline.evaluate.count_denial import count_criteria
from pipeline.evaluate.tally import FactTally, Ratio, Score, Tally
from pipeline.evaluate.truth import StatedCriterion, Truth, TruthError, read_truth
from schemas.coverage import (
    CaseType,
    Coverage,
    CriterionResult,
    Deadline,
    Pattern,
    PeerToPeer,
    TalkWindow,
    Verdict,
    Warning,
)
from schemas.denial import AppealChannel, AppealWindow, Criterion, Denial
from schemas.document import Document, Origin, Page, Role, Whose
from schemas.fact import Assertion, Fact, FactKind
from schemas.requirement import Attest
from schemas.span import Cited, Span
from tests.makers import LETTER, NOTE

SAMPLES = Path(__file__).parent.parent / "samples"

TRUTH = {
    "about": "a tiny case",
    "today": "2026-03-02",
    "denial": {"member_id": "W102074778", "group_number": None, "letter_date": "2026-02-15"},
    "criteria": [{"text": "At least 6 weeks of physical therapy", "verdict": "met", "requirement": "duration"}],
    "facts": [{"kind": "treatment", "name": "PT", "start": "2025-11", "assertion": "present"}],
}


def span(quote: str, start: int = 0) -> Span:
    return Span(document="D1", page=1, start=start, end=start + len(quote), quote=quote)


def cited(value: Any, quote: str = "x") -> Cited[Any]:
    return Cited(value=value, spans=(span(quote),))


def document(text: str, role: Role = Role.DENIAL_LETTER) -> Document:
    page = Page(document="D1", number=1, file_page=1, origin=Origin.TEXT, text=text)
    return Document(id="D1", file="letter.txt", sha256="0" * 64, role=role, patient=Whose.OURS, pages=(page,))


def fact(name: str, kind: FactKind = FactKind.TREATMENT, quote: str = "x", **more: Any) -> Fact:
    return Fact(id="F1", kind=kind, name=name, spans=(span(quote),), **more)


def scored(truth: Mapping[str, Any], found: Found) -> Score:
    score = Score()
    given = CaseFolder(Path("case"), Path("truth.json"), Truth.model_validate({"about": "", **truth}))
    evaluate.count(given, found, score)
    return score


def denial(**fields: Any) -> Found:
    return Found(denial=Denial(**fields))


def test_a_field_is_right_wrong_or_missed() -> None:
    truth = {"denial": {"payer": "Acme Health", "member_id": "A-1", "claim_number": "C9"}}
    score = scored(truth, denial(payer=cited("ACME  health."), member_id=cited("B-2")))
    assert score.fields["payer"] == Tally(stated=1, found=1, right=1, near=1)
    assert score.fields["member_id"] == Tally(stated=1, found=1)
    assert score.fields["claim_number"] == Tally(stated=1)
    assert (score.all_fields.precision, score.all_fields.recall) == (1 / 2, 1 / 3)
    assert [miss.what for miss in score.misses][:2] == ["member_id", "claim_number"]


def test_a_value_where_the_truth_is_null_is_a_hallucination_and_none_is_an_abstention() -> None:
    score = scored({"denial": {"payer": None, "provider": None}}, denial(payer=cited("Acme")))
    assert score.fields["payer"] == Tally(null=1, invented=1, found=1)
    assert (score.all_fields.abstention, score.all_fields.hallucination) == (1 / 2, 1 / 2)
    assert score.all_fields.precision == 0


def test_a_field_the_truth_does_not_give_is_not_scored() -> None:
    assert scored({"denial": {}}, denial(payer=cited("Acme"))).fields == {}


def test_a_null_group_of_fields_is_null_in_each() -> None:
    score = scored({"denial": {"criteria_source": None}}, denial())
    assert {name: tally.null for name, tally in score.fields.items()} == {
        "criteria_source.name": 1,
        "criteria_source.identifier": 1,
        "criteria_source.version": 1,
    }


def test_another_right_wording_counts_and_null_among_them_excuses_a_missing_value() -> None:
    truth = {
        "denial": {"payer": "Acme", "provider": "Ana Ray"},
        "denial_accept": {"payer": ["Zed"], "provider": [None]},
    }
    score = scored(truth, denial(payer=cited("Zed")))
    assert score.fields == {"payer": Tally(stated=1, found=1, right=1, near=1), "provider": Tally()}


def test_lists_are_counted_by_items() -> None:
    truth = {"denial": {"procedure_codes": ["72148", "72149"], "diagnosis_codes": [], "reason_codes": ["CO-50"]}}
    found = denial(
        procedure_codes=(cited("72148"), cited("99999")),
        diagnosis_codes=(cited("M54.5"),),
        reason_codes=(cited("CO50"),),
    )
    score = scored(truth, found)
    assert score.fields["procedure_codes"] == Tally(stated=2, found=2, right=1, near=1)
    assert score.fields["diagnosis_codes"] == Tally(found=1, null=1, invented=1)
    assert score.fields["reason_codes"] == Tally(stated=1, found=1, right=1, near=1)


def test_a_list_may_be_right_in_another_form_and_hold_an_item_that_is_allowed() -> None:
    truth = {
        "denial": {"procedure_codes": ["36475"], "service_dates": []},
        "denial_accept": {"procedure_codes": [["36475-RT"]], "service_dates": ["2026-01-02"]},
    }
    score = scored(truth, denial(procedure_codes=(cited("36475-RT"),), service_dates=(cited(date(2026, 1, 2)),)))
    assert score.fields["procedure_codes"] == Tally(stated=1, found=1, right=1, near=1)
    assert score.fields["service_dates"] == Tally(null=1)


def test_a_window_without_a_trigger_is_right_with_any() -> None:
    window = AppealWindow(n=180, unit="days", trigger="receipt")
    found = denial(appeal=AppealChannel(window=cited(window)))
    for trigger, right in ((None, 1), ("receipt", 1), ("notice_date", 0)):
        truth = {"denial": {"appeal": {"window": {"n": 180, "unit": "days", "trigger": trigger}}}}
        assert scored(truth, found).fields["appeal.window"].right == right


def test_nearly_the_same_words_are_reported_apart() -> None:
    stated = "one two three four five six seven eight nine ten"
    score = scored({"denial": {"reason": stated}}, denial(reason=cited(stated.removesuffix(" nine ten"))))
    assert score.fields["reason"] == Tally(stated=1, found=1, right=0, near=1)
    shown = evaluate.as_markdown(score, detail=False)
    assert "| reason | 1 | 1.000 | 1.000 |" in shown
    assert "| reason | 1 | 1 | 0 | 0.000 | 0.000 |" in shown
    assert not near_text(stated, "one two three four five six seven")


def test_a_quote_that_is_not_on_the_page_is_a_grounding_failure() -> None:
    found = Found(
        denial=Denial(payer=cited("Acme", "Acme"), claim_number=cited("C9", "C9")), documents=(document("Acme Health"),)
    )
    assert scored({}, found).grounded == Ratio(right=1, of=2)


def criteria(*verdicts: tuple[str, Verdict]) -> Found:
    listed = tuple(
        Criterion(id=f"C{n}", text=cited(text), requirement=Attest(), group="G", combine="any")
        for n, (text, _) in enumerate(verdicts, 1)
    )
    results = tuple(
        CriterionResult(criterion=f"C{n}", verdict=verdict, explanation="")
        for n, (_, verdict) in enumerate(verdicts, 1)
    )
    return Found(denial=Denial(criteria=listed), coverage=Coverage(criteria=results, deadline=Deadline(basis="")))


def test_verdicts_make_a_table_and_a_false_met_is_counted_apart() -> None:
    truth = {
        "criteria": [
            {"text": "a b", "verdict": "not_met"},
            {"text": "c d", "verdict": "needs_review", "accept": ["met"]},
            {"text": "e f", "verdict": "met"},
            {"text": "g h", "verdict": "not_documented"},
        ]
    }
    found = criteria(("a b", Verdict.MET), ("C  D.", Verdict.MET), ("e f", Verdict.NEEDS_REVIEW), ("i j", Verdict.MET))
    score = scored(truth, found)
    assert score.verdicts == {
        ("not_met", "met"): 1,
        ("needs_review", "met"): 1,
        ("met", "needs_review"): 1,
        ("not_documented", "not found"): 1,
        ("no such criterion", "met"): 1,
    }
    assert score.verdicts_right == Ratio(right=1, of=4)
    assert score.false_met == 1
    assert score.fields["criteria"] == Tally(stated=4, found=4, right=3, near=3)


def test_a_criterion_that_may_be_absent_is_no_miss_and_a_further_wording_is_right() -> None:
    truth = {"criteria": [{"text": "a b", "accept_absent": True}, {"text": "c d", "accept": ["or c d"]}]}
    score = scored(truth, criteria(("or c d", Verdict.MET)))
    assert score.fields["criteria"] == Tally(stated=1, found=1, right=1, near=1)


def test_a_criterion_that_keeps_a_group_whole_has_found_its_members() -> None:
    members = [{"text": text, "group": "1", "combine": "any", "verdict": "met"} for text in ("a b", "c d", "e f")]
    score = scored({"criteria": members}, criteria(("One of: a b; or c d", Verdict.MET)))
    assert score.fields["criteria"] == Tally(stated=3, found=2, right=2, near=2)
    assert score.verdicts == {("met", "within another"): 2, ("met", "not found"): 1}
    assert score.verdicts_right == Ratio(right=0, of=1)


@pytest.mark.parametrize(
    ("stated", "combine", "at_least", "right"),
    [
        ("at_least 2", "at_least", 2, 1),
        ("at_least 2", "at_least", 3, 0),
        ("at_least 2", "any", 1, 0),
        ("any", "at_least", 1, 1),
        ("all", "at_least", 2, 0),
    ],
)
def test_a_group_is_right_where_as_many_of_it_must_hold(stated: str, combine: str, at_least: int, right: int) -> None:
    member = Criterion(id="C1", text=cited("a b"), group="G", combine=combine, at_least=at_least)
    truth = StatedCriterion(text="a b", group="1", combine=stated)
    score = Score()
    assert not list(count_criteria("case", [truth], Found(denial=Denial(criteria=(member,))), score))
    assert score.groups == Ratio(right=right, of=1)


def test_the_requirement_and_the_group_of_a_criterion_are_counted_where_it_is_found() -> None:
    one = {"text": "a b", "requirement": "attest", "group": "C", "combine": "any"}
    other = {"text": "c d", "requirement": None, "group": "C", "combine": "all"}
    score = scored({"criteria": [one, other]}, criteria(("a b", Verdict.MET), ("c d", Verdict.MET)))
    assert score.requirements == Ratio(right=1, of=2)
    assert score.groups == Ratio(right=1, of=2)


def test_what_the_checker_concludes_is_counted() -> None:
    truth = {
        "case_type": "A",
        "deadline": "2026-08-13",
        "patterns": ["severity", "step_therapy"],
        "patterns_accept": ["time_requirement"],
        "warnings": ["machine_text", "other_patient"],
    }
    coverage = Coverage(
        deadline=Deadline(date=date(2026, 8, 13), basis=""),
        case_type=CaseType.DRUG,
        patterns=(Pattern.SEVERITY, Pattern.CONSERVATIVE_CARE, Pattern.TIME_REQUIREMENT),
        warnings=(Warning(code="other_patient", message=""),),
    )
    score = scored(truth, Found(coverage=coverage))
    assert score.case_types == Ratio(right=0, of=1)
    assert score.deadlines == Ratio(right=1, of=1)
    assert score.patterns == Tally(stated=2, found=2, right=1)
    assert score.warnings == Ratio(right=1, of=2)


def test_a_talk_is_counted_by_its_parts_and_one_that_is_not_offered_is_invented() -> None:
    stated = {"phone": "800-555-0119", "window": {"n": 14, "unit": "days"}, "by": "2026-09-17"}
    read = PeerToPeer(phone="(800) 555-0119", window=TalkWindow(n=14, unit="days"), by=date(2026, 9, 16))
    found = Found(coverage=Coverage(deadline=Deadline(basis=""), peer_to_peer=read))
    talks = scored({"about": "", "peer_to_peer": stated}, found).talks
    assert {part: (tally.stated, tally.found, tally.right) for part, tally in talks.items()} == {
        "offered": (1, 1, 1),
        "phone": (1, 1, 1),
        "window": (1, 1, 1),
        "by": (1, 1, 0),
    }
    none = scored({"about": "", "peer_to_peer": None}, found)
    assert {part: (tally.null, tally.invented) for part, tally in none.talks.items()} == dict.fromkeys(talks, (1, 1))
    assert scored({"about": "", "peer_to_peer": stated}, Found()).talks["offered"] == Tally(stated=1)
    assert scored({"about": ""}, found).talks == {}


def test_roles_and_patients_are_counted_by_file() -> None:
    rows = [
        {"file": "letter.txt", "role": "denial_letter", "patient": "other"},
        {"file": "gone.txt", "role": "clinical_note"},
    ]
    score = scored({"documents": rows}, Found(documents=(document("x"),)))
    assert (score.roles, score.patients) == (Ratio(right=1, of=2), Ratio(right=0, of=1))


def test_of_a_file_with_several_documents_each_is_known_by_its_pages() -> None:
    row = {"file": "letter.txt", "role": "denial_letter"}
    for pages, right in (([1], 1), ([2, 3], 0)):
        assert scored({"documents": [{**row, "pages": pages}]}, Found(documents=(document("x"),))).roles.right == right


def test_facts_are_found_by_name_and_by_every_key_that_is_given() -> None:
    truth = {
        "facts": [
            {"kind": "treatment", "name": "PT", "start": "2026-03", "assertion": "present"},
            {"kind": "treatment", "name": "bracing", "visits": 3, "assertion": "absent"},
            {"kind": "treatment", "name": "acupuncture"},
            {"kind": "treatment", "name": "massage", "optional": True},
        ]
    }
    found = Found(facts=(fact("physical therapy", start="2026-03-14"), fact("bracing", visits=4)))
    score = scored(truth, found)
    assert score.facts[FactKind.TREATMENT] == FactTally(
        stated=3, named=2, right=1, asserted=2, assertion_right=1, holding_right=1
    )


def test_present_and_historical_both_hold() -> None:
    truth = {"facts": [{"kind": "treatment", "name": "bracing", "assertion": "present"}]}
    tally = scored(truth, Found(facts=(fact("bracing", assertion=Assertion.HISTORICAL),))).facts[FactKind.TREATMENT]
    assert (tally.assertion_right, tally.holding_right) == (0, 1)


def test_a_null_key_asks_for_none() -> None:
    truth = {"facts": [{"kind": "treatment", "name": "bracing", "outcome": None}]}
    for outcome, right in ((None, 1), ("failed", 0)):
        assert scored(truth, Found(facts=(fact("bracing", outcome=outcome),))).all_facts.right == right


def test_a_key_of_a_fact_may_have_other_right_values() -> None:
    row = {"kind": "measurement", "name": "NYHA", "value": "III", "outcome": "failed", "assertion": "absent"}
    accept = {"name": ["heart class"], "value": ["3"], "outcome": [None], "assertion": ["present"]}
    truth = {"facts": [{**row, "accept": accept}]}
    for name in ("NYHA", "heart class"):
        tally = scored(truth, Found(facts=(fact(name, FactKind.MEASUREMENT, value="3"),))).all_facts
        assert (tally.named, tally.right, tally.asserted, tally.assertion_right) == (1, 1, 1, 1)


def test_half_of_a_pair_is_right_of_a_fact_with_a_narrower_name() -> None:
    row = {"kind": "measurement", "name": "blood pressure", "value": "134/82"}
    for name, value, right in (
        ("systolic blood pressure", "134", 1),
        ("diastolic blood pressure", "82", 1),
        ("systolic blood pressure", "120", 0),
        ("blood pressure", "134", 0),
    ):
        found = Found(facts=(fact(name, FactKind.MEASUREMENT, value=value),))
        assert scored({"facts": [row]}, found).all_facts.right == right


def test_two_stated_facts_need_two_found_ones() -> None:
    row = {"kind": "treatment", "name": "bracing"}
    truth = {"facts": [{**row, "date": "2026-01-02"}, {**row, "date": "2026-02-03"}]}
    one, other = fact("bracing", date="2026-01-02"), fact("bracing", date="2026-02-03")
    assert scored(truth, Found(facts=(one,))).all_facts.named == 1
    assert scored(truth, Found(facts=(other, one))).all_facts.right == 2


def test_precision_is_told_of_complete_kinds_and_of_facts_that_hold() -> None:
    truth = {"facts": [{"kind": "treatment", "name": "bracing", "visits": 3}], "complete_kinds": ["treatment"]}
    found = Found(
        facts=(
            fact("bracing"),  # lacks the visits and contradicts nothing
            fact("bracing", visits=9),
            fact("massage"),
            fact("acupuncture", assertion=Assertion.HYPOTHETICAL),
            fact("fever", FactKind.FINDING),
        )
    )
    tally = scored(truth, found).all_facts
    assert (tally.judged, tally.sound) == (3, 1)


def test_a_forbidden_fact_is_a_violation_where_it_holds() -> None:
    truth = {"facts_not": [{"kind": "treatment", "name": "bracing", "assertion": "present", "why": "planned"}]}
    for assertion, violated in ((Assertion.PRESENT, 1), (Assertion.HISTORICAL, 1), (Assertion.HYPOTHETICAL, 0)):
        tally = scored(truth, Found(facts=(fact("bracing", assertion=assertion),))).all_facts
        assert (tally.forbidden, tally.violated) == (1, violated)


def test_a_fact_that_is_stated_elsewhere_is_no_violation_unless_it_stands_on_the_forbidden_words() -> None:
    stated = [{"kind": "treatment", "name": "bracing", "date": "2026-01-02"}]
    forbidden = {"name": "bracing", "assertion": "present"}
    found = Found(facts=(fact("bracing", quote="We will plan bracing", date="2026-01-02"),))
    assert scored({"facts": stated, "facts_not": [forbidden]}, found).all_facts.violated == 0
    quoted = {**forbidden, "quote": "will plan bracing"}
    assert scored({"facts": stated, "facts_not": [quoted]}, found).all_facts.violated == 1


@pytest.mark.parametrize(
    ("same", "stated", "found", "right"),
    [
        (same_text, "The \u201cpolicy\u201d \u2013 A", 'the "policy" -  a.', True),
        (same_text, "knee", "hip", False),
        (same_code, "CO 50", "CO-50", True),
        (same_code, "M54.5", "M545", False),
        (same_phone, "1-800-555-0100", "(800) 555-0100", True),
        (begins, "2026-03", "2026-03-14", True),
        (begins, "2026-03-14", "2026-03", False),
        (begins, "15 mg", "15 mg/week", True),
        (begins, "1 mg", "15 mg", False),
        (same_thing, "PT", "physical therapy", True),
        (same_thing, "naproxen", "ibuprofen", False),
        (same_thing, "reaching overhead", "climbing stairs at work", False),
    ],
)
def test_values_are_compared_by_their_kind(same: Any, stated: str, found: str, right: bool) -> None:
    assert same(stated, found) is right


def test_a_truth_file_with_an_unknown_key_is_named_without_its_values(tmp_path: Path) -> None:
    path = tmp_path / "truth.json"
    path.write_text(json.dumps({"about": "x", "denial": {"payr": "Secret Plan"}}), encoding="utf-8")
    with pytest.raises(TruthError, match=r"truth\.json.*denial\.payr") as error:
        read_truth(path)
    assert "Secret" not in str(error.value)


def test_the_truth_of_the_samples_is_read_from_its_own_folder() -> None:
    cases = evaluate.find_cases([SAMPLES])
    assert [case.folder.name for case in cases] == ["biologic", "knee-replacement", "lumbar-mri"]
    knee = cases[1].truth
    assert knee.case_type is CaseType.PROCEDURE
    assert knee.facts_not[0].assertion is Assertion.PRESENT
    assert knee.criteria is not None
    assert len(knee.criteria) == 4


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "a").mkdir()
    for name, content in (("letter.txt", LETTER), ("note.txt", NOTE), ("truth.json", json.dumps(TRUTH))):
        (tmp_path / "a" / name).write_text(content, encoding="utf-8")
    chart = {"about": "a chart alone", "facts": [{"kind": "treatment", "name": "physical therapy"}]}
    (tmp_path / "b").mkdir()
    (tmp_path / "b" / "note.txt").write_text(NOTE, encoding="utf-8")
    (tmp_path / "b" / "truth.json").write_text(json.dumps(chart), encoding="utf-8")
    return tmp_path


def command(*arguments: str | Path) -> Result:
    return CliRunner().invoke(app, ["evaluate", *map(str, arguments)])


def test_folders_are_worked_and_scored_and_document_text_is_shown_on_request_only(folder: Path) -> None:
    result = command(folder)
    assert result.exit_code == 0, result.output
    assert result.stdout.startswith("# Evaluation of 2 cases\n")
    assert "| field precision | 0.667 | 2 of 3 |" in result.stdout  # member and criterion right, the date wrong
    assert "| field abstention | 1.000 | 1 of 1 |" in result.stdout
    assert "| fact recall with every key | 1.000 | 2 of 2 |" in result.stdout
    assert "| verdicts | 1.000 | 1 of 1 |" in result.stdout
    assert "2026-02-14" not in result.stdout
    assert "| a | letter_date | 2026-02-15 | 2026-02-14 |" in command(folder, "--detail").stdout


def test_machines_get_json_and_a_threshold_sets_the_exit_code(folder: Path) -> None:
    result = command(folder, "--json", "--min-precision", "0.7")
    assert result.exit_code == 1
    content = json.loads(result.stdout)
    assert content["totals"]["field recall"] == {"share": 0.6667, "of": 3}
    assert content["fields"]["group_number"]["null"] == 1
    assert "misses" not in content
    assert command(folder, "--min-precision", "0.6", "--min-recall", "0.6").exit_code == 0


def test_a_folder_without_truth_is_wrong_usage(tmp_path: Path) -> None:
    result = command(tmp_path)
    assert result.exit_code == 2
    assert "truth" in result.stderr


def test_a_case_whose_letter_is_not_recognised_is_reported_and_its_chart_scored(folder: Path) -> None:
    (folder / "a" / "letter.txt").unlink()
    result = command(folder)
    assert f"| {folder / 'a'} | no_denial |" in result.stdout
    assert "| fact recall by name | 1.000 | 2 of 2 |" in result.stdout
    assert "| field recall | 0.000 | 0 of 3 |" in result.stdout
