"""A small knee case: three documents, whose facts cite them by the words they contain."""

import hashlib
from datetime import date
from decimal import Decimal

from pipeline.draft.evidence import Evidence
from pipeline.draft.exhibits import exhibits
from schemas.coverage import Computed, Coverage, CriterionResult, Deadline, LegalBasis, Rejected, Verdict
from schemas.dates import PartialDate
from schemas.denial import AppealChannel, AppealWindow, CriteriaSource, Criterion, Denial, PlanType
from schemas.document import Document, Origin, Page, Role, Whose
from schemas.fact import Assertion, Fact, FactKind, Length, Outcome, Quantity, Side
from schemas.letter import Exhibit
from schemas.span import Cited, Span

TODAY = date(2026, 10, 5)

NOTICE = """\
Cascadia Mutual Health Plan
Date of Notice: September 28, 2026
Member Name: Marguerite A. Ellsworth
Member ID: CMH904551-01
Reference Number: PA-26-0914-7731
Service Requested: Total knee arthroplasty, right knee
Procedure Code: 27447
Diagnosis Code: M17.11
The requested right total knee arthroplasty is not medically necessary because the records do not show at
least 12 weeks of supervised physical therapy.
This decision was made under Medical Policy SURG-0417, Total Knee Arthroplasty, version 7.2.
1. Kellgren-Lawrence grade 3 or 4 osteoarthritis of the affected knee on weight-bearing radiographs.
2. At least 12 weeks of supervised physical therapy within the 12 months before the request.
3. Failure of at least one nonsteroidal anti-inflammatory drug (NSAID).
4. Functional limitation documented by a WOMAC total score of 39 or higher on a scale of 0 to 96.
5. No active infection of the knee.
6. The patient is a suitable surgical candidate.
7. Standing alignment films.
"""

APPEALS = """\
You must file your appeal within 180 days of receipt of this notice. Send appeals to:
Member Appeals Department
P.O. Box 41877
Cascade Harbor, WA 98001
Fax: (503) 555-0163
"""

NOTE = """\
Date of visit: 09/01/2026
She can walk one block before she must stop, and she climbs stairs one at a time with the rail.
Naproxen 500 mg twice daily was taken from 01/12/2026 to 03/09/2026 and was stopped because it did not relieve
the pain.
She attended supervised physical therapy for the right knee from 05/04/2026 to 07/13/2026 without lasting improvement.
Her mother has rheumatoid arthritis.
WOMAC total score today: 58 of 96 (right knee).
Right knee: no active infection. Left knee flexion 130 degrees.
Weight-bearing radiographs of 06/30/2026 show Kellgren-Lawrence grade 4 osteoarthritis of the right knee.
Unilateral primary osteoarthritis, right knee (M17.11), end stage.
Medically cleared by the primary care physician.
Consider meloxicam if pain worsens.
"""

THERAPY = """\
PHYSICAL THERAPY DISCHARGE SUMMARY
Date: 07/13/2026
Supervised physical therapy for the right knee began on 05/04/2026 and ended on 07/13/2026.
The patient attended 11 visits over 10 weeks.
Physical therapy failed to improve pain or function.
"""


def document(name: str, role: Role, *texts: str, patient: Whose = Whose.OURS) -> Document:
    """A document of text pages."""
    pages = tuple(
        Page(document=name, number=n, file_page=n, origin=Origin.TEXT, text=text)
        for n, text in enumerate(texts, start=1)
    )
    digest = hashlib.sha256("".join(texts).encode()).hexdigest()
    return Document(id=name, file=f"{name}.txt", sha256=digest, role=role, patient=patient, pages=pages)


DOCUMENTS = (
    document("note", Role.CLINICAL_NOTE, NOTE),
    document("therapy", Role.CLINICAL_NOTE, THERAPY),
    document("notice", Role.DENIAL_LETTER, NOTICE, APPEALS),
)


def span(name: str, words: str, documents: tuple[Document, ...] = DOCUMENTS) -> Span:
    """The one place of a document that holds the words."""
    found = next(d for d in documents if d.id == name)
    page = next(page for page in found.pages if words in page.text)
    start = page.text.index(words)
    return page.span(start, start + len(words))


def said(words: str, value: object = None) -> Cited[object]:
    """A field of the denial that the notice states in those words."""
    return Cited[object](value=words if value is None else value, spans=(span("notice", words),))


def fact(name: str, words: str, *, document: str = "note", kind: FactKind = FactKind.TREATMENT, **more: object) -> Fact:
    """A fact that a document states in those words."""
    known = {"id": name.replace(" ", "-"), "name": name, "kind": kind, "spans": (span(document, words),), **more}
    return Fact(**known)


_HEAD = {"date": PartialDate("2026-09-01"), "date_spans": (span("note", "Date of visit: 09/01/2026"),)}
_KNEE = {"side": Side.RIGHT, "body_part": "knee"}

FACTS = (
    fact(
        "physical therapy",
        "Supervised physical therapy for the right knee began on 05/04/2026 and ended on 07/13/2026.",
        document="therapy",
        id="pt",
        start=PartialDate("2026-05-04"),
        end=PartialDate("2026-07-13"),
        visits=11,
        outcome=Outcome.FAILED,
        outcome_reason="Physical therapy failed to improve pain or function",
        spans=(
            span(
                "therapy",
                "Supervised physical therapy for the right knee began on 05/04/2026 and ended on 07/13/2026.",
            ),
            span("therapy", "The patient attended 11 visits over 10 weeks."),
            span("therapy", "Physical therapy failed to improve pain or function."),
        ),
        **_KNEE,
    ),
    fact(
        "physical therapy",
        "supervised physical therapy for the right knee from 05/04/2026 to 07/13/2026 without lasting improvement",
        id="pt-note",
        start=PartialDate("2026-05-04"),
        end=PartialDate("2026-07-13"),
        outcome=Outcome.FAILED,
        **_KNEE,
        **_HEAD,
    ),
    fact(
        "naproxen",
        "Naproxen 500 mg twice daily was taken from 01/12/2026 to 03/09/2026 and was stopped because "
        "it did not relieve\nthe pain.",
        kind=FactKind.MEDICATION,
        classes=("nsaid",),
        start=PartialDate("2026-01-12"),
        end=PartialDate("2026-03-09"),
        dose=Quantity(n=Decimal(500), unit="mg"),
        outcome=Outcome.FAILED,
        outcome_reason="it did not relieve the pain",
    ),
    fact(
        "WOMAC",
        "WOMAC total score today: 58 of 96 (right knee)",
        kind=FactKind.MEASUREMENT,
        value="58",
        scale_max=Decimal(96),
        **_KNEE,
        **_HEAD,
    ),
    fact(
        "Kellgren-Lawrence",
        "radiographs of 06/30/2026 show Kellgren-Lawrence grade 4 osteoarthritis of the right knee",
        kind=FactKind.MEASUREMENT,
        id="kl",
        value="4",
        date=PartialDate("2026-06-30"),
        **_KNEE,
    ),
    fact(
        "osteoarthritis",
        "Unilateral primary osteoarthritis, right knee (M17.11), end stage.",
        kind=FactKind.DIAGNOSIS,
        **_KNEE,
        **_HEAD,
    ),
    fact(
        "walking",
        "She can walk one block before she must stop, and she climbs stairs one at a time with the rail.",
        kind=FactKind.FUNCTIONAL_LIMIT,
        **_HEAD,
    ),
    fact(
        "active infection", "no active infection", kind=FactKind.FINDING, assertion=Assertion.ABSENT, **_KNEE, **_HEAD
    ),
    fact(
        "rheumatoid arthritis",
        "Her mother has rheumatoid arthritis",
        kind=FactKind.DIAGNOSIS,
        assertion=Assertion.FAMILY,
    ),
    fact("meloxicam", "Consider meloxicam if pain worsens", kind=FactKind.MEDICATION, assertion=Assertion.HYPOTHETICAL),
    fact(
        "range of motion",
        "Left knee flexion 130 degrees",
        kind=FactKind.MEASUREMENT,
        id="other-knee",
        value="130",
        unit="degrees",
        side=Side.LEFT,
        body_part="knee",
        **_HEAD,
    ),
    fact("clearance", "Medically cleared by the primary care physician.", kind=FactKind.DOCUMENTATION, **_HEAD),
)


def criterion(number: int, words: str) -> Criterion:
    """A criterion that the notice states in those words."""
    return Criterion(id=f"C{number}", text=Cited[str](value=words, spans=(span("notice", words),)))


DENIAL = Denial.model_validate(
    {
        "payer": said("Cascadia Mutual Health Plan"),
        "plan_type": Cited[PlanType](value=PlanType.COMMERCIAL_ERISA, spans=(span("notice", "Health Plan"),)),
        "patient_name": said("Marguerite A. Ellsworth"),
        "member_id": said("CMH904551-01"),
        "reference_number": said("PA-26-0914-7731"),
        "letter_date": said("September 28, 2026", date(2026, 9, 28)),
        "service": said("Total knee arthroplasty, right knee"),
        "reason": said(
            "The requested right total knee arthroplasty is not medically necessary because "
            "the records do not show at\nleast 12 weeks of supervised physical therapy."
        ),
        "criteria_source": CriteriaSource(
            name=said("Total Knee Arthroplasty"), identifier=said("SURG-0417"), version=said("version 7.2")
        ),
        "procedure_codes": (said("27447"),),
        "diagnosis_codes": (said("M17.11"),),
        "criteria": tuple(
            criterion(n, line.partition(". ")[2])
            for n, line in enumerate((line for line in NOTICE.splitlines() if line[:1].isdigit()), start=1)
        ),
        "appeal": AppealChannel(
            window=Cited[AppealWindow](value=AppealWindow(n=180, unit="days"), spans=(span("notice", "180 days"),)),
            address=said("Member Appeals Department\nP.O. Box 41877\nCascade Harbor, WA 98001"),
            fax=said("(503) 555-0163"),
        ),
    }
)

COVERAGE = Coverage(
    criteria=(
        CriterionResult(criterion="C1", verdict=Verdict.MET, facts=("kl",), explanation="Grade 4."),
        CriterionResult(
            criterion="C2",
            verdict=Verdict.NOT_MET,
            facts=("pt", "pt-note"),
            computed=Computed(
                figure="70 days = 10 weeks", formula="2026-05-04 to 2026-07-13", needed="at least 12 weeks"
            ),
            explanation="The record shows 10 weeks of 12.",
            gap="records of any further therapy, from the physical therapist",
            gap_kind="criteria_difference",
        ),
        CriterionResult(criterion="C3", verdict=Verdict.MET, facts=("naproxen",), explanation="Naproxen failed."),
        CriterionResult(criterion="C4", verdict=Verdict.MET, facts=("WOMAC",), explanation="58 of 96."),
        CriterionResult(criterion="C5", verdict=Verdict.MET, facts=("active-infection",), explanation="Denied."),
        CriterionResult(
            criterion="C6", verdict=Verdict.NEEDS_REVIEW, facts=("clearance",), explanation="A judgement of fitness."
        ),
        CriterionResult(
            criterion="C7",
            verdict=Verdict.NOT_DOCUMENTED,
            rejected=(Rejected(fact="other-knee", reason="It is about the left side."),),
            explanation="Nothing in the record speaks to it.",
            gap="the report of standing alignment films, from the imaging centre",
            gap_kind="documentation",
        ),
    ),
    deadline=Deadline(
        date=date(2027, 3, 27),
        safe=date(2027, 3, 27),
        basis="180 days from the notice.",
        spans=(span("notice", "180 days"),),
    ),
    legal_basis=(
        LegalBasis(
            text="A plan must give a claimant a full and fair review of an adverse benefit determination.",
            source="29 U.S.C. 1133(2)",
            rule="erisa_internal_1",
        ),
        LegalBasis(
            text="The plan must decide a pre-service appeal within 30 days after it receives the appeal.",
            source="29 CFR 2560.503-1(i)(2)(ii)",
            rule="erisa_internal_1",
        ),
    ),
)


def enclosed() -> tuple[Exhibit, ...]:
    """The exhibits of the case."""
    return exhibits(DOCUMENTS, FACTS, COVERAGE, DENIAL)


def evidence() -> Evidence:
    """Everything the case's sentences may rest on."""
    return Evidence.of(DENIAL, FACTS, COVERAGE, enclosed(), TODAY)


def weeks(n: int) -> Length:
    """A length in weeks."""
    return Length(n=Decimal(n), unit="weeks")
