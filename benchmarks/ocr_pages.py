"""Authored pages for the OCR benchmark, and what happens to them on the way: scanner, fax, phone.

The texts are of this file alone; no reader was tuned on them. Everything is made from fixed seeds.
"""

import random
from collections.abc import Callable
from io import BytesIO

import cv2
import numpy as np
import pypdfium2
from numpy.typing import NDArray
from PIL import Image
from reportlab.lib.pagesizes import letter
from reportlab.pdfgen.canvas import Canvas

Grey = NDArray[np.uint8]
FACES = ("Helvetica", "Times-Roman", "Courier")
SEEDS = (1, 2)

_PROSE = (
    "After review of the request received {date} we are unable to approve {code} for diagnosis {icd}.",
    "The member completed {n} visits between {date} and {date} without lasting relief.",
    "You must file within {days} days of {date}. Write to P.O. Box {box} or fax {phone}.",
    "Hemoglobin {lab} on {date}; creatinine {lab}; the score was {n}/100 on {date}.",
    "Billed {amount}, allowed {amount}, not covered {amount}, claim {claim}.",
    "Policy {policy} version {version}, effective {date}, applies to service {code}.",
)
_ROWS = (
    ("Member ID", "{member}", "Date of Notice", "{date}"),
    ("Claim Number", "{claim}", "Date of Birth", "{date}"),
    ("Reference", "{auth}", "NPI", "{npi}"),
    ("Procedure", "{code}", "Diagnosis", "{icd}"),
    ("Amount", "{amount}", "Group", "{group}"),
)


def _filler(rng: random.Random) -> Callable[[str], str]:
    def date() -> str:
        month, day, year = rng.randint(1, 12), rng.randint(1, 28), rng.randint(2024, 2026)
        return rng.choice((f"{month:02}/{day:02}/{year}", f"{year}-{month:02}-{day:02}"))

    def digits(n: int) -> str:
        return "".join(rng.choice("0123456789") for _ in range(n))

    made: dict[str, Callable[[], str]] = {
        "date": date,
        "code": lambda: rng.choice((str(rng.randint(10004, 99499)), rng.choice("JQLE") + digits(4))),
        "icd": lambda: rng.choice("MSGIFZ") + digits(2) + "." + digits(rng.randint(1, 3)),
        "n": lambda: str(rng.randint(2, 98)),
        "days": lambda: rng.choice(("30", "60", "65", "120", "180")),
        "box": lambda: digits(5),
        "phone": lambda: f"({digits(3)}) 555-01{digits(2)}",
        "lab": lambda: f"{rng.randint(0, 15)}.{rng.randint(0, 9)}",
        "amount": lambda: f"${rng.randint(1, 48)},{digits(3)}.{digits(2)}",
        "claim": lambda: f"CLM-{digits(4)}-{digits(6)}",
        "member": lambda: rng.choice("WXKBS") + digits(9),
        "auth": lambda: f"PA{digits(8)}{rng.choice('ABIOSZ')}",
        "npi": lambda: "1" + digits(9),
        "policy": lambda: f"{rng.choice(('SURG', 'RAD', 'RX'))}-{digits(4)}",
        "version": lambda: f"{rng.randint(1, 9)}.{rng.randint(0, 9)}",
        "group": lambda: f"{digits(2)}-{digits(4)}",
    }

    def fill(text: str) -> str:
        while "{" in text:
            start, end = text.index("{"), text.index("}")
            text = text[:start] + made[text[start + 1 : end]]() + text[end + 1 :]
        return text

    return fill


def page(number: int) -> tuple[bytes, str]:
    """One page as a PDF, and its text."""
    rng = random.Random(4000 + number)
    fill = _filler(rng)
    out = BytesIO()
    canvas = Canvas(out, pagesize=letter, invariant=1)
    face, size = FACES[number % len(FACES)], (10, 11, 9.5)[number % 3]
    lines: dict[float, list[str]] = {}
    y = 740.0

    def draw(x: float, text: str) -> None:
        canvas.setFont(face, size)
        canvas.drawString(x, y, text)
        lines.setdefault(y, []).append(text)

    draw(72, "Juniper Ridge Benefit Administrators")
    y -= 30
    for labels in _ROWS:
        for x, text in zip((72, 170, 320, 430), labels, strict=True):
            draw(x, fill(text) + (":" if text[0] != "{" else ""))
        y -= 16
    y -= 14
    for line in range(22):
        draw(72, fill(_PROSE[(number + line) % len(_PROSE)])[:98].rsplit(" ", 1)[0])
        y -= 22 if line % 3 == 2 else 15
    canvas.save()
    return out.getvalue(), "\n".join(" ".join(line) for line in lines.values())


def _grey(pdf: bytes, dpi: float) -> Grey:
    with pypdfium2.PdfDocument(pdf) as document:
        made: Grey = document[0].render(scale=dpi / 72, grayscale=True).to_numpy().copy()
    return made


def _noisy(grey: Grey, seed: int, sigma: float) -> Grey:
    noise = np.random.RandomState(seed).normal(0, sigma, grey.shape)
    return np.clip(grey.astype(np.float32) + noise, 0, 255).astype(np.uint8)


def _turned(grey: Grey, degrees: float) -> Grey:
    height, width = grey.shape
    matrix = cv2.getRotationMatrix2D((width / 2, height / 2), degrees, 1)
    made: Grey = cv2.warpAffine(grey, matrix, (width, height), borderValue=255)
    return made


def _bitonal(grey: Grey, seed: int, sigma: float, specks: int) -> Image.Image:
    black = _noisy(grey, seed, sigma) < 150
    rng = np.random.RandomState(seed + 77)
    for _ in range(specks):
        row, column = rng.randint(0, grey.shape[0] - 2), rng.randint(0, grey.shape[1] - 2)
        black[row : row + rng.randint(1, 3), column : column + rng.randint(1, 3)] = True
    return Image.fromarray(np.where(black, 0, 255).astype(np.uint8)).convert("1")


def clean(pdf: bytes, _: int) -> tuple[Image.Image, tuple[float, float]]:
    """A clean scan at 300 dpi."""
    return Image.fromarray(_grey(pdf, 300)), (300, 300)


def office(pdf: bytes, seed: int) -> tuple[Image.Image, tuple[float, float]]:
    """An office scanner set to text: soft, a little crooked, one bit, dusty."""
    grey = cv2.GaussianBlur(_turned(_grey(pdf, 300), 0.4 * (seed - 2)), (0, 0), 1.1)
    return _bitonal(grey, seed, 22, 400), (300, 300)


def fine_fax(pdf: bytes, seed: int) -> tuple[Image.Image, tuple[float, float]]:
    """A fax of 204 by 196 dots an inch."""
    grey = cv2.resize(_grey(pdf, 300), (round(8.5 * 204), (11 * 196)), interpolation=cv2.INTER_AREA)
    return _bitonal(grey, seed, 26, 300), (204, 196)


def standard_fax(pdf: bytes, seed: int) -> tuple[Image.Image, tuple[float, float]]:
    """A fax of 204 by 98 dots an inch."""
    grey = cv2.resize(_grey(pdf, 300), (round(8.5 * 204), (11 * 98)), interpolation=cv2.INTER_AREA)
    return _bitonal(grey, seed, 20, 120), (204, 98)


def photo(pdf: bytes, seed: int) -> tuple[Image.Image, tuple[float, float]]:
    """A phone photo: aslant, unevenly lit, a little blurred, compressed."""
    grey = _grey(pdf, 220)
    height, width = grey.shape
    rng = np.random.RandomState(seed)
    corners = np.array([[0, 0], [width, 0], [width, height], [0, height]], np.float32)
    moved = (corners + rng.uniform(-0.02, 0.02, (4, 2)) * width).astype(np.float32)
    grey = cv2.warpPerspective(grey, cv2.getPerspectiveTransform(corners, moved), (width, height), borderValue=200)
    light = np.linspace(0.62, 1.0, width)[None, :] * np.linspace(1.0, 0.85, height)[:, None]
    grey = _noisy((cv2.GaussianBlur(grey, (0, 0), 0.9) * light).astype(np.uint8), seed, 5)
    return Image.open(BytesIO(cv2.imencode(".jpg", grey, [cv2.IMWRITE_JPEG_QUALITY, 70])[1].tobytes())), (220, 220)


LEVELS: dict[str, Callable[[bytes, int], tuple[Image.Image, tuple[float, float]]]] = {
    "clean 300 dpi": clean,
    "office scan": office,
    "fine fax": fine_fax,
    "standard fax": standard_fax,
    "phone photo": photo,
}
