"""Stamps, running headers, footers and page numbers are no part of what a letter or a chart says."""

from pipeline.extract import RulesExtractor, extract_denial
from pipeline.extract.chart.facts import propose_facts
from pipeline.extract.chart.sections import statements
from pipeline.extract.ground import Grounder
from pipeline.extract.ground_facts import ground_facts
from pipeline.extract.lines import lines
from schemas.denial import Denial
from schemas.document import Document, Mark, MarkKind
from schemas.fact import Assertion
from tests.makers import document

KINDS = {
    "~h": MarkKind.RUNNING_HEADER,
    "~f": MarkKind.RUNNING_FOOTER,
    "~n": MarkKind.PAGE_NUMBER,
    "~s": MarkKind.STAMP,
    "~x": MarkKind.FAX_HEADER,
}


def marked(*pages: str) -> Document:
    """A document whose lines that begin with ~h, ~f, ~n, ~s or ~x are marks; in a line, those between ~s and ~."""
    bare = []
    marks: list[tuple[Mark, ...]] = []
    for text in pages:
        own, its = "", []
        for line in text.splitlines():
            before, sign, rest = line.partition("~")
            words, _, after = rest[1:].partition("~")
            if sign:
                start = len(own) + len(before)
                its.append(Mark(kind=KINDS[f"~{rest[0]}"], start=start, end=start + len(words)))
            own += before + words + after + "\n"
        bare.append(own)
        marks.append(tuple(its))
    made = document(*bare)
    its_pages = (page.model_copy(update={"marks": m}) for page, m in zip(made.pages, marks, strict=True))
    return made.model_copy(update={"pages": tuple(its_pages)})


def denial(*pages: str) -> Denial:
    return extract_denial(RulesExtractor(), marked(*pages), []).denial


def said(*pages: str) -> list[str]:
    return [one.text for one in statements(marked(*pages))]


def test_the_date_of_a_stamp_or_fax_header_is_not_the_letters() -> None:
    letter = denial(
        "~xMAR 20 2026 09:14 FROM Orchard Health\n~sRECEIVED March 18, 2026\nOrchard Health Plan\nMarch 14, 2026\n\n"
        "Dear Ms. Rivera:\nWe denied the request for an MRI of the lumbar spine."
    )
    assert letter.letter_date is not None
    assert str(letter.letter_date.value) == "2026-03-14"


def test_a_stamp_beside_a_line_leaves_the_line() -> None:
    page = marked("Date of Notice: 03/14/2026   ~sRECEIVED 03/18/2026~   Member ID: W12").pages[0]
    assert [line.text for line in lines(page)] == ["Date of Notice: 03/14/2026", "Member ID: W12"]


def test_a_running_header_is_read_on_a_documents_first_page_alone() -> None:
    pages = marked("~hElena Rivera, W12\nDear Ms. Rivera", "~hElena Rivera, W12\nYou may appeal.").pages
    assert [[line.text for line in lines(page)] for page in pages] == [
        ["Elena Rivera, W12", "Dear Ms. Rivera"],
        ["You may appeal."],
    ]


def test_the_date_in_a_running_header_is_no_visits_date() -> None:
    note = "PROGRESS NOTE\nDate of visit: 05/06/2026\nStrength is 4/5 in the left leg."
    chart = statements(marked(note, "~hPrinted progress note 09/09/2026\nGait is antalgic on the left."))
    assert {str(one.dated.value) for one in chart if one.dated} == {"2026-05-06"}


def test_a_sentence_over_a_page_break_is_whole_and_cited_in_both_places() -> None:
    pages = (
        "PROGRESS NOTE\nDate of visit: 05/06/2026\n\nThe lungs are clear. On examination there is no evidence of\n"
        "\n~fOrchard Clinic\n~nPage 1 of 2",
        "~hElena Rivera\n\nlumbar radiculopathy. The gait is normal.",
    )
    assert said(*pages)[-2:] == ["On examination there is no evidence of\nlumbar radiculopathy.", "The gait is normal."]
    made = marked(*pages)
    facts = ground_facts(propose_facts(made), Grounder([made])).facts
    (fact,) = [fact for fact in facts if "radiculopathy" in fact.name]
    assert fact.assertion is Assertion.ABSENT
    assert [(span.page, span.quote) for span in fact.spans] == [
        (1, "On examination there is no evidence of"),
        (2, "lumbar radiculopathy."),
    ]


def test_a_figure_on_one_page_with_its_unit_on_the_next_is_read() -> None:
    made = marked(
        "PROGRESS NOTE\nDate of visit: 05/06/2026\n\nShe has completed physical therapy from 01/05/2026 for 8\n~n1",
        "~n2\nweeks without improvement.",
    )
    facts = ground_facts(propose_facts(made), Grounder([made])).facts
    (therapy,) = [fact for fact in facts if fact.name == "physical therapy"]
    assert therapy.duration is not None
    assert str(therapy.duration.n) == "8"
    assert {span.page for span in therapy.spans} == {1, 2}


def test_a_stamp_in_the_middle_of_a_sentence_is_no_part_of_it() -> None:
    assert said(
        "The patient has pain that goes down the left leg to the foot and\n~sRECEIVED 03/18/2026\ndenies weakness."
    ) == ["The patient has pain that goes down the left leg to the foot and\ndenies weakness."]


def test_what_begins_anew_on_the_next_page_is_a_sentence_of_its_own() -> None:
    assert (
        said("Pain in the back and the left leg for ten weeks now", "Strength is normal.")[-1] == "Strength is normal."
    )
    assert said("The pain is worse.", "gait is normal.") == ["The pain is worse.", "gait is normal."]


def test_a_criterion_over_a_page_break_is_whole() -> None:
    letter = denial(
        "Orchard Health Plan\nMarch 14, 2026\n\nWe denied the request for an MRI of the lumbar spine. The following "
        "criteria must be met:\n\n1. At least six weeks of physical therapy\n2. Weakness found on examination that has"
        "\n\n~nPage 1 of 2",
        "~hElena Rivera\n\ngrown worse over six weeks\n3. Radiographs of the lumbar spine within six months\n\n"
        "You have the right to appeal within 180 days.",
    )
    texts = [" ".join(criterion.text.value.split()) for criterion in letter.criteria]
    assert texts == [
        "At least six weeks of physical therapy",
        "Weakness found on examination that has grown worse over six weeks",
        "Radiographs of the lumbar spine within six months",
    ]
