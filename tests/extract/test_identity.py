"""Whose chart a document is."""

import pytest

from pipeline.extract import RulesExtractor, contradicting, extract_denial, tell_whose
from pipeline.extract.identity import Person, same_name, whose
from schemas.document import Document, Role, Whose
from tests.makers import document

DENIAL = extract_denial(
    RulesExtractor(), document("Patient: Marguerite A. Ellsworth   DOB: 04/17/1962\nYour request is denied."), []
).denial


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Patient: Marguerite Ellsworth\nSeen today.", Whose.OURS),
        ("Patient: ELLSWORTH, MARGUERITE A\nSeen today.", Whose.OURS),
        ("Marguerite A. Ellsworth was seen today.", Whose.OURS),
        ("Patient: M. Ellsworth   DOB: 04/17/1962", Whose.OURS),
        ("Patient: Marguerite A. Ellsworth   DOB: 04/17/1952", Whose.OTHER),
        ("Patient: Gordon Whitlock   DOB: 02/02/1950", Whose.OTHER),
        ("Patient: Harold Ellsworth", Whose.OTHER),
        ("Seen today.", Whose.UNKNOWN),
    ],
)
def test_name_and_birth_date_say_whose_a_document_is(text: str, expected: Whose) -> None:
    assert whose(document(text, role=Role.CLINICAL_NOTE), DENIAL) is expected


@pytest.mark.parametrize(
    ("head", "expected"),
    [
        ("Pt: M. Ellsworth   4/17/62", Whose.OURS),
        ("Ellsworth, M   4/17/1962", Whose.OURS),
        ("Measurement log   M. Ellsworth  4/17/62", Whose.OURS),
        ("ELLSWORTH MARGUERITE   04/17/1962   EXAM 07/09/2026", Whose.OURS),
        ("I treated Marguerite Ellsworth (4/17/1962) with talk therapy.", Whose.OURS),
        ("Visit 05/06/2026   Marguerite Ellsworth   4/17/1962", Whose.OURS),
        ("DISCHARGE SUMMARY     Ellsworth, Marguerite   04/17/1962    Admitted 09/10/2026", Whose.OURS),
        ("Pt: M. Ellsworth   9/9/59", Whose.OTHER),
        ("Marguerite Ellsworth   4/17/1992", Whose.OTHER),
        ("ELLSWORTH MARGUERITE   04/17/1992", Whose.OTHER),
        ("Ellsworth, Gordon   4/17/1962", Whose.UNKNOWN),  # a twin
        ("G. Ellsworth   4/17/1962", Whose.UNKNOWN),
        ("Whitlock, M   4/17/1962", Whose.UNKNOWN),
        ("M. Ellsworth-Roe   4/17/1962", Whose.UNKNOWN),
        ("M. Ellsworth   8/20/2026", Whose.UNKNOWN),  # the day of a visit
    ],
)
def test_a_name_and_a_birth_date_side_by_side_need_no_label(head: str, expected: Whose) -> None:
    note = document(f"MONOCACY VISITING NURSES\n{head}\nSeen 08/26/2026. BP 120/80.", role=Role.CLINICAL_NOTE)
    assert whose(note, DENIAL) is expected


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("Gordon Ellsworth", Whose.OTHER),  # a twin
        ("Matilda R. Ellsworth", Whose.OTHER),  # with the same first letter
        ("Marguerite Whitlock", Whose.OURS),  # she married
        ("Ann Marguerite Ellsworth", Whose.OURS),
        ("Marqucrlte Ellsworth", Whose.OURS),  # noise of OCR
        ("M. Ellsworth", Whose.OURS),
        ("Vitals Flowsheet", Whose.OURS),  # no name at all
    ],
)
def test_of_one_birth_date_only_another_given_name_is_somebody_else(name: str, expected: Whose) -> None:
    note = document(f"Patient: {name}   DOB: 04/17/1962\nSeen today.", role=Role.CLINICAL_NOTE)
    assert whose(note, DENIAL) is expected


@pytest.mark.parametrize(
    ("one", "other", "differ"),
    [("Robert Marsh", "Bob Marsh", False), ("Sylvia Marsh", "Siobhan Marsh", True), ("Marsh, Ana", "Eva Marsh", True)],
)
def test_twins_are_two_people_and_short_forms_are_not(one: str, other: str, differ: bool) -> None:
    day = frozenset({"1966-05-10"})
    assert Person((one,), day).is_another_than(Person((other,), day)) is differ


def test_a_policy_is_about_nobody() -> None:
    assert whose(document("Patient: Gordon Whitlock", role=Role.POLICY), DENIAL) is Whose.UNKNOWN


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("Ana Lopez", "ANA MARIA LOPEZ", True),
        ("Dr. Ana Lopez", "Ana Lopez, MD", True),
        ("Marguerite Ellsworth", "Margucrite Ellsworth", True),  # a glyph that OCR took for another
        ("Ana Lopez", "Eva Lopez", False),
        ("John Marsh", "Joan Marsh", False),
        ("Ana Lopez", "", False),
    ],
)
def test_names_are_one_persons_where_first_and_last_agree(one: str, other: str, same: bool) -> None:
    assert same_name(one, other) is same


def named(name: str, text: str) -> Document:
    return document(text, name=name, role=Role.CLINICAL_NOTE)


def test_a_birth_date_of_our_chart_decides_for_a_page_that_names_nobody() -> None:
    letter = document("Patient: Ana Lopez\nYour request is denied.", name="d1", role=Role.DENIAL_LETTER)
    denial = extract_denial(RulesExtractor(), letter, []).denial
    ours = named("d2", "Patient: Ana Lopez   DOB: 04/17/1962")
    same, other = named("d3", "DOB: 04/17/1962\nSeen today."), named("d4", "DOB: 10/19/2014\nSeen today.")
    told = tell_whose([letter, ours, same, other], letter, denial)
    assert [d.patient for d in told] == [Whose.OURS, Whose.OURS, Whose.OURS, Whose.OTHER]


def test_pages_of_nobody_known_with_different_birth_dates_cannot_serve() -> None:
    pages = [named("d2", "DOB: 04/17/1962"), named("d3", "DOB: 10/19/2014"), named("d4", "Seen today.")]
    assert [d.id for d in contradicting(pages)] == ["d2", "d3"]
    assert contradicting(pages[:1]) == ()
