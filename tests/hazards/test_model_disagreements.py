"""Where the model reads the record otherwise than the rules, no criterion is met by the word of one of them alone."""

from datetime import date
from pathlib import Path
from typing import Any

import pytest

from pipeline import ingest
from pipeline.case import CASE, REVIEW, Order, run, work
from pipeline.check.context import Context
from pipeline.check.evaluate import evaluate
from pipeline.engines import ModelOrder
from pipeline.llm import Connection
from pipeline.recheck import Anew, recheck
from schemas.case import Case
from schemas.coverage import Verdict
from schemas.denial import Criterion
from schemas.fact import Assertion, Fact
from schemas.requirement import Requirement
from schemas.span import Correction
from tests.check.check_makers import TODAY, cited, fact, need
from tests.loopback.answers import Answer, Call, says
from tests.loopback.server import Server

LETTER = """Orchard Valley Health Plan
Date of Notice: 02/14/2026   Member ID: W102074778
Patient: Elena Rivera   DOB: 05/06/1971
Service requested: Right total knee arthroplasty

We are unable to approve this request because the criteria are not met. All of the following must be met:
1. At least 6 weeks of physical therapy
2. Effusion on examination
3. No fever

You may appeal within 180 days of the date of this notice. This is a self-funded employer plan under ERISA.
"""
NOTE = """Progress Note
Patient: Elena Rivera   DOB: 05/06/1971
Date of visit: 01/20/2026
Electronically signed by A. Okafor, MD

She attended physical therapy for the right knee from 11/03/2025 to 01/05/2026 without improvement.
{sentence}
"""
THERAPY, EFFUSION, FEVER = "c1", "c2", "c3"
COURSE = "She attended physical therapy for the right knee from 11/03/2025 to 01/05/2026 without improvement."
TRUE = "Right knee: effusion. No fever."


def put(folder: Path, sentence: str) -> None:
    (folder / "letter.txt").write_text(LETTER, encoding="utf-8")
    (folder / "note.txt").write_text(NOTE.format(sentence=sentence), encoding="utf-8")


def played(folder: Path, sentence: str, *found: dict[str, Any], out: Path | None = None) -> Case:
    """The case of the letter and a note with the sentence, where a model finds these facts; by the rules if none."""
    put(folder, sentence)

    def play(call: Call) -> Answer:
        if "single sentences" in call.system:
            return says({"sentences": []})
        if "into a form that can be checked" in call.system:
            return says({"criteria": []})
        if "one document" in call.system:
            return says({"values": [], "criteria": []})
        return says({"facts": [{"document": "d2", "page": 1, "assertion": "present"} | one for one in found]})

    with Server(play) as server:
        model = ModelOrder(Connection(server.base_url, "played")) if found else None
        order = Order(today=date(2026, 3, 2), model=model)
        if out:
            return run([folder], out, order)
        return work(ingest.find_files([folder]), order).case


def verdicts(case: Case) -> dict[str, str]:
    return {result.criterion: result.verdict.value for result in case.coverage.criteria}


def told(case: Case) -> list[str]:
    return [warning.message for warning in case.coverage.warnings if warning.code == "engines_disagree"]


def test_what_the_rules_alone_read_is_met(tmp_path: Path) -> None:
    assert verdicts(played(tmp_path, TRUE)) == {THERAPY: "met", EFFUSION: "met", FEVER: "met"}


def test_a_finding_that_the_sentence_denies_is_not_met_by_a_model_that_reads_it_as_present(tmp_path: Path) -> None:
    effusion = {"quotes": ["No effusion."], "kind": "finding", "name": "effusion", "side": None}
    rules = verdicts(played(tmp_path, "No effusion. No fever."))
    case = played(tmp_path, "No effusion. No fever.", effusion)
    assert rules[EFFUSION] == "not_met"
    assert verdicts(case) == rules
    assert "absent, present" in told(case)[0]


@pytest.mark.parametrize(
    ("criterion", "given"),
    [
        (FEVER, {"quotes": ["No fever."], "kind": "finding", "name": "fever"}),
        (EFFUSION, {"quotes": ["effusion"], "kind": "finding", "name": "effusion", "assertion": "absent"}),
        (EFFUSION, {"quotes": ["effusion"], "kind": "finding", "name": "effusion", "assertion": "possible"}),
        (EFFUSION, {"quotes": ["effusion"], "kind": "finding", "name": "effusion", "assertion": "family"}),
        (THERAPY, {"quotes": [COURSE], "kind": "treatment", "name": "PT", "assertion": "absent"}),
        (THERAPY, {"quotes": [COURSE], "kind": "treatment", "name": "PT", "assertion": "hypothetical"}),
    ],
)
def test_what_one_reads_as_so_and_the_other_does_not_is_for_a_person(
    tmp_path: Path, criterion: str, given: dict[str, Any]
) -> None:
    case = played(tmp_path, TRUE, given)
    assert verdicts(case) == verdicts(played(tmp_path, TRUE)) | {criterion: "needs_review"}
    assert len(told(case)) == 1
    (result,) = [one for one in case.coverage.criteria if one.criterion == criterion]
    assert "differ on" in result.explanation


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"quotes": [COURSE], "kind": "treatment", "name": "PT", "end": "2026-01-06"}, "(end)"),
        ({"quotes": [COURSE], "kind": "treatment", "name": "PT", "start": "2025-08-04"}, "(start)"),
        ({"quotes": [COURSE], "kind": "treatment", "name": "PT", "side": "left"}, "(side)"),
        ({"quotes": ["Right knee: effusion."], "kind": "finding", "name": "effusion", "side": "left"}, "(side)"),
    ],
)
def test_another_day_or_side_of_a_fact_that_the_rules_have_changes_nothing_and_is_told(
    tmp_path: Path, given: dict[str, Any], said: str
) -> None:
    rules, case = played(tmp_path, TRUE), played(tmp_path, TRUE, given)
    assert case.facts == rules.facts
    assert verdicts(case) == verdicts(rules)
    (message,) = told(case)
    assert said in message
    (warning,) = [one for one in case.coverage.warnings if one.message == message]
    assert warning.spans
    assert len(case.refused) == len(rules.refused) + 1


def test_what_both_read_alike_is_recorded_and_shown(tmp_path: Path) -> None:
    folder = tmp_path / "in"
    folder.mkdir()
    given = {"quotes": [COURSE], "kind": "treatment", "name": "PT", "start": "2025-11-03", "side": "right"}
    doubt = {"quotes": ["effusion"], "kind": "finding", "name": "effusion", "assertion": "absent"}
    case = played(folder, TRUE, given, doubt, out=tmp_path / "out")
    agreed = [one.name for one in case.facts if f"facts.{one.id}" in case.agreed]
    assert agreed == ["physical therapy"]
    page = (tmp_path / "out" / REVIEW).read_text(encoding="utf-8")
    assert page.count("rules and model alike") == 1
    assert page.count("rules and model differ") == 1


def test_a_case_in_doubt_is_checked_again_to_the_same_verdicts(tmp_path: Path) -> None:
    folder = tmp_path / "in"
    folder.mkdir()
    doubt = {"quotes": ["effusion"], "kind": "finding", "name": "effusion", "assertion": "absent"}
    case = played(folder, TRUE, doubt, out=tmp_path / "out")
    again = recheck(tmp_path / "out" / CASE, tmp_path / "again", Anew(date(2026, 3, 2))).case
    assert verdicts(again) == verdicts(case)


# --- the checker: small facts


def answered(requirement: Requirement, *facts: Fact) -> Verdict:
    criterion = Criterion(id="c1", text=cited("words"), requirement=requirement)
    days = dict.fromkeys(("request_date", "service_date", "denial_date", "today"), TODAY)
    return evaluate([criterion], facts, Context(**days))[0].verdict


def doubted(name: str, stands: str, ours: str, theirs: str, **more: Any) -> Fact:
    return fact(name, "finding", "fever", assertion=stands, read_as=(ours, theirs), date="2026-11-01", **more)


DENIED = fact("f2", "finding", "fever", assertion="absent", date="2026-11-01")
STATED = fact("f2", "finding", "fever", date="2026-11-01")
NONE = need("not", of=need("finding", "fever"))


def test_a_doubted_finding_still_disputes_a_denial_of_another_note() -> None:
    plain = fact("f1", "finding", "fever", date="2026-11-01")
    assert answered(NONE, plain, DENIED) == "needs_review"
    assert answered(NONE, doubted("f1", "possible", "present", "possible"), DENIED) == "needs_review"
    assert answered(NONE, doubted("f1", "possible", "absent", "present"), DENIED) == "needs_review"


def test_a_doubted_denial_still_disputes_a_finding_of_another_note() -> None:
    denial = fact("f1", "finding", "fever", assertion="absent", date="2026-11-01")
    asked = need("finding", "fever")
    assert answered(asked, denial, STATED) == "needs_review"
    assert answered(asked, doubted("f1", "possible", "absent", "possible"), STATED) == "needs_review"
    assert answered(asked, doubted("f1", "possible", "present", "absent"), STATED) == "needs_review"


def test_a_doubt_makes_no_verdict_of_the_rules_milder() -> None:
    asked = need("finding", "fever")
    assert answered(asked, fact("f1", "finding", "fever", assertion="absent")) == "not_met"
    assert answered(asked, doubted("f1", "possible", "absent", "present")) == "not_met"
    assert answered(NONE, doubted("f1", "possible", "present", "absent")) == "not_met"


def test_what_a_fact_in_doubt_does_not_decide_is_met() -> None:
    later = fact("f2", "finding", "fever", date="2026-11-10")
    assert answered(need("finding", "fever"), doubted("f1", "possible", "absent", "present"), later) == "met"


def test_a_reviewer_who_settles_it_settles_it() -> None:
    signed = Correction(by="A. Okafor", at="2026-11-21T10:00:00Z", reason="seen on the chart")  # type: ignore[arg-type]
    settled = doubted("f1", "present", "present", "absent", correction=signed)
    assert not settled.in_doubt
    assert answered(need("finding", "fever"), settled) == "met"
    assert Assertion.PRESENT.agrees(Assertion.HISTORICAL)
