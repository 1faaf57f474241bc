"""What identifies people leaves as tokens and comes back in every string of a reply."""

import re
from collections.abc import Callable, Sequence
from datetime import date, timedelta
from enum import StrEnum
from typing import Literal, TypeVar

import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st
from pydantic import BaseModel, ConfigDict, Field

from pipeline.llm import Ask, Failed, FaultKind, Prompt, Reply
from pipeline.llm.moved_dates import moved
from pipeline.llm.pseudonyms import Book, Identifier, Identity, Kind, Pseudonymized
from pipeline.notation import dates
from schemas.usage import Usage

T = TypeVar("T", bound=BaseModel)
BORN = date(1971, 4, 12)
PREWITT = Identity.of(
    [
        Identifier(Kind.NAME, ("Prewitt", "PREWITT")),
        Identifier(Kind.NAME, ("Dolores", "DOLORES")),
        Identifier(Kind.NUMBER, ("HMH3308841", "HMH 3308841")),
        Identifier(Kind.PHONE, ("(614) 555-0188",)),
        Identifier(Kind.ADDRESS, ("88 Larkspur Ct",)),
    ],
    [BORN],
    ["Dolores Prewitt has pain."],
    "case-12ab",
)
_MAY = 5
SETTINGS: tuple[Literal["keep", "shift"], ...] = ("keep", "shift")


class Colour(StrEnum):
    RED = "red"


class Found(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    quote: str
    values: tuple[str, ...] = ()
    colour: Colour = Colour.RED
    count: int = Field(default=0, ge=0)


class Recorder:
    """A model that keeps what it is asked, and answers with what is made of it."""

    name = "recorder"

    def __init__(self, answer: Callable[[str], Found | Failed]) -> None:
        self.sent: list[str] = []
        self._answer = answer

    def ask(self, asks: Sequence[Ask[T]]) -> tuple[Reply[T] | Failed, ...]:
        answers: list[Reply[T] | Failed] = []
        for ask in asks:
            self.sent.append(ask.data)
            answer = self._answer(ask.data)
            whole = answer if isinstance(answer, Failed) else Reply(ask.reply.model_validate(answer.model_dump()), True)
            answers.append(whole)
        return tuple(answers)

    @property
    def usage(self) -> Usage:
        return Usage(calls=len(self.sent))


def asked(
    answer: Callable[[str], Found | Failed], data: str, days: Literal["keep", "shift"] = "keep"
) -> tuple[list[str], Reply[Found] | Failed]:
    model = Recorder(answer)
    (reply,) = Pseudonymized(model, PREWITT, days).ask([Ask(Prompt("p", "1", "0", "Read."), data, Found)])
    return model.sent, reply


def test_a_quote_of_what_was_sent_comes_back_as_the_document_has_it() -> None:
    data = "PREWITT, Dolores   ID HMH 3308841   DOB 4/12/1971   (614) 555-0188"
    sent, reply = asked(lambda text: Found(quote=text, values=(text.split()[0],)), data)
    assert not re.search(r"prewitt|dolores|3308841|4/12/1971|555", sent[0], re.IGNORECASE)
    assert reply == Reply(Found(quote=data, values=("PREWITT,",)), True)


def test_a_name_has_the_same_token_in_every_order_and_question() -> None:
    one = Book(PREWITT, "Dolores Prewitt").text.split()
    other = Book(PREWITT, "Prewitt, Dolores").text.split(", ")
    assert one == other[::-1]


def test_a_token_never_given_out_makes_nothing_of_the_whole_string() -> None:
    sent, reply = asked(lambda text: Found(quote=text.replace("0001aa", "0002aa"), values=("fine",)), "Prewitt came")
    assert sent == [f"{PREWITT.mark}Name0001aa came"]
    assert reply == Reply(Found(quote="", values=("fine",)), True)


@pytest.mark.parametrize("mangle", [str.upper, str.lower, lambda token: token[:-1], lambda token: token[:6]])
def test_a_token_that_is_not_as_it_was_given_out_makes_nothing(mangle: Callable[[str], str]) -> None:
    _, reply = asked(lambda text: Found(quote=mangle(text)), "Prewitt")
    assert reply == Reply(Found(quote=""), True)


def test_a_token_of_another_question_was_not_given_out_in_this_one() -> None:
    token = Book(PREWITT, "Prewitt").text
    assert Book(PREWITT, "Dolores").restored(token) == ""


def test_a_name_within_a_longer_word_is_another_word() -> None:
    assert Book(PREWITT, "Prewittson").text == "Prewittson"


def test_a_birth_date_is_a_token_in_whatever_form_and_other_dates_stay() -> None:
    sent = Book(PREWITT, "born April 12, 1971, seen 10/20/2026, DOB 04/12/71").text
    assert [one.value for one in dates(sent)] == [one.value for one in dates("10/20/2026")]


def test_moved_dates_keep_their_weekday_and_the_time_between_them() -> None:
    sent = Book(PREWITT, "from 9/8/2026 to 10/13/2026; seen October 20, 2026, again 2026-11-03", "shift").text
    days = [one.value.earliest for one in dates(sent)]
    stated = [date(2026, 9, 8), date(2026, 10, 13), date(2026, 10, 20), date(2026, 11, 3)]
    assert {day - was for day, was in zip(days, stated, strict=True)} == {PREWITT.shift}
    assert PREWITT.shift.days % 7 == 0
    assert PREWITT.shift < timedelta(weeks=-3)


def test_a_date_that_a_reply_works_out_is_moved_back() -> None:
    later = (date(2026, 9, 8) + PREWITT.shift).isoformat()
    _, reply = asked(lambda text: Found(quote=text, values=(later,)), "Therapy began 9/8/2026.", "shift")
    assert reply == Reply(Found(quote="Therapy began 9/8/2026.", values=("2026-09-08",)), True)


def test_a_fault_is_handed_on() -> None:
    fault = Failed(FaultKind.TIMEOUT, "late")
    assert asked(lambda _: fault, "Prewitt")[1] == fault


def test_what_no_longer_fits_once_restored_is_a_failure_that_tells_nothing() -> None:
    class Short(BaseModel):
        quote: str = Field(min_length=1)

    class Inventor(Recorder):
        def ask(self, asks: Sequence[Ask[T]]) -> tuple[Reply[T] | Failed, ...]:
            return tuple(Reply(ask.reply.model_validate({"quote": f"{PREWITT.mark}Name0009aa"}), False) for ask in asks)

    model = Inventor(lambda text: Found(quote=text))
    (reply,) = Pseudonymized(model, PREWITT).ask([Ask(Prompt("p", "1", "0", "Read."), "Prewitt", Short)])
    assert isinstance(reply, Failed)
    assert reply.kind is FaultKind.WRONG_SCHEMA
    assert "Prewitt" not in reply.message


def test_nothing_that_identifies_shows_when_an_identity_is_printed() -> None:
    assert not re.search(r"prewitt|3308841|1971", repr(PREWITT), re.IGNORECASE)


PIECES = st.lists(
    st.one_of(
        st.text(max_size=8),
        st.sampled_from(
            [
                "Prewitt",
                "PREWITT",
                "HMH3308841",
                "88 Larkspur Ct",
                "4/12/1971",
                "04/12/1971",
                "4/1/2026",
                "04/01/2026",
                "April 1",
            ]
        ),
        st.sampled_from(
            ["April 1 to May 3, 2026", "2026-04", "May 2026", "13/04/2026", "1/2/30", "12-Apr-26", " ", "/", "-"]
        ),
        st.sampled_from(
            [PREWITT.mark, PREWITT.mark.lower(), f"{PREWITT.mark}Name0001aa", PREWITT.mark[:2], "Name0001aa"]
        ),
    ),
    max_size=8,
)


@given(PIECES)
@example(["4/1/2026", " ", "04/01/2026"])
@example([PREWITT.mark[:1], f"{PREWITT.mark}Name0001aa"])
def test_what_is_replaced_is_restored_whatever_the_text(pieces: list[str]) -> None:
    text = "".join(pieces)
    for days in SETTINGS:
        book = Book(PREWITT, text, days)
        assert book.restored(book.text) == text


@given(PIECES)
def test_no_form_of_an_identifier_is_left_that_stands_by_itself(pieces: list[str]) -> None:
    sent = Book(PREWITT, " ".join(pieces)).text
    assert not re.search(r"(?<![^\s])(?:Prewitt|PREWITT|HMH3308841|88 Larkspur Ct)(?![^\s])", sent)


@given(st.lists(st.text(alphabet="Qqzxv Z", max_size=30), max_size=4))
def test_the_mark_of_tokens_stands_in_no_document(texts: list[str]) -> None:
    mark = Identity.of([], [], texts, "c").mark
    assert not any(mark.lower() in text.lower() for text in texts)


@given(
    st.dates(date(1940, 1, 1), date(2029, 12, 31)), st.sampled_from(["%m/%d/%Y", "%B %d, %Y", "%d %b %Y", "%Y-%m-%d"])
)
def test_a_moved_date_is_written_as_before_and_reads_as_moved(day: date, form: str) -> None:
    assume(day.month != _MAY or "%b" not in form)  # "May" is as long either way
    found = moved(day.strftime(form), PREWITT.shift)
    assert found == (day + PREWITT.shift).strftime(form)


def test_a_date_that_would_read_otherwise_is_not_moved() -> None:
    assert moved("1/4/31", timedelta(weeks=-5)) is None
    assert moved("9/8", timedelta(weeks=-5)) is None
