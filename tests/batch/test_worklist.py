"""What the worklist, the calendar and the report show."""

import csv
import io
from datetime import date
from decimal import Decimal

from pipeline.batch import calendar, report, worklist
from pipeline.batch.audit import Entry
from pipeline.batch.states import State, may_become
from pipeline.batch.worklist import Answered, Asked, Shown
from schemas.coverage import Verdict

TODAY = date(2026, 3, 2)


def row(case: str, safe: date | None = None, **how: object) -> Shown:
    days = (safe - TODAY).days if safe else None
    return Shown(case=case, safe=safe, deadline=safe, days=days, **{"state": "needs_review", **how})  # type: ignore[arg-type]


def test_the_most_urgent_stand_first_and_those_without_a_deadline_before_all() -> None:
    rows = [row("c", date(2026, 9, 1)), row("a", date(2026, 3, 4)), row("b")]
    assert [one.case for one in worklist.ordered(rows)] == ["b", "a", "c"]


def test_a_filter_by_days_keeps_what_has_no_deadline() -> None:
    rows = [row("c", date(2026, 9, 1)), row("a", date(2026, 3, 4)), row("b")]
    assert [one.case for one in rows if Asked(within=7).holds(one)] == ["a", "b"]


def test_filters_hold_together() -> None:
    one = row("a", payer="Orchard Valley Health Plan", service="Lumbar MRI", reviewer="kim")
    assert Asked(("needs_review",), "orchard", "mri", None, "kim").holds(one)
    assert not Asked(("ready",), "orchard").holds(one)


def test_a_payer_whose_name_is_a_formula_is_text_in_a_spreadsheet() -> None:
    told = worklist.as_csv([row("a", payer="=HYPERLINK(1)", amount=Decimal("-12.50"), missing=("x", "y"))])
    (line,) = csv.DictReader(io.StringIO(told))
    assert line["payer"] == "'=HYPERLINK(1)"
    assert line["amount"] == "-12.50"
    assert line["missing"] == "x; y"


def test_a_name_in_the_report_that_is_a_formula_is_text_in_a_spreadsheet() -> None:
    found = report.report([row("a", payer="=HYPERLINK(1)", service="-MRI")], [], {}, TODAY)
    names = [line["name"] for line in csv.DictReader(io.StringIO(report.as_csv(found)))]
    assert {"'=HYPERLINK(1)", "'-MRI"} <= set(names)


def test_the_calendar_has_the_safe_days_of_what_is_not_submitted() -> None:
    told = calendar.as_ics([row("a", date(2026, 3, 9), payer="Plan; One"), row("b", TODAY, state="submitted")], TODAY)
    assert told.count("BEGIN:VEVENT") == 1
    assert "DTSTART;VALUE=DATE:20260309\r\nDTEND;VALUE=DATE:20260310\r\n" in told
    assert "Plan\\; One" in told
    assert all(len(line.encode()) <= 75 for line in told.split("\r\n"))


def test_the_calendar_does_not_name_the_patient() -> None:
    assert "Ruiz" not in calendar.as_ics([row("a", date(2026, 3, 9), patient="Ana Ruiz")], TODAY)


def entry(n: int, what: str, at: str) -> Entry:
    return Entry(n=n, at=f"2026-03-{at}T00:00:00+00:00", who="kim", what=what, subject="a", why="", key=str(n), hash="")


def test_the_report_counts_amounts_outcomes_and_what_is_undocumented() -> None:
    silent = Answered(text="6 weeks of  therapy", verdict=Verdict.NOT_DOCUMENTED)
    met = Answered(text="6 weeks of therapy", verdict=Verdict.MET)
    rows = [
        row("a", payer="Plan", service="MRI", amount=Decimal("100.10"), criteria=(silent,), reason_codes=("CO-50",)),
        row("b", payer="Plan", service="MRI", amount=Decimal("0.20"), criteria=(silent,)),
        row("c", payer="Plan", service="MRI", criteria=(met,)),
    ]
    entries = [entry(1, "needs_review", "01"), entry(2, "joined", "02"), entry(3, "approved", "04")]
    found = report.report(rows, entries, {"a": "overturned"}, TODAY)
    (payer,) = found.payers
    assert (payer.cases, payer.amount, payer.decided, payer.overturned) == (3, Decimal("100.30"), 1, 1)
    (missing,) = found.undocumented
    assert (missing.asked, missing.undocumented) == (3, 2)
    assert found.recurring[0].cases == 3
    assert found.time_in_state == {"needs_review": 3.0}
    assert {line.name for line in found.reasons} == {"CO-50", "not stated"}


def test_the_report_page_shows_what_it_counts_and_escapes_it() -> None:
    page = report.as_html(report.report([row("a", payer="<b>Plan</b>")], [], {}, TODAY))
    assert "&lt;b&gt;Plan" in page
    assert "<script" not in page
    assert "http" not in page.replace("http-equiv", "")


def test_what_a_person_may_do_follows_from_the_state() -> None:
    assert may_become(State.READY, State.APPROVED)
    assert may_become(State.NEEDS_REVIEW, State.APPROVED)
    assert not may_become(State.WORKING, State.APPROVED)
    assert not may_become(State.READY, State.SUBMITTED)
    assert not may_become(State.APPROVED, State.DECIDED)
    assert not may_become(State.CLOSED, State.CLOSED)
