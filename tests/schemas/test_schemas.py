"""The nouns keep their invariants, and their exported schemas keep up with them."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from schemas.dates import PartialDate
from schemas.document import Page, Word
from schemas.export import FOLDER, exported
from schemas.span import Cited, Span


def test_the_exported_schemas_are_those_of_the_models() -> None:
    assert {path.name: path.read_text(encoding="utf-8") for path in FOLDER.iterdir()} == exported()


@given(st.text(min_size=1), st.data())
def test_a_span_made_by_its_page_repeats_the_page(text: str, data: st.DataObject) -> None:
    page = Page(document="d1", number=1, file_page=1, origin="text", text=text)
    start = data.draw(st.integers(0, len(text) - 1))
    end = data.draw(st.integers(start + 1, len(text)))
    assert page.span(start, end).quote == text[start:end]


def test_a_span_outside_its_page_or_of_another_length_cannot_be_made() -> None:
    page = Page(document="d1", number=1, file_page=1, origin="text", text="abc")
    with pytest.raises(ValueError, match="no text"):
        page.span(1, 9)
    with pytest.raises(ValidationError):
        Span(document="d1", page=1, start=0, end=2, quote="abc")


def test_a_value_without_a_place_cannot_be_made() -> None:
    with pytest.raises(ValidationError):
        Cited(value="W1", spans=())


def test_words_that_overlap_or_leave_the_text_cannot_be_made() -> None:
    for words in ((Word(start=0, end=2), Word(start=1, end=3)), (Word(start=2, end=9),)):
        with pytest.raises(ValidationError):
            Page(document="d1", number=1, file_page=1, origin="text", text="abc", words=words)


@pytest.mark.parametrize(
    ("written", "earliest", "latest"),
    [
        ("2024-02", date(2024, 2, 1), date(2024, 2, 29)),
        ("2026", date(2026, 1, 1), date(2026, 12, 31)),
        ("2026-03-14", date(2026, 3, 14), date(2026, 3, 14)),
    ],
)
def test_a_partial_date_stands_for_every_day_it_may_mean(written: str, earliest: date, latest: date) -> None:
    day = PartialDate(written)
    assert (day.earliest, day.latest) == (earliest, latest)
    stored = TypeAdapter(PartialDate)
    assert stored.dump_json(day) == f'"{written}"'.encode()
    assert stored.validate_json(f'"{written}"') == stored.validate_python(day) == day


@pytest.mark.parametrize("written", ["2026-02-30", "2026-13", "26-01-01", "March", ""])
def test_what_is_no_date_cannot_be_made_one(written: str) -> None:
    with pytest.raises(ValueError, match=r"date|month|day"):
        PartialDate(written)
    with pytest.raises(ValidationError):
        TypeAdapter(PartialDate).validate_python(written)
