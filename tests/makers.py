"""Small documents for tests, made from strings, and a case to run."""

from schemas.document import Document, Origin, Page, Role


def document(*pages: str, name: str = "d1", origin: Origin = Origin.TEXT, role: Role = Role.OTHER) -> Document:
    return Document(
        id=name,
        file=f"{name}.txt",
        sha256="0" * 64,
        role=role,
        pages=tuple(
            Page(document=name, number=n, file_page=n, origin=origin, text=text) for n, text in enumerate(pages, 1)
        ),
    )


# A case whose one criterion is met.
LETTER = """Orchard Valley Health Plan
Date of Notice: 02/14/2026   Member ID: W102074778
Patient: Elena Rivera   Claim #: CLM-2026-201887
Service requested: Lumbar MRI

We are unable to approve this request because the records do not show at least 6 weeks of physical therapy.

All of the following must be met:
1. At least 6 weeks of physical therapy

You may appeal within 180 days of the date of this notice. This is a self-funded employer plan under ERISA.
"""
NOTE = """Progress Note
Patient: Elena Rivera
Date of visit: 01/20/2026

She attended physical therapy from 11/03/2025 to 01/05/2026 without improvement.
"""
