"""Criteria told in other ways than a marked list: counted in words, numbered beside, under bare heads, in prose."""

import pytest

from pipeline.extract.criteria.criteria import criteria
from pipeline.extract.criteria.requirements import translate
from pipeline.extract.letter.letter import read_letter
from schemas.requirement import Not
from tests.makers import document

HEAD = "Harbor Health Plan\nNotice date: 03/04/2026\n\nDear Ms. Lopez:\n\nWe cannot approve the knee replacement.\n\n"
TAIL = "\n\nYou may appeal within 180 days of this letter.\n"


def rows(*texts: str) -> list[tuple[str, str | None]]:
    first, *others = texts
    pages = (f"{HEAD}{first}", *others)
    found = criteria(read_letter(document(*pages[:-1], f"{pages[-1]}{TAIL}")), [], "knee replacement", "")
    return [(" ".join(" ".join(q.text for q in row.quotes).split()).strip('.;," '), row.group) for row in found]


def told(*texts: str) -> list[str]:
    return [text for text, _ in rows(*texts)]


PAIN, BMI, THERAPY = "pain is 5 of 10 or more", "body mass index is under 40", "physical therapy was tried for 6 weeks"
THREE = [PAIN, BMI, THERAPY]


@pytest.mark.parametrize(
    "text",
    [
        f"It is covered if the following three points are shown. One, {PAIN}. Two, {BMI}. Three, {THERAPY}.",
        f"Policy 12 must be met in full. First, {PAIN}. Second, {BMI}. Third, {THERAPY}. Your notes show the first.",
        f"Our policy covers a knee replacement only when: first, {PAIN}; second, {BMI}; and third, {THERAPY}.",
        f"Our guideline lists three points. Point 1: {PAIN}. Point 2: {BMI}. Point 3: {THERAPY}.",
        f'Section 4 reads: "It is covered when all are met. One, {PAIN}. Two, {BMI}. Three, {THERAPY}."',
    ],
)
def test_clauses_that_a_letter_counts_in_words_are_criteria_of_their_own(text: str) -> None:
    assert told(text) == THREE


@pytest.mark.parametrize(
    "text",
    [
        f"Rule 13-A says that a new knee for an adult with pain is covered when\n(i) {PAIN}; (ii) "
        f"{BMI};\n(iii) {THERAPY}.",
        f"Rule 9 says that a knee replacement is approved if (a) {PAIN}; (b) {BMI}; and (c) {THERAPY}.",
        f"A knee replacement is covered when:\n(1) {PAIN}, (2) {BMI}, and\n(3) {THERAPY}.",
        f"Under Policy 12 the criteria are: (1) {PAIN}. (2) {BMI}. (3) {THERAPY}.",
        f"Under Policy 12 the criteria are: a) {PAIN}. b) {BMI}. c) {THERAPY}. Your notes do not show c.",
    ],
)
def test_marks_within_a_sentence_or_a_paragraph_part_it_wherever_its_lines_break(text: str) -> None:
    assert told(text)[:2] == THREE[:2]
    assert told(text)[2].startswith(THERAPY)


@pytest.mark.parametrize(
    "text",
    [
        f"The record does not bear out the table.\n\n  Line   What LV-7 wants\n  ----   -------\n  1      "
        f"{PAIN}\n  2      {BMI}\n"
        f"  3      {THERAPY}",
        f"The table was not met.\n\n  No.    Requirement\n  1.     {PAIN}\n  2.     {BMI}\n  3.     physical therapy\n"
        "         was tried for 6 weeks",
        f"Policy 77 asks for every line below.\n\n  a     {PAIN}\n  b     {BMI}\n  c     {THERAPY}",
        f"Policy 4: requirements for approval\n\nR1  {PAIN}\nR2  {BMI}\nR3  {THERAPY}",
    ],
)
def test_rows_numbered_in_a_column_of_their_own_are_criteria(text: str) -> None:
    assert told(text) == THREE


@pytest.mark.parametrize(
    "text",
    [
        f"Policy 7:\n\n  MET       {PAIN}\n  NOT MET   {BMI}\n  NOT MET   {THERAPY}",
        f"Guideline 7 criteria:\n\n  {PAIN} ........ met\n  {BMI} ....... not met\n  {THERAPY} ....... not met",
        f"| No. | Requirement | Finding |\n| 1 | {PAIN} | Met |\n| 2 | {BMI} | Not met |\n| 3 | {THERAPY} | Not met |",
        f"Policy 7 requires:\n\n| 1 | {PAIN} |\n| 2 | {BMI} |\n| 3 | {THERAPY} |",
        f"The guideline asks for all of these:\n\n{PAIN}.\n\n{BMI}.\n\n{THERAPY}.",
        f"Policy 7 requires: \u2022 {PAIN} \u2022 {BMI} \u2022 {THERAPY}",
        f"Policy 7 requires the following -\n-- {PAIN}\n-- {BMI}\n-- {THERAPY}",
    ],
)
def test_rows_told_by_what_was_found_by_bars_or_by_empty_lines_are_criteria(text: str) -> None:
    assert told(text) == THREE


def test_marks_within_one_part_of_a_sentence_do_not_end_the_list() -> None:
    found = told(f"It is covered when (1) {PAIN}; (2) either (a) {BMI} or (b) a waiver is on file; and (3) {THERAPY}.")
    assert found == [PAIN, f"either (a) {BMI} or (b) a waiver is on file", THERAPY]


def test_a_list_of_exclusions_right_below_the_criteria_is_one_more_with_its_lead() -> None:
    found = told(
        f"It is covered when all of these are met:\n  - {PAIN}\n  - {BMI}\nIt is not covered when:\n"
        "  - the hemoglobin A1c is above 8.0 percent\n  - there is an infection of the knee"
    )
    assert found[:2] == [PAIN, BMI]
    assert found[2].startswith("It is not covered when: - the hemoglobin")
    assert isinstance(translate(found[2].replace(" - ", "\n- ")), Not)


@pytest.mark.parametrize(
    "text",
    [
        "Guideline 77 is met only when every item under A and B is satisfied.\n\nA.  DISEASE\n    A1  {0}\n  "
        "  A2  {1}\n\n"
        "B.  EARLIER TREATMENT\n    B1  {2}",
        "What the policy requires:\n\nI.   Symptoms today\n     (1) {0}\n     (2) {1}\nII.  Earlier "
        "treatment\n     (1) {2}",
        "Knee Policy 4 requires all items in each part.\n\nPart 1. SYMPTOMS\n  1.1 {0}\n  1.2 {1}\nPart 2. PRIOR CARE\n"
        "  2.1 {2}\n  2.2 {1}",
        "Knee Policy 4 requires every item below.\n\nSymptoms\n  - {0}\n  - {1}\n\nPrior care\n  - {2}\n  - {1}",
    ],
)
def test_a_bare_heading_above_items_asks_nothing_itself(text: str) -> None:
    assert told(text.format(PAIN, BMI, THERAPY))[:3] == THREE


def test_a_heading_of_bare_names_stays_with_them() -> None:
    found = told(f"All of these are required:\n\n1. {PAIN}\n2. Conservative care\n   a. NSAIDs\n   b. Physical therapy")
    assert found == [PAIN, "Conservative care a. NSAIDs b. Physical therapy"]


def test_titles_of_other_lists_are_no_parts_of_one() -> None:
    found = told(
        f"We use Policy 4.\n\nInitial approval\n  - {PAIN}\n  - {BMI}\n\nRenewal\n  - {THERAPY}\n  - fever is 2 or less"
    )
    assert found == [PAIN, BMI]


@pytest.mark.parametrize(
    "text",
    [
        f"A knee replacement is paid for when {PAIN};\nand {BMI};\nand {THERAPY}.",
        f"Under Policy 9 we pay for a knee replacement if {PAIN}; {BMI}; and {THERAPY}.",
        f"Surgery is supported only when the {PAIN}, the {BMI}, and your {THERAPY}.",
    ],
)
def test_conditions_that_semicolons_or_commas_part_in_a_sentence_are_criteria_of_their_own(text: str) -> None:
    assert [row.removeprefix("the ").removeprefix("your ") for row in told(text)] == THREE


def test_conditions_told_with_or_are_alternatives() -> None:
    assert rows(
        "Under our criteria, surgery is supported only when the serum calcium is more than 1.0 mg/dL above "
        "normal, the bone\n"
        "density T-score is at or below minus 2.5, or the patient is under 50 years of age."
    ) == [
        ("the serum calcium is more than 1.0 mg/dL above normal", "any1"),
        ("the bone density T-score is at or below minus 2.5", "any1"),
        ("the patient is under 50 years of age", "any1"),
    ]


@pytest.mark.parametrize(
    "text",
    [
        "Coverage of a non-preferred agent requires that a preferred formulary alternative first be tried.",
        "Our policy requires that a member first complete and document failure of step therapy.",
        "Continued coverage of ongoing services requires an active prior authorization on file.",
        "Our medical policy requires documented failure of prerequisite options before the requested imaging "
        "is approved.",
        "Documented failure of lower-cost options is required before cartilage restoration is authorized.",
        "Coverage requires a defined course of conservative therapy before Denosumab (Prolia).",
        "The drug is non-preferred; a formulary alternative must be tried.",
        "Plan policy requires that a less costly modality be used first.",
        "Continuation requires updated documentation.",
    ],
)
def test_an_act_that_a_rule_asks_for_in_prose_is_a_criterion(text: str) -> None:
    assert told(text) == [text.strip(".")]


@pytest.mark.parametrize(
    "text",
    [
        "We first read your notes. First, the notes did not hold an x-ray report. Second, they were not signed.",
        "These lines were denied:\n\n  1     99213 office visit\n  2     20610 injection of the knee",
        "The denial\n  - Your claim was for 27447\n  - We got it on May 1, 2026\n\nNext steps\n  - Call us\n "
        " - Ask for a hearing",
        "This service requires prior authorization. None was asked for.",
        "COVERAGE IS LIMITED TO A BASIC COMPRESSOR.",
        "The service is not covered when it is experimental.",
    ],
)
def test_what_only_looks_like_such_criteria_is_none(text: str) -> None:
    assert told(text) == []


def test_what_excludes_the_service_after_its_criteria_keeps_the_words_that_say_so() -> None:
    found = told(
        f"A knee replacement is covered when {THERAPY}. It is not covered if (a) the hemoglobin A1c is above "
        f"8.0 percent; or "
        "(b) there is an infection of the knee."
    )
    assert found[1:] == [
        "It is not covered if (a) the hemoglobin A1c is above 8.0 percent",
        "It is not covered if there is an infection of the knee",
    ]
    assert all(isinstance(translate(text), Not) for text in found[1:])


def test_what_a_rule_asks_ends_where_the_letter_speaks_of_the_records() -> None:
    assert told(
        "Your plan covers this drug only after oral iron has been tried and after a preferred intravenous "
        "iron has been tried,\n"
        "and your provider's records show neither."
    ) == ["oral iron has been tried", "a preferred intravenous iron has been tried"]


def test_a_line_beside_a_pages_number_ends_no_list() -> None:
    found = told(
        f"POLICY TEXT\n A. {PAIN}\n B. {BMI}\n",
        f"SAGEBRUSH HEALTH     C-5518207     page 2\n C. {THERAPY}\n D. No infection of the knee.",
    )
    assert found == [*THREE, "No infection of the knee"]


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        (
            f"Our policy allows this when the member is at least 18 years old and has psoriasis, has tried acitretin, "
            f"cyclosporine or methotrexate for 12 weeks or could not take one, and {BMI}.",
            [
                "the member is at least 18 years old",
                "has psoriasis",
                "has tried acitretin, cyclosporine or methotrexate for 12 weeks or could not take one",
                BMI,
            ],
        ),
        (
            "Under our standard we approve it for an adult with severe depression who has tried four antidepressants, "
            "each for 8 weeks, and whose PHQ-9 was 20 or more within 4 weeks.",
            [
                "an adult",
                "severe depression",
                "has tried four antidepressants, each for 8 weeks",
                "PHQ-9 was 20 or more within 4 weeks",
            ],
        ),
        (
            "Under that rule a stay is covered only if it is reasonable to expect that the patient needs 3 hours of "
            f"therapy a day, that the {BMI}, and that {THERAPY}.",
            ["the patient needs 3 hours of therapy a day", f"the {BMI}", THERAPY],
        ),
        (
            f"Policy 7 covers it when {THERAPY}; and {BMI}. The hemoglobin A1c must be 8.0% or less, nutrition must "
            "have been assessed, and there must be no infection.",
            [
                THERAPY,
                BMI,
                "The hemoglobin A1c must be 8.0% or less",
                "nutrition must have been assessed",
                "there must be no infection",
            ],
        ),
    ],
)
def test_a_sentence_is_parted_where_a_clause_of_its_own_begins(text: str, parts: list[str]) -> None:
    assert told(text) == parts


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        (
            f"Our policy requires a {BMI}, at least six months of supervised diet, and clearance by a psychologist.",
            [f"a {BMI}", "at least six months of supervised diet", "clearance by a psychologist"],
        ),
        (
            "Approval depends on three things: an A1c of 8% or less, no smoking for 6 weeks, and a cardiac clearance.",
            ["an A1c of 8% or less", "no smoking for 6 weeks", "a cardiac clearance"],
        ),
        (
            "InterQual criteria for rehabilitation require that the patient tolerate 3 hours of therapy per day, "
            "need a physician 3 times a week, and have a discharge plan.",
            ["tolerate 3 hours of therapy per day", "need a physician 3 times a week", "have a discharge plan"],
        ),
        (
            f"Before it is approved, the member must show that {PAIN}, must have tried physical therapy for six weeks, "
            "and must have had an x-ray.",
            [
                f"the member must show that {PAIN}",
                "must have tried physical therapy for six weeks",
                "must have had an x-ray",
            ],
        ),
    ],
)
def test_a_series_of_things_or_of_what_must_be_is_parted(text: str, parts: list[str]) -> None:
    assert told(text) == parts


def test_what_must_have_failed_stays_with_all_that_must() -> None:
    rule = "Policy 7 requires a failed trial of 6 weeks of naproxen, a course of therapy, and an injection"
    assert told(f"{rule}.") == [rule]


def test_a_list_of_names_or_one_subject_is_not_parted() -> None:
    assert told("Policy 7 requires failure of naproxen, ibuprofen and diclofenac for 6 weeks.") == [
        "Policy 7 requires failure of naproxen, ibuprofen and diclofenac for 6 weeks"
    ]
    assert "A patient with an implant must have a safe one of 3 kinds" in told(
        f"Policy 7 covers it if {THERAPY}. A patient with an implant must have a safe one of 3 kinds."
    )


def test_what_a_rule_bars_after_its_criteria_is_one_more() -> None:
    found = told(f"Policy 7 covers it if {THERAPY}. It is not approved for a person with a seizure disorder.")
    assert found[1:] == ["It is not approved for a person with a seizure disorder"]
