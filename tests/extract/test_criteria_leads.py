"""Ways of leading in and laying out a list of criteria that no letter of the corpus has; and lists that are none."""

import pytest

from pipeline.extract.criteria.criteria import criteria
from pipeline.extract.letter.letter import read_letter
from tests.makers import document

SERVICE = "Spinal cord stimulator trial"
HEAD = """Harbor Health Plan
Notice date: 03/04/2026

Dear Ms. Lopez:

We denied your request for a spinal cord stimulator trial. Your records do not show that you tried enough care.

"""
RIGHTS = """
Your right to appeal

You may appeal within 180 days. Send us:

- a copy of this letter
- your doctor's notes on at least 6 weeks of physical therapy
"""
ITEMS = (
    "Pain of at least 6 months",
    "Failure of 6 weeks of physical therapy",
    "Oswestry score of 40% or more",
    "No untreated drug or alcohol use",
)


def rows(text: str) -> list[str]:
    found = criteria(read_letter(document(HEAD + text + RIGHTS)), (), SERVICE, "")
    return [" ".join(" ".join(quote.text for quote in row.quotes).split()).rstrip(".;,") for row in found]


@pytest.mark.parametrize(
    "lead",
    [
        "Rules (Harbor Surgical Policy 12, Neurostimulation, rev. 02/2026):",
        "Your plan applies NCD 160.7 and LCD L35136 to this request:",
        "A trial qualifies for benefits once the member has:",
        "The following has to be true of the patient:",
        "We will say yes to a trial for someone who has:",
        "Harbor Policy SU-9 (v. 3.1, eff. 1/1/2026) reads:",
        "Here is what the plan looks for before it pays:",
        "Approval depends on every point below.",
        "Members qualify with:",
        "To qualify, a member needs:",
        "Policy language:",
        "Section 4 of the policy says a trial is a covered benefit for members with:",
        "A trial may be considered reasonable and necessary for a patient with each of these:",
        "What Has To Be Shown",
        "Coverage Guideline (excerpt)",
        "The plan's requirements for this treatment",
        "What our policy says",
        "Prior authorization is granted to patients who meet items 1 through 4:",
        "Medical necessity is established by:",
        "Per Harbor Clinical Standard 88, candidates have:",
        "Our doctors looked for these things in your chart:",
        "This service is a benefit only in the presence of:",
        "The standard we hold requests to:",
        "Harbor covers the trial for adults with:",
        "When is a trial covered?",
        "Criteria not met are marked below. The guideline lists:",
    ],
)
def test_a_list_is_read_however_it_is_led_in(lead: str) -> None:
    body = "\n".join(f"  - {item}" for item in ITEMS)
    assert rows(f"{lead}\n\n{body}\n") == list(ITEMS)
    assert rows(f"{lead}\n{body}\n") == list(ITEMS)


@pytest.mark.parametrize(
    "below",
    [
        "\n\n" + "\n".join(f"   {item};" for item in ITEMS),
        "\n" + "\n".join(f"{item};" for item in ITEMS),
        "\n\n" + "\n\n".join(f"   {item}." for item in ITEMS),
        " " + "; ".join(ITEMS) + ".",
    ],
)
@pytest.mark.parametrize("lead", ["We approve it if:", "Your plan's rule is this:", "Guideline text (verbatim):"])
def test_a_list_needs_no_marks_below_a_lead(lead: str, below: str) -> None:
    assert rows(f"{lead}{below}\n") == list(ITEMS)


@pytest.mark.parametrize(
    "marks",
    [
        ("1)", "2)", "3)", "4)"),
        ("(A)", "(B)", "(C)", "(D)"),
        ("i.", "ii.", "iii.", "iv."),
        ("I)", "II)", "III)", "IV)"),
        ("\u2022", "\u2022", "\u2022", "\u2022"),
        ("*", "*", "*", "*"),
        ("[ ]", "[x]", "[ ]", "[x]"),
        ("5.1", "5.2", "5.3", "5.4"),
        ("--", "--", "--", "--"),
        (">", ">", ">", ">"),
        ("+", "+", "+", "+"),
        ("1 -", "2 -", "3 -", "4 -"),
        ("#1", "#2", "#3", "#4"),
        ("Criterion 1:", "Criterion 2:", "Criterion 3:", "Criterion 4:"),
        ("First,", "Second,", "Third,", "Fourth,"),
        ("    ", "    ", "    ", "    "),
    ],
)
def test_a_list_is_read_however_it_is_marked(marks: tuple[str, ...]) -> None:
    body = "\n".join(f"{mark} {item}" for mark, item in zip(marks, ITEMS, strict=True))
    assert rows(f"A trial is covered when all of the following are met:\n\n{body}\n") == list(ITEMS)


@pytest.mark.parametrize(
    "text",
    [
        "A trial is covered when all of the following are met: pain of at least 6 months; failure of 6 weeks of"
        " physical therapy; an Oswestry score of 40% or more; and no untreated drug or alcohol use.",
        "Harbor Policy SU-9 covers a trial if the member has: (a) pain of at least 6 months, (b) failure of 6 weeks of"
        " physical therapy, (c) an Oswestry score of 40% or more and (d) no untreated drug or alcohol use.",
        "Under the policy a trial is necessary if 1) pain has lasted at least 6 months, 2) 6 weeks of physical therapy"
        " failed, 3) the Oswestry score is 40% or more, and 4) there is no untreated drug or alcohol use.",
        "The member must have had pain for at least 6 months. The member must have failed 6 weeks of physical therapy."
        " The Oswestry score must be 40% or more. There must be no untreated drug or alcohol use within 12 months.",
    ],
)
def test_a_list_within_prose_is_read(text: str) -> None:
    found = rows(text)
    assert [
        next(i for i, word in enumerate(("6 months", "6 weeks", "40%", "drug")) if word in row) for row in found
    ] == [
        0,
        1,
        2,
        3,
    ]


@pytest.mark.parametrize(
    "lines",
    [
        (
            "We looked at:",
            "- Office note of 02/11/2026, Dr. Hale",
            "- Physical therapy notes, 01/03/2026 to 02/10/2026",
            "- MRI",
        ),
        (
            "Your request was denied because:",
            "- 6 weeks of physical therapy were not completed",
            "- no Oswestry score was sent",
        ),
        (
            "What was missing:",
            "1. Notes of 6 weeks of physical therapy",
            "2. The Oswestry score",
            "3. A psychological evaluation",
        ),
        (
            "To help us decide, your doctor should send:",
            "- physical therapy notes for 6 weeks",
            "- an MRI within 12 months",
        ),
        (
            "Other options you may want to discuss with your doctor:",
            "- Physical therapy",
            "- Nerve block",
            "- Gabapentin",
        ),
        ("Covered instead:", "1. Physical therapy, 12 visits", "2. Epidural steroid injection"),
        (
            "Facts of the case:",
            "- You are 54 years old with pain for 5 months",
            "- You had 3 weeks of physical therapy",
        ),
        ("Enclosures:", "- Appeal form", "- Policy SU-9, 12 pages", "- Language assistance notice"),
        ("Reviewer's findings:", "- Age 54", "- Pain of 5 months", "- Oswestry 38%"),
        (
            "Next steps",
            "1. Talk to your doctor about physical therapy.",
            "2. Ask us for a copy of the policy.",
            "3. File an appeal.",
        ),
        ("Services decided:", "1. 63650 Spinal cord stimulator trial, denied", "2. 95972 Programming, approved"),
        ("You can get free of charge:", "- the criteria we used", "- the diagnosis codes and what they mean"),
        ("The policy was reviewed by:", "- Ana Ruiz, MD, pain medicine", "- Tom Hale, DO, anesthesiology"),
        ("The plan does not cover:", "- Acupuncture", "- Massage for more than 6 weeks"),
        ("Questions?", "- Call 1-800-555-0142 between 8 a.m. and 5 p.m.", "- Write to PO Box 12"),
        ("If your condition gets worse:", "- pain of 9 or more", "- new weakness", "call your doctor or 911."),
    ],
)
def test_what_is_listed_for_another_end_is_no_criterion(lines: tuple[str, ...]) -> None:
    assert rows("\n".join((lines[0], "", *lines[1:]))) == []
