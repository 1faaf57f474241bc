from functools import cache

import pytest

from pipeline.draft.citations import PageRef
from pipeline.edited import Change, Checked, Standing
from pipeline.edited.typed import citations
from tests.edited.edited_letters import cites, id_of, of_sentence, report, types_paragraph

WOMAC = id_of("recorded WOMAC")


@pytest.mark.parametrize(
    ("text", "pages"),
    [
        ("[Ex. C, p. 4]", "C4"),
        ("(Exhibit C at 4)", "C4"),
        ("(see Exh. C at pp. 4-5)", "C4 C5"),
        ("[Ex. B, pp. 1, 3; Ex. C, p. 2]", "B1 B3 C2"),
        ("[Ex.\u00a0B, p.\u00a01]", "B1"),
        ("as Exhibit C, page 4, shows", "C4"),
        ("[exhibit c, pg. 4]", "C4"),
        ("(Ex. B, p. 2 and Ex. C, p. 4)", "B2 C4"),
        ("(the film; Ex. C at 4)", "C4"),
        ("for example at 4 pm", ""),
        ("extra 4 tablets (exam at 4)", ""),
    ],
)
def test_a_citation_typed_by_hand_is_understood(text: str, pages: str) -> None:
    named = tuple(PageRef(page[0], int(page[1:])) for page in pages.split())
    assert tuple(ref for one in citations(text) for ref in one.refs) == named


CARRIED = (
    "She climbs stairs one at a time with the rail [Ex. C, p. 1].",
    "The patient attended 11 visits over 10 weeks (Exhibit B at 1).",
    "The record states: “Left knee flexion 130 degrees” (Ex. C at 1).",
    "The criterion asks for “Standing alignment films” [Ex. A, p. 1].",
    "The right knee has no active infection [Ex. C, p. 1].",
)
REFUSED = (
    ("The patient attended 12 visits over 10 weeks (Exhibit B at 1).", "12"),
    ("The patient attended 11 visits over 10 weeks (Exhibit C at 1).", ""),
    ("The right knee has active infection [Ex. C, p. 1].", ""),
    ("The patient has rheumatoid arthritis [Ex. C, p. 1].", ""),
    ("The patient was treated with meloxicam [Ex. C, p. 1].", ""),
    ("Naproxen failed to improve function [Ex. C, p. 1].", ""),
    ("The patient completed 12 weeks of supervised physical therapy [Ex. A, p. 1].", ""),
    ("The record states: “At least 12 weeks of supervised physical therapy” [Ex. A, p. 1].", "whose words"),
    ("The patient did not attend visits [Ex. B, p. 1].", ""),
    (
        "Treated with naproxen and physical therapy from May 4, 2026 to July 13, 2026 (Ex. C at 1).",
        "",
    ),
    ("The record of January 12, 2026 notes: “no active infection” [Ex. C, p. 1].", ""),
    ("The recorded Kellgren-Lawrence grade was 4 on September 1, 2026 [Ex. C, p. 1].", ""),
    ("The decision is on total knee arthroplasty, right knee (member ID 27447) [Ex. A, p. 1].", ""),
    ("She climbs stairs one at a time with the rail [Ex. F, p. 1].", "there is no Exhibit F"),
    ("She climbs stairs one at a time with the rail [Ex. C, p. 9].", "no page 9"),
    ("She climbs stairs one at a time with the rail (Ex. C).", "names no page"),
)


@cache
def held() -> dict[str, Checked]:
    """What a check finds of each statement, all of them pasted into one letter."""
    texts = (*CARRIED, *(text for text, _ in REFUSED))
    added = [one for one in report(*map(types_paragraph, texts)).statements if one.change is Change.ADDED]
    return dict(zip(texts, added, strict=True))


@pytest.mark.parametrize("text", CARRIED)
def test_a_new_statement_is_held_against_the_page_it_cites(text: str) -> None:
    one = held()[text]
    assert one.reasons == ()
    assert one.standing in (Standing.SUPPORTED, Standing.BY_PAGE)
    assert len(one.citations) == 1


@pytest.mark.parametrize(("text", "reason"), REFUSED)
def test_a_new_statement_that_its_page_does_not_carry_is_refused(text: str, reason: str) -> None:
    one = held()[text]
    assert one.standing is Standing.NOT_SUPPORTED
    assert reason in " ".join(one.reasons)


def test_a_sentence_that_cites_another_page_is_held_against_that_page() -> None:
    (one,) = report(cites(WOMAC, "[Ex. B, p. 1]")).refused
    assert one.sentences == (WOMAC,)
    found = report(cites(WOMAC, "(Exhibit C at 1)"))
    assert found.refused == ()
    assert [one.change for one in of_sentence(found, WOMAC)] == [Change.UNCHANGED]
