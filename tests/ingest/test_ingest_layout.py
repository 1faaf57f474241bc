from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from pipeline.ingest.layout.page import Layout, Token, box_on, lay_out, turned

LEFT = ["Members", "may", "appeal", "this", "decision", "within", "the", "time", "stated"]
RIGHT = ["Coverage", "depends", "on", "the", "terms", "of", "the", "plan", "in", "force"]


def _line(words: list[str], left: float, top: float) -> list[Token]:
    """Words of 5 points a character and 3 points between, 10 high."""
    tokens = []
    for word in words:
        tokens.append(Token(word, left, top, left + 5 * len(word), top + 10))
        left += 5 * len(word) + 3
    return tokens


def _text(tokens: list[Token]) -> str:
    return lay_out(tokens, box_on(600, 800)).text


def test_a_wide_gap_becomes_three_spaces() -> None:
    tokens = _line(["Member", "ID:", "W1"], 50, 100) + _line(["Group", "#:", "G2"], 300, 100)
    assert _text(tokens) == "Member ID: W1   Group #: G2\n"


def test_rows_read_across_whatever_the_order_of_their_words() -> None:
    tokens = _line(["Claim:", "77"], 50, 100) + _line(["Date:", "May"], 50, 112) + _line(["Plan:", "Gold"], 300, 101)
    assert _text(tokens[::-1]) == _text(tokens) == "Claim: 77   Plan: Gold\nDate: May\n"


def test_a_block_of_labels_in_two_columns_is_read_across() -> None:
    tokens = [
        token
        for i in range(10)
        for x, word in ((50, "Name:"), (300, "Number:"))
        for token in _line([word, "which", "is", "long", "enough", "here"], x, 100 + 12 * i)
    ]
    assert _text(tokens).startswith("Name: which is long enough here   Number: which is long enough here\n")


def test_prose_in_two_columns_is_read_down_one_and_then_the_other() -> None:
    head = _line(
        ["Notice", "of", "denial", "to", "the", "member", "from", "the", "plan", "that", "decided", "it"], 50, 80
    )
    columns = [t for i in range(9) for t in _line(LEFT, 20, 110 + 12 * i) + _line(RIGHT, 330, 110 + 12 * i)]
    text = _text(head + columns)
    assert text.index("Coverage") > text.rindex("Members")
    assert text.index("Notice") < text.index("Members")
    assert "   " not in text


def test_two_short_columns_are_read_across() -> None:
    columns = [t for i in range(5) for t in _line(LEFT, 20, 110 + 12 * i) + _line(RIGHT, 330, 110 + 12 * i)]
    assert _text(columns).splitlines()[0] == " ".join(LEFT) + "   " + " ".join(RIGHT)


def test_a_larger_space_between_lines_ends_a_paragraph() -> None:
    tokens = [t for top in (100, 112, 124, 148, 160) for t in _line(["word"], 50, top)]
    assert _text(tokens) == "word\nword\nword\n\nword\nword\n"


def test_evenly_spaced_lines_are_one_paragraph_however_far_apart() -> None:
    tokens = [t for top in (100, 124, 148, 172) for t in _line(["word"], 50, top)]
    assert _text(tokens) == "word\nword\nword\nword\n"


def test_a_row_may_slope() -> None:
    tokens = [Token("word", 50 + 40 * i, 100 + 1.2 * i, 85 + 40 * i, 110 + 1.2 * i) for i in range(13)]
    below = [Token("next", 50 + 40 * i, 113 + 1.2 * i, 85 + 40 * i, 123 + 1.2 * i) for i in range(13)]
    assert _text(tokens + below).split("\n")[:2] == [" ".join(["word"] * 13), " ".join(["next"] * 13)]


def test_small_marks_stay_in_their_row() -> None:
    tokens = [
        *_line(["20"], 50, 100),
        Token("-", 63, 105, 67, 106),
        *_line(["mg"], 70, 100),
        Token("*", 83, 100, 86, 103),
    ]
    assert _text(tokens) == "20 - mg *\n"


def test_a_tall_letterhead_does_not_swallow_the_lines_beside_it() -> None:
    tokens = [Token("PLAN", 50, 100, 170, 134), *_line(["Suite", "9"], 300, 100), *_line(["Salem"], 300, 112)]
    lines = _text(tokens).split("\n")
    assert not any("Suite" in line and "Salem" in line for line in lines)


def test_a_page_without_words_has_no_text() -> None:
    assert lay_out([], box_on(600, 800)) == Layout("", (), ())


_tokens = st.lists(
    st.builds(
        lambda text, left, top, width, height: Token(text, left, top, left + width, top + height),
        st.text(st.characters(categories=["L", "N", "P", "S"]), min_size=1, max_size=8),
        st.floats(0, 500),
        st.floats(0, 700),
        st.floats(0.1, 100),
        st.floats(0.1, 100),
    ),
    max_size=60,
)


@given(_tokens)
def test_every_word_is_in_the_text_once_and_where_it_says(tokens: list[Token]) -> None:
    layout = lay_out(tokens, box_on(600, 800))
    text, words = layout.text, layout.words
    assert sorted(text[word.start : word.end] for word in words) == sorted(token.text for token in tokens)
    assert "".join(text.split()) == "".join(text[word.start : word.end] for word in words)
    assert all(before.end < after.start for before, after in pairwise(words))
    assert not text or (text.endswith("\n") and "\n\n\n" not in text)


@given(_tokens, st.sampled_from([90, 180, 270]))
def test_a_token_turned_all_the_way_round_is_where_it_was(tokens: list[Token], turn: int) -> None:
    sizes = {0: (600.0, 800.0), 90: (800.0, 600.0)}
    for token in tokens:
        there = turned(token, turn, *sizes[0])
        back = turned(there, 360 - turn, *sizes[turn % 180])
        assert all(abs(a - b) < 1e-6 for a, b in zip(_sides(token), _sides(back), strict=True))


def _sides(token: Token) -> tuple[float, float, float, float]:
    return token.left, token.top, token.right, token.bottom


def test_a_turned_token_keeps_its_place_on_the_paper() -> None:
    corner = Token("x", 0, 0, 10, 20)
    assert _sides(turned(corner, 90, 600, 800)) == (780, 0, 800, 10)
