from datetime import date
from decimal import Decimal

import pytest

from pipeline.draft.phrases import Told, day, figure, lower_first, number, series, tidy, with_article
from schemas.dates import PartialDate
from schemas.fact import Fact, FactKind, Length, Outcome, Quantity
from schemas.span import Span


def told(words: str, **fields: object) -> Told:
    """A fact that a line of a record states in those words."""
    where = Span(document="d", page=1, start=0, end=len(words), quote=words)
    known = {"id": "f", "kind": FactKind.TREATMENT, "name": "physical therapy", "spans": (where,), **fields}
    return Told(Fact(**known))


def test_dates_are_told_as_exactly_as_they_are_known() -> None:
    assert [day(PartialDate(known)) for known in ("2026-04-01", "2026-04", "2026")] == [
        "April 1, 2026",
        "April 2026",
        "2026",
    ]
    assert day(date(2026, 12, 31)) == "December 31, 2026"


@pytest.mark.parametrize(
    ("items", "told_as"),
    [
        ([], ""),
        (["a"], "a"),
        (["a", "b"], "a and b"),
        (["a", "b", "c"], "a, b and c"),
        (["April 1, 2026", "b", "c"], "April 1, 2026; b; and c"),
    ],
)
def test_items_are_listed_as_english_lists_them(items: list[str], told_as: str) -> None:
    assert series(items) == told_as


@pytest.mark.parametrize(
    ("name", "told_as"),
    [
        ("physical therapy", "physical therapy"),
        ("naproxen", "naproxen"),
        ("corticosteroid injection", "a corticosteroid injection"),
        ("epidural steroid injection", "an epidural steroid injection"),
        ("home exercise program", "a home exercise program"),
        ("MRI", "an MRI"),
        ("letter of medical necessity", "a letter of medical necessity"),
    ],
)
def test_a_name_takes_the_article_that_english_asks_for(name: str, told_as: str) -> None:
    assert with_article(name) == told_as


def test_a_name_inside_a_sentence_keeps_the_capitals_of_an_abbreviation() -> None:
    assert lower_first("Total knee arthroplasty") == "total knee arthroplasty"
    assert lower_first("MRI of the spine") == "MRI of the spine"
    assert lower_first("") == ""


def test_numbers_are_told_without_trailing_zeros_or_exponents() -> None:
    assert [number(Decimal(n)) for n in ("500", "1.50", "0", "1E+3", "-0")] == ["500", "1.5", "0", "1000", "0"]
    assert figure("44 days = 6 weeks 2 days") == "44 days, or 6 weeks 2 days"


def test_quoted_words_lose_list_marks_and_line_breaks_and_nothing_else() -> None:
    assert tidy("  \u2022 Pain on\n walking;") == "Pain on walking"
    assert tidy("osteo-\narthritis") == "osteoarthritis"
    assert tidy('He said "no"') == "He said 'no'"


@pytest.mark.parametrize(
    ("words", "fields", "when"),
    [
        ("4/1/2026 to 5/15/2026", {"start": "2026-04-01", "end": "2026-05-15"}, "from April 1, 2026 to May 15, 2026"),
        ("on 4/1/2026", {"start": "2026-04-01", "end": "2026-04-01"}, "on April 1, 2026"),
        ("since March 2026", {"start": "2026-03"}, "from March 2026"),
        ("until March 2026", {"end": "2026-03"}, "until March 2026"),
        ("for 8 weeks", {"duration": Length(n=Decimal(8), unit="weeks")}, "for 8 weeks"),
        ("for one week", {"duration": Length(n=Decimal(1), unit="weeks")}, "for 1 week"),
        ("injected 3/2/2026", {"date": "2026-03-02"}, "on March 2, 2026"),
        ("injected in March 2026", {"date": "2026-03"}, "in March 2026"),
        ("no date at all", {}, ""),
    ],
)
def test_when_a_treatment_took_place(words: str, fields: dict[str, object], when: str) -> None:
    assert told(words, **fields).when == when


def test_what_the_places_of_a_fact_do_not_carry_is_not_told() -> None:
    fields = {"start": "2026-04-01", "end": "2026-05-15", "visits": 12, "dose": Quantity(n=Decimal(15), unit="mg")}
    silent = told("physical therapy", **fields, duration=Length(n=Decimal(6), unit="weeks"), value="48")
    assert (silent.when, silent.visits, silent.dose, silent.value) == ("", "", "", "")


def test_a_date_given_only_by_the_heading_does_not_date_the_treatment_itself() -> None:
    heading = Span(document="d", page=1, start=90, end=100, quote="09/01/2026")
    fact = told("has tried therapy", date="2026-09-01", date_spans=(heading,))
    assert fact.when == ""
    assert fact.recorded == "September 1, 2026"


@pytest.mark.parametrize(
    ("words", "fields", "value"),
    [
        ("ODI 48%", {"value": "48", "unit": "%"}, "48%"),
        ("WOMAC 58 of 96", {"value": "58", "scale_max": Decimal(96)}, "58 out of 96"),
        ("KL grade 2-3", {"value": "2", "value_high": "3"}, "2 to 3"),
        ("BMI 29.4", {"value": "29.4", "unit": None}, "29.4"),
        ("flexion 95 degrees", {"value": "95", "unit": "degrees"}, "95 degrees"),
        ("severe", {"value": "severe"}, ""),
    ],
)
def test_a_measured_value_is_told_with_its_scale_or_unit(words: str, fields: dict[str, object], value: str) -> None:
    assert told(words, kind=FactKind.MEASUREMENT, **fields).value == value


def test_an_outcome_is_told_with_the_words_of_the_record_where_they_stand_in_it() -> None:
    words = "therapy stopped, no lasting relief"
    assert told(words, outcome=Outcome.FAILED, outcome_reason="no lasting relief").outcome == (
        "the record reports that it failed (\u201cno lasting relief\u201d)"
    )
    assert (
        told(words, outcome=Outcome.FAILED, outcome_reason="made worse").outcome == "the record reports that it failed"
    )
    assert told(words).outcome == ""


def test_a_row_of_a_table_is_not_quoted() -> None:
    assert told("Sitting tolerance   15 minutes   15 minutes", value="15 minutes").quote == ""
    assert (
        told("Sitting   he can sit for 15 minutes", value="he can sit for 15 minutes").quote
        == "he can sit for 15 minutes"
    )
