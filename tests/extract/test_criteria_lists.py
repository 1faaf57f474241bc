"""Lists of criteria: which one applies, what a row is, and what is left out."""

from pipeline.extract.criteria.criteria_lists import listed_criteria
from pipeline.extract.criteria.requirements import translate
from pipeline.extract.letter.letter import read_letter
from schemas.proposal import ProposedCriterion
from schemas.requirement import AtLeast, Not
from tests.makers import document

KNEE = "Total knee arthroplasty, right knee"


def rows(*pages: str, service: str = KNEE) -> list[ProposedCriterion]:
    return list(listed_criteria(read_letter(document(*pages)), service, policy=True))


def texts(found: list[ProposedCriterion]) -> list[str]:
    return [" ".join(" ".join(quote.text for quote in row.quotes).split()) for row in found]


NESTED = """Coverage is given when all of the following are met:

1. BMI of at least 35
2. Burden of disease, both of the following:
   a. ODI of at least 40%
   b. PHQ-9 score of at least 15
3. Either of the following:
   a. KL grade 3 or 4
   b. Failure of physical therapy
4. Failure of at least two of the following for 6 weeks each:
   a. NSAIDs
   b. Physical therapy
   c. Corticosteroid injections
5. One of the following:
   a. A trial of methotrexate for 3 months
   b. Intolerance to methotrexate
"""


def test_items_that_can_be_answered_apart_are_rows_and_others_keep_their_lead() -> None:
    found = rows(NESTED)
    assert [(text.split(":")[0], row.group) for text, row in zip(texts(found), found, strict=True)] == [
        ("BMI of at least 35", None),
        ("ODI of at least 40%", None),
        ("PHQ-9 score of at least 15", None),
        ("KL grade 3 or 4", "any1"),
        ("Failure of physical therapy", "any1"),
        ("Failure of at least two of the following for 6 weeks each", None),
        ("One of the following", None),
    ]
    two = translate("\n".join(quote.text for quote in found[5].quotes))
    assert isinstance(two, AtLeast)
    assert {(part.kind, str(getattr(part, "length", None) and part.length.n)) for part in two.of} == {("duration", "6")}


def test_a_list_of_which_so_many_are_asked_is_one_row_with_its_lead() -> None:
    (row,) = rows(
        "Covered when at least two of the following are met:\n\n1. BMI of at least 35\n2. Fever\n3. KL grade 3 or 4\n"
    )
    assert isinstance(translate("\n".join(quote.text for quote in row.quotes)), AtLeast)


def test_a_list_goes_on_over_a_page_break_and_over_a_word_that_joins_two_items() -> None:
    lead = "Covered when all of the following are met:\n\n"
    first = lead + "1. BMI of at least 35\n\nAND\n\n2. Failure of physical therapy for\n"
    found = rows(first, "at least 6 weeks\n3. No active infection\n")
    assert texts(found) == [
        "BMI of at least 35",
        "Failure of physical therapy for at least 6 weeks",
        "No active infection",
    ]


POLICY = """Joint Surgery Policy

Background
Therapy takes at least 9 weeks. All of the following are common:
1. Rest for 6 weeks

Criteria for Shoulder Surgery
Total shoulder arthroplasty is medically necessary when all of the following are met:
1. At least 24 weeks of physical therapy

Criteria for Knee Surgery
Total knee arthroplasty is medically necessary when all of the following are met:
1. At least 12 weeks of physical therapy
2. KL grade 3 or 4

Total knee arthroplasty is not medically necessary when any of the following is present:
1. Active infection
2. BMI of more than 40

Coding
1. 27447

References
1. A trial of 12 weeks of physical therapy. 2019;12:4.
"""


def test_the_section_of_the_denied_service_gives_the_rows_and_its_exclusions_one_more() -> None:
    found = rows(POLICY)
    assert [text.split(":")[0] for text in texts(found)] == [
        "At least 12 weeks of physical therapy",
        "KL grade 3 or 4",
        "Total knee arthroplasty is not medically necessary when any of the following is present",
    ]
    exclusion = translate("\n".join(quote.text for quote in found[2].quotes))
    assert isinstance(exclusion, Not)


def test_items_that_lead_to_criteria_of_their_own_are_sections() -> None:
    policy = (
        "Criteria\nThis policy covers joint surgery as follows:\n"
        "A. Total shoulder arthroplasty is medically necessary when all of these are met:\n"
        "   1. At least 24 weeks of physical therapy\n   2. Age 50 or older\n"
        "B. Total knee arthroplasty is medically necessary when all of these are met:\n"
        "   1. At least 12 weeks of physical therapy\n   2. KL grade 3 or 4\n"
    )
    assert texts(rows(policy)) == ["At least 12 weeks of physical therapy", "KL grade 3 or 4"]


def test_a_line_after_the_list_is_no_part_of_its_last_item() -> None:
    letter = (
        "We cover this surgery only when all of the following criteria are met and shown by the record:\n"
        "* KL grade 3 or 4\n* A trial of physical therapy\nAsk us to look again within 65 days of this notice.\n"
    )
    assert texts(rows(letter)) == ["KL grade 3 or 4", "A trial of physical therapy"]


def test_what_an_exclusion_leaves_unread_stays_with_a_person() -> None:
    exclusion = translate("Not covered when any of the following:\n1. Active infection\n2. A plan the panel disliked")
    assert isinstance(exclusion, Not)
    assert exclusion.judged is not None
