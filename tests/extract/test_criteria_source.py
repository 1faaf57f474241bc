"""The policy a letter was decided by, in wordings and places of several payers; and what only looks like one."""

import pytest

from pipeline.extract.criteria.criteria_source import criteria_source
from pipeline.extract.letter.letter import read_letter
from tests.makers import document


def source(text: str) -> dict[str, str]:
    letter = read_letter(document(f"Harbor Health Plan\nNotice date: 03/04/2026\n\nDear Ms. Lopez:\n\n{text}\n"))
    return {value.field.removeprefix("criteria_source."): value.value for value in criteria_source(letter)}


@pytest.mark.parametrize(
    ("text", "name", "identifier", "version"),
    [
        ("This was decided under InterQual 2026 criteria.", "InterQual 2026 criteria", None, "2026"),
        (
            "We based this on Coverage policy No. 0123 (rev. 3/2026), Bariatric Surgery.",
            "Bariatric Surgery",
            "0123",
            "3/2026",
        ),
        (
            "We used LCD L34220, Lumbar MRI. It asks for plain films.",
            "Lumbar MRI",
            "L34220",
            None,
        ),
        (
            "We relied on Summit Rx Clinical Criteria for GLP-1 Agonists (document CC-0411, dated June 2026).",
            "Summit Rx Clinical Criteria for GLP-1 Agonists",
            "CC-0411",
            "June 2026",
        ),
        (
            "THE RULE WE USED\n\nMCG Care Guidelines, 29th edition, Neck Injection, A-0911. It needs a scan.",
            "MCG Care Guidelines",
            "A-0911",
            "29th edition",
        ),
        (
            "Applicable criteria: Harbor Net HN-CP.107 (Durable Medical Equipment), version 7.",
            "Harbor Net HN-CP.107 (Durable Medical Equipment)",
            "HN-CP.107",
            "7",
        ),
        ("The claim does not meet the requirements of 38 U.S.C. 1725.", None, "38 U.S.C. 1725", None),
        (
            "Medical policy used:  7.01.218, Reduction Mammaplasty for Symptoms (last reviewed 04/2026).",
            "Reduction Mammaplasty for Symptoms",
            "7.01.218",
            "04/2026",
        ),
        (
            "The Nova Rx prior authorization policy for oxybate products (PA-CNS-046) is applied as follows.",
            "Nova Rx prior authorization policy for oxybate products",
            "PA-CNS-046",
            None,
        ),
        (
            "CRITERIA: MCG Care Guidelines, 29th Edition, guideline P-LOC-NEO.",
            "MCG Care Guidelines",
            "P-LOC-NEO",
            "29th Edition",
        ),
        (
            "We applied Cedar Drug Guideline 44, Eczema Biologics (eff. 7/1/2026).",
            "Cedar Drug Guideline 44, Eczema Biologics",
            "44",
            "7/1/2026",
        ),
        (
            "We used Clinical Policy Bulletin (CPB):\nKnee Braces in Adults (CPB 0512).",
            "Knee Braces in Adults",
            "CPB 0512",
            None,
        ),
        (
            "We applied Hand Therapy Guidelines (HTG), 2026 Q1 update.",
            "Hand Therapy Guidelines (HTG)",
            None,
            "2026 Q1 update",
        ),
        (
            "See Medical Policy \u201cIron Infusion\u201d, RX-0318 (last review 4/2026).",
            "Iron Infusion",
            "RX-0318",
            "4/2026",
        ),
    ],
)
def test_a_citation_gives_name_number_and_version(
    text: str, name: str | None, identifier: str | None, version: str | None
) -> None:
    stated = {"name": name, "identifier": identifier, "version": version}
    assert source(text) == {field: value for field, value in stated.items() if value}


@pytest.mark.parametrize(
    "text",
    [
        "The request does not meet medical necessity criteria.",
        "The Medical Policy Committee looked at your case. Your policy number is HP-123456.",
        "You can ask for a copy of InterQual criteria.",
        "You have rights under 29 CFR 2560.503-1.",
    ],
)
def test_what_names_no_policy_gives_none(text: str) -> None:
    assert source(text) == {}
