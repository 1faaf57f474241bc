"""What the review page says of the route, of what to do next and of what is still to be shown."""

from datetime import date

from pipeline.draft.review import review_page
from schemas.coverage import Action, ActionKind, CheckItem, Pattern, Route, RouteKind
from tests.draft.review_case import COVERAGE, DOCUMENTS, case, in_letter, picture
from tests.draft.test_review import having, read, row

REASON = in_letter("The records do not show")
NECESSITY = Route(kind=RouteKind.NECESSITY_APPEAL, reasons=("It is about necessity.",), spans=REASON)
RECORDS = Route(kind=RouteKind.RECORDS_REQUEST, reasons=("It asks for records.",), spans=REASON)
CONCLUDED = {
    "pattern_spans": {Pattern.CONSERVATIVE_CARE: REASON},
    "proof_kit": (
        CheckItem(id="A1", want="Conservative care", facts=("f1",)),
        CheckItem(id="A4", want="Red flags", ask="Ask the treating clinician.", optional=True),
    ),
    "reviewer_five": (CheckItem(id="R2", want="Severity proof", ask="Ask the treating clinician."),),
    "actions": (
        Action(kind=ActionKind.PEER_TO_PEER, what="Call the reviewer.", spans=in_letter("Fax: 555-0142")),
        Action(kind=ActionKind.COLLECT_RECORDS, what="Obtain it.", by=date(2026, 9, 10), criteria=("c3",)),
    ),
}


def shown(*routes):
    coverage = COVERAGE.model_copy(update=CONCLUDED | {"routes": routes})
    return read(review_page(case(coverage=coverage), DOCUMENTS, picture))


def place(elements, identifier):
    (found,) = having(elements, "id", identifier)
    return found.place


def test_a_route_that_is_no_appeal_stands_before_all_else_and_says_the_letter_is_drafted():
    elements = shown(RECORDS, NECESSITY)
    assert place(elements, "route") < place(elements, "person")
    said = row(elements, "route")
    assert said.index("Records asked for") < said.index("Appeal of medical necessity")
    assert "The letter is drafted all the same" in said
    assert "It asks for records." in said


def test_a_route_that_is_an_appeal_waits_its_turn():
    elements = shown(NECESSITY)
    assert place(elements, "person") < place(elements, "route")
    assert "drafted all the same" not in row(elements, "route")


def test_an_unknown_route_is_said_first():
    elements = shown()
    assert place(elements, "route") < place(elements, "person")
    assert "A person must decide" in row(elements, "route")


def test_a_ticked_item_shows_its_facts_and_another_whom_to_ask():
    elements = shown(NECESSITY)
    ticked, asked = row(elements, "item-A1"), row(elements, "item-A4")
    assert "✓" in ticked
    assert "physical therapy" in ticked
    assert "[Ex. B, p. 1]" in ticked
    assert "Ask the treating clinician." in asked
    assert "only if there is such a thing" in asked
    assert "○" in row(elements, "item-R2")


def test_what_to_do_has_its_date_its_criterion_and_its_words():
    elements = shown(NECESSITY)
    talk, records = row(elements, "action-1"), row(elements, "action-2")
    assert "no date" in talk
    assert "[Ex. A, p. 1]" in talk
    assert "September 10, 2026" in records
    assert "criterion 3" in records


def test_the_words_that_show_a_pattern_are_cited_and_every_link_leads_somewhere():
    elements = shown(RECORDS, NECESSITY)
    assert "[Ex. A, p. 1]" in row(elements, "pattern-conservative_care")
    ids = [element.attributes["id"] for element in elements if "id" in element.attributes]
    links = {element.attributes["href"][1:] for element in elements if "href" in element.attributes}
    assert len(ids) == len(set(ids))
    assert links <= set(ids)
