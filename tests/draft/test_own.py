"""The reviewer's own sentences in a letter that is drafted anew: in their places, carried by the record, or told of."""

from datetime import UTC, datetime

import pytest

from pipeline.draft import companions, main_letter, with_own
from schemas.letter import Letter, LetterKind, OwnSentence, Sentence, SentenceKind
from schemas.span import Correction
from tests.draft.knee_case import DOCUMENTS, evidence

SIGNED = Correction(by="Dana Okafor", at=datetime(2026, 10, 5, 12, tzinfo=UTC), reason="Said more plainly.")


def sentences(letter: Letter) -> list[Sentence]:
    return [one for section in letter.sections for one in section.sentences]


def named(letter: Letter, name: str) -> Sentence:
    return next(one for one in sentences(letter) if one.id == name)


def own(was: Sentence, text: str, letter: LetterKind = LetterKind.APPEAL) -> OwnSentence:
    return OwnSentence(letter=letter, was=was, text=text, correction=SIGNED)


@pytest.fixture(scope="module")
def letter() -> Letter:
    return main_letter(evidence(), DOCUMENTS)


@pytest.fixture(scope="module")
def documentation_map() -> Letter:
    (one,) = companions([LetterKind.MAP], evidence(), DOCUMENTS)
    return one


def test_a_sentence_of_the_reviewers_stands_where_the_drafted_one_stood(letter: Letter) -> None:
    place = sentences(letter)[1]
    said = place.text.replace("The", "This", 1)
    found, unfit = with_own(letter, [own(place, said)], evidence())
    assert [one.text for one in sentences(found)] == [said if one is place else one.text for one in sentences(letter)]
    assert unfit == ()
    changed = named(found, place.id)
    assert (changed.citations, changed.facts, changed.fields) == (place.citations, place.facts, place.fields)
    assert "Dana Okafor" in changed.comment
    assert "Said more plainly." in changed.comment


def test_one_without_words_is_left_out_with_its_place_in_the_table(documentation_map: Letter) -> None:
    section = next(section for section in documentation_map.sections if section.grid)
    assert section.grid
    place = section.sentences[0]
    assert any(place.id in cell for row in section.grid.rows for cell in row)
    found, unfit = with_own(documentation_map, [own(place, "", LetterKind.MAP)], evidence())
    (changed,) = (one for one in found.sections if one.heading == section.heading)
    assert changed.grid
    assert place.id not in {one.id for one in sentences(found)}
    assert not any(place.id in cell for row in changed.grid.rows for cell in row)
    assert [len(row) for row in changed.grid.rows] == [len(row) for row in section.grid.rows]
    assert unfit == ()


def test_a_reworded_sentence_keeps_its_cell_of_the_table(documentation_map: Letter) -> None:
    section = next(section for section in documentation_map.sections if section.grid)
    place = next(one for one in section.sentences if one.kind is SentenceKind.FACT)
    found, _ = with_own(documentation_map, [own(place, place.text, LetterKind.MAP)], evidence())
    assert next(one for one in found.sections if one.heading == section.heading).grid == section.grid


def test_one_that_the_record_does_not_carry_is_told_of_and_the_drafted_one_stands(letter: Letter) -> None:
    place = next(one for one in sentences(letter) if one.facts)
    one = own(place, "She attended physical therapy for 90 weeks.")
    found, ((left, reasons),) = with_own(letter, [one], evidence())
    assert found == letter
    assert left == one
    assert reasons


def test_one_whose_sentence_is_no_longer_drafted_is_told_of(letter: Letter) -> None:
    gone = Sentence(id="x", kind=SentenceKind.FACT, text="It was drafted once.")
    found, unfit = with_own(letter, [own(gone, "It is said otherwise.")], evidence())
    assert found == letter
    assert [reasons for _, reasons in unfit] == [("What it stood for is not in the letter any more.",)]


def test_of_what_is_not_drafted_any_more_nothing_is_left_to_leave_out(letter: Letter) -> None:
    gone = Sentence(id="x", kind=SentenceKind.FACT, text="It was drafted once.")
    assert with_own(letter, [own(gone, "")], evidence()) == (letter, ())


def test_one_that_is_drafted_in_other_words_is_found_by_what_it_rests_on(letter: Letter) -> None:
    place = next(one for one in sentences(letter) if one.facts)
    earlier = place.model_copy(update={"id": "earlier", "text": "As an earlier release drafted it."})
    found, unfit = with_own(letter, [own(earlier, place.text)], evidence())
    assert unfit == ()
    assert "Dana Okafor" in named(found, place.id).comment


def test_what_rests_on_nothing_is_found_by_its_words_alone(letter: Letter) -> None:
    place = next(one for one in sentences(letter) if one.kind is SentenceKind.ASK)
    bare = place.model_copy(update={"text": "Other words.", "facts": (), "fields": (), "criterion": None, "rule": None})
    _, unfit = with_own(letter, [own(bare, place.text)], evidence())
    assert len(unfit) == 1


def test_of_two_criteria_answered_alike_the_one_that_was_meant_is_changed(letter: Letter) -> None:
    alike = [one for one in sentences(letter) if one.text == "The record meets this criterion."]
    assert len(alike) > 1
    last = alike[-1]
    for was in (last, last.model_copy(update={"facts": ("f99",)})):  # facts may have other ids by now
        found, unfit = with_own(letter, [own(was, "")], evidence())
        assert unfit == ()
        assert [one.id for one in sentences(letter) if one.id not in {kept.id for kept in sentences(found)}] == [
            last.id
        ]


def test_a_sentence_of_one_letter_changes_no_other(letter: Letter, documentation_map: Letter) -> None:
    place = sentences(letter)[1]
    assert with_own(documentation_map, [own(place, "")], evidence()) == (documentation_map, ())


def test_several_are_put_in_one_after_the_other(letter: Letter) -> None:
    first, second, *_ = (one for one in sentences(letter) if one.kind is SentenceKind.FACT)
    found, unfit = with_own(letter, [own(first, ""), own(second, "")], evidence())
    assert {first.id, second.id}.isdisjoint(one.id for one in sentences(found))
    assert unfit == ()
