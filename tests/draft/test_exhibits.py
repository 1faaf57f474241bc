from dataclasses import replace

from pipeline.draft import exhibits
from schemas.document import Role, Whose
from tests.draft.knee_case import COVERAGE, DENIAL, DOCUMENTS, FACTS, document


def test_the_notice_comes_first_then_the_policy_then_the_chart_by_day() -> None:
    policy = document("policy", Role.POLICY, "Policy SURG-0417", patient=Whose.UNKNOWN)
    found = exhibits((*DOCUMENTS, policy), FACTS, COVERAGE, DENIAL)
    assert [(e.label, e.document) for e in found] == [("A", "notice"), ("B", "policy"), ("C", "therapy"), ("D", "note")]
    assert found[0].pages == (1, 2)
    assert [e.title for e in found] == [
        "Denial notice (notice.txt), September 28, 2026",
        "Plan policy (policy.txt)",
        "Clinical record (therapy.txt)",
        "Clinical record (note.txt), September 1, 2026",
    ]


def test_pages_of_another_patient_and_cover_sheets_are_never_exhibits() -> None:
    other = document("other", Role.CLINICAL_NOTE, "Somebody else", patient=Whose.OTHER)
    cover = document("cover", Role.COVER_SHEET, "FAX")
    found = exhibits((other, cover, *DOCUMENTS), FACTS, COVERAGE)
    assert {e.document for e in found} == {"notice", "therapy", "note"}


def test_a_document_of_unknown_kind_or_patient_is_enclosed_only_where_a_fact_rests_on_it() -> None:
    loose = document("loose", Role.OTHER, "A page")
    nobodys = document("nobodys", Role.CLINICAL_NOTE, "A page", patient=Whose.UNKNOWN)
    assert {e.document for e in exhibits((loose, nobodys, *DOCUMENTS), FACTS, COVERAGE)} == {
        "notice",
        "therapy",
        "note",
    }
    as_cited = replace(FACTS[0], spans=(loose.pages[0].span(0, 6), nobodys.pages[0].span(0, 6)))
    found = exhibits((loose, nobodys, *DOCUMENTS), (*FACTS, as_cited), COVERAGE)
    assert {e.document for e in found} == {"notice", "therapy", "note", "loose", "nobodys"}


def test_the_order_does_not_depend_on_the_order_of_the_files() -> None:
    assert exhibits(DOCUMENTS, FACTS, COVERAGE) == exhibits(DOCUMENTS[::-1], FACTS[::-1], COVERAGE)


def test_of_several_denial_letters_the_one_appealed_is_enclosed() -> None:
    second = document("second", Role.DENIAL_LETTER, "Another service is denied.")
    assert "second" not in {e.document for e in exhibits((second, *DOCUMENTS), FACTS, COVERAGE, DENIAL)}
