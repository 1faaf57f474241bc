"""How other senders cite a policy, quote a provision, and lay out or word what they ask."""

from typing import Any

import pytest

from pipeline.extract.criteria.asked import is_partial
from pipeline.extract.criteria.criteria import criteria, criteria_source
from pipeline.extract.criteria.requirements import translate
from pipeline.extract.letter.letter import read_letter
from tests.makers import document

HEAD = "Harbor Health Plan\nNotice date: 03/04/2026\n\nDear Ms. Lopez:\n\n"


def source(text: str) -> tuple[str | None, ...]:
    found = {value.field: value.value for value in criteria_source(read_letter(document(f"{HEAD}{text}\n")))}
    return tuple(found.get(f"criteria_source.{field}") for field in ("name", "identifier", "version"))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "This is decided per 42 CFR 410.32 and the Medicare Claims Processing Manual (Pub. 100-04), chapter 12,\n"
            "section 30. Tests must be ordered.",
            ("Medicare Claims Processing Manual", "chapter 12, section 30", None),
        ),
        (
            "The rule for hospital care is in Title 42 of the Code of Federal Regulations, section 412.3(d).",
            ("Title 42 of the Code of Federal Regulations", "412.3(d)", None),
        ),
        (
            "Your plan's Step Therapy criteria for Veltora (Formulary ID 40112, version 7) require:",
            ("Step Therapy criteria", "40112", "7"),
        ),
        (
            "Guideline. Harbor Joint Imaging KN-4.2 (2026.2). A knee MRI is indicated when both apply.",
            ("Harbor Joint Imaging KN-4.2", "KN-4.2", "2026.2"),
        ),
        (
            "We used Harbor Drug Policy DP-12, Enzymes (Oral and Intravenous), revision 4.",
            ("Harbor Drug Policy DP-12, Enzymes (Oral and Intravenous)", "DP-12", "4"),
        ),
        (
            "We used the Harbor Level of Care Guideline LG-7 (revision of 01 MAR 2026).",
            ("Harbor Level of Care Guideline LG-7", "LG-7", "01 MAR 2026"),
        ),
    ],
)
def test_a_policy_is_cited_in_many_ways(text: str, expected: tuple[str | None, ...]) -> None:
    assert source(text) == expected


def rows(text: str) -> list[tuple[str, str | None]]:
    found = criteria(read_letter(document(HEAD + text)), (), "wrist brace", "")
    return [(" ".join(" ".join(quote.text for quote in row.quotes).split()), row.group) for row in found]


def test_what_a_column_says_was_found_is_no_part_of_a_criterion() -> None:
    found = rows(
        "The guideline asks for line A together with at least one of lines B to C:\n\n"
        "     LINE  STANDARD                                         CHART\n"
        "     A.    Pain rated 5 or more in the last 14 days         Met\n"
        "     B.    Numbness on 3 or more days a week                Not met - none noted\n"
        "     C.    Failure of 6 weeks of splinting                  Not shown\n"
    )
    assert found == [
        ("Pain rated 5 or more in the last 14 days", None),
        ("Numbness on 3 or more days a week", "any1"),
        ("Failure of 6 weeks of splinting", "any1"),
    ]


def test_a_first_item_is_asked_beside_so_many_of_the_others() -> None:
    found = rows(
        "Guideline: admission is approved when item 1 and at least two of items 2 to 4 are documented:\n"
        "  1. Pneumonia on a chest radiograph.\n  2. Oxygen saturation below 90%.\n  3. Respiratory rate above 30.\n"
        "  4. Systolic blood pressure below 90.\n"
    )
    assert found[0] == ("Pneumonia on a chest radiograph.", None)
    assert len(found) == len(("the first", "the others"))


def test_a_quoted_provision_is_asked_sentence_by_sentence_and_a_definition_is_not() -> None:
    quoted = (
        'Section 9.2 of the Plan, which reads:\n\n    "A brace means a rigid device worn on a limb. A brace is paid '
        'for once in three years. Braces for sport are excluded from payment."\n'
    )
    assert [text for text, _ in rows(quoted)] == [
        "A brace is paid for once in three years.",
        "Braces for sport are excluded from payment.",
    ]


def test_a_letterhead_in_columns_holds_no_list() -> None:
    head = "A plan in the Federal (FEHB) Program   THIS IS NOT A BILL if A. or B. must apply\nP. O. Box 22\n"
    assert rows(head) == []


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("ODI score lower by 10 points or more", "change"),
        ("Pain score at least 2 points lower than before treatment", "change"),
        ("Wound area smaller by 30% or more within the last 4 weeks", "change"),
        ("Fecal calprotectin above 150 mcg/g in the past 3 months", "measure"),
        ("No family history of medullary thyroid carcinoma or multiple endocrine neoplasia type 2", "not"),
        ("Has no fever, weight loss or night sweats", "not"),
        ("is between 45 and 75 years old", "all"),
    ],
)
def test_a_wording_is_of_its_kind(text: str, kind: str) -> None:
    found = translate(text)
    assert found is not None
    assert found.kind == kind


def test_a_thing_denied_with_others_is_never_an_alternative_to_be_met() -> None:
    found: Any = translate("has no cough with blood, weight loss or other sign of lung cancer")
    assert found.kind == "not"
    assert is_partial(found)
