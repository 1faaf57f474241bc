"""The lumbar MRI: a faxed Medicare Advantage denial, and a chart that lacks only the plain radiographs."""

from pathlib import Path

from reportlab.lib.units import inch
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import Flowable, PageBreak

from make import paper, scan, word

ACROSS, DOWN = scan.FAX_DPI
PAGES = 3


def write(folder: Path) -> None:
    """Write the fax and the chart into the folder."""
    paper.embed_fonts()
    sheet = paper.Sheet(
        draw=_foot,
        stamp=_stamp,
        top=0.75,
        first_top=0.9,
        bottom=0.75,
        side=0.95,
        skew=(0, 0.35, -0.25),
        stretch=DOWN / ACROSS,
    )
    pages = scan.raster(paper.set_letter(_cover() + _letter(), sheet), ACROSS)
    scan.write_fax_tiff(folder / "fax.tif", scan.fax(pages, seed=72148))
    (folder / "progress-notes.txt").write_text(_NOTES, encoding="utf-8", newline="\n")
    _discharge(folder / "pt-discharge.docx")


def _stamp(canvas: Canvas, page: int) -> None:
    canvas.setFont("Mono", 9)
    canvas.drawString(0.45 * inch, 10.72 * inch, "10/08/2026 08:14  FROM: 5035550148  SUMMIT LANTERN UM")
    canvas.drawRightString(8.05 * inch, 10.72 * inch, f"P.{page:03d}/{PAGES:03d}")


def _foot(canvas: Canvas, page: int) -> None:
    form = "" if page == 1 else f"Form CMS-10003-NDMCP   OMB Approval 0938-0829 (Expires: 12/31/2027)   {page - 1}"
    paper.footer(canvas, paper.SANS, form)


def _cover() -> list[Flowable]:
    w = paper.Writer(paper.SANS)
    return [
        w.title("Summit Lantern Medicare Advantage (HMO)"),
        w.title("FAX"),
        w.gap(14),
        w.pairs(
            [
                ("To:", "Beatrix Lindgren, DO", "From:", "Utilization Management"),
                ("Company:", "Wickham Family Medicine", "Phone:", "(503) 555-0149"),
                ("Fax:", "(503) 555-0126", "Fax:", "(503) 555-0148"),
                ("Date:", "10/08/2026", "Pages:", "3, with this cover sheet"),
            ],
            [0.9, 2.5, 0.8, 2.3],
            boxed=True,
        ),
        w.gap(14),
        w.text("<b>Subject:</b> Notice of denial, copy for the ordering provider"),
        w.text("<b>Message:</b> The notice was mailed to the member. Please keep this copy for your records."),
        w.gap(220),
        w.small(
            "CONFIDENTIALITY NOTICE: This fax may hold health information that is private by law. It is meant only "
            "for the person named above. If you received it in error, call the sender at once and destroy all "
            "copies."
        ),
        PageBreak(),
    ]


def _letter() -> list[Flowable]:
    w = paper.Writer(paper.SANS)
    return [
        w.text(
            "<b>Important:</b> This notice explains your right to appeal our decision. Read this notice carefully. "
            "If you "
            'need help, call one of the numbers listed at the end under "Get help and more information."'
        ),
        w.title("Notice of Denial of Medical Coverage"),
        w.pairs(
            [
                ("Date:", "October 7, 2026", "Member number:", "SLM77304416"),
                ("Name:", "Desmond R. Achterberg", "Case number:", "ODR-2026-47293"),
                ("Date of birth:", "11/23/1953", "Request received:", "October 1, 2026"),
                ("Provider:", "Beatrix Lindgren, DO", "Diagnosis:", "M54.16"),
            ],
            [1.15, 2.25, 1.45, 1.7],
        ),
        w.head("Your request was denied"),
        w.text("We've denied the medical services/items listed below requested by you or your doctor:"),
        w.item("", "<b>MRI of the lumbar spine without contrast (CPT 72148)</b>"),
        w.head("Why did we deny your request?"),
        w.text(
            "We denied the medical services/items listed above because the information we received does not show 6 "
            "weeks of provider-directed conservative treatment, an objective neurological deficit, or plain "
            "radiographs of the lumbar spine."
        ),
        w.text(
            "We used Summit Lantern Imaging Guideline IMG-210, Lumbar Spine MRI, version 2026.1. All of the "
            "following must be met:"
        ),
        w.item("1.", "At least 6 weeks of provider-directed conservative treatment within the last 6 months."),
        w.item("2.", "Clinical re-evaluation by the provider after the conservative treatment was completed."),
        w.item(
            "3.",
            "An objective neurological deficit on physical examination (motor weakness, reflex change or dermatomal "
            "sensory loss), or a red flag such as suspected cancer, infection or cauda equina syndrome.",
        ),
        w.item("4.", "Plain radiographs of the lumbar spine were done before the MRI request."),
        w.item("5.", "The result of the MRI is expected to change the treatment plan."),
        w.text(
            "This decision was made by a physician. Your doctor may speak with our medical director within 14 "
            "calendar days of the date of this notice by calling (503) 555-0149. That call is not an appeal."
        ),
        w.head("You have the right to appeal our decision"),
        w.text(
            "You have the right to ask Summit Lantern Medicare Advantage (HMO) for an appeal within 65 calendar "
            "days of the date listed at the top of this notice. If you miss the deadline, you must have a good "
            "reason for it."
        ),
        PageBreak(),
        w.head("If you want someone else to act for you"),
        w.text(
            "You can name a relative, friend, attorney, doctor or someone else to act as your representative. Your "
            "treating doctor may ask for an appeal of a pre-service denial for you without being named your "
            "representative."
        ),
        w.head("There are 2 kinds of appeals with Summit Lantern Medicare Advantage (HMO)"),
        w.text(
            "<b>Standard Appeal:</b> We'll give you a written decision within 30 calendar days after we get your "
            "appeal. We may take up to 14 calendar days more if you ask for more time or if we need more "
            "information."
        ),
        w.text(
            "<b>Fast Appeal:</b> We'll give you a decision within 72 hours after we get your appeal. You can ask "
            "for a fast appeal if you or your doctor believe your health could be seriously harmed by waiting for a "
            "standard decision."
        ),
        w.head("How to ask for an appeal"),
        w.text(
            "<b>Step 1:</b> You, your representative or your doctor must ask us for an appeal. Your written request "
            "must include your name, address, member number, the reasons for appealing, and any evidence you want "
            "us to review, such as medical records that support medical necessity."
        ),
        w.text("<b>Step 2:</b> Mail, fax or deliver your appeal, or call us."),
        w.text("<b>For a Standard Appeal:</b>"),
        w.lines(
            "Mailing address: Summit Lantern Medicare Advantage, Appeals and Grievances,",
            "P.O. Box 51204, Lantern Bay, OR 97000",
            "Phone: (503) 555-0152   TTY: 711",
            "Fax: (503) 555-0157",
        ),
        w.text("<b>For a Fast Appeal:</b>"),
        w.lines("Phone: (503) 555-0176   TTY: 711", "Fax: (503) 555-0177"),
        w.head("What happens next?"),
        w.text(
            "If you ask for an appeal and we continue to deny your request, we'll send your case to an independent "
            "reviewer. If the independent reviewer denies your request, the written decision will explain if you "
            "have more appeal rights."
        ),
        w.head("Get help and more information"),
        w.lines(
            "Summit Lantern Medicare Advantage (HMO) toll free: (800) 555-0190, 8 a.m. to 8 p.m.",
            "1-800-MEDICARE, 24 hours a day, 7 days a week",
            "Medicare Rights Center and your State Health Insurance Assistance Program",
        ),
        w.small("Para obtener asistencia en espa\u00f1ol, llame al (800) 555-0190."),
    ]


_NOTES = f"""\
WICKHAM FAMILY MEDICINE
15 Quarry Lane, Lantern Bay, OR 97000    Phone (503) 555-0125

Patient: Desmond R. Achterberg        DOB: 11/23/1953        MRN: WFM-40371

------------------------------------------------------------
PROGRESS NOTE
Date of visit: 07/20/2026
Provider: Beatrix Lindgren, DO

SUBJECTIVE
Mr. Achterberg is a 72-year-old man with low back pain that runs down the left leg to the top of the foot. It began in
late May 2026 after he lifted a boat engine. Pain is 7/10. Meloxicam 15 mg daily was taken from 06/22/2026 to 07/20/2026
without relief and is stopped today. He denies fever, weight loss and night sweats. He denies bowel or bladder
dysfunction and saddle numbness. No history of cancer.

FAMILY HISTORY
His brother had lumbar spine surgery. His father had prostate cancer.

OBJECTIVE
Straight-leg raise is positive on the left at 45 degrees and negative on the right.
Strength is 5/5 in both legs. Patellar and Achilles reflexes are 2+ and symmetric. Sensation is intact.

ASSESSMENT
Lumbar radiculopathy, left (M54.16).

PLAN
1. Referred to physical therapy, twice weekly, with a home exercise program.
2. Start gabapentin 300 mg at bedtime.
3. Return after therapy. Consider plain films of the lumbar spine and MRI if there is no improvement.

Electronically signed by Beatrix Lindgren, DO, 07/20/2026

------------------------------------------------------------
PROGRESS NOTE
Date of visit: 09/22/2026
Provider: Beatrix Lindgren, DO

SUBJECTIVE
Re-evaluation after physical therapy. He completed supervised physical therapy from 07/27/2026 to 09/11/2026 and did
the prescribed home exercises daily. The therapy failed to relieve the leg pain. Pain is 7/10. Since early September his
left foot slaps when he walks and he has tripped twice. He can sit for 15 minutes and stand for 10 minutes. He denies
bowel or bladder dysfunction, saddle numbness, fever and weight loss. Gabapentin 300 mg at bedtime gives partial relief
of sleep only.

PAST STUDIES
Chest x-ray of 11/04/2025 was clear.

OBJECTIVE
Oswestry Disability Index (ODI) today is 48% (48/100).
Straight-leg raise is positive on the left at 35 degrees and negative on the right.
Left extensor hallucis longus (EHL) strength is 4/5. All other muscle groups are 5/5.
Patellar and Achilles reflexes are 2+ and symmetric.
Sensation to light touch is reduced over the top of the left foot.

ASSESSMENT
Lumbar radiculopathy, left (M54.16), with new motor weakness after more than 6 weeks of conservative treatment.

PLAN
1. Request MRI of the lumbar spine without contrast (CPT 72148).
2. If the MRI shows nerve root compression, refer for epidural steroid injection or surgical opinion.
3. Continue home exercise program.

Electronically signed by Beatrix Lindgren, DO, 09/22/2026

{paper.SYNTHETIC}
"""


def _discharge(path: Path) -> None:
    note = word.new_note(
        "Lantern Bay Physical Therapy", "302 Pier Street, Lantern Bay, OR 97000   Phone (503) 555-0133"
    )
    add = note.add_paragraph
    note.add_heading("Physical therapy discharge summary", level=2)
    word.add_table(
        note,
        [
            ("Patient", "Date of birth", "Referring provider", "Date of discharge"),
            ("Desmond R. Achterberg", "11/23/1953", "Beatrix Lindgren, DO", "09/11/2026"),
        ],
    )
    add("Diagnosis: Lumbar radiculopathy, left (M54.16).")
    add("First visit 07/27/2026, last visit 09/11/2026. The patient attended 13 of 14 scheduled visits.")
    add(
        "Treatment: therapeutic exercise, directional preference exercise and nerve gliding under supervision. A home "
        "exercise program was prescribed on 07/27/2026 and reviewed at every visit."
    )
    word.add_table(
        note,
        [
            ("Measure", "07/27/2026", "09/11/2026"),
            ("Pain, 0 to 10", "7", "7"),
            ("Oswestry Disability Index (ODI)", "52%", "50%"),
            ("Straight-leg raise, left", "45 degrees", "40 degrees"),
            ("Sitting tolerance", "15 minutes", "15 minutes"),
        ],
    )
    add("Result: Physical therapy failed. Pain and function did not improve. Discharged to the referring provider.")
    add("Plan: The patient will continue home exercise. Further imaging is left to the referring provider.")
    add("Signed: Marisol Quent, PT, DPT, 09/11/2026")
    word.write_note(note, path)
