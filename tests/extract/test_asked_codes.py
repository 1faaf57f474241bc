"""A diagnosis asked for by its ICD-10-CM code: ranges, wildcards, beside other demands, and what is no such code."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.extract.codes import every_code
from pipeline.extract.criteria.asked_codes import between
from pipeline.extract.criteria.requirements import translate
from schemas.requirement import All, Code, Not, Requirement


def codes_in(requirement: Requirement | None) -> list[tuple[str, ...]]:
    parts = requirement.of if isinstance(requirement, All) else (requirement,)
    return [part.terms for part in parts if isinstance(part, Code)]


@pytest.mark.parametrize(
    ("text", "terms"),
    [
        ("A diagnosis of M17.11", ("M17.11",)),
        ("M17.11 is documented in the chart", ("M17.11",)),
        ("E11.x", ("E11",)),
        ("Diagnosis code E11.x or E10.x", ("E11", "E10")),
        ("ICD-10 E11* or E10.-", ("E11", "E10")),
        ("ICD-10 M17", ("M17",)),
        ("M17.1x is coded", ("M17.1",)),
        ("ICD-10 codes M17.0-M17.2", ("M17.0", "M17.1", "M17.2")),
        ("An ICD-10-CM code in the range L40.50 through L40.52", ("L40.50", "L40.51", "L40.52")),
        ("One of the following ICD-10-CM diagnosis codes: M17.0, M17.11, or M17.12", ("M17.0", "M17.11", "M17.12")),
        ("ICD-10-CM diagnosis of either F33.1 or F33.2", ("F33.1", "F33.2")),
        ("Documentation of ICD-10 code I50.22 within the last 12 months", ("I50.22",)),
    ],
)
def test_a_criterion_that_names_only_codes_asks_for_one_of_them(text: str, terms: tuple[str, ...]) -> None:
    asked = translate(text)
    assert isinstance(asked, Code)
    assert (asked.terms, asked.judged) == (terms, None)


@pytest.mark.parametrize(
    ("text", "terms", "kinds"),
    [
        ("A diagnosis of M54.16 and failure of 6 weeks of physical therapy", ("M54.16",), {"code", "duration"}),
        ("BMI of 40 or more with a diagnosis of E66.01", ("E66.01",), {"code", "measure"}),
        ("Diagnosis of rheumatoid arthritis (ICD-10 M05.x or M06.x)", ("M05", "M06"), {"code", "finding"}),
        ("The member has M17.11, and has failed 6 weeks of physical therapy", ("M17.11",), {"code", "duration"}),
        (
            "A diagnosis of C50.911, C50.912 or C50.919 and age 18 or older",
            ("C50.911", "C50.912", "C50.919"),
            {"code", "age"},
        ),
    ],
)
def test_a_code_beside_other_demands_is_one_of_all(text: str, terms: tuple[str, ...], kinds: set[str]) -> None:
    asked = translate(text)
    assert isinstance(asked, All)
    assert codes_in(asked) == [terms]
    assert {part.kind for part in asked.of} == kinds


def test_a_denied_code_must_not_be_there() -> None:
    assert translate("No diagnosis of C50.x") == Not(of=Code(terms=("C50",)))


@pytest.mark.parametrize(
    "text",
    [
        "Spinal stenosis at L4-L5 or T10-T12",
        "HCPCS E0601 is requested",
        "Vitamin B12 level below 200 pg/mL",
        "A hemoglobin A1C above 7%",
        "Diagnosis codes other than F32.9",
        "H1N1 vaccination",
    ],
)
def test_levels_supplies_and_exclusions_are_no_codes_that_are_asked(text: str) -> None:
    assert codes_in(translate(text)) == []


@pytest.mark.parametrize(
    "text",
    ["A primary diagnosis of M54.16", "ICD-10 codes M17.11 and E66.01", "The claim includes ICD-10 code M17.11"],
)
def test_what_a_code_alone_does_not_show_is_left_to_a_person(text: str) -> None:
    asked = translate(text)
    assert isinstance(asked, Code)
    assert asked.judged is not None


_SOME = sorted(code for code in every_code() if code.startswith(("M17", "E11", "G43", "K50")))
_BARE = st.sampled_from(_SOME)
_LEAVES = st.sampled_from([code for code in _SOME if not any(one.startswith(code) and one != code for one in _SOME)])


def _pointed(code: str) -> str:
    return code if len(code) == 3 else f"{code[:3]}.{code[3:]}"


@given(first=_BARE, last=_BARE, other=_LEAVES)
def test_a_range_holds_what_lies_between_its_ends_and_under_them(first: str, last: str, other: str) -> None:
    terms = [term.replace(".", "") for term in between(_pointed(first), _pointed(last))]
    inside = first < last and first[0] == last[0] and first <= other and (other <= last or other.startswith(last))
    assert not terms or any(other.startswith(term) for term in terms) == inside
