"""The biologic: a drug denied under step therapy by an individual plan, with its policy and the rheumatology chart."""

from pathlib import Path

from docx.document import Document
from reportlab.lib.units import inch
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import Flowable, PageBreak

from make import paper, word

FACE = paper.BUILT_IN


def write(folder: Path) -> None:
    """Write the letter, the policy and the chart into the folder."""
    letter = paper.Sheet(draw=_letterhead, first_top=1.55, top=0.9)
    policy = paper.Sheet(draw=_policy_head, first_top=1.0, top=1.0)
    (folder / "denial.pdf").write_bytes(paper.set_letter(_letter(), letter, "Notice of adverse benefit determination"))
    (folder / "policy.pdf").write_bytes(paper.set_letter(_policy(), policy, "Pharmacy policy RX-118"))
    _notes(folder / "rheumatology-notes.docx")
    (folder / "medication-history.txt").write_text(_MEDICATIONS, encoding="utf-8", newline="\n")


def _letterhead(canvas: Canvas, page: int) -> None:
    if page == 1:
        canvas.setFont("Helvetica-Bold", 16)
        canvas.drawString(inch, 10.25 * inch, "Granite Peak Health Insurance Company")
        canvas.setFont("Helvetica", 9)
        canvas.drawString(inch, 10.06 * inch, "Pharmacy Review, 900 Summit Plaza, Granite Peak, MT 59000")
        canvas.line(inch, 9.95 * inch, 7.5 * inch, 9.95 * inch)
    else:
        canvas.setFont("Times-Roman", 9.5)
        canvas.drawString(inch, 10.4 * inch, "Corinne T. Hollis")
        canvas.drawRightString(7.5 * inch, 10.4 * inch, "Case Number RXD-2026-55102")
    paper.footer(canvas, FACE, f"GP-RX-14 (Rev. 01/2026)   Page {page} of 2")


def _policy_head(canvas: Canvas, page: int) -> None:
    canvas.setFont("Helvetica", 9)
    canvas.drawString(inch, 10.4 * inch, "Granite Peak Health Insurance Company")
    canvas.drawRightString(7.5 * inch, 10.4 * inch, "Pharmacy Policy RX-118")
    canvas.line(inch, 10.32 * inch, 7.5 * inch, 10.32 * inch)
    paper.footer(canvas, FACE, f"RX-118 version 4.0   Page {page} of 2")


def _letter() -> list[Flowable]:
    w = paper.Writer(FACE)
    return [
        w.text("Notice Date: October 20, 2026"),
        w.lines("Corinne T. Hollis", "77 Larkspur Court", "Granite Peak, MT 59001"),
        w.pairs(
            [
                ("Patient Name:", "Corinne T. Hollis"),
                ("Subscriber ID:", "GPH208817330"),
                ("Date of Birth:", "February 3, 1980"),
                ("Plan:", "Granite Peak Silver 3000, Individual Marketplace Plan"),
                ("Case Number:", "RXD-2026-55102"),
                ("Drug Requested:", "Adalimumab 40 mg/0.4 mL pen, one injection every 14 days (HCPCS J0139)"),
                ("Diagnosis:", "Rheumatoid arthritis with rheumatoid factor, multiple sites (ICD-10 M05.79)"),
                ("Prescriber:", "Anselm Brandt, MD, Rheumatology"),
                ("Date Request Received:", "October 13, 2026"),
            ],
            [1.75, 4.7],
        ),
        w.gap(6),
        w.text("Dear Corinne Hollis:"),
        w.text(
            "We reviewed the request for prior authorization of the drug named above. The request is <b>not "
            "approved</b>."
        ),
        w.head("Why was coverage denied?"),
        w.text(
            "Coverage of adalimumab is denied because step therapy requirements are not met: the information "
            "provided does not show a trial and failure of methotrexate at a dose of at least 15 mg weekly for at "
            "least 3 months, or a trial of or intolerance to sulfasalazine, leflunomide or hydroxychloroquine."
        ),
        w.text(
            "We used Granite Peak Pharmacy Policy RX-118, Adalimumab for Rheumatoid Arthritis, version 4.0, "
            "effective July 1, 2026. Denial code ST-04 means that step therapy requirements are not met. The policy "
            "is enclosed."
        ),
        w.head("What did we review?"),
        w.text(
            "The prior authorization form of October 13, 2026. No chart notes and no pharmacy records were received."
        ),
        w.head("How can my doctor discuss this decision?"),
        w.text(
            "Your prescriber may speak with the reviewing pharmacist or physician by calling (800) 555-0184 within 10 "
            "business days of the notice date. This call does not replace an appeal."
        ),
        PageBreak(),
        w.head("How do I appeal?"),
        w.text(
            "You, your prescriber or someone you choose may ask for an internal appeal within 180 days from the "
            "date you receive this notice. Say why you disagree and send any records that help. Send the appeal to:"
        ),
        w.lines(
            "Granite Peak Health Insurance Company",
            "Appeals and Grievances",
            "P.O. Box 77120",
            "Granite Peak, MT 59002",
            "Fax: (406) 555-0171",
            "Phone: (800) 555-0188",
        ),
        w.text(
            "We answer within 30 days, or within 72 hours if waiting would seriously jeopardize your health. You "
            "may receive free of charge copies of all documents and criteria that we used, and the meaning of any "
            "diagnosis or treatment code."
        ),
        w.head("What if my appeal is denied?"),
        w.text(
            "You may ask for external review by an independent review organization within 4 months after you "
            "receive our final decision. External review is available when a decision rests on medical judgment, "
            "such as medical necessity, or on a finding that a treatment is experimental."
        ),
        w.text(
            "Your plan is individual health insurance coverage bought through the Health Insurance Marketplace. "
            "Your appeal rights are set by 45 CFR 147.136. For help call the consumer assistance program at (800) "
            "555-0195."
        ),
        w.text("Sincerely,"),
        w.lines(
            "Leopold Marchetti, PharmD", "Clinical Pharmacy Reviewer", "Reviewed with Sunniva Dahl, MD, Rheumatology"
        ),
        w.gap(4),
        w.small("Enclosure: Pharmacy Policy RX-118"),
        w.small("Para obtener asistencia en espa\u00f1ol, llame al (800) 555-0188."),
    ]


def _policy() -> list[Flowable]:
    w = paper.Writer(FACE)
    return [
        w.title("Adalimumab for Rheumatoid Arthritis"),
        w.pairs(
            [
                ("Policy Number:", "RX-118", "Effective Date:", "July 1, 2026"),
                ("Version:", "4.0", "Last Review Date:", "May 12, 2026"),
                ("Line of Business:", "Individual Marketplace", "Next Review Date:", "May 2027"),
            ],
            [1.4, 2.0, 1.5, 1.5],
            boxed=True,
        ),
        w.gap(8),
        w.head("Background"),
        w.text(
            "Rheumatoid arthritis is a chronic inflammatory disease of the joints. Adalimumab blocks tumor necrosis "
            "factor. Methotrexate is usually the first drug. Conventional drugs take about 3 months to show their "
            "full effect. This section gives information only and is not a condition of coverage."
        ),
        w.head("Definitions"),
        w.text(
            "Intolerance means an adverse effect that made the member stop the drug. A biosimilar of adalimumab "
            "does not count as a trial of another drug."
        ),
        w.head("Criteria for Initial Approval"),
        w.text(
            "Adalimumab is considered medically necessary for rheumatoid arthritis when ALL of the following are met:"
        ),
        w.item("1.", "The member is 18 years of age or older."),
        w.item("2.", "The drug is prescribed by or in consultation with a rheumatologist."),
        w.item("3.", "Active disease is shown by a Clinical Disease Activity Index (CDAI) score greater than 10."),
        w.item("4.", "Trial and failure of methotrexate at a dose of at least 15 mg weekly for at least 3 months."),
        w.item("5.", "ONE of the following:"),
        w.deep(
            "a.",
            "Trial and failure of sulfasalazine, leflunomide or hydroxychloroquine for at least 3 months; OR",
        ),
        w.deep("b.", "Intolerance or contraindication to sulfasalazine, leflunomide or hydroxychloroquine."),
        w.item("6.", "The treatment plan is appropriate for the member's clinical condition."),
        w.gap(4),
        w.text("Initial approval is given for 6 months."),
        w.head("Criteria for Continued Approval"),
        w.text("Adalimumab may be continued for 12 months when BOTH of the following are met:"),
        w.item("1.", "The member has taken adalimumab for at least 6 months."),
        w.item("2.", "The CDAI score has improved from the score before treatment."),
        w.head("Limits"),
        w.text("Quantity limit: 2 pens each 28 days. Use with another biologic drug is not covered."),
        PageBreak(),
        w.head("Coding"),
        w.grid(
            [
                ("Type", "Code", "Description"),
                ("HCPCS", "J0139", "Adalimumab"),
                ("ICD-10-CM", "M05.79", "Rheumatoid arthritis with rheumatoid factor, multiple sites"),
                ("ICD-10-CM", "M06.9", "Rheumatoid arthritis, unspecified"),
            ],
            [1.2, 1.1, 4.1],
        ),
        w.gap(8),
        w.head("Revision History"),
        w.grid(
            [
                ("Version", "Date", "Change"),
                ("3.2", "July 1, 2025", "Methotrexate dose of 20 mg weekly required"),
                ("4.0", "July 1, 2026", "Methotrexate dose lowered to 15 mg weekly"),
            ],
            [1.0, 1.3, 4.1],
        ),
    ]


def _notes(path: Path) -> None:
    note = word.new_note(
        "Larkspur Rheumatology Associates", "6 Meadow Row, Granite Peak, MT 59000   Phone (406) 555-0112"
    )
    note.add_paragraph("Patient: Corinne T. Hollis    Date of birth: 02/03/1980    MRN: LRA-20956")
    _spring_visit(note)
    _stop_visit(note)
    _autumn_visit(note)
    word.write_note(note, path)


def _spring_visit(note: Document) -> None:
    add = note.add_paragraph
    note.add_heading("Office visit, 05/18/2026", level=2)
    add(
        "Ms. Hollis is a 46-year-old woman with seropositive rheumatoid arthritis diagnosed in September 2025. "
        "Methotrexate 10 mg weekly was started on 10/06/2025 and raised to 15 mg weekly on 01/05/2026. She took "
        "every dose. Morning stiffness lasts 2 hours. She denies fever, cough and mouth sores."
    )
    add("Family history: her sister has rheumatoid arthritis and takes etanercept.")
    add("Laboratory: rheumatoid factor 88 IU/mL (positive), anti-CCP 140 U/mL (positive), ALT 24 U/L, ESR 44 mm/h.")
    word.add_table(
        note,
        [
            ("Measure", "Result"),
            ("Tender joints (28)", "13"),
            ("Swollen joints (28)", "10"),
            ("Patient global", "4"),
            ("Provider global", "3"),
            ("CDAI", "30"),
        ],
    )
    add(
        "Assessment: Rheumatoid arthritis with rheumatoid factor, multiple sites (M05.79), active. Methotrexate 15 "
        "mg weekly from 01/05/2026 to 05/18/2026 failed to control the disease and is stopped today."
    )
    add("Plan: Start sulfasalazine 500 mg twice daily on 06/01/2026. Consider leflunomide if sulfasalazine fails.")
    add("Electronically signed by Anselm Brandt, MD, Rheumatology, 05/18/2026")


def _stop_visit(note: Document) -> None:
    add = note.add_paragraph
    note.add_heading("Office visit, 06/22/2026", level=2)
    add(
        "She started sulfasalazine 500 mg twice daily on 06/01/2026. An itching rash came out on the trunk and arms "
        "on 06/19/2026. ALT today is 126 U/L, 3 times the upper limit of normal. Sulfasalazine was stopped on "
        "06/22/2026 because of rash and raised liver enzymes."
    )
    add(
        "Assessment: Intolerance to sulfasalazine. Hepatitis B surface antigen negative. Hepatitis C antibody negative."
    )
    add("Plan: Prednisone 5 mg daily. Hydroxychloroquine was discussed and was not started. Repeat ALT in 4 weeks.")
    add("Electronically signed by Anselm Brandt, MD, Rheumatology, 06/22/2026")


def _autumn_visit(note: Document) -> None:
    add = note.add_paragraph
    note.add_heading("Office visit, 10/06/2026", level=2)
    add(
        "Pain and swelling of both hands and wrists continue on prednisone 5 mg daily. She cannot open jars or "
        "button a shirt, and she has missed 9 days of work since August. No prior biologic drug. ALT 28 U/L on "
        "07/20/2026."
    )
    word.add_table(
        note,
        [
            ("Measure", "Result"),
            ("Tender joints (28)", "12"),
            ("Swollen joints (28)", "9"),
            ("Patient global", "4"),
            ("Provider global", "3"),
            ("CDAI", "28"),
        ],
    )
    add("Tuberculosis blood test of 09/28/2026 is negative.")
    add(
        "Assessment: Rheumatoid arthritis with rheumatoid factor, multiple sites (M05.79), high disease activity, "
        "CDAI 28."
    )
    add(
        "Plan: Request adalimumab 40 mg by subcutaneous injection every 14 days. Recheck CDAI 12 weeks after the "
        "first dose."
    )
    add("Electronically signed by Anselm Brandt, MD, Rheumatology, 10/06/2026")


_MEDICATIONS = f"""\
LARKSPUR RHEUMATOLOGY ASSOCIATES
MEDICATION HISTORY
Patient: Corinne T. Hollis        DOB: 02/03/1980
Printed: 10/07/2026

Drug            Dose                  Start        Stop         Outcome
--------------  --------------------  -----------  -----------  ------------------------------------------------
Methotrexate    10 mg weekly          10/06/2025   01/05/2026   Dose raised
Methotrexate    15 mg weekly          01/05/2026   05/18/2026   Failed: disease still active
Folic acid      1 mg daily            10/06/2025   05/18/2026   Stopped with methotrexate
Sulfasalazine   500 mg twice daily    06/01/2026   06/22/2026   Not tolerated: rash and raised liver enzymes
Prednisone      5 mg daily            06/22/2026   ongoing      Partial relief
Ibuprofen       600 mg as needed      09/15/2025   ongoing      Partial relief

Never taken: leflunomide, hydroxychloroquine, any biologic drug
Allergies: sulfasalazine (rash, 06/19/2026)

{paper.SYNTHETIC}
"""
