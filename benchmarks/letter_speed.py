"""Time to draft, verify and typeset every letter of a long case: `python benchmarks/letter_speed.py`. One core.

A knee case with six criteria and a chart of notes on 30 days, read by the pipeline into at least 300 facts; timed is
what follows from the facts (no reading, no checking, no PDF): the letter and all its companions drafted and verified,
then each set in Word, and of what is sent the clean copy too. The report of every sentence is timed apart. Then
verification alone, of more and more sentences: its time for each must stay what it is. The middle of five rounds, by
the processor's time.
"""

import statistics
import tempfile
import time
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path

from pipeline import draft, ingest
from pipeline.case import Order, Worked, work
from pipeline.draft.evidence import Evidence
from schemas.letter import Letter, LetterKind

ROUNDS, NOTES = 5, 30
TODAY = date(2026, 11, 21)
NOTICE = """Cascadia Mutual Health Plan
Date of Notice: October 28, 2026
Member Name: Marguerite A. Ellsworth
Member ID: CMH904551-01
Reference Number: PA-26-0914-7731
Service Requested: Total knee arthroplasty, right knee
Procedure Code: 27447
Diagnosis Code: M17.11

We are unable to approve this request because it is not medically necessary under Medical Policy SURG-0417, version 7.2.

All of the following must be met:
1. Kellgren-Lawrence grade 3 or 4 osteoarthritis on radiographs.
2. At least 12 weeks of supervised physical therapy.
3. Failure of at least one nonsteroidal anti-inflammatory drug (NSAID).
4. A WOMAC total score of 39 or higher.
5. No active infection of the knee.
6. A body mass index (BMI) below 40.

You may appeal within 180 days of the date of this notice. This is a self-funded employer plan under ERISA.
"""
NOTE = """Progress Note
Patient: Marguerite A. Ellsworth
Date of visit: {day:%m/%d/%Y}

She attended supervised physical therapy for the right knee today.
Naproxen 500 mg twice daily was started on {start:%m/%d/%Y} and stopped on {day:%m/%d/%Y}
because it did not relieve the pain.
WOMAC total score today: {womac} of 96 (right knee).
BMI {bmi}. Pain {pain}/10.
Right knee radiographs show Kellgren-Lawrence grade 4 osteoarthritis of the right knee.
No active infection of the knee. She cannot walk more than one block.
"""


def long_case(folder: Path) -> Worked:
    """The case, worked from files written to a folder."""
    (folder / "denial.txt").write_text(NOTICE, encoding="utf-8")
    for n in range(NOTES):
        day = date(2026, 3, 2) + timedelta(days=3 * n)
        said = NOTE.format(day=day, start=day - timedelta(days=20), womac=50 + n % 20, bmi=30 + n % 8, pain=n % 10)
        (folder / f"note-{n:02}.txt").write_text(said, encoding="utf-8")
    return work(ingest.find_files([folder]), Order(today=TODAY, workers=1))


def letters_of(evidence: Evidence, worked: Worked) -> tuple[Letter, ...]:
    """The letter and its companions, drafted and verified."""
    main = draft.main_letter(evidence, worked.documents)
    return (main, *draft.companions(LetterKind, evidence, worked.documents))


def set_in_word(letters: tuple[Letter, ...], worked: Worked) -> int:
    """Every letter as DOCX, of what is sent the clean copy too; the bytes of them all."""
    case = worked.case
    parts = (case.denial.standing, case.exhibits, case.coverage, case.standing_facts, case.today, worked.documents)
    wanted = [(letter, review) for letter in letters for review in draft.copies(letter.kind).values()]
    return sum(len(draft.typeset(letter, *parts, review=review)) for letter, review in wanted)


def seconds(done: Callable[[], object]) -> float:
    """The middle time of the rounds."""
    times = []
    for _ in range(ROUNDS):
        began = time.process_time()
        done()
        times.append(time.process_time() - began)
    return statistics.median(times)


def main() -> None:
    """Print the table."""
    with tempfile.TemporaryDirectory() as folder:
        worked = long_case(Path(folder))
    evidence = draft.evidence_of(worked.case, worked.documents)
    letters = letters_of(evidence, worked)
    sentences = [one for letter in letters for section in letter.sections for one in section.sentences]
    drafting = seconds(lambda: letters_of(draft.evidence_of(worked.case, worked.documents), worked))
    setting = seconds(lambda: set_in_word(letters, worked))
    reporting = seconds(lambda: [draft.report(letter, evidence) for letter in letters])
    print(f"{len(evidence.facts)} facts, {len(letters)} letters, {len(sentences)} sentences\n")
    print("| step | seconds |\n|---|---|")
    print(f"| draft and verify | {drafting:.2f} |\n| set in Word | {setting:.2f} |")
    print(f"| **together** | {drafting + setting:.2f} |")
    print(f"| the report of every sentence | {reporting:.2f} |\n")
    print("| sentences verified | milliseconds each |\n|---|---|")
    for times in (1, 4, 16):
        many = sentences * times
        took = seconds(lambda many=many: [draft.verify(sentence, evidence) for sentence in many])
        print(f"| {len(many):,} | {1000 * took / len(many):.2f} |")


if __name__ == "__main__":
    main()
