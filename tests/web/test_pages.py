"""The pages of the desk: what a person is shown, and what comes of what he does there."""

import io
import json
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any, Literal

import docx
import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given
from hypothesis import settings as how
from hypothesis import strategies as st

from pipeline.batch.register import CASES, EDITS, JOINED
from pipeline.batch.stages import EDITED
from pipeline.batch.states import State
from pipeline.batch.worklist import urgency
from pipeline.case import CASE, LETTER
from pipeline.corrections.typed import window
from pipeline.seals import seals
from pipeline.web import views
from pipeline.web.people import Role
from schemas.case import Refused
from schemas.denial import AppealWindow
from schemas.fact import FactKind
from schemas.letter import LetterKind
from tests.batch.papers import TODAY
from tests.packet.packet_case import pdf, texts
from tests.packet.test_packet_letter import installed
from tests.web.rooms import ANA, BEN, Browser, Tried, Worked, words_of, worked

Json = dict[str, Any]
THERAPY = "attended physical therapy from 11/03/2025 to 01/05/2026"


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Worked]:
    with worked(tmp_path_factory.mktemp("worked")) as made:
        yield made


@pytest.fixture
def desk(made: Worked, tmp_path: Path) -> Iterator[Tried]:
    tried = Tried(made, tmp_path)
    yield tried
    tried.desk.close_down()


@pytest.fixture
def kim(desk: Tried) -> Browser:
    return desk.browser()


def therapy(desk: Tried) -> str:
    """The fact of the note that came with another patient's page."""
    return next(one.id for one in desk.stored().facts if one.start and one.spans[0].document == "d1")


def edited(desk: Tried, *paragraphs: str) -> bytes:
    """The letter of the case with paragraphs added in Word."""
    document = docx.Document(io.BytesIO(desk.desk.store.get(desk.desk.kept(desk.case).files[LETTER])))
    for text in paragraphs:
        document.add_paragraph(text)
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def take(kim: Browser, content: bytes, seen: str = "") -> int:
    path = f"/cases/{kim.tried.case}/edited"
    files = {"letter": ("letter.docx", content)}
    return kim.client.post(path, data={"seen": seen or kim.seen()}, files=files).status_code


# The worklist.


def test_the_worklist_is_the_first_page_and_the_most_urgent_case_its_first_row(desk: Tried, kim: Browser) -> None:
    assert kim.get("/").headers["location"] == "/cases"
    page = kim.page("/cases")
    assert 0 < page.index(f'id="{desk.other}"') < page.index(f'id="{desk.case}"')
    assert "2 cases · $2,400.00 at stake" in words_of(page)


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ("payer=orchard", {ANA, BEN}),
        ("payer=nobody", set()),
        ("service=MRI", {ANA, BEN}),
        ("state=submitted", {BEN}),
        ("state=ready&state=submitted", {ANA, BEN}),
        ("state=", {ANA, BEN}),
        ("within=30", {BEN}),
        ("within=x", {ANA, BEN}),
        ("within=" + "9" * 50, {ANA, BEN}),
        ("reviewer=lee", {ANA}),
    ],
)
def test_the_address_says_which_cases_are_shown(desk: Tried, kim: Browser, asked: str, found: set[str]) -> None:
    desk.change(desk.other, state=State.SUBMITTED.value)
    desk.desk.take(desk.case, "lee")
    page = kim.page(f"/cases?{asked}")
    assert {who for who, case in ((ANA, desk.case), (BEN, desk.other)) if f'id="{case}"' in page} == found
    assert ("No case is like that" in page) is not found


@pytest.mark.parametrize("by", ["days", "payer", "amount", "state", "reviewer", "what-is-not-there"])
def test_rows_are_sorted_either_way(desk: Tried, kim: Browser, by: str) -> None:
    row = desk.desk.kept(desk.other).row
    changed = row.model_copy(update={"payer": "Aaron Health", "amount": Decimal(5)})
    desk.change(desk.other, row=json.loads(changed.model_dump_json()), state=State.APPROVED.value)
    desk.desk.take(desk.case, "zoe")
    up, down = (kim.page(f"/cases?sort={by}{way}") for way in ("", "&down=1"))
    assert up.index(f'id="{desk.other}"') < up.index(f'id="{desk.case}"')
    assert down.index(f'id="{desk.other}"') > down.index(f'id="{desk.case}"')


def test_a_long_worklist_comes_in_pages(desk: Tried, kim: Browser) -> None:
    desk.copies(views.PER_PAGE)
    first, second = kim.page("/cases"), kim.page("/cases?page=2")
    assert [page.count("<tr data-item") for page in (first, second)] == [views.PER_PAGE, 2]
    assert 'aria-current="page">2</a>' in second
    for strange in ("0", "-1", "x", "9" * 40):
        assert kim.page(f"/cases?page={strange}").count("<tr data-item") == views.PER_PAGE
    assert kim.get("/cases?page=999").status_code == 200


def test_the_cases_asked_for_are_had_as_csv_and_as_a_calendar(desk: Tried, kim: Browser) -> None:
    table = kim.get("/worklist.csv?within=30")
    assert 'filename="worklist.csv"' in table.headers["content-disposition"]
    assert [line.split(",")[0] for line in table.text.splitlines()] == ["case", desk.other]
    calendar = kim.page("/worklist.ics?within=30")
    assert calendar.count("BEGIN:VEVENT") == 1
    assert BEN[0] not in calendar


def test_several_cases_are_taken_on_or_closed_at_once(desk: Tried, kim: Browser) -> None:
    both = [desk.case, desk.other]
    assert kim.post("/worklist", do="take", case=both).status_code == 303
    assert [row.reviewer for row in desk.desk.rows(TODAY)] == ["kim", "kim"]
    assert kim.post("/worklist", do="close", case=both, why="paid").status_code == 303
    assert {row.state for row in desk.desk.rows(TODAY)} == {"closed"}
    assert ("kim", "taken") in desk.done()
    assert ("kim", "closed") in desk.done(desk.other)


def test_of_an_empty_desk_it_is_said_what_to_do(desk: Tried, kim: Browser) -> None:
    with desk.desk.register.change() as do:
        for table in (JOINED, CASES):
            do.execute(sa.delete(table))
    assert "No case yet." in kim.page("/cases")
    assert "0 cases" in words_of(kim.page("/cases"))


def test_the_report_is_shown_and_had_as_csv(kim: Browser) -> None:
    assert "Orchard Valley Health Plan" in kim.page("/reports")
    assert "Orchard Valley Health Plan" in kim.page("/reports.csv")


# A case.


@pytest.mark.parametrize(
    ("tab", "shown"),
    [
        ("denial", "Member ID W102074778"),
        ("criteria", "Met at least 6 weeks"),
        ("evidence", "pain score"),
        ("letter", "The record meets this criterion."),
        ("history", "chart.pdf page 1"),
        ("what-is-not-there", "Member ID W102074778"),
    ],
)
def test_each_part_of_a_case_is_a_page_and_a_part_of_one(desk: Tried, kim: Browser, tab: str, shown: str) -> None:
    whole, part = kim.page(f"/cases/{desk.case}?tab={tab}"), kim.tab(tab)
    for page in (whole, part):
        assert shown in words_of(page).replace("“", "").replace("”", "")
    assert "<!doctype html>" in whole
    assert part.lstrip().startswith('<section id="desk"')


def test_who_may_only_look_is_offered_no_change_and_makes_none(desk: Tried) -> None:
    viewer = desk.browser("vi", Role.VIEWER)
    for tab in ("denial", "criteria", "evidence", "letter"):
        page = viewer.tab(tab)
        assert "/edits" not in page
        assert "/approve" not in page
    assert 'name="do"' not in viewer.page("/cases")
    assert viewer.edit("confirm_value", field="payer").status_code == 403
    assert viewer.approve().status_code == 403


def test_a_case_that_was_not_worked_says_so_and_has_no_parts(desk: Tried, kim: Browser) -> None:
    desk.change(desk.case, state=State.WORKING.value, files={}, row=None)
    assert "Its documents are being read." in kim.page(f"/cases/{desk.case}")
    assert kim.get(f"/cases/{desk.case}/tabs/denial").status_code == 404
    assert kim.get(f"/cases/{desk.case}/pages/d1/1").status_code == 404
    assert kim.post(f"/cases/{desk.case}/edits", do="confirm_value", field="payer", reason="x").status_code == 404
    assert kim.page("/cases").count("<tr data-item") == 2


@pytest.mark.parametrize("rest", ["", "/tabs/denial", "/pages/d1/1", "/pages/d1/1/picture", "/files/00", "/packet"])
def test_a_case_that_there_is_not_is_not_found(kim: Browser, rest: str) -> None:
    found = kim.get(f"/cases/case-0{rest}")
    assert found.status_code == 404
    assert "there is no such case" in found.text


def test_what_goes_wrong_is_told_as_a_page_as_a_part_of_one_and_as_json(kim: Browser) -> None:
    path = "/cases/case-0"
    assert "<!doctype html>" in kim.get(path).text
    part = kim.get(path, **{"HX-Request": "true"})
    assert (part.status_code, part.headers["hx-retarget"]) == (404, "#flash")
    assert part.text.startswith('<div class="flash bad" role="alert">')
    assert "there is no such case" in kim.get(path, Accept="application/json").json()["detail"]


# Its pages.


def test_a_page_is_its_words_with_their_places_and_its_picture(desk: Tried, kim: Browser) -> None:
    page = kim.get(f"/cases/{desk.case}/pages/d2/1").json()
    assert page["width"] > 0
    said = [page["text"][start:end] for start, end, *_ in page["words"]]
    assert said[:4] == ["Progress", "Note", "Patient:", "Ana"]
    assert all(0 <= left < right <= 1 and 0 <= top < bottom <= 1 for *_, left, top, right, bottom in page["words"])
    for small in ("", "?small=1"):
        picture = kim.get(f"/cases/{desk.case}/pages/d2/1/picture{small}")
        assert picture.headers["content-type"] == "image/jpeg"
        assert picture.content.startswith(b"\xff\xd8")


def test_a_page_without_paper_is_its_text(desk: Tried, kim: Browser) -> None:
    page = kim.get(f"/cases/{desk.case}/pages/d1/1").json()
    assert (page["width"], page["words"]) == (0, [])
    assert THERAPY in page["text"]
    picture = kim.get(f"/cases/{desk.case}/pages/d1/1/picture")
    assert (picture.status_code, "it has no picture" in picture.text) == (404, True)


def test_of_a_file_with_another_patients_page_that_page_is_not_there(desk: Tried, kim: Browser) -> None:
    assert [(one.number, one.file_page) for one in desk.stored(desk.other).documents[0].pages] == [(1, 2)]
    for page in ("d1/2", "d1/0", "d1/-1", "d9/1", "D1/1"):
        assert kim.get(f"/cases/{desk.case}/pages/{page}").status_code == 404
        assert kim.get(f"/cases/{desk.case}/pages/{page}/picture").status_code == 404
    assert BEN[0] not in kim.get(f"/cases/{desk.case}/pages/d1/1").text
    assert ANA[0] not in kim.get(f"/cases/{desk.other}/pages/d1/1").text


def test_no_case_gives_away_the_files_of_another(desk: Tried, kim: Browser) -> None:
    theirs, ours = desk.desk.kept(desk.other).files[CASE], desk.desk.kept(desk.case).files[CASE]
    assert kim.get(f"/cases/{desk.case}/files/{theirs}").status_code == 404
    assert kim.get(f"/cases/{desk.case}/files/{ours}").json()["case_id"] == desk.case


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("PHYSICAL  therapy", [("d1", "physical therapy"), ("d2", "physical therapy"), ("d3", "physical therapy")]),
        ("Date of visit", [("d1", "date of visit"), ("d2", "date of visit")]),
        (".*", []),
        ("", []),
        ("  ", []),
    ],
)
def test_words_are_found_wherever_they_stand(desk: Tried, words: str, found: list[tuple[str, str]]) -> None:
    places = desk.room.search(desk.case, words)
    assert list(dict.fromkeys((one.document, one.words.casefold()) for one in places)) == found
    for one in places:
        text = desk.room.words(desk.case, one.document, one.page)["text"]
        assert str(text)[one.start : one.end] == one.words


def test_what_is_searched_for_is_escaped_where_it_is_shown(desk: Tried, kim: Browser) -> None:
    found = kim.post(f"/cases/{desk.case}/search", words="physical therapy")
    assert "<mark>physical therapy</mark>" in found.text
    assert kim.post(f"/cases/{desk.case}/search", words="<script>").text.count("<script>") == 0
    assert kim.post(f"/cases/{desk.case}/search", words="x" * 201).status_code == 422


def test_what_was_looked_at_and_taken_away_is_in_the_log(desk: Tried, kim: Browser) -> None:
    kim.page(f"/cases/{desk.case}")
    kim.get(f"/cases/{desk.case}/files/{desk.desk.kept(desk.case).files[LETTER]}")
    assert desk.done()[-2:] == [("kim", "viewed"), ("kim", "downloaded")]
    history = kim.tab("history")
    assert LETTER in history


# Corrections.


def test_a_value_is_corrected_and_what_follows_is_told(desk: Tried, kim: Browser) -> None:
    answer = kim.edit("value", field="letter_date", value="2026-02-01")
    assert answer.status_code == 200
    assert "Deadline: 2026-08-13" in answer.text
    value = desk.stored().denial.letter_date
    assert value is not None
    assert value.correction is not None
    assert (str(value.value), value.correction.by, value.correction.reason) == ("2026-02-01", "kim", "Read on the page")
    assert "Correct" not in words_of(kim.page("/cases"))
    assert ("kim", "corrected") in desk.done()
    written = json.loads((desk.desk.case_folder(desk.case) / CASE).read_text())
    assert written["denial"]["letter_date"]["value"] == "2026-02-01"


@pytest.mark.parametrize("do", ["reject_value", "confirm_value"])
def test_a_value_is_rejected_or_confirmed(desk: Tried, kim: Browser, do: str) -> None:
    assert kim.edit(do, field="member_id", index="0").status_code == 200
    value = desk.stored().denial.member_id
    assert value is not None
    assert value.stands is (do == "confirm_value")


def test_a_value_that_nobody_found_is_added_with_its_place(desk: Tried, kim: Browser) -> None:
    text = str(desk.room.words(desk.case, "d3", 1)["text"])
    start = text.index("Lumbar MRI")
    place = {"place.document": "d3", "place.page": "1", "place.start": start, "place.end": start + 10}
    assert kim.edit("value", field="procedure_codes", index="0", value="72148", **place).status_code == 200
    (code,) = desk.stored().denial.procedure_codes
    assert (code.value, code.spans[0].quote) == ("72148", "Lumbar MRI")


def test_a_fact_is_changed_only_in_what_was_typed_otherwise(desk: Tried, kim: Browser) -> None:
    page = kim.tab("evidence")
    assert 'name="set.start" value="2025-11-03"' in page
    form = {"set.name": "physical therapy", "set.start": "2025-11-03", "set.end": "2025-11-20", "set.value": ""}
    other = next(one.id for one in desk.stored().facts if one.start and one.spans[0].document == "d2")
    assert kim.edit("reject_fact", fact=other).status_code == 200
    answer = kim.edit("fact", tab="evidence", fact=therapy(desk), **form)
    assert answer.status_code == 200
    assert "Criterion c1: met -&gt; not met" in answer.text
    (edit,) = (one["signed"]["edit"] for one in desk.desk.edits(desk.case)[1:])  # type: ignore[index]
    assert edit["changes"] == {"end": "2025-11-20"}
    assert desk.desk.row(desk.case, TODAY).not_met == 1


@pytest.mark.parametrize("do", ["accept_fact", "reject_fact"])
def test_a_fact_is_accepted_or_rejected(desk: Tried, kim: Browser, do: str) -> None:
    name = therapy(desk)
    assert kim.edit(do, fact=name).status_code == 200
    fact = next(one for one in desk.stored().facts if one.id == name)
    assert fact.stands is (do == "accept_fact")


def test_marked_words_become_evidence(desk: Tried, kim: Browser) -> None:
    text = str(desk.room.words(desk.case, "d1", 1)["text"])
    start = text.index("Back pain") if "Back pain" in text else text.index("Pain 7/10")
    place = {"place.document": "d1", "place.page": "1", "place.start": start, "place.end": start + 9}
    form = {"kind": "functional_limit", "set.name": "cannot sit", "set.value": "", "set.assertion": "present"}
    answer = kim.edit("add_fact", tab="evidence", **form, **place)
    assert answer.status_code == 200
    fact = desk.stored().facts[-1]
    assert (fact.kind, fact.name, fact.spans[0].start) == (FactKind.FUNCTIONAL_LIMIT, "cannot sit", start)
    assert f'id="fact-{fact.id}"' in answer.text


def test_a_place_that_is_not_on_the_page_is_refused(desk: Tried, kim: Browser) -> None:
    place = {"place.document": "d1", "place.page": "1", "place.start": "5", "place.end": "99999"}
    answer = kim.edit("add_fact", kind="finding", **{"set.name": "x"}, **place)
    assert answer.status_code == 409
    assert "no words are marked on that page" in answer.text
    assert desk.desk.edits(desk.case) == []


def test_a_verdict_is_set_and_given_back_to_the_checker(desk: Tried, kim: Browser) -> None:
    answer = kim.edit("verdict", tab="criteria", criterion="c1", verdict="not_met")
    assert "not met by its reviewer; the checker says met" in answer.text
    assert desk.desk.row(desk.case, TODAY).not_met == 1
    assert kim.edit("unset_verdict", tab="criteria", criterion="c1").status_code == 200
    assert desk.desk.row(desk.case, TODAY).met == 1


def test_a_criterion_is_rejected_and_taken_back_in(desk: Tried, kim: Browser) -> None:
    assert kim.edit("reject_criterion", tab="criteria", criterion="c1").status_code == 200
    assert desk.stored().coverage.criteria == ()
    assert kim.edit("accept_criterion", tab="criteria", criterion="c1").status_code == 200
    assert [one.verdict for one in desk.stored().coverage.criteria] == ["met"]


def test_a_refused_proposal_is_let_go(desk: Tried, kim: Browser) -> None:
    case = desk.stored()
    refused = Refused(what="payer", value="Orchid", quote="Orchid", document="d3", reason="it does not stand there")
    case = case.model_copy(update={"refused": (refused,)})
    case = case.model_copy(update={"provenance": case.provenance.model_copy(update={"seals": seals(case)})})
    files = {**desk.desk.kept(desk.case).files, CASE: desk.desk.store.put(case.model_dump_json().encode())}
    desk.change(desk.case, files=files)
    assert "Orchid" in kim.tab("denial")
    assert kim.edit("dismiss", index="0").status_code == 200
    assert "Orchid" not in kim.tab("denial")
    assert kim.edit("dismiss", index="1").status_code == 404


def test_a_sentence_is_reworded_and_left_out(kim: Browser) -> None:
    drafted = "The decision is on lumbar MRI."
    told = {"tab": "letter", "letter": LetterKind.APPEAL.value, "sentence": "opening-2"}
    own = "This decision is on lumbar MRI."
    assert own in kim.edit("sentence", **told, text=own).text
    other = kim.edit("value", field="member_id", value="W102074779", tab="letter")
    assert own in other.text
    gone = kim.edit("sentence", **told, text="").text
    assert own not in gone
    assert f'<p class="struck">{drafted}</p>' in gone
    assert f"<p>{drafted}" not in gone
    back = kim.edit("sentence", **told, text=drafted).text
    assert f"<p>{drafted}" in back
    assert "Put it back" not in back


def test_the_drafted_words_typed_again_are_no_words_of_the_reviewers(desk: Tried, kim: Browser) -> None:
    drafted = "The decision is on lumbar MRI."
    told = {"tab": "letter", "letter": LetterKind.APPEAL.value, "sentence": "opening-2"}
    kim.edit("sentence", **told, text="This decision is on lumbar MRI.")
    assert drafted in kim.edit("sentence", **told, text=drafted).text
    assert desk.stored().own == ()


@pytest.mark.parametrize("text", ["The decision is on cervical MRI.", "She was treated for 900 days."])
def test_a_sentence_that_the_record_does_not_carry_is_refused(kim: Browser, text: str) -> None:
    before = kim.seen()
    told = {"tab": "letter", "letter": LetterKind.APPEAL.value, "sentence": "opening-2"}
    answer = kim.edit("sentence", **told, text=text)
    assert answer.status_code == 409
    assert "the record does not carry it" in answer.text
    assert kim.seen() == before


def test_without_htmx_a_correction_leads_back_to_its_part_of_the_case(desk: Tried, kim: Browser) -> None:
    form = {"do": "confirm_value", "field": "payer", "seen": kim.seen(), "tab": "denial", "reason": "x"}
    answer = kim.post(f"/cases/{desk.case}/edits", **form)
    assert (answer.status_code, answer.headers["location"]) == (303, f"/cases/{desk.case}?tab=denial")


@pytest.mark.parametrize(
    "wrong",
    [
        {"do": "value", "field": "letter_date", "value": "yesterday"},
        {"do": "value", "field": "shoe_size", "value": "44"},
        {"do": "confirm_value", "field": "payer", "reason": " "},
        {"do": "fact", "fact": "f99", "set.name": "x"},
        {"do": "fact", "fact": "f1", "set.shoe_size": "44"},
        {"do": "verdict", "criterion": "c1", "verdict": "perhaps"},
        {"do": "nothing"},
        {"do": "confirm_value", "field": "payer", "by": "lee"},
        {"do": "confirm_value", "field": "payer", "at": "2020-01-01T00:00:00Z"},
    ],
)
def test_an_edit_that_is_none_changes_nothing(desk: Tried, kim: Browser, wrong: Json) -> None:
    before = kim.seen()
    answer = kim.edit(**wrong)
    assert answer.status_code in (404, 409)
    assert 'role="alert"' in answer.text
    assert (kim.seen(), desk.desk.edits(desk.case)) == (before, [])


def test_who_did_not_see_the_newest_state_changes_nothing(desk: Tried, kim: Browser) -> None:
    lee, stale = desk.browser("lee"), kim.seen()
    assert lee.edit("confirm_value", field="payer").status_code == 200
    for answer in (
        kim.edit("confirm_value", field="member_id", seen=stale),
        kim.post(f"/cases/{desk.case}/approve", seen=stale),
        kim.post(f"/cases/{desk.case}/edited/drop", seen=stale),
    ):
        assert answer.status_code == 409
        assert "somebody changed it meanwhile" in answer.text
    assert take(kim, edited(desk), stale) == 409
    assert len(desk.desk.edits(desk.case)) == 1


@pytest.mark.parametrize("state", [State.WORKING, State.SUBMITTED, State.DECIDED, State.CLOSED])
def test_what_was_sent_or_is_at_work_is_not_changed(desk: Tried, kim: Browser, state: State) -> None:
    desk.change(desk.case, state=state.value)
    answer = kim.edit("confirm_value", field="payer")
    assert answer.status_code == 409
    assert take(kim, edited(desk)) == 409
    assert "/edits" not in kim.tab("denial")
    assert desk.desk.edits(desk.case) == []


# The letter.


def test_a_case_goes_from_review_to_its_end(desk: Tried, kim: Browser) -> None:
    assert kim.approve().status_code == 303
    day = TODAY.isoformat()
    sent = kim.post(f"/cases/{desk.case}/submit", method="fax", proof="17", on=day)
    assert sent.headers["location"] == f"/cases/{desk.case}?tab=letter"
    assert kim.post(f"/cases/{desk.case}/decide", outcome="overturned", on=day).status_code == 303
    assert kim.post(f"/cases/{desk.case}/close", why="paid").status_code == 303
    assert kim.post(f"/cases/{desk.case}/reopen", why="not paid").status_code == 303
    assert desk.desk.kept(desk.case).state is State.NEEDS_REVIEW
    assert [what for who, what in desk.done() if who == "kim"] == [
        "approved",
        "submitted",
        "decided",
        "closed",
        "needs_review",
    ]


@pytest.mark.parametrize(
    ("state", "act", "form", "status"),
    [
        (State.READY, "submit", {"method": "fax", "proof": "1", "on": "2026-03-02"}, 409),
        (State.APPROVED, "submit", {"method": "fax", "proof": "1", "on": "2 March"}, 409),
        (State.APPROVED, "submit", {"method": "", "proof": "1", "on": "2026-03-02"}, 422),
        (State.APPROVED, "decide", {"outcome": "upheld", "on": "2026-03-02"}, 409),
        (State.SUBMITTED, "decide", {"outcome": "lost", "on": "2026-03-02"}, 409),
        (State.CLOSED, "close", {"why": "x"}, 409),
        (State.READY, "reopen", {"why": "x"}, 409),
        (State.SUBMITTED, "approve", {}, 409),
    ],
)
def test_a_step_that_does_not_follow_is_refused(
    desk: Tried, kim: Browser, state: State, act: str, form: Json, status: int
) -> None:
    desk.change(desk.case, state=state.value)
    answer = kim.post(f"/cases/{desk.case}/{act}", **{"seen": kim.seen(), **form})
    assert answer.status_code == status
    assert desk.desk.kept(desk.case).state is state


def test_an_approval_is_taken_back_by_a_later_correction(desk: Tried, kim: Browser) -> None:
    kim.approve()
    assert desk.desk.kept(desk.case).state is State.APPROVED
    kim.edit("verdict", criterion="c1", verdict="not_met")
    row = desk.desk.row(desk.case, TODAY)
    assert (row.state, row.points != ()) == ("needs_review", True)
    assert kim.post(f"/cases/{desk.case}/submit", method="fax", proof="1", on=TODAY.isoformat()).status_code == 409


def test_an_edited_letter_that_says_more_than_the_record_goes_out_only_with_a_reason(desk: Tried, kim: Browser) -> None:
    assert take(kim, edited(desk, "She had lumbar surgery on 02/02/2024.")) == 303
    page = words_of(kim.tab("letter"))
    assert "Not carried: She had lumbar surgery on 02/02/2024." in page
    assert "Not to be sent as it is: 1 statement that the record does not carry and 4 places still to be filled" in page
    assert page.count("To be filled:") == 4
    assert desk.desk.kept(desk.case).state is State.NEEDS_REVIEW
    refused = kim.approve()
    assert refused.status_code == 409
    assert kim.approve(why=" ").status_code == 409
    assert kim.approve(why="It is in her own statement").status_code == 303
    assert desk.desk.kept(desk.case).state is State.APPROVED


def test_an_edited_letter_stays_when_the_case_is_corrected_and_goes_when_it_is_dropped(
    desk: Tried, kim: Browser
) -> None:
    content = edited(desk)
    assert take(kim, content) == 303
    assert "All of its statements are carried" not in kim.tab("letter")
    why = "the edited letter has 4 places still to be filled"
    assert (desk.desk.row(desk.case, TODAY).state, desk.desk.row(desk.case, TODAY).why) == ("needs_review", why)
    kim.edit("confirm_value", field="payer")
    files = desk.desk.kept(desk.case).files
    assert desk.desk.store.get(files[EDITED]) == content
    assert take(kim, content) == 303
    assert desk.desk.row(desk.case, TODAY).why == why
    assert desk.desk.row(desk.case, TODAY).edited
    assert kim.post(f"/cases/{desk.case}/edited/drop", seen=kim.seen()).status_code == 303
    assert EDITED not in desk.desk.kept(desk.case).files
    assert desk.desk.row(desk.case, TODAY).state == "ready"
    assert not desk.desk.row(desk.case, TODAY).edited


@pytest.mark.parametrize("content", [b"", b"no letter", b"PK\x03\x04 torn"])
def test_a_file_that_is_no_letter_is_refused(desk: Tried, kim: Browser, content: bytes) -> None:
    before = kim.seen()
    assert take(kim, content) in (415, 422)
    assert (kim.seen(), EDITED in desk.desk.kept(desk.case).files) == (before, False)


def test_the_packet_comes_with_what_its_sender_must_look_at(
    desk: Tried, kim: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    made: list[tuple[object, ...]] = []

    def bound(*given: object) -> tuple[dict[str, bytes], tuple[str, ...]]:
        made.append(given)
        return {"packet.pdf": b"%PDF-1.7"}, ("Look at page 2.",)[: len(made) - 1]

    monkeypatch.setattr(desk.room, "_run", bound)
    alone = kim.get(f"/cases/{desk.case}/packet")
    assert (alone.content, 'filename="packet.pdf"' in alone.headers["content-disposition"]) == (b"%PDF-1.7", True)
    with zipfile.ZipFile(io.BytesIO(kim.get(f"/cases/{desk.case}/packet?fax=1").content)) as archive:
        assert archive.read("look-first.txt") == b"Look at page 2."
        assert archive.namelist() == ["packet.pdf", "look-first.txt"]
    assert desk.done()[-2:] == [("kim", "downloaded")] * 2


def test_the_packet_holds_the_letter_and_the_pages_it_cites_and_nobody_elses(
    desk: Tried, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "made.pdf").write_bytes(pdf("The letter, as LibreOffice makes it"))
    script = f'while [ "$1" != --outdir ]; do shift; done; cp {tmp_path}/made.pdf "$2/letter.pdf"'
    installed(tmp_path, script, monkeypatch)
    monkeypatch.setattr(desk.room, "_run", lambda work, *given: work(*given))
    pages = texts(desk.room.packet(desk.case)["packet.pdf"])
    assert pages[0].startswith("The letter, as LibreOffice makes it")
    assert [page.partition("Ex. ")[2][:1] for page in pages[2:]] == ["A", "B", "C"]
    assert "Date of visit: 02/03/2026" in pages[4]
    assert not any(BEN[0] in page for page in pages)


# Whatever is sent.


TYPED = (
    "0 1 -1 99999999999999999999 c1 f1 d1 appeal opening-2 not_met present payer letter_date procedure_codes "
    "appeal.window 2026-02-31 1e400 NaN <b> 2025"
)
NAMED = (
    "field index value fact criterion verdict letter sentence text kind name place changes place.document place.page "
    "place.start place.end set.name set.value set.date set.start set.visits set.assertion set.dose set.duration "
    "set.side set. page tab"
)
DONE = (
    "value reject_value confirm_value fact accept_fact reject_fact add_fact verdict unset_verdict reject_criterion "
    "accept_criterion dismiss sentence nothing"
)
NASTY = st.one_of(st.sampled_from(["", "\x00", *TYPED.split()]), st.text(max_size=12))
FIELDS, DOES = st.sampled_from(NAMED.split()), st.sampled_from(DONE.split())


@how(max_examples=120, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(do=DOES, form=st.dictionaries(FIELDS, NASTY, max_size=6), reason=NASTY)
def test_whatever_a_form_says_is_an_edit_or_is_refused(
    kim: Browser, do: str, form: dict[str, str], reason: str
) -> None:
    assert kim.edit(do, **{**form, "reason": reason}).status_code in (200, 404, 409, 422)


# Large charts.


@pytest.fixture
def lengthy(desk: Tried) -> Callable[[int], None]:
    """Give the case so many facts more, each like its first."""

    def lengthen(many: int) -> None:
        case = desk.stored()
        more = tuple(replace(case.facts[0], id=f"f{100 + n}") for n in range(many))
        case = case.model_copy(update={"facts": (*case.facts, *more)})
        case = case.model_copy(update={"provenance": case.provenance.model_copy(update={"seals": seals(case)})})
        files = {**desk.desk.kept(desk.case).files, CASE: desk.desk.store.put(case.model_dump_json().encode())}
        desk.change(desk.case, files=files)

    return lengthen


def test_the_evidence_of_a_large_chart_comes_in_pages(
    desk: Tried, kim: Browser, lengthy: Callable[[int], None]
) -> None:
    few = kim.tab("evidence")
    assert (few.count('class="item fact'), "Pages of the evidence" in few) == (7, False)
    lengthy(2 * views.FACTS)
    pages = [kim.page(f"/cases/{desk.case}/tabs/evidence?page={n}") for n in (1, 2, 3)]
    assert [page.count('class="item fact') for page in pages] == [views.FACTS, views.FACTS, 7]
    assert kim.page(f"/cases/{desk.case}?tab=evidence&page=3").count('class="item fact') == 7
    assert kim.page(f"/cases/{desk.case}/tabs/evidence?page=99").count('class="item fact') == 7
    assert 'name="page" value="2"' in pages[1]
    answer = kim.edit("accept_fact", tab="evidence", page="2", fact="f160")
    assert 'aria-current="page">2</a>' in answer.text
    alone = {"do": "accept_fact", "fact": "f161", "seen": kim.seen(), "tab": "evidence", "page": "2", "reason": "x"}
    assert kim.post(f"/cases/{desk.case}/edits", **alone).headers["location"].endswith("?tab=evidence&page=2")


def test_days_are_worded_and_coloured_by_how_many_are_left(desk: Tried) -> None:
    row = desk.desk.row(desk.case, TODAY)
    told = {}
    for days in (None, -2, -1, 0, 1, 7, 8):
        safe = None if days is None else TODAY + timedelta(days=days)
        shown = row.model_copy(update={"days": days, "safe": safe})
        told[days] = (urgency(shown), views.due(shown))
    assert told == {
        None: ("unknown", "deadline not known"),
        -2: ("past", "2 days past"),
        -1: ("past", "1 day past"),
        0: ("soon", "0 days left"),
        1: ("soon", "1 day left"),
        7: ("soon", "7 days left"),
        8: ("open", "8 days left"),
    }


@pytest.mark.parametrize("trigger", ["unstated", "receipt", "notice_date"])
def test_a_window_is_shown_as_it_may_be_typed_again(trigger: Literal["unstated", "receipt", "notice_date"]) -> None:
    stated = AppealWindow(n=60, unit="days", trigger=trigger)
    assert window(views.typed(stated)) == stated


def test_a_correction_that_no_longer_fits_is_shown_in_the_history(desk: Tried, kim: Browser) -> None:
    kim.edit("confirm_value", field="payer")
    assert "no longer fit" not in kim.tab("history")
    with desk.desk.register.change() as do:
        do.execute(sa.update(EDITS).values(unfit="it is not read so any more"))
    assert "confirm value payer , by kim it is not read so any more" in words_of(kim.tab("history"))
