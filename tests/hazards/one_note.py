"""A letter and notes of a sentence each: for hazards that change the sentence and watch the verdict."""

from datetime import date
from pathlib import Path

from pipeline import ingest
from pipeline.case import Order, Worked, work

TODAY = date(2026, 3, 2)

NOTE = """Progress Note
Patient: Elena Rivera   DOB: 05/06/1971
Date of visit: 01/20/2026
Electronically signed by A. Okafor, MD

{sentence}
"""


def worked(folder: Path, letter: str, *sentences: str) -> Worked:
    """The case of the letter with a note for each sentence."""
    (folder / "letter.txt").write_text(letter, encoding="utf-8")
    for n, sentence in enumerate(sentences):
        (folder / f"note-{n}.txt").write_text(NOTE.format(sentence=sentence), encoding="utf-8")
    return work(ingest.find_files([folder]), Order(today=TODAY))


def verdict(folder: Path, letter: str, criterion: int, sentence: str) -> str:
    """What the checker says of the letter's criterion of that place, the first 0, where the note has the sentence."""
    return worked(folder, letter, sentence).case.coverage.criteria[criterion].verdict.value
