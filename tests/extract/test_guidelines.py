"""Which sentences of a supplied guideline may be quoted for the denied service."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.extract import passages
from schemas.denial import Criterion, Denial
from schemas.document import Document, Role
from schemas.span import Cited, Span
from tests.makers import document


def cited(text: str) -> Cited[str]:
    return Cited[str](value=text, spans=(Span(document="n", page=1, start=0, end=len(text), quote=text),))


def denial(service: str, *criteria: str) -> Denial:
    numbered = enumerate(criteria, start=1)
    return Denial(service=cited(service), criteria=tuple(Criterion(id=f"C{n}", text=cited(c)) for n, c in numbered))


KNEE = denial(
    "Total knee arthroplasty, right knee",
    "Kellgren-Lawrence grade 3 or 4 osteoarthritis of the knee",
    "At least 12 weeks of physical therapy",
)
SPINE = denial("MRI of the lumbar spine", "6 weeks of conservative treatment", "Radiculopathy on examination")
DRUG = denial("Adalimumab 40 mg pen", "Diagnosis of rheumatoid arthritis", "Trial and failure of methotrexate")
PROTON = denial("Proton beam therapy, prostate", "Localized prostate cancer")


def guideline(*pages: str) -> Document:
    return document(*pages, role=Role.GUIDELINE)


def quoted(denied: Denial, *pages: str) -> list[str]:
    return [" ".join(span.quote.split()) for span in passages([guideline(*pages)], denied)]


@pytest.mark.parametrize(
    ("denied", "sentence"),
    [
        (KNEE, "Total knee arthroplasty should be offered to patients with end-stage osteoarthritis."),
        (KNEE, "In patients with pain despite physical therapy, we recommend TKA."),
        (KNEE, "Surgical treatment is recommended for knee osteoarthritis that fails nonoperative care."),
        (SPINE, "MRI of the lumbar spine is usually appropriate for radiculopathy that lasts six weeks."),
        (SPINE, "MRI is indicated in patients with radiculopathy who have not responded to therapy."),
        (SPINE, "Advanced imaging is recommended for lumbar radiculopathy with a motor deficit."),
        (DRUG, "For patients taking methotrexate, a biologic is conditionally recommended over triple therapy."),
        (PROTON, "Proton beam therapy is recommended for localized prostate cancer."),
    ],
)
def test_a_sentence_that_recommends_the_service_is_kept(denied: Denial, sentence: str) -> None:
    assert quoted(denied, f"Recommendations\n\nSome background first. {sentence}") == [sentence]


@pytest.mark.parametrize(
    ("denied", "sentence"),
    [
        (KNEE, "We recommend against total knee arthroplasty in mild osteoarthritis of the knee."),
        (KNEE, "We recommend total knee arthroplasty but not arthroscopy for osteoarthritis."),
        (KNEE, "The panel is unable to recommend TKA, which is recommended elsewhere."),
        (KNEE, "There is insufficient evidence on whether TKA should be offered early."),
        (SPINE, "MRI of the lumbar spine should not be performed, but is recommended in radiculopathy."),
        (SPINE, "MRI of the lumbar spine is contrain-\ndicated, though radiography is recommended."),
        (SPINE, "MRI of the lumbar spine is recommended only for radiculopathy with a deficit."),
        (DRUG, "Discontinuing adalimumab is recommended in rheumatoid arthritis in remission."),
    ],
)
def test_a_sentence_that_speaks_against_is_left_out_even_where_it_also_recommends(
    denied: Denial, sentence: str
) -> None:
    assert quoted(denied, sentence) == []


@pytest.mark.parametrize(
    ("denied", "sentence"),
    [
        (KNEE, "We recommend physical therapy for patients with knee osteoarthritis."),
        (KNEE, "Physical therapy is recommended before total knee arthroplasty is considered."),
        (KNEE, "Tranexamic acid is recommended for patients undergoing total knee arthroplasty."),
        (KNEE, "When TKA is indicated, cruciate-retaining designs should be considered."),
        (SPINE, "MRI of the cervical spine is recommended for cervical radiculopathy."),
        (SPINE, "MRI of the lumbar spine is recommended for children with radiculopathy."),
        (DRUG, "Adalimumab is recommended for adults with Crohn's disease."),
        (DRUG, "Methotrexate is strongly recommended over a biologic for rheumatoid arthritis."),
        (DRUG, "Patients treated with adalimumab should be offered influenza vaccination."),
        (DRUG, "If adalimumab fails in rheumatoid arthritis, rituximab is recommended."),
        (PROTON, "Brachytherapy is recommended for localized prostate cancer."),
    ],
)
def test_a_sentence_that_recommends_something_else_or_for_others_is_left_out(denied: Denial, sentence: str) -> None:
    assert quoted(denied, sentence) == []


GOOD = "Total knee arthroplasty is recommended for end-stage osteoarthritis."


@pytest.mark.parametrize(
    "page",
    [
        "Total Knee Arthroplasty Is Recommended",
        f"References\n\n{GOOD}",
        f"1. Doe J. {GOOD} J Joint Surg. 2015;97:100-8.",
        f"Methods\n\n{GOOD}",
        f"Not Recommended\n\n{GOOD}",
        f"The panel does not support the following:\n- {GOOD}",
        "Total knee arthroplasty is recommended ........ 14.",
        "Total knee arthroplasty   is recommended   strong.",
        f"Doe et al. recommend it: {GOOD}",
        f"In such patients {GOOD[0].lower()}{GOOD[1:]}",
    ],
)
def test_headings_references_methods_tables_and_lists_against_are_left_out(page: str) -> None:
    assert quoted(KNEE, page) == []


def test_a_sentence_cut_by_the_end_of_a_page_is_left_out_on_both() -> None:
    first = "The work group considered many studies of moderate quality, and does not conclude that"
    assert quoted(KNEE, first, f"TKA is recommended for osteoarthritis. {GOOD}") == [GOOD]


def test_at_most_three_are_kept_those_that_share_most_in_the_order_of_the_document() -> None:
    pages = [
        "TKA should be considered in adults.",
        "TKA is recommended for osteoarthritis of the knee.",
        "Surgical treatment is recommended for osteoarthritis of the knee.",
        "TKA is recommended for Kellgren-Lawrence grade 4 osteoarthritis of the knee after physical therapy.",
        "TKA is recommended for osteoarthritis with pain.",
    ]
    assert quoted(KNEE, *pages) == [pages[1], pages[3], pages[4]]


def test_a_recommendation_that_stands_twice_is_kept_once() -> None:
    assert quoted(KNEE, f"Summary\n\n{GOOD}", f"Recommendation\n\n{GOOD}") == [GOOD]


def test_without_a_service_or_a_guideline_there_is_nothing_to_quote() -> None:
    assert passages([guideline(GOOD)], Denial()) == ()
    assert passages([], KNEE) == ()


@given(
    st.lists(
        st.sampled_from(
            [GOOD, "We do not recommend TKA.", "Methods", "", "- TKA is indicated\nfor osteoarthritis.", "x:"]
        )
    )
)
def test_every_passage_stands_on_its_page(blocks: list[str]) -> None:
    given_document = guideline("\n\n".join(blocks), "\n".join(blocks))
    for span in passages([given_document], KNEE):
        assert given_document.pages[span.page - 1].text[span.start : span.end] == span.quote
        assert "not" not in span.quote
