"""Versions of one note are one source, and what was carried forward is told."""

from pipeline.extract.copies import one_source
from schemas.document import Document
from tests.makers import document

BODY = """Left knee pain is worse on stairs than it was in spring.
Ibuprofen 600 mg three times daily helps a little.
Exam of the left knee shows a trace effusion.
McMurray is negative on the left side today.
The plan is an unloader brace for the left knee.
"""


def note(name: str, day: str, end: str, body: str = BODY) -> Document:
    return document(f"PROGRESS NOTE\nDate of Service: {day}\n{body}{end}\n", name=name)


def test_a_draft_gives_way_to_the_signed_note_and_their_differences_are_shown() -> None:
    draft = note("a", "06/17/2026", "KOOS score is 44 of 100.\nDRAFT, not yet signed by its author")
    signed = note("b", "06/17/2026", "KOOS score is 47 of 100.\nElectronically signed by Odette Marsh, PA-C")
    sources = one_source([draft, signed])
    assert [kept.id for kept in sources.documents] == ["b"]
    (warning,) = sources.warnings
    assert warning.code == "near_duplicate"
    assert {"KOOS score is 44 of 100.", "KOOS score is 47 of 100."} <= {span.quote for span in warning.spans}


def test_notes_of_two_days_stay_two_and_what_counts_from_its_own_day_is_told() -> None:
    told = "She started physical therapy 2 weeks ago."
    sources = one_source([note("a", "03/04/2026", told), note("b", "06/17/2026", told)])
    assert [kept.id for kept in sources.documents] == ["a", "b"]
    assert {warning.code for warning in sources.warnings} == {"copied_forward"}


def test_notes_that_only_share_a_form_are_left_alone() -> None:
    sources = one_source([note("a", "03/04/2026", "", BODY), note("b", "03/04/2026", "", "Another matter altogether.")])
    assert (len(sources.documents), sources.warnings) == (2, ())
