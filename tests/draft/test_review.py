import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from enum import StrEnum
from html.parser import HTMLParser
from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from pipeline.draft import review
from pipeline.draft.review import review_page
from pipeline.draft.review_places import Place
from schemas.case import Category
from schemas.coverage import (
    ActionKind,
    CaseType,
    Coverage,
    Deadline,
    DeadlineStatus,
    Pattern,
    RouteKind,
    Verdict,
)
from schemas.denial import AppealChannel, CriteriaSource, Denial, PlanType
from schemas.document import Origin, Role, Whose
from schemas.fact import Assertion, FactKind, Outcome
from schemas.letter import Letter, SentenceKind
from schemas.span import Cited
from tests.draft.review_case import (
    COVERAGE,
    DENIAL,
    DOCUMENTS,
    FACTS,
    LETTER,
    LETTER_JPEG,
    LETTER_PAGE,
    NOTE,
    NOTE_PAGE,
    case,
    document,
    in_letter,
    picture,
    text,
)


@dataclass
class Element:
    """An element of the page: its attributes and all text inside it."""

    tag: str
    attributes: dict[str, str]
    text: str = ""
    place: int = 0


@dataclass
class Reader(HTMLParser):
    """Reads the page as a browser would, and refuses elements left open."""

    elements: list[Element] = field(default_factory=list)
    open: list[Element] = field(default_factory=list)

    def __post_init__(self) -> None:
        super().__init__()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        names = [name for name, _ in attrs]
        assert len(names) == len(set(names)), f"<{tag}> repeats an attribute"
        element = Element(tag, {name: value or "" for name, value in attrs}, place=len(self.elements))
        self.elements.append(element)
        if tag not in {"meta", "link", "br", "img"}:
            self.open.append(element)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop().tag == tag

    def handle_data(self, data: str) -> None:
        for element in self.open:
            element.text += data


def read(html: str) -> list[Element]:
    reader = Reader()
    reader.feed(html)
    reader.close()
    assert reader.open == []
    return reader.elements


def having(elements: Sequence[Element], name: str, value: str) -> list[Element]:
    return [e for e in elements if value in e.attributes.get(name, "").split()]


@pytest.fixture(scope="module")
def html() -> str:
    return review_page(case(), DOCUMENTS, picture)


@pytest.fixture(scope="module")
def elements(html: str) -> list[Element]:
    return read(html)


def row(elements: Sequence[Element], identifier: str) -> str:
    (found,) = having(elements, "id", identifier)
    return found.text


def test_every_value_stands_beside_its_quote(elements: list[Element]) -> None:
    for field_, value, quote in (
        ("member_id", "AHP-88213-01", "AHP-88213-01"),
        ("letter_date", "March 14, 2026", "March 14, 2026"),
        ("appeal.window", "180 days from the date of the notice", "180 days"),
        ("reason", "6 weeks of provider-directed conservative", "provider-directed\nconservative"),
        ("procedure_codes", "72148", "72148"),
    ):
        shown = row(elements, f"value-{field_}")
        assert value in shown
        assert quote in shown
        assert "denial.pdf, page 1" in shown


def test_every_fact_stands_beside_its_quote_and_says_what_it_serves(elements: list[Element]) -> None:
    for fact in FACTS:
        assert fact.name in row(elements, f"fact-{fact.id}")
        assert fact.spans[0].quote in row(elements, f"fact-{fact.id}")
    therapy = row(elements, "fact-f1")
    assert "April 1, 2026 to May 15, 2026" in therapy
    assert "used in criterion 1" in therapy
    assert "failed: no relief" in therapy
    assert "48/100" in row(elements, "fact-f3")
    assert "May 2026" in row(elements, "fact-f3")


def test_a_fact_that_does_not_hold_is_struck_and_labelled(elements: list[Element]) -> None:
    struck = {element.text for element in having(elements, "class", "struck")}
    assert {"bowel or bladder dysfunction", "lumbar fusion"} <= struck
    assert "Stated as absent" in row(elements, "fact-f4")
    assert "Family history" in row(elements, "fact-f5")


def test_a_verdict_is_a_word_and_a_symbol_with_its_figure_and_gap(elements: list[Element]) -> None:
    met, review, silent = (row(elements, f"criterion-{n}") for n in (1, 2, 3))
    assert "✓ Met" in met
    assert "44 days = 6 weeks 2 days" in met
    assert "said of a relative, not of the patient" in met
    assert "? Needs review" in review
    assert "○ Not documented" in silent
    assert "An imaging history, from the referring practice." in silent


def test_what_needs_a_person_comes_before_the_values(elements: list[Element]) -> None:
    (person,), (values,) = having(elements, "id", "person"), having(elements, "id", "denial")
    assert person.place < values.place
    for said in (
        "The page could not be read.",
        "Scan the page again at 300 dpi.",
        "AHP-778",
        "The quote does not stand in the document.",
        "The record holds words that address a machine.",
        "Is this an employer plan?",
        "[Imaging history of the last 12 months]",
        "Date of birth",
    ):
        assert said in person.text
    assert "Payer" not in [chip.text for chip in elements if chip.tag == "li"]


def test_a_doubtful_reading_is_flagged_where_it_stands_and_first(elements: list[Element]) -> None:
    assert "Member ID read as AHP-88213-01" in re.sub(r"\s+", " ", row(elements, "person"))
    assert "OCR 62%" in row(elements, "value-member_id")
    assert "doubtful reading" in row(elements, "value-member_id")
    assert "doubtful reading" not in row(elements, "value-claim_number")


def test_a_denial_of_which_nothing_is_known_says_so() -> None:
    bare = case(denial=Denial(), facts=(), coverage=Coverage(deadline=Deadline(basis="No rule applies.")))
    bare = bare.model_copy(update={"letter": Letter(sections=()), "failures": (), "refused": ()})
    shown = read(review_page(bare, DOCUMENTS, picture))
    assert "Nothing is waiting" not in row(shown, "person")
    assert "Member ID" in row(shown, "person")
    assert "Criteria" in [element.text for element in shown if element.tag == "li"]
    assert "No date can be given" in row(shown, "deadline")


def test_a_complete_case_leaves_nothing_for_a_person() -> None:
    words, day = text("180 days"), Cited[date](value=date(2026, 3, 14), spans=in_letter("March 14, 2026"))
    complete = Denial(
        payer=words,
        patient_name=words,
        member_id=words,
        group_number=words,
        claim_number=words,
        reference_number=words,
        service=words,
        provider=words,
        reason=words,
        plan_type=Cited(value=PlanType.COMMERCIAL_ERISA, spans=words.spans),
        denied_amount=Cited(value=Decimal("1240.5"), spans=words.spans),
        birth_date=day,
        letter_date=day,
        received_date=day,
        criteria_source=CriteriaSource(name=words, identifier=words, version=words),
        procedure_codes=(words,),
        diagnosis_codes=(words,),
        reason_codes=(words,),
        service_dates=(day,),
        criteria=DENIAL.criteria[:1],
        appeal=AppealChannel(window=DENIAL.appeal.window, deadline=day, address=words, fax=words, phone=words),
    )
    sure = LETTER_PAGE.model_copy(update={"origin": Origin.TEXT})
    coverage = Coverage(criteria=COVERAGE.criteria[:1], deadline=Deadline(basis="As the letter says."))
    calm = case(complete=True, denial=complete, coverage=coverage, letter=Letter(sections=()), failures=(), refused=())
    shown = read(review_page(calm, (document(sure, "denial.pdf", Role.DENIAL_LETTER), DOCUMENTS[1]), picture))
    assert "Nothing is waiting for a person." in row(shown, "person")
    assert not [element for element in shown if element.tag == "li" and element.text in {"Payer", "Criteria"}]
    assert "$1,240.50" in row(shown, "value-denied_amount")
    assert "Commercial, employer plan (ERISA)" in row(shown, "value-plan_type")


def test_text_of_a_document_cannot_become_markup(html: str, elements: list[Element]) -> None:
    assert not [element for element in elements if element.tag == "script"]
    assert "&lt;script&gt;" in html
    hostile = case(case_id='"><img src=x onerror=alert(1)>', refused=(case().refused[0],) * 2)
    shown = read(review_page(hostile, DOCUMENTS, picture))
    assert not [element for element in shown if element.tag == "img" or "onerror" in element.attributes]


def test_nothing_is_fetched_from_anywhere(html: str, elements: list[Element]) -> None:
    for element in elements:
        assert not {"src", "srcset", "action", "data", "poster"} & set(element.attributes)
        assert element.attributes.get("href", "#").startswith("#")
    assert set(re.findall(r"url\((.{0,16})", html)) == {"data:image/jpeg;"}
    assert "@import" not in html
    (policy,) = [e.attributes["content"] for e in elements if "content-security-policy" in str(e.attributes).lower()]
    assert policy == "default-src 'none'; img-src data:; style-src 'unsafe-inline'"


def test_every_link_leads_to_something_and_no_id_stands_twice(elements: list[Element]) -> None:
    ids = [element.attributes["id"] for element in elements if "id" in element.attributes]
    assert len(ids) == len(set(ids))
    links = {element.attributes["href"][1:] for element in elements if "href" in element.attributes}
    assert links <= set(ids)
    assert {"doc-1-p1", "doc-2-p1"} <= links


def test_words_without_a_box_are_cited_by_their_page() -> None:
    (span,) = in_letter("AHP-88213-01")
    words = (word for word in LETTER_PAGE.words if word not in LETTER_PAGE.words_in(span))
    bare = LETTER_PAGE.model_copy(update={"words": tuple(words)})
    shown = read(review_page(case(), (document(bare, "denial.pdf", Role.DENIAL_LETTER), DOCUMENTS[1]), picture))
    assert having(shown, "id", f"doc-1-p1-{span.start}-{span.end}") == []
    assert "RE: Jordan Sample   Member ID: AHP-88213-01" in row(shown, "value-member_id")


def test_each_page_picture_is_embedded_once(html: str) -> None:
    assert html.count("data:image/jpeg") == 1
    assert len(html) < len(LETTER_JPEG) * 4 / 3 + 120_000


def test_the_boxes_on_the_page_are_those_of_the_cited_words(elements: list[Element]) -> None:
    (span,) = in_letter("AHP-88213-01")
    (mark,) = having(elements, "id", f"doc-1-p1-{span.start}-{span.end}")
    (word,) = LETTER_PAGE.words_in(span)
    assert word.box is not None
    left, top, width, _ = (float(n) / 100 for n in re.findall(r":([\d.]+)%", mark.attributes["style"]))
    assert (left, top) == pytest.approx((word.box.left, word.box.top), abs=1e-4)
    assert width == pytest.approx(word.box.right - word.box.left, abs=1e-4)
    assert mark.attributes["title"] == "Member ID"
    assert elements[mark.place + 1].attributes["style"] == "left:0.000%;top:0.000%;width:100.000%;height:100.000%"


def test_words_of_one_line_share_a_box_and_each_line_has_its_own() -> None:
    (span,) = DENIAL.reason.spans if DENIAL.reason else ()
    boxes = Place(span, DOCUMENTS[0], LETTER_PAGE).boxes
    words = [word.box for word in LETTER_PAGE.words_in(span) if word.box]
    assert len(boxes) == 2
    assert boxes[0].left == words[0].left
    assert boxes[1].right == words[-1].right
    for word in words:
        assert any(box.left <= word.left and word.right <= box.right and box.top == word.top for box in boxes)


@given(start=st.integers(0, len(LETTER) - 1), length=st.integers(1, len(LETTER)))
def test_a_crop_lies_on_the_page_and_shows_the_boxed_words_whole(start: int, length: int) -> None:
    place = Place(LETTER_PAGE.span(start, min(start + length, len(LETTER))), DOCUMENTS[0], LETTER_PAGE)
    area = place.crop
    assert (area is None) == (not LETTER_PAGE.words_in(place.span))
    if area is not None:
        assert 0 <= area.region.left < area.region.right <= 1
        assert 0 <= area.region.top < area.region.bottom <= 1
        assert len(area.boxes) == len(place.boxes)
        for box in area.boxes:
            assert 0 <= box.left < box.right <= 1
            assert 0 <= box.top < box.bottom <= 1


def test_a_crop_cuts_no_line_in_half() -> None:
    for word in LETTER_PAGE.words:
        area = Place(LETTER_PAGE.span(word.start, word.end), DOCUMENTS[0], LETTER_PAGE).crop
        assert area is not None
        for other in (w.box for w in LETTER_PAGE.words if w.box):
            assert not other.top < area.region.top < other.bottom
            assert not other.top < area.region.bottom < other.bottom


def test_a_page_without_a_picture_shows_its_lines_with_the_words_marked(elements: list[Element]) -> None:
    (span,) = FACTS[2].spans
    context = Place(span, DOCUMENTS[1], NOTE_PAGE).context
    assert context.before == "Mother had a lumbar fusion.\n"
    assert context.after.startswith(". Strength 4/5")
    assert "ODI 48/100" in [element.text for element in elements if element.tag == "mark"]


def test_the_text_of_a_page_stays_whole_under_overlapping_marks(elements: list[Element]) -> None:
    (page,) = having(elements, "id", "doc-2-p1")
    (body,) = having(elements[page.place :], "class", "page-text")
    assert body.text == NOTE


def test_pages_without_pictures_need_no_picture() -> None:
    shown = review_page(case(), DOCUMENTS, lambda _document, _page: None)
    assert "data:image" not in shown
    assert "AHP-88213-01" in row(read(shown), "value-member_id")


@pytest.mark.parametrize(
    ("group", "names"),
    [
        ("verdict", Verdict),
        ("symbol", Verdict),
        ("plan_type", PlanType),
        ("case_type", CaseType),
        ("pattern", Pattern),
        ("route", RouteKind),
        ("action", ActionKind),
        ("deadline_status", DeadlineStatus),
        ("role", Role),
        ("whose", Whose),
        ("origin", Origin),
        ("fact_kind", FactKind),
        ("assertion", Assertion),
        ("outcome", Outcome),
        ("category", Category),
        ("sentence_kind", SentenceKind),
    ],
)
def test_every_name_of_the_schemas_has_its_words(group: str, names: type[StrEnum]) -> None:
    words = yaml.safe_load(Path(review.__file__).with_suffix(".yaml").read_text(encoding="utf-8"))
    assert set(words[group]) == {name.value for name in names}


def test_the_same_case_gives_the_same_bytes(html: str) -> None:
    assert review_page(case(), DOCUMENTS, picture) == html


def test_a_citation_of_a_page_that_was_not_given_is_refused() -> None:
    with pytest.raises(KeyError):
        review_page(case(), DOCUMENTS[:1], picture)


def test_a_page_cited_in_many_places_has_one_link_that_says_how_many() -> None:
    shown = review.Review(case(), DOCUMENTS, picture)
    first, second = LETTER_PAGE.span(0, 4), LETTER_PAGE.span(5, 9)
    assert shown.by_page((first, second)) == ((first, 2),)
