"""The sections of a letter by what they do: why, by which rule, and the ways of its appeal."""

import pytest

from pipeline.extract.letter.appeal import appeal
from pipeline.extract.letter.letter import read_letter
from pipeline.extract.letter.purposes import purpose_of
from pipeline.extract.letter.reason import reason
from tests.makers import document

_REASON = "The notes show four weeks of exercises. No injection was tried."
_LETTER = """Dear Ms. Rivers:

Your doctor asked us to approve a left knee replacement. We are not approving it.

{head}{reason}

The rule: Knee policy K-7. All of these are needed:
1. Three months of exercises.

You have the right to appeal. Questions? Call 303-555-0100. If you need a fast decision, call 303-555-0101.
Send the appeal to Plain Health, Appeals, PO Box 9, Denver, CO 80201.
Fax: 303-555-0102
"""


@pytest.mark.parametrize(
    "head",
    [
        "Why? ",
        "WHY: ",
        "Basis. ",
        "Here is the explanation. ",
        "These are our reasons: ",
        "We said no because: ",
        "Why we said no\n\n",
        "OUR RATIONALE\n\n",
        "What our reviewer found\n\n",
        "How we made our decision\n\n",
        "The Facts of This Case\n\n",
    ],
)
def test_the_reason_stands_under_whatever_head_says_why(head: str) -> None:
    found = reason(read_letter(document(_LETTER.format(head=head, reason=_REASON))))
    assert found is not None
    assert found.value == _REASON


@pytest.mark.parametrize(
    ("heading", "purpose"),
    [
        ("Why you are getting this letter", "asked"),
        ("Reason for referral", "asked"),
        ("What rule was used?", "rule"),
        ("If you want to know why you can appeal", "rights"),
        ("OUR DECISION", "decided"),
        ("2. Clinical rationale", "why"),
    ],
)
def test_a_heading_tells_what_its_section_is_for(heading: str, purpose: str) -> None:
    assert purpose_of(heading) == purpose


def test_the_ways_of_appeal_leave_out_lines_for_questions_and_fast_appeals() -> None:
    found = {
        one.field: one.value for one in appeal(read_letter(document(_LETTER.format(head="Why? ", reason=_REASON))))
    }
    assert found == {
        "appeal.address": "Plain Health, Appeals, PO Box 9, Denver, CO 80201",
        "appeal.fax": "303-555-0102",
    }
