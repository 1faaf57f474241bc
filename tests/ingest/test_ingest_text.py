from collections.abc import Callable

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pipeline.ingest import ReadResult
from pipeline.ingest._text import reading, tidy

Reading = Callable[..., ReadResult]
SPANISH = "Señora Núñez: la decisión “denegada” llegó el 14 de marzo. Apelación: 60 días.\n"


def _texts(result: ReadResult) -> list[str]:
    assert result.failures == ()
    assert result.document is not None
    return [page.text for page in result.document.pages]


@pytest.mark.parametrize(
    "encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "cp1252", "mac_roman"]
)
def test_the_usual_encodings_are_told_apart(encoding: str, read_bytes: Reading) -> None:
    assert _texts(read_bytes(SPANISH.encode(encoding))) == [SPANISH]


def test_form_feeds_part_pages_and_the_last_one_ends_the_file(read_bytes: Reading) -> None:
    assert _texts(read_bytes(b"one\r\n\ftwo\r\n\f\r\n")) == ["one\n", "two\n"]


def test_a_blank_page_between_others_keeps_their_numbers(read_bytes: Reading) -> None:
    assert _texts(read_bytes(b"one\f\fthree")) == ["one\n", "", "three\n"]


def test_gaps_become_three_spaces_and_indents_go(read_bytes: Reading) -> None:
    data = b"   Patient: A. B.\t DOB: 1962\n\n\n\nVisit 1      05/04/2026.  Two spaces stay.  \n"
    assert _texts(read_bytes(data)) == ["Patient: A. B.   DOB: 1962\n\nVisit 1   05/04/2026.  Two spaces stay.\n"]


@given(st.text(max_size=200))
def test_tidy_text_stays_as_it_is_and_its_words_know_their_place(text: str) -> None:
    tidied = tidy(text)
    assert tidy(tidied) == tidied
    page = reading(tidied)
    assert [page.text[word.start : word.end] for word in page.words] == page.text.split()


@settings(max_examples=50, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(
    text=st.text(
        st.characters(min_codepoint=32, max_codepoint=0x2FFF, exclude_categories=["C", "Z"]), min_size=1, max_size=80
    )
)
def test_any_text_in_utf_8_comes_back(text: str, read_bytes: Reading) -> None:
    assert _texts(read_bytes(f"A {text} Z".encode())) == [f"A {text} Z\n"]
