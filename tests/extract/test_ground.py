"""A quote becomes a citation, or is refused."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.extract.ground import Grounder, UngroundedError
from pipeline.folding import fold, folded
from schemas.document import Origin
from schemas.proposal import Quote
from tests.makers import document


def found(quote: str, text: str, origin: Origin = Origin.TEXT, context: str = "") -> list[str]:
    asked = Quote(text=quote, document="d1", context=context)
    return [span.quote for span in Grounder([document(text, origin=origin)]).spans(asked)]


@given(st.text(min_size=1), st.data())
def test_every_citation_repeats_its_page(text: str, data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(text) - 1))
    end = data.draw(st.integers(start + 1, len(text)))
    page = document(text)
    try:
        spans = Grounder([page]).spans(Quote(text=text[start:end], document="d1"))
    except UngroundedError:
        return
    for span in spans:
        assert span.quote == page.page(1).text[span.start : span.end]
        assert folded(span.quote) == folded(text[start:end])


@given(st.text())
def test_folding_remembers_where_every_character_came_from(text: str) -> None:
    result = fold(text)
    assert len(result.text) == len(result.starts) == len(result.ends)
    assert all(0 <= s < e <= len(text) for s, e in zip(result.starts, result.ends, strict=True))
    assert list(result.starts) == sorted(result.starts)


@given(st.text(st.characters(max_codepoint=127)))
def test_folding_alone_is_folding_with_offsets(text: str) -> None:
    assert folded(text) == fold(text).text


@given(st.lists(st.sampled_from(["pain", "knee", "not", "10", "weeks"]), min_size=1, max_size=8))
def test_words_of_a_page_are_found_whatever_the_white_space(words: list[str]) -> None:
    assert found(" ".join(words), "\n  ".join(words))


@pytest.mark.parametrize(
    ("quote", "text"),
    [
        ("not medically necessary", "is NOT medically\n   necessary."),
        ("medically necessary", "medi-\ncally necessary"),
        ("well-known", "a well-\nknown fact"),
        ('the "knee"', "the \u201cknee\u201d"),
        ("efficient", "e\ufb03cient"),
        ("2026 - 2027", "2026 \u2013 2027"),
        ("caf\u00e9", "cafe\u0301"),
    ],
)
def test_a_quote_may_differ_in_what_carries_no_meaning(quote: str, text: str) -> None:
    assert found(quote, text)


@pytest.mark.parametrize(
    ("quote", "text"),
    [
        ("12", "120 mg"),
        ("12", "12.5 mg"),
        ("12", "seen 12/05/2026"),
        ("120", "1,120 units"),
        ("M54.1", "M54.16"),
        ("102", "10\u00b2"),
        ("art", "heart"),
        ("2", "grade 2-3"),
        ("10 weeks", "1O weeks"),
    ],
)
def test_a_quote_that_is_only_part_of_a_word_or_figure_is_refused(quote: str, text: str) -> None:
    with pytest.raises(UngroundedError):
        found(quote, text)


def test_glyphs_that_ocr_confuses_are_folded_in_words_on_ocr_pages_only() -> None:
    assert found("illness", "an lllness", Origin.OCR) == ["lllness"]
    assert found("modern surgery", "modem 5urgery", Origin.OCR) == ["modem 5urgery"]
    with pytest.raises(UngroundedError):
        found("illness", "an lllness", Origin.TEXT)


@pytest.mark.parametrize(("quote", "text"), [("10 days", "lO days"), ("M54.16", "M54.I6"), ("ID 58801", "ID S8801")])
def test_glyphs_are_never_folded_in_numbers_and_identifiers(quote: str, text: str) -> None:
    with pytest.raises(UngroundedError):
        found(quote, text, Origin.OCR)


def test_the_context_chooses_between_equal_words() -> None:
    text = "Peer-to-peer within 14 days.\nAppeal within 180 days. Grievance within 180 days."
    asked = Quote(text="180 days", document="d1", context="Appeal within 180 days.")
    (span,) = Grounder([document(text)]).spans(asked)
    assert text[: span.start].endswith("Appeal within ")


def test_equal_words_without_a_choice_are_all_kept() -> None:
    assert found("ID 77", "ID 77 on page one. ID 77 again.") == ["ID 77", "ID 77"]


def test_a_context_that_holds_none_of_several_places_is_refused() -> None:
    with pytest.raises(UngroundedError):
        found("180 days", "180 days. 180 days.", context="within 180 days of receipt")


def test_a_document_that_was_not_supplied_is_refused() -> None:
    with pytest.raises(UngroundedError):
        Grounder([document("text")]).spans(Quote(text="text", document="d9"))
