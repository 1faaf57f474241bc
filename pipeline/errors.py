"""Every way to fail: what it is called, what to do about it, and how the command exits.

A stage raises an `AppealwrightError` where it cannot go on with one file; `case.py` turns it into a `Failure` and works
the rest. The command line turns the one that ends a run into its exit code. Messages never hold text of a document.
"""

import traceback
from pathlib import Path
from typing import Self

from schemas.case import Category, Failure

EXIT_COMPLETE = 0
EXIT_NEEDS_A_PERSON = 1
EXIT_USAGE = 2

EXIT_CODES: dict[Category, int] = {
    Category.NOT_FOUND: 3,
    Category.UNREADABLE: 4,
    Category.ENCRYPTED: 5,
    Category.EMPTY: 6,
    Category.UNSUPPORTED: 7,
    Category.TOO_LARGE: 8,
    Category.NO_DENIAL: 9,
    Category.OCR: 10,
    Category.TIMEOUT: 11,
    Category.MISSING_TOOL: 12,
    Category.OUTPUT: 13,
    Category.REFUSED: 14,
    Category.INTERNAL: 70,
}

ADVICE: dict[Category, str] = {
    Category.NOT_FOUND: "Check the path.",
    Category.UNREADABLE: "If it opens in its own program, save it again as PDF. If not, ask for a new copy.",
    Category.ENCRYPTED: "Remove the password (print it to a new PDF) and run again.",
    Category.EMPTY: "Ask the sender for a copy that has pages.",
    Category.UNSUPPORTED: "Supply it as PDF, TIFF, PNG, JPEG, HEIC, DOCX, RTF, HTML, text, X12 835, mail or zip.",
    Category.TOO_LARGE: "Split it, or raise the limit named in the message (see .env.example).",
    Category.NO_DENIAL: "Add the denial letter, or name it with --denial FILE.",
    Category.OCR: "Scan the page again at 300 dpi, or read it by eye and add the words as a text file.",
    Category.TIMEOUT: "Scan the page again at 300 dpi, or raise APPEALWRIGHT_PAGE_TIMEOUT.",
    Category.MISSING_TOOL: "Run `make setup`, or install what `appealwright doctor` names.",
    Category.OUTPUT: "Check that the output folder can be written and has room.",
    Category.REFUSED: "Compare the value with the page in review.html.",
    Category.INTERNAL: "This is a fault of the program. Report the place named here; the files given are unharmed.",
}


class AppealwrightError(Exception):
    """A failure with a category and a place, worded for the person who has to act on it."""

    def __init__(self, category: Category, place: str, message: str, advice: str = "") -> None:
        super().__init__(f"{place}: {message}")
        self.failure = Failure(category=category, place=place, message=message, advice=advice or ADVICE[category])

    def __reduce__(self) -> tuple[type[Self], tuple[str, ...]]:  # from process to process
        return type(self), (self.failure.category, self.failure.place, self.failure.message, self.failure.advice)

    @property
    def exit_code(self) -> int:
        """How the command ends when this ends it."""
        return EXIT_CODES[self.failure.category]


def ending(error: Exception) -> tuple[str, int]:
    """The line and the exit code with which an error ends the command. A fault of ours is named by where it arose."""
    if isinstance(error, AppealwrightError):
        failure = error.failure
        return f"{failure.place}: {failure.said}", error.exit_code
    return f"internal error ({arisen(error)}). {ADVICE[Category.INTERNAL]}", EXIT_CODES[Category.INTERNAL]


def arisen(error: Exception) -> str:
    """What kind of error it is, and the line of ours where it arose; nothing of what it says."""
    ours = Path(__file__).parent.parent
    frames = traceback.extract_tb(error.__traceback__)
    frame = next((f for f in reversed(frames) if Path(f.filename).is_relative_to(ours / "pipeline")), frames[-1])
    return f"{type(error).__name__} at {Path(frame.filename).name}:{frame.lineno}"
