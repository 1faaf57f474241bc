import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.draft.citations import cite, label, page_refs, parse
from schemas.letter import Exhibit
from schemas.span import Span

EXHIBITS = tuple(Exhibit(label=label(n), document=f"d{n}", pages=(1, 2, 3, 4)) for n in range(30))


def span(document: str, page: int) -> Span:
    return Span(document=document, page=page, start=0, end=1, quote="x")


def test_exhibits_are_labelled_by_letters_and_go_on_after_z() -> None:
    assert [label(n) for n in (0, 1, 25, 26, 27, 51, 52, 701, 702)] == [
        "A",
        "B",
        "Z",
        "AA",
        "AB",
        "AZ",
        "BA",
        "ZZ",
        "AAA",
    ]


def test_places_are_cited_by_exhibit_and_page_in_order_and_once() -> None:
    spans = (span("d2", 1), span("d1", 2), span("d1", 2))
    assert cite(spans, EXHIBITS) == "[Ex. B, p. 2; Ex. C, p. 1]"
    assert cite((span("d1", 3), span("d1", 1)), EXHIBITS) == "[Ex. B, pp. 1, 3]"


def test_a_place_that_is_not_enclosed_is_not_cited() -> None:
    assert cite((span("d1", 9), span("elsewhere", 1)), EXHIBITS) == ""


@given(st.lists(st.tuples(st.integers(0, 29), st.integers(1, 4)), min_size=1, max_size=12))
def test_a_printed_citation_is_read_back_as_the_same_pages(places: list[tuple[int, int]]) -> None:
    spans = [span(f"d{document}", page) for document, page in places]
    assert parse(f"It is so. {cite(spans, EXHIBITS)}") == page_refs(spans, EXHIBITS)


@pytest.mark.parametrize(
    ("typed", "pages"),
    [
        ("[Ex. C, p. 4]", [("C", 4)]),
        ("[ex c, p 4]", [("C", 4)]),
        ("[Exhibit C, pp. 2-4]", [("C", 2), ("C", 3), ("C", 4)]),
        ("[Ex. B, p. 2; Ex. AA, pp. 1, 3]", [("B", 2), ("AA", 1), ("AA", 3)]),
        ("[Ex. B, pp. 9-2]", [("B", 9), ("B", 2)]),
        ("[Example, p. 4]", []),
        ("Ex. C, p. 4", []),
    ],
)
def test_citations_typed_by_hand_are_understood(typed: str, pages: list[tuple[str, int]]) -> None:
    assert [tuple(ref) for ref in parse(typed)] == pages


def test_a_long_unclosed_bracket_is_read_quickly() -> None:
    assert parse("[Ex. A, pp. 1" + ", 1" * 20_000) == ()
