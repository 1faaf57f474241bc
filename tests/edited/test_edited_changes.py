import pytest

from pipeline.edited import Change, Standing
from tests.edited.edited_letters import (
    case,
    cites,
    deletes_tracked,
    drops_controls,
    id_of,
    inserts_tracked,
    letter,
    moves_to_end,
    of_sentence,
    pastes_again,
    removes,
    replaces,
    report,
    says,
    strikes_tracked,
    types_after,
    types_paragraph,
)

NAPROXEN = id_of("treated with naproxen")
THERAPY = id_of("treated with physical therapy")
WOMAC = id_of("recorded WOMAC")
WALKING = id_of("functional limits")


@pytest.mark.parametrize("review", [True, False])
@pytest.mark.parametrize("edits", [(), (drops_controls,)])
def test_an_unchanged_letter_is_supported_whole(review: bool, edits: tuple) -> None:
    found = report(*edits, of=letter(review=review))
    assert found.refused == ()
    assert found.deleted == ()
    assert {one.change for one in found.statements} == {Change.UNCHANGED}
    assert not any(one.moved for one in found.statements)
    sentences = [s.id for section in case().letter.sections for s in section.sentences]
    assert [name for one in found.statements for name in one.sentences if not name.startswith("letter.")] == sentences


def test_an_open_placeholder_is_reported_and_is_no_unsupported_statement() -> None:
    found = report()
    assert "[Evidence for this criterion]" in [one.text for one in found.standing(Standing.OPEN)]
    assert "[Signature]" in [one.text for one in found.standing(Standing.OPEN)]


@pytest.mark.parametrize("edits", [(), (drops_controls,)])
def test_a_not_inserted_as_a_tracked_change_is_caught_with_its_author(edits: tuple) -> None:
    found = report(inserts_tracked(NAPROXEN, "The patient was", " not"), *edits)
    (one,) = found.refused
    assert one.text.startswith("The patient was not treated with naproxen")
    assert one.editors == ("Jo Park",)
    assert one.sentences == (NAPROXEN,)


@pytest.mark.parametrize("edits", [(), (drops_controls,)])
def test_a_negation_deleted_as_a_tracked_change_is_caught_with_its_author(edits: tuple) -> None:
    name = id_of("“no active infection”")
    (one,) = report(strikes_tracked(name, "no "), *edits).refused
    assert one.text.endswith("“active infection”.")
    assert one.editors == ("Jo Park",)


@pytest.mark.parametrize(
    ("name", "old", "new"),
    [
        (NAPROXEN, "500 mg", "750 mg"),
        (NAPROXEN, "March 9, 2026", "April 9, 2026"),
        (NAPROXEN, "naproxen", "celecoxib"),
        (NAPROXEN, "it failed", "it helped"),
        (THERAPY, "right knee", "left knee"),
        (WOMAC, "58 out of 96", "68 out of 96"),
        (WALKING, "one block", "no block"),
    ],
)
@pytest.mark.parametrize("edits", [(), (drops_controls,)])
def test_a_change_of_meaning_is_not_supported(name: str, old: str, new: str, edits: tuple) -> None:
    found = report(replaces(name, old, new), *edits)
    assert [one.sentences for one in found.refused] == [(name,)]
    assert all(one.reasons for one in found.refused)


@pytest.mark.parametrize("edits", [(), (drops_controls,)])
def test_a_change_that_the_record_carries_is_supported(edits: tuple) -> None:
    text = "From January 12, 2026 to March 9, 2026 the patient was treated with naproxen 500 mg."
    found = report(says(NAPROXEN, text), *edits)
    assert found.refused == ()
    (one,) = of_sentence(found, NAPROXEN)
    assert (one.change, one.standing) == (Change.CHANGED, Standing.SUPPORTED)


def test_a_deleted_sentence_is_reported_and_is_fine() -> None:
    found = report(removes(WOMAC))
    assert found.refused == ()
    assert [one.id for one in found.deleted] == [WOMAC]


def test_a_sentence_deleted_by_a_tracked_change_names_its_author() -> None:
    found = report(deletes_tracked(WOMAC))
    assert [(one.id, one.editors) for one in found.deleted] == [(WOMAC, ("Jo Park",))]
    assert found.refused == ()


@pytest.mark.parametrize("edits", [(), (drops_controls,)])
def test_a_moved_sentence_is_reported_and_is_fine(edits: tuple) -> None:
    found = report(moves_to_end(NAPROXEN), *edits)
    assert found.refused == ()
    assert [one.sentences for one in found.statements if one.moved] == [(NAPROXEN,)]


@pytest.mark.parametrize("edits", [(), (drops_controls,)])
def test_the_parts_of_a_split_sentence_are_held_against_its_facts(edits: tuple) -> None:
    good = "The patient was treated with naproxen 500 mg. The record reports that it failed."
    found = report(says(NAPROXEN, good), *edits)
    assert found.refused == ()
    assert {one.change for one in of_sentence(found, NAPROXEN)} == {Change.SPLIT}
    bad = "The patient was treated with naproxen 500 mg. The patient could not tolerate it."
    (refused,) = report(says(NAPROXEN, bad), *edits).refused
    assert refused.text == "The patient could not tolerate it."


def test_a_sentence_merged_of_two_rests_on_the_facts_of_both() -> None:
    merged = "The patient was treated with naproxen 500 mg and with physical therapy for the right knee."
    edits = (says(NAPROXEN, merged), cites(NAPROXEN, "[Ex. B, p. 1; Ex. C, p. 1]"), removes(THERAPY))
    found = report(*edits)
    assert found.refused == ()
    assert report(says(NAPROXEN, merged.replace("right", "left")), *edits[1:]).refused
    dated = "The patient was treated with naproxen and physical therapy from May 4, 2026 to July 13, 2026."
    assert report(says(NAPROXEN, dated), *edits[1:]).refused


def test_a_sentence_pasted_twice_is_reported_and_is_fine() -> None:
    found = report(pastes_again(WOMAC))
    assert found.refused == ()
    assert Change.REPEATED in {one.change for one in of_sentence(found, WOMAC)}


def test_a_statement_without_a_citation_is_not_supported() -> None:
    (one,) = report(types_paragraph("The patient has osteoarthritis of the right knee.")).refused
    assert one.change is Change.ADDED
    assert "cites nothing" in one.reasons[-1]


def test_a_citation_that_was_taken_away_is_told() -> None:
    (one,) = report(cites(WOMAC, "")).refused
    assert "its citation was taken away; put back [Ex. C, p. 1]" in one.reasons


def test_a_request_needs_no_citation() -> None:
    assert report(types_paragraph("We request a copy of the policy.")).refused == ()


def test_words_typed_on_after_a_sentence_belong_to_it() -> None:
    found = report(cites(NAPROXEN, "and caused bleeding. [Ex. C, p. 1]"))
    (one,) = found.refused
    assert one.sentences == (NAPROXEN,)
    assert "bleeding" in one.text


def test_a_sentence_cannot_be_turned_round_by_words_before_it() -> None:
    found = report(replaces(WOMAC, "The recorded", "It is not so that the recorded"))
    assert [one.sentences for one in found.refused] == [(WOMAC,)]


def test_a_changed_identifier_is_not_what_the_notice_states() -> None:
    found = report(says("letter.member_id", "CMH904551-02"))
    assert [one.sentences for one in found.refused] == [("letter.member_id",)]
    without = report(says("letter.member_id", "CMH904551-02"), drops_controls)
    assert [one.sentences for one in without.refused] == [("letter.member_id",)]


@pytest.mark.parametrize("edits", [(), (drops_controls,)])
def test_who_signs_is_the_senders_own_to_write(edits: tuple) -> None:
    found = report(says("letter.signatory", "Ilse Haldane, MD, Orthopedic Surgery"), *edits)
    assert found.refused == ()
    assert [one.text for one in found.standing(Standing.OWN)] == ["Ilse Haldane, MD, Orthopedic Surgery"]


def test_a_statement_in_the_signature_block_is_still_a_statement() -> None:
    claim = (
        "Ilse Haldane, MD, who has treated the patient with twelve weeks of supervised physical therapy without relief"
    )
    assert report(says("letter.signatory", claim)).refused


def test_a_filled_placeholder_is_checked_as_a_statement() -> None:
    name = next(s.id for part in case().letter.sections for s in part.sentences if s.text.startswith("[Argument"))
    found = report(says(name, "The patient attended 11 visits over 10 weeks."), types_after(name, "[Ex. B, p. 1]"))
    assert found.refused == ()
    assert [one.change for one in of_sentence(found, name)] == [Change.FILLED]
    worse = report(says(name, "The patient attended 14 visits over 12 weeks."), types_after(name, "[Ex. B, p. 1]"))
    assert [one.sentences for one in worse.refused] == [(name,)]
