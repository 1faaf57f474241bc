"""The papers of the desk under attack. Wherever a person can write, they hold what a browser would run. Synthetic."""

import io
import zipfile
from typing import Final

from reportlab.pdfgen.canvas import Canvas

from tests.batch.papers import letter, note

RUNS: Final = (
    "<script>window.ran=1</script>",
    "<img src=x onerror=window.ran=2>",
    "\"><svg onload='window.ran=3'>",
    "' onmouseover='window.ran=4' autofocus onfocus='window.ran=5",
    "<a href='javascript:window.ran=6'>go</a>",
    "<iframe srcdoc='<script>parent.ran=7</script>'></iframe>",
    "<div hx-get='/logout' hx-trigger='load' hx-on:click='window.ran=8'></div>",
    "</script></title></textarea></style><script>window.ran=9</script>",
    "{{ 1337 * 1337 }} {% if 1 %}1787{% endif %}569 ${1337*1337} <%= 1337*1337 %>",
)
COMPUTED: Final = "1787569"  # what of the last would be seen if a template ran it
NAME: Final = f"Ruiz letter {RUNS[1]} {RUNS[2]}.txt"

LETTER: Final = f"""Orchard Valley <b onmouseover=window.ran=10>Health</b> Plan
Date of Notice: 02/14/2026   Member ID: W102074778
Patient: Ana Ruiz {RUNS[1]}   DOB: 01/02/1960   Claim #: CLM-3001
Service requested: Lumbar MRI {RUNS[0]} {RUNS[2]} {RUNS[3]}
Amount denied: $1,200.00

We are unable to approve this request because the records do not show at least 6 weeks of physical therapy. {RUNS[4]}

All of the following must be met:
1. At least 6 weeks of physical therapy {RUNS[5]} {RUNS[3]}
2. Failure of naproxen {RUNS[8]} {RUNS[7]}

You may appeal within 180 days of the date of this notice. This is a self-funded employer plan under ERISA.
{" ".join(RUNS)}
This letter is synthetic.

"""

_DENIAL: Final = """Meadow Health Plan
Date of Notice: 02/14/2026   Member ID: W555000111
Patient: Bea Lind   DOB: 03/04/1955   Claim #: CLM-4004
Service requested: Knee MRI
Amount denied: $900.00
We are unable to approve this request because the records do not show
at least 6 weeks of physical therapy.
All of the following must be met:
1. At least 6 weeks of physical therapy
You may appeal within 180 days of the date of this notice.
This is a self-funded employer plan under ERISA. This letter is synthetic."""
_OTHER: Final = """Progress Note
Patient: Otto Brandt
DOB: 09/09/1949
Date of visit: 01/20/2026
Hypertension, well controlled. Follow up in six months. This note is synthetic."""
CLEAN: Final = "Cleo Ames"  # whose papers are as papers are
OTHERS: Final = ("Otto", "Brandt", "09/09/1949", "Hypertension")  # of a paper in the file of a case that is not in it
SECRETS: Final = (
    "Ruiz",
    "CLM-3001",
    "W102074778",
    "01/02/1960",
    "Bea Lind",
    "CLM-4004",
    "Cleo",
    "CLM-5005",
    "window.ran",
    *OTHERS,
)


def _scan() -> bytes:
    out = io.BytesIO()
    canvas = Canvas(out, invariant=True)
    for page in (_DENIAL, _OTHER):
        for number, line in enumerate(page.splitlines()):
            canvas.drawString(60, 760 - 18 * number, line)
        canvas.showPage()
    canvas.save()
    return out.getvalue()


def _packed() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr(NAME, LETTER)
        archive.writestr("scan.pdf", _scan())
        archive.writestr("letter.txt", letter(CLEAN, "CLM-5005", "05/06/1970", "W777000222"))
        archive.writestr("note.txt", note(CLEAN, "05/06/1970"))
    return out.getvalue()


PAPERS: Final = _packed()
