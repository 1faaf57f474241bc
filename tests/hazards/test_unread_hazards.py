"""A later figure that was not read: no older one may answer for it, and nothing that is no figure may stand for one."""

from pathlib import Path

import pytest

from pipeline import ingest
from pipeline.case import Order, work
from tests.check.check_makers import answer, fact, need
from tests.hazards.one_note import TODAY

LETTER = """Orchard Valley Health Plan
Date of Notice: 02/14/2026   Member ID: W102074778
Patient: Elena Rivera   DOB: 05/06/1971
Service requested: Implantable cardioverter-defibrillator

We are unable to approve this request because the criteria are not met. All of the following must be met:
1. A left ventricular ejection fraction of 35 percent or less
2. A PHQ-9 score of 10 or more

You may appeal within 180 days of the date of this notice. This is a self-funded employer plan under ERISA.
"""
EF, PHQ = range(2)
NOTE = """Progress Note
Patient: Elena Rivera   DOB: 05/06/1971
Date of visit: {day}

{words}
"""
FIRST = "LVEF 28%. PHQ-9 today 16."


def _verdicts(folder: Path, later: str) -> tuple[str, str]:
    (folder / "letter.txt").write_text(LETTER, encoding="utf-8")
    for day, words in (("01/05/2026", FIRST), ("01/20/2026", later)):
        (folder / f"note-{day[3:5]}.txt").write_text(NOTE.format(day=day, words=words), encoding="utf-8")
    found = work(ingest.find_files([folder]), Order(today=TODAY)).case.coverage.criteria
    return found[EF].verdict.value, found[PHQ].verdict.value


@pytest.mark.parametrize(
    ("criterion", "later"),
    [
        pytest.param(EF, "LVEF by contrast and strain imaging came out near 45 this time.", id="words between"),
        pytest.param(
            EF, "LVEF (Teichholz, off axis; biplane not possible, poor windows) somewhere near 48.", id="aside"
        ),
        pytest.param(EF, "Left ventricle: LVEF well over 50 percent.", id="a bound that was measured"),
        pytest.param(EF, "LVEF 28% on 01/05/2026, now 45-ish.", id="behind the older one"),
        pytest.param(PHQ, "She filled in the form and came to an 8 on the PHQ-9.", id="before the name"),
        pytest.param(PHQ, "PHQ-9\nscore at this visit, summed by the nurse: 7", id="on the next line"),
        pytest.param(PHQ, "Measure      by           sum\nPHQ-9        the nurse    9", id="in a row"),
    ],
)
def test_an_older_figure_does_not_answer_for_a_later_one_that_was_not_read(
    tmp_path: Path, criterion: int, later: str
) -> None:
    assert _verdicts(tmp_path, later)[criterion] != "met"


@pytest.mark.parametrize(
    "later",
    [
        pytest.param("Doing well.", id="nothing"),
        pytest.param("Repeat echocardiogram for LVEF in 3 months. PHQ-9 at the next visit in 2 weeks.", id="planned"),
        pytest.param(
            "LVEF is still reduced; carvedilol 25 mg twice daily. PHQ-9 was not done on 01/20/2026.", id="a dose"
        ),
        pytest.param("A device is indicated if LVEF stays below 35. The goal is a PHQ-9 under 5.", id="wished for"),
        pytest.param("Her father's LVEF was measured near 60.", id="a relative's"),
        pytest.param("LVEF 28%, seen on 4 views. PHQ-9 is 16 of 27, done in 5 minutes.", id="read again"),
        pytest.param("Previously the LVEF had come out around or near 60.", id="told to be earlier"),
    ],
)
def test_what_is_no_later_figure_leaves_the_older_one_standing(tmp_path: Path, later: str) -> None:
    assert _verdicts(tmp_path, later) == ("met", "met")


AT_MOST_35 = need("measure", "LVEF", value=35, unit="%", op="<=")
OVER_30 = need("measure", "LVEF", value=30, unit="%", op=">")
READ = fact("f1", kind="measurement", name="LVEF", value="28", unit="%", date="2026-10-11")


def _unread(**more):
    return fact("f2", kind="measurement", name="LVEF", assertion="possible", unread=True, **more)


@pytest.mark.parametrize(
    ("requirement", "unread", "expected"),
    [
        pytest.param(AT_MOST_35, _unread(date="2026-10-25"), "needs_review", id="later"),
        pytest.param(AT_MOST_35, _unread(), "needs_review", id="of no day"),
        pytest.param(AT_MOST_35, _unread(date="2026-10"), "needs_review", id="perhaps later"),
        pytest.param(AT_MOST_35, _unread(date="2026-10-11"), "met", id="of the same day"),
        pytest.param(AT_MOST_35, _unread(date="2026-02-01"), "met", id="earlier"),
        pytest.param(AT_MOST_35, _unread(date="2027-02-01"), "met", id="of a day to come"),
        pytest.param(OVER_30, _unread(date="2026-10-25"), "needs_review", id="what was not met"),
        pytest.param(need("not", of=OVER_30), _unread(date="2026-02-01"), "met", id="the opposite, earlier"),
        pytest.param(need("not", of=OVER_30), _unread(date="2026-10-25"), "needs_review", id="the opposite, later"),
        pytest.param(
            need("measure", "LVEF", value=35, unit="%", op="<=", use="any"), _unread(date="2026-10-25"), "met", id="any"
        ),
    ],
)
def test_the_checker_knows_of_a_figure_that_was_not_read(requirement, unread, expected) -> None:
    result = answer(requirement, READ, unread)
    assert result.verdict == expected
    assert ("not read" in result.explanation) is (expected == "needs_review")
    assert ("f2" in result.facts) is (expected == "needs_review")


def test_an_unread_figure_meets_nothing() -> None:
    assert answer(need("document", "LVEF"), _unread(date="2026-10-25")).verdict == "not_documented"
    assert answer(AT_MOST_35, _unread(date="2026-10-25")).verdict == "not_documented"
