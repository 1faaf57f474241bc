"""A diagnosis code is valid on some days and not on others."""

from datetime import date

import pytest

from pipeline.extract.codes import code_warnings, why_not_valid
from schemas.dates import PartialDate
from schemas.denial import Denial
from schemas.fact import Assertion, Fact, FactKind
from schemas.span import Span


@pytest.mark.parametrize(
    ("code", "day"),
    [
        ("M17.11", date(2026, 5, 1)),
        ("M54.5", date(2021, 9, 30)),
        ("M54.50", date(2021, 10, 1)),
        ("S83.231A", date(2026, 5, 1)),
    ],
)
def test_a_code_of_its_day_is_valid(code: str, day: date) -> None:
    assert why_not_valid(code, day) is None


@pytest.mark.parametrize(
    ("code", "day"),
    [
        ("M54.5", date(2021, 10, 1)),
        ("F32.A", date(2021, 9, 30)),
        ("M17.1", date(2026, 5, 1)),
        ("Z99.999", date(2026, 5, 1)),
    ],
)
def test_a_code_deleted_not_yet_made_too_short_or_unknown_is_not(code: str, day: date) -> None:
    assert why_not_valid(code, day)


def test_nothing_is_said_of_codes_that_a_later_release_may_have_made() -> None:
    assert why_not_valid("Z99.999", date(2026, 11, 1)) is None


def fact(code: str, day: str, assertion: Assertion = Assertion.PRESENT) -> Fact:
    span = Span(document="d1", page=1, start=0, end=len(code), quote=code)
    return Fact(
        id="f1",
        kind=FactKind.DIAGNOSIS,
        name="low back pain",
        value=code,
        date=PartialDate(day),
        assertion=assertion,
        spans=(span,),
    )


def test_the_warning_shows_every_place_of_the_code_once() -> None:
    warnings = list(code_warnings(Denial(), [fact("M54.5", "2026-05-01"), fact("M54.5", "2026-05-01")]))
    assert [(warning.code, len(warning.spans)) for warning in warnings] == [("code_not_valid", 2)]


@pytest.mark.parametrize(
    "quiet", [fact("M54.5", "2026-05-01", Assertion.FAMILY), fact("M54.5", "2020-05-01"), fact("M54.5", "2026")]
)
def test_a_relatives_code_or_one_without_its_day_is_not_warned_of(quiet: Fact) -> None:
    assert list(code_warnings(Denial(), [quiet])) == []
