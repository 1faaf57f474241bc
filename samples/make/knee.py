"""The knee replacement: a scanned denial of a self-funded employer plan, and a chart two weeks of therapy short."""

from pathlib import Path

from reportlab.lib.units import inch
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import Flowable, PageBreak

from make import paper, scan, word

DPI = 300


def write(folder: Path) -> None:
    """Write the letter and the chart into the folder."""
    paper.embed_fonts()
    sheet = paper.Sheet(draw=_letterhead, first_top=1.5, bottom=0.85, side=1.0, skew=(0.45, -0.3))
    pages = scan.raster(paper.set_letter(_letter(), sheet), DPI)
    scan.write_scan_pdf(folder / "denial.pdf", scan.office_scan(pages, seed=27447), DPI)
    _orthopedic_note(folder / "orthopedic-note.docx")
    (folder / "physical-therapy.txt").write_text(_THERAPY, encoding="utf-8", newline="\n")
    (folder / "radiology.txt").write_text(_RADIOLOGY, encoding="utf-8", newline="\n")


def _letterhead(canvas: Canvas, page: int) -> None:
    face = paper.SERIF
    if page == 1:
        canvas.setFont("Sans-Bold", 17)
        canvas.drawString(1.0 * inch, 10.25 * inch, "Cascadia Mutual Health Plan")
        canvas.setFont("Sans", 9)
        canvas.drawString(1.0 * inch, 10.02 * inch, "Utilization Management Department")
        address = "P.O. Box 30432, Cascade Harbor, WA 98000   Phone (503) 555-0142"
        canvas.drawRightString(7.5 * inch, 10.02 * inch, address)
        canvas.setLineWidth(1.2)
        canvas.line(1.0 * inch, 9.9 * inch, 7.5 * inch, 9.9 * inch)
    else:
        canvas.setFont("Serif", 9.5)
        canvas.drawString(1.0 * inch, 10.3 * inch, "Member: Marguerite A. Ellsworth")
        canvas.drawCentredString(4.25 * inch, 10.3 * inch, "Reference: PA-26-0924-7738")
        canvas.drawRightString(7.5 * inch, 10.3 * inch, f"Page {page} of 2")
        canvas.line(1.0 * inch, 10.22 * inch, 7.5 * inch, 10.22 * inch)
    paper.footer(canvas, face, "UM-ADV-210 (Rev. 02/2025)   Claims administrator for self-funded plans")


def _letter() -> list[Flowable]:
    w = paper.Writer(paper.SERIF)
    return [
        w.lines(
            "Imogen Farrow, MD", "Harbor Glen Orthopedics", "2210 Alder Street, Suite 300", "Cascade Harbor, WA 98000"
        ),
        w.gap(2),
        w.head("RE: NOTICE OF ADVERSE BENEFIT DETERMINATION"),
        w.pairs(
            [
                ("Member Name:", "Marguerite A. Ellsworth", "Date of Notice:", "September 28, 2026"),
                ("Member ID:", "CMH904552-03", "Reference Number:", "PA-26-0924-7738"),
                ("Date of Birth:", "04/17/1962", "Request Received:", "September 14, 2026"),
                ("Group Number:", "TC-20418", "Requesting Provider:", "Imogen Farrow, MD"),
                ("Procedure Code:", "CPT 27447", "Diagnosis Code:", "ICD-10 M17.11"),
                (
                    "Service Requested:",
                    "Total knee arthroplasty, right knee",
                    "Proposed Date of Service:",
                    "12/08/2026",
                ),
            ],
            [1.3, 2.15, 1.6, 1.45],
            boxed=True,
        ),
        w.gap(8),
        w.text("Dear Dr. Farrow:"),
        w.text(
            "Cascadia Mutual Health Plan administers the Tidewater Cabinetworks Employee Benefit Plan, a "
            "self-funded plan. We reviewed the request for the service named above. We are unable to approve this "
            "request. <b>Determination: DENIED.</b>"
        ),
        w.head("Reason for Denial"),
        w.text(
            "The requested right total knee arthroplasty is not medically necessary because the records do not show at "
            "least 12 weeks of supervised physical therapy within the 12 months before the request or the failure of a "
            "nonsteroidal anti-inflammatory drug."
        ),
        w.head("Clinical Criteria Used"),
        w.text(
            "This decision was made under Cascadia Mutual Medical Policy SURG-0417, Total Knee Arthroplasty, "
            "version 7.2, effective January 1, 2026. The policy requires all of the following:"
        ),
        w.item(
            "1.", "Kellgren-Lawrence grade 3 or 4 osteoarthritis of the affected knee on weight-bearing radiographs."
        ),
        w.item("2.", "At least 12 weeks of supervised physical therapy within the 12 months before the request."),
        w.item("3.", "Failure of at least one nonsteroidal anti-inflammatory drug (NSAID)."),
        w.item("4.", "Functional limitation documented by a WOMAC total score of 39 or higher on a scale of 0 to 96."),
        w.head("Records Reviewed"),
        w.text(
            "Prior authorization request form received September 14, 2026; office note dated June 16, 2026. No "
            "physical therapy records and no imaging report were received."
        ),
        PageBreak(),
        w.head("Peer-to-Peer Discussion"),
        w.text(
            "The requesting provider may discuss this decision with our medical director. Call (503) 555-0147 "
            "within 14 days of the date of this notice. A peer-to-peer discussion is not an appeal and does not "
            "extend the time to appeal."
        ),
        w.head("Your Right to an Internal Appeal"),
        w.text(
            "You, or someone you name to act for you, may appeal this decision. You must file your appeal within "
            "180 days of receipt of this notice. You may send written comments, records and other information. Send "
            "appeals to:"
        ),
        w.lines(
            "Cascadia Mutual Health Plan",
            "Member Appeals Department",
            "P.O. Box 41877",
            "Cascade Harbor, WA 98001",
            "Fax: (503) 555-0163",
            "Phone: (503) 555-0158",
        ),
        w.text(
            "We will decide a pre-service appeal within 30 days after we receive it. If waiting could seriously "
            "jeopardize life, health or the ability to regain maximum function, you may ask for an expedited "
            "appeal, which we decide within 72 hours."
        ),
        w.head("External Review"),
        w.text(
            "If we uphold this decision and it involved medical judgment, you may ask for external review by an "
            "independent review organization within 4 months after you receive the final internal adverse benefit "
            "determination."
        ),
        w.head("Other Rights"),
        w.text(
            "You may receive, on request and free of charge, copies of all documents relevant to this claim, the "
            "diagnosis and treatment codes and their meanings, and any internal rule, guideline or protocol relied "
            "on. If a decision is based on medical necessity or an experimental treatment, an explanation of the "
            "scientific or clinical judgment is available free of charge. If the plan is subject to ERISA, you have "
            "the right to bring a civil action under section 502(a) of the Employee Retirement Income Security Act "
            "after the plan's appeals are exhausted. For help, call the Employee Benefits Security Administration."
        ),
        w.gap(4),
        w.text("Sincerely,"),
        w.gap(12),
        w.lines(
            "Rutger Halvorsen, MD",
            "Medical Director, board certified in orthopaedic surgery",
            "Cascadia Mutual Health Plan",
        ),
        w.gap(4),
        w.text("cc: Marguerite A. Ellsworth"),
        w.small("ESPA\u00d1OL: Para obtener asistencia en espa\u00f1ol, llame al (503) 555-0142."),
        w.small("TAGALOG: Kung kailangan ninyo ang tulong sa Tagalog tumawag sa (503) 555-0142."),
    ]


def _orthopedic_note(path: Path) -> None:
    note = word.new_note(
        "Harbor Glen Orthopedics", "2210 Alder Street, Suite 300, Cascade Harbor, WA 98000   Phone (503) 555-0121"
    )
    add = note.add_paragraph
    word.add_table(
        note,
        [
            ("Patient", "Date of birth", "MRN", "Date of visit"),
            ("Marguerite A. Ellsworth", "04/17/1962", "HGO-118820", "09/01/2026"),
        ],
    )
    note.add_heading("Chief complaint", level=2)
    add("Right knee pain.")
    note.add_heading("History of present illness", level=2)
    add(
        "Marguerite Ellsworth is a 64-year-old woman with right knee pain that has worsened since 2024. She has "
        "pain with every step, at night and on rising from a chair. She can walk one block before she must stop, "
        "and she climbs stairs one at a time with the rail. She denies locking, fever and chills. She denies any "
        "fall in the past year."
    )
    add(
        "Naproxen 500 mg twice daily was taken from 01/12/2026 to 03/09/2026 and was stopped because it did not "
        "relieve the pain. Acetaminophen gives little relief."
    )
    add(
        "She attended supervised physical therapy for the right knee from 05/04/2026 to 07/13/2026 without lasting "
        "improvement. She has had no injection in the right knee and no knee surgery."
    )
    note.add_heading("Past medical history", level=2)
    add("Hypertension, controlled. No diabetes. Never smoker. No known drug allergies.")
    note.add_heading("Family history", level=2)
    add("Her mother has rheumatoid arthritis and had a left total knee replacement at age 70.")
    note.add_heading("Current medications", level=2)
    add("Lisinopril 10 mg daily. Acetaminophen 1000 mg three times daily as needed.")
    note.add_heading("Examination", level=2)
    word.add_table(
        note,
        [
            ("Item", "Right knee", "Left knee"),
            ("Flexion", "95 degrees", "130 degrees"),
            ("Extension lag", "10 degrees", "0 degrees"),
            ("Effusion", "Moderate", "None"),
            ("Joint line tenderness", "Medial, marked", "None"),
            ("Alignment", "Varus 8 degrees", "Neutral"),
        ],
    )
    add("Gait is antalgic on the right. Blood pressure 128/76. BMI 29.4.")
    note.add_heading("Outcome measure", level=2)
    add("WOMAC total score today: 58 of 96 (right knee).")
    note.add_heading("Imaging", level=2)
    add("Weight-bearing radiographs of 06/30/2026 show Kellgren-Lawrence grade 4 osteoarthritis of the right knee.")
    note.add_heading("Assessment", level=2)
    add("Unilateral primary osteoarthritis, right knee (M17.11), end stage. No sign of infection.")
    note.add_heading("Plan", level=2)
    for line in (
        "Request authorization for right total knee arthroplasty (CPT 27447).",
        "She will continue home exercise until surgery.",
        "Consider meloxicam if pain worsens.",
        "If surgery is delayed, we will plan an intra-articular corticosteroid injection of the right knee.",
    ):
        add(line, style="List Number")
    add("Electronically signed by Imogen Farrow, MD, Orthopedic Surgery, 09/01/2026")
    word.write_note(note, path)


_THERAPY = f"""\
TIDEPOOL PHYSICAL THERAPY
410 Wharf Road, Cascade Harbor, WA 98000    Phone (503) 555-0134

Patient: Marguerite A. Ellsworth        DOB: 04/17/1962
Referring provider: Imogen Farrow, MD
Diagnosis: M17.11 Unilateral primary osteoarthritis, right knee

PHYSICAL THERAPY DISCHARGE SUMMARY
Date: 07/13/2026

Supervised physical therapy for the right knee began on 05/04/2026 and ended on 07/13/2026.
The patient attended 11 visits over 10 weeks. No visit was missed.

VISIT LOG
Visit   Date         Treatment
1       05/04/2026   Evaluation, quadriceps setting, gait training
2       05/11/2026   Therapeutic exercise, manual therapy
3       05/18/2026   Therapeutic exercise, manual therapy
4       05/26/2026   Therapeutic exercise, stationary bicycle
5       06/01/2026   Therapeutic exercise, stationary bicycle
6       06/08/2026   Therapeutic exercise, balance training
7       06/15/2026   Therapeutic exercise, balance training
8       06/22/2026   Therapeutic exercise, manual therapy
9       06/29/2026   Therapeutic exercise, stair training
10      07/06/2026   Therapeutic exercise, stair training
11      07/13/2026   Re-evaluation and discharge

RESULT
Pain with walking was 7/10 at the first visit and 7/10 at discharge.
Right knee flexion was 93 degrees at the first visit and 95 degrees at discharge.
WOMAC total score was 60 of 96 on 05/04/2026 and 59 of 96 on 07/13/2026.
Physical therapy failed to improve pain or function. Discharged because progress had reached a plateau.

PLAN
Patient will continue home exercise on her own.
No further physical therapy visits are scheduled.

Signed: Tobias Lindqvist, PT, DPT    07/13/2026

{paper.SYNTHETIC}
"""

_RADIOLOGY = f"""\
CASCADE HARBOR IMAGING CENTER
88 Lighthouse Way, Cascade Harbor, WA 98000    Phone (503) 555-0119

RADIOLOGY REPORT

Patient: Marguerite A. Ellsworth        DOB: 04/17/1962
Exam: Radiographs of both knees, weight-bearing, 4 views
Date of exam: 06/30/2026
Ordering provider: Imogen Farrow, MD
Accession: CHI-26-55190

INDICATION
Right knee pain.

COMPARISON
None.

FINDINGS
Right knee: Bone-on-bone contact of the medial compartment with large osteophytes, subchondral sclerosis and
deformity of the medial femoral condyle. Kellgren-Lawrence grade 4. Moderate effusion. No fracture.
Left knee: Small osteophytes of the medial compartment with the joint space preserved. Kellgren-Lawrence grade 2.
No effusion. No fracture.

IMPRESSION
1. Severe osteoarthritis of the right knee, Kellgren-Lawrence grade 4.
2. Mild osteoarthritis of the left knee, Kellgren-Lawrence grade 2.

Electronically signed by Anneke Brouwer, MD, Radiology    06/30/2026

{paper.SYNTHETIC}
"""
