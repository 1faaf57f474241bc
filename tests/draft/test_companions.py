"""The companions of the appeal: what each holds, what it cites, and what it leaves to a person."""

import io
from dataclasses import replace

import docx
import pytest

from pipeline.draft import Evidence, companions, copies, gather, main_letter, typeset, verify
from pipeline.draft.citations import cited
from pipeline.draft.companions.budget import fits, lines
from pipeline.draft.companions.words import companion_words
from schemas.coverage import Action, ActionKind, CheckItem, Coverage, LegalBasis, Route, RouteKind, Warning
from schemas.denial import CriteriaSource, Criterion, Denial
from schemas.letter import Appellant, Letter, LetterKind, Part, Section, Sentence, SentenceKind
from schemas.span import Cited
from tests.draft.knee_case import COVERAGE, DENIAL, DOCUMENTS, FACTS, TODAY, enclosed, span

KINDS = (LetterKind.ONE_PAGE, LetterKind.NECESSITY, LetterKind.RECORDS, LetterKind.TALK, LetterKind.MAP)

CHECKED = COVERAGE.model_copy(
    update={
        "proof_kit": (
            CheckItem(id="B1", want="Timeline of conservative care", facts=("pt",)),
            CheckItem(id="B5", want="What delay risks", ask="Ask the surgeon.", optional=True),
        ),
        "actions": (
            Action(kind=ActionKind.CONFIRM_DEADLINE, what="Confirm the appeal deadline with the plan."),
            Action(kind=ActionKind.SUBMIT, what="Submit the appeal.", by=COVERAGE.deadline.date),
        ),
        "legal_basis": (
            *COVERAGE.legal_basis,
            LegalBasis(
                text="29 CFR 2560.503-1(h)(2)(iii) gives copies of relevant documents, free of charge.",
                source="29 CFR 2560.503-1(h)(2)(iii)",
                rule="erisa_internal_1",
            ),
        ),
    }
)


def evidence(
    coverage: Coverage = CHECKED, denial: Denial = DENIAL, appellant: Appellant = Appellant.PROVIDER
) -> Evidence:
    return gather(denial, FACTS, coverage, enclosed(), TODAY, DOCUMENTS, appellant=appellant)


def letter(kind: LetterKind, holds: Evidence | None = None) -> Letter:
    (one,) = companions([kind], holds or evidence(), DOCUMENTS)
    return one


def sentences(one: Letter) -> list[Sentence]:
    return [sentence for section in one.sections for sentence in section.sentences]


def text(one: Letter) -> str:
    return "\n".join(sentence.text for sentence in sentences(one))


def headed(one: Letter, heading: str) -> Section:
    return next(section for section in one.sections if section.heading == heading)


def cells(section: Section) -> list[list[str]]:
    known = {sentence.id: sentence.text for sentence in section.sentences}
    assert section.grid is not None
    return [[" ".join(known[name] for name in cell) for cell in row] for row in section.grid.rows]


@pytest.mark.parametrize("kind", KINDS)
def test_every_sentence_is_verified_and_cites_only_what_is_enclosed(kind: LetterKind) -> None:
    holds, one = evidence(), letter(kind)
    assert one.kind is kind
    assert one.refused == ()
    assert len({sentence.id for sentence in sentences(one)}) == len(sentences(one))
    for sentence in sentences(one):
        assert all(map(holds.enclosed, sentence.citations))
        assert sentence.citations or sentence.kind is not SentenceKind.FACT
        if sentence.kind is not SentenceKind.NOTE:
            assert verify(sentence, holds) == ()


@pytest.mark.parametrize("kind", KINDS)
def test_the_same_case_gives_the_same_file_and_every_blank_is_marked(kind: LetterKind) -> None:
    one = letter(kind)
    set_twice = {typeset(one, DENIAL, enclosed(), CHECKED, FACTS, TODAY, DOCUMENTS) for _ in range(2)}
    (content,) = set_twice
    document = docx.Document(io.BytesIO(content))
    assert document.core_properties.title == f"{one.frame.subject}: Marguerite A. Ellsworth"
    xml = document.element.xml
    for sentence in sentences(one):
        if sentence.kind is SentenceKind.PLACEHOLDER:
            assert sentence.text.startswith("[")
    assert xml.count('w:highlight w:val="yellow"') == sum(
        s.kind is SentenceKind.PLACEHOLDER for s in sentences(one)
    ) + len(one.frame.signature)


@pytest.mark.parametrize("kind", KINDS)
def test_nothing_is_signed_for_anyone(kind: LetterKind) -> None:
    frame = letter(kind).frame
    assert all(blank.text.startswith("[") and blank.text.endswith("]") for blank in frame.signature)
    assert bool(frame.signature) is not kind.is_internal
    assert bool(frame.address) is not kind.is_internal


def test_a_note_of_the_checker_stands_only_in_what_is_not_sent() -> None:
    noted = {kind for kind in KINDS if any(s.kind is SentenceKind.NOTE for s in sentences(letter(kind)))}
    assert noted == {kind for kind in KINDS if kind.is_internal}
    note = Sentence(id="n", kind=SentenceKind.NOTE, text="Not met.")
    with pytest.raises(ValueError, match="never stands in what is sent"):
        Letter(sections=(Section(part=Part.CLOSING, heading="", sentences=(note,)),))


def test_the_letter_of_medical_necessity_fills_facts_in_and_leaves_judgement_blank() -> None:
    one, words = letter(LetterKind.NECESSITY), companion_words()
    assert [section.heading for section in one.sections if section.sentences] == [
        words.headings[name]
        for name in (
            *("lmn_patient", "lmn_service", "lmn_presentation", "lmn_treatment"),
            *("lmn_why", "lmn_answer", "lmn_without", "lmn_statement"),
        )
    ]
    blanks = {s.text for s in sentences(one) if s.kind is SentenceKind.PLACEHOLDER}
    assert {words.blanks[name].text for name in ("rationale", "course", "why", "without", "statement")} <= blanks
    assert "naproxen 500 mg from January 12, 2026 to March 9, 2026" in text(one)
    assert not any(s.kind is SentenceKind.LAW for s in sentences(one))
    assert one.frame.signature[0].text == "[Signature of the treating clinician, and date]"


def test_the_patient_does_not_speak_in_the_clinicians_letter() -> None:
    assert letter(LetterKind.NECESSITY, evidence(appellant=Appellant.PATIENT)) == letter(LetterKind.NECESSITY)


def test_the_request_for_the_file_cites_only_law_on_documents() -> None:
    one = letter(LetterKind.RECORDS)
    assert [s.text for s in sentences(one) if s.kind is SentenceKind.LAW] == [CHECKED.legal_basis[-1].text]
    asked = [s.text for s in headed(one, "What is requested").sentences]
    assert asked[0] == (
        "We request a copy of the criteria that the notice cites, Total Knee Arthroplasty, SURG-0417, version 7.2."
    )
    assert any("claim file" in line for line in asked)
    assert not any(s.facts for s in sentences(one))


def test_the_request_for_the_file_encloses_the_notice_and_no_chart() -> None:
    one = letter(LetterKind.RECORDS)
    assert [exhibit.document for exhibit in cited(one, enclosed())] == ["notice"]
    assert [exhibit.document for exhibit in cited(letter(LetterKind.ONE_PAGE), enclosed())] != ["notice"]


def test_without_criteria_named_every_policy_is_requested() -> None:
    silent = replace(evidence(CHECKED), denial=DENIAL.model_copy(update={"criteria_source": CriteriaSource()}))
    asked = [s.text for s in headed(letter(LetterKind.RECORDS, silent), "What is requested").sentences]
    assert asked[0].startswith("We request a copy of each policy, guideline or clinical criterion")


def test_without_a_plan_type_the_request_for_the_file_cites_no_law() -> None:
    one = letter(LetterKind.RECORDS, evidence(CHECKED.model_copy(update={"legal_basis": ()})))
    (blank,) = headed(one, "Legal basis").sentences
    assert blank.kind is SentenceKind.PLACEHOLDER


def test_one_page_answers_point_by_point_and_quotes_the_reason_whole() -> None:
    one = letter(LetterKind.ONE_PAGE)
    assert fits(one, enclosed())
    assert " ".join(DENIAL.reason.value.split()) in text(one) if DENIAL.reason else False
    rows = cells(headed(one, "Point by point"))
    assert [row[0] for row in rows] == [f"\u201c{criterion.text.value}\u201d" for criterion in DENIAL.criteria]
    assert rows[6][1] == "[Evidence for this criterion]"
    assert "70 days, or 10 weeks" in rows[1][1]


def test_what_does_not_fit_one_page_is_left_out_and_said_and_what_is_at_issue_stays() -> None:
    first = DENIAL.criteria[0]
    more = tuple(
        Criterion(id=f"X{n}", text=first.text) for n in range(40)
    )  # many times the same, which the reason does not name
    denial = DENIAL.model_copy(update={"criteria": (*more, DENIAL.criteria[1])})
    one = letter(LetterKind.ONE_PAGE, evidence(denial=denial))
    assert fits(one, enclosed())
    comments = [s.comment for s in sentences(one) if s.kind is SentenceKind.ASK and s.comment]
    shown = len(cells(headed(one, "Point by point")))
    assert comments == [f"{41 - shown} of 41 criteria did not fit on one page. The whole letter answers them."]


def test_the_count_of_lines_grows_with_every_sentence() -> None:
    one = letter(LetterKind.ONE_PAGE)
    shorter = one.model_copy(update={"sections": one.sections[:-1]})
    assert lines(shorter, enclosed()) < lines(one, enclosed())


def test_the_sheet_for_the_talk_is_one_page_with_each_finding() -> None:
    offer = "You must file your appeal within 180 days of receipt of this notice."
    appeal = DENIAL.appeal.model_copy(update={"peer_to_peer": Cited[str](value=offer, spans=(span("notice", offer),))})
    one = letter(LetterKind.TALK, evidence(denial=DENIAL.model_copy(update={"appeal": appeal})))
    assert fits(one, enclosed())
    assert text(one).startswith(f"The notice states: \u201c{offer}\u201d")
    finding = {row[0]: row[2] for row in cells(headed(one, "Criterion by criterion"))}
    assert finding[f"\u201c{DENIAL.criteria[1].text.value}\u201d"].startswith("Not met. ")
    assert "[How the talk is asked for, and until when]" in text(letter(LetterKind.TALK))


def test_the_map_shows_evidence_gaps_checklist_actions_and_what_was_set_aside() -> None:
    one = letter(LetterKind.MAP)
    rows = cells(headed(one, "Documentation map"))
    assert [row[1] for row in rows] == [
        *("met", "not met", "met", "met", "met", "for a person", "not documented"),
    ]
    assert rows[6][3] == "Documentation gap: the report of standing alignment films, from the imaging centre"
    assert rows[1][3].startswith("Difference with the criterion: ")
    checklist = cells(headed(one, "What wins such a denial"))
    assert [row[0] for row in checklist] == ["\u2611", "\u2610"]
    assert checklist[1][1:] == ["What delay risks (only if there is such a thing)", "Ask the surgeon."]
    assert cells(headed(one, "What to do, in the order it falls due"))[1][1:] == [
        "March 27, 2027",
        "Submit the appeal.",
    ]
    aside = cells(headed(one, "Seen in the record and set aside"))
    assert aside == [["Left knee flexion 130 degrees", "It is about the left side."]]


def test_what_was_set_aside_stands_in_nothing_that_is_sent() -> None:
    sent = [main_letter(evidence(), DOCUMENTS), *(letter(kind) for kind in KINDS if not kind.is_internal)]
    assert not any("130" in text(one) for one in sent)


OUTSIDE = CHECKED.model_copy(
    update={"routes": (Route(kind=RouteKind.EXTERNAL_REVIEW, reasons=("Level 3 is a review outside the plan.",)),)}
)


def test_at_a_level_outside_the_plan_the_letter_asks_for_that_review() -> None:
    one = main_letter(evidence(OUTSIDE), DOCUMENTS)
    assert one.kind is LetterKind.EXTERNAL
    assert one.refused == ()
    assert one.frame.subject == "Request for external review"
    assert (one.frame.address, one.frame.fax) == ((), "")  # those of the notice are of the plan's own appeals
    assert one.frame.where
    assert one.frame.where.text == "[Address for requests for review outside the plan]"
    assert text(one).startswith(
        "This letter requests, on behalf of our patient, Marguerite A. Ellsworth, external review of the adverse "
        "decision of Cascadia Mutual Health Plan dated September 28, 2026."
    )
    assert "be reversed and total knee arthroplasty, right knee (procedure code 27447) approved" in text(one)
    assert "days to appeal" not in text(one)


def test_where_only_the_notice_says_so_the_letter_stays_an_appeal_of_the_plans_own_level() -> None:
    warned = OUTSIDE.model_copy(update={"warnings": (Warning(code="route_external_review", message="Level 3."),)})
    assert main_letter(evidence(warned), DOCUMENTS).kind is LetterKind.APPEAL


def test_the_patient_appeals_in_the_first_person() -> None:
    holds = evidence(appellant=Appellant.PATIENT)
    one = main_letter(holds, DOCUMENTS)
    assert one.refused == ()
    assert text(one).startswith(
        "I, Marguerite A. Ellsworth, appeal the adverse decision of Cascadia Mutual Health Plan"
    )
    assert "I was treated with naproxen" in text(one)
    assert "our patient" not in text(one)
    assert "We " not in text(one)
    assert one.frame.signature[1].text == "[Name in print]"


@pytest.mark.parametrize(("appellant", "asked"), [(Appellant.PROVIDER, True), (Appellant.PATIENT, False)])
def test_a_provider_is_asked_for_consent_where_the_plan_needs_it(appellant: Appellant, asked: bool) -> None:
    warned = CHECKED.model_copy(update={"warnings": (Warning(code="consent_required", message="Consent."),)})
    holds = evidence(warned, appellant=appellant)
    wanted = "[Written consent of the patient, to be enclosed]"
    for one in (main_letter(holds, DOCUMENTS), letter(LetterKind.RECORDS, holds), letter(LetterKind.ONE_PAGE, holds)):
        assert (wanted in text(one)) is asked
    assert wanted not in text(main_letter(evidence(appellant=appellant), DOCUMENTS))


def test_an_empty_case_still_makes_every_companion() -> None:
    bare = gather(Denial(), (), Coverage(deadline=COVERAGE.deadline), (), TODAY)
    for one in companions(KINDS, bare):
        assert one.refused == ()
        assert {s.kind for s in sentences(one)} <= {SentenceKind.PLACEHOLDER, SentenceKind.ASK, SentenceKind.NOTE}


def test_companions_come_in_their_order_and_the_letter_itself_is_none_of_them() -> None:
    made = companions(reversed([*KINDS, LetterKind.APPEAL, LetterKind.EXTERNAL]), evidence(), DOCUMENTS)
    assert tuple(one.kind for one in made) == KINDS
    named = [name for kind in (LetterKind.APPEAL, *KINDS) for name in copies(kind)]
    assert len(set(named)) == len(named)


def test_an_attention_line_stands_where_the_address_names_no_department() -> None:
    plain = "P.O. Box 41877\nCascade Harbor, WA 98001"
    appeal = DENIAL.appeal.model_copy(update={"address": Cited[str](value=plain, spans=(span("notice", plain),))})
    holds = evidence(denial=DENIAL.model_copy(update={"appeal": appeal}))
    assert main_letter(holds, DOCUMENTS).frame.address == (
        *("Cascadia Mutual Health Plan", "Attention: Appeals Department"),
        *plain.splitlines(),
    )


def test_the_voice_is_a_matter_of_the_evidence_alone() -> None:
    holds = evidence()
    assert main_letter(replace(holds, appellant=Appellant.PATIENT), DOCUMENTS) == main_letter(
        evidence(appellant=Appellant.PATIENT), DOCUMENTS
    )
