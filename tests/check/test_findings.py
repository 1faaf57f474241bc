import pytest

from tests.check.check_makers import answer, fact, need, verdict

DEFICIT = need("finding", "motor weakness")


def sign(fact_id="f1", name="motor weakness", kind="finding", **more):
    return fact(fact_id, kind, name, **more)


@pytest.mark.parametrize(
    ("assertion", "expected", "reason"),
    [
        ("present", "met", ""),
        ("historical", "met", ""),
        ("absent", "not_met", ""),
        ("possible", "not_documented", "possible"),
        ("hypothetical", "not_documented", "planned"),
        ("family", "not_documented", "relative"),
        ("other_patient", "not_documented", "another patient"),
    ],
)
def test_only_what_is_or_was_so_of_this_patient_counts(assertion, expected, reason):
    result = answer(DEFICIT, sign(assertion=assertion))
    assert result.verdict == expected
    assert [entry.fact for entry in result.rejected] == (["f1"] if expected == "not_documented" else [])
    assert reason in "".join(entry.reason for entry in result.rejected)


def test_silence_is_said_and_asked_for():
    result = answer(DEFICIT)
    assert (result.verdict, result.gap_kind) == ("not_documented", "documentation")
    assert "treating clinician" in result.gap


def test_one_red_flag_denied_does_not_deny_them_all():
    flags = need("finding", "bowel or bladder dysfunction", "saddle anesthesia")
    denied = sign(name="bowel or bladder dysfunction", assertion="absent")
    assert verdict(flags, denied) == "not_documented"
    assert verdict(flags, denied, sign("f2", "saddle anesthesia", assertion="absent")) == "not_met"
    assert verdict(flags, denied, sign("f2", "saddle anesthesia")) == "met"


def test_a_member_denied_does_not_deny_its_class():
    denied = sign(name="seizure disorder", classes=("tms contraindication",), assertion="absent")
    assert verdict(need("finding", "tms contraindication"), denied) == "not_documented"


@pytest.mark.parametrize(
    ("stated", "denied", "expected"),
    [
        ("2026-03-01", "2026-09-01", "not_met"),
        ("2026-09-01", "2026-03-01", "met"),
        ("2026-09-01", "2026-09-01", "needs_review"),
        (None, "2026-09-01", "needs_review"),
        ("2026-09", "2026-09-10", "needs_review"),
    ],
)
def test_of_a_statement_and_a_denial_the_surely_later_stands(stated, denied, expected):
    facts = sign("f1", date=stated), sign("f2", date=denied, assertion="absent")
    assert verdict(DEFICIT, *facts) == expected


def test_a_conflict_shows_both_sides():
    result = answer(DEFICIT, sign("f1"), sign("f2", assertion="absent"))
    assert result.facts == ("f1", "f2")
    assert "present" in result.explanation
    assert "absent" in result.explanation


def test_the_source_asked_for_is_kept():
    asked = need("finding", "motor weakness", sources=["finding"])
    result = answer(asked, sign(kind="functional_limit"))
    assert result.verdict == "not_documented"
    assert "functional_limit" in result.rejected[0].reason


@pytest.mark.parametrize(
    ("date", "expected"),
    [("2026-10-01", "met"), ("2026-05-01", "not_documented"), ("2026-09", "needs_review"), (None, "not_documented")],
)
def test_a_finding_must_lie_in_its_window(date, expected):
    assert (
        verdict(need("finding", "x-ray", within="60 days"), sign(name="x-ray", kind="imaging", date=date)) == expected
    )


@pytest.mark.parametrize(
    ("part", "kind", "expected"),
    [
        ("lumbar spine", "treatment", "met"),
        ("low back", "treatment", "met"),
        ("shoulder", "treatment", "not_documented"),
        ("right foot", "finding", "met"),  # a sign of the spine
        ("shoulder", "finding", "not_documented"),
        ("somewhere", "treatment", "met"),  # not clearly different
        (None, "treatment", "met"),
    ],
)
def test_a_clearly_different_part_of_the_body_does_not_serve(part, kind, expected):
    asked = need("finding", "thing", body_part="lumbar")
    assert verdict(asked, fact(kind=kind, name="thing", body_part=part)) == expected
    assert (
        verdict(need("finding", "thing"), fact(kind=kind, name="thing", body_part=part), regions={"lumbar"}) == expected
    )


def test_a_document_that_was_only_ordered_is_not_there():
    asked = need("document", "standing radiographs")
    ordered = fact(kind="imaging", name="standing radiographs", assertion="hypothetical")
    assert verdict(asked, ordered) == "not_documented"
    assert verdict(asked, fact(kind="imaging", name="standing radiographs")) == "met"


@pytest.mark.parametrize(
    ("outcome", "date", "expected"),
    [
        ("intolerant", "2026-05-01", "met"),
        ("intolerant", None, "not_documented"),
        ("contraindicated", None, "met"),
        ("failed", "2026-05-01", "not_documented"),
        (None, "2026-05-01", "not_documented"),
    ],
)
def test_intolerance_counts_when_dated(outcome, date, expected):
    drug = fact(kind="medication", name="methotrexate", outcome=outcome, date=date)
    assert verdict(need("tolerance", "methotrexate"), drug) == expected


def test_what_is_dated_after_today_is_not_evidence():
    result = answer(DEFICIT, sign(date="2027-01-01"))
    assert result.verdict == "not_documented"
    assert "after today" in result.rejected[0].reason


@pytest.mark.parametrize(("side", "expected"), [("right", "met"), ("left", "needs_review"), (None, "needs_review")])
def test_a_sign_on_one_side_is_not_denied_by_its_absence_on_the_other(side, expected):
    left = sign(side="left", date="2026-09-22")
    absent = sign("f2", side=side, date="2026-09-22", assertion="absent")
    assert verdict(DEFICIT, left, absent) == expected
