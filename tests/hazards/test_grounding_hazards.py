"""What must never be grounded: readings that differ from the page in what decides a case."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.extract.ground import Grounder, UngroundedError
from schemas.document import Origin
from schemas.proposal import Quote
from tests.makers import document


@pytest.mark.parametrize("origin", Origin)
@pytest.mark.parametrize(
    ("quote", "page"),
    [
        ("is medically necessary", "The service is not medically necessary."),
        ("does meet the criteria", "The record does not meet the criteria."),
        ("no weakness", "There is weakness."),
        ("right knee", "Pain of the left knee."),
        ("March 11, 2026", "Date: March 17, 2026"),
        ("03/11/2026", "03/17/2026"),
        ("180 days", "within 18O days"),
        ("12 weeks", "10 weeks of therapy"),
        ("15 mg", "1.5 mg daily"),
        ("M54.16", "M54.18"),
        ("Member ID W102074778", "Member ID W1O2074778"),
        ("KL grade 3", "KL grade 2-3"),
    ],
)
def test_a_reading_that_turns_the_case_is_refused(quote: str, page: str, origin: Origin) -> None:
    with pytest.raises(UngroundedError):
        Grounder([document(page, origin=origin)]).spans(Quote(text=quote, document="d1"))


@given(st.integers(0, 9), st.integers(0, 9), st.integers(0, 9))
def test_no_other_figure_is_ever_grounded_on_a_figure(tens: int, units: int, wrong: int) -> None:
    page, other = f"{tens}{units} weeks", f"{tens}{wrong} weeks"
    grounder = Grounder([document(page, origin=Origin.OCR)])
    if units == wrong:
        assert grounder.spans(Quote(text=other, document="d1"))
    else:
        with pytest.raises(UngroundedError):
            grounder.spans(Quote(text=other, document="d1"))
