"""Changes of meaning that verification refuses: `python -m benchmarks.mutations [FOLDER ...]`. Prints a Markdown table.

Works every case below the folders (samples and corpus, if none is given) from its files, drafts its letter, and puts
each mutant of `tests/draft/mutants.py` to `pipeline.draft.verify`: one number, date, denial, side, drug, test, part of
the body, unit, code, label, comparison, person, outcome, doing, fact or citation changed at a time. Below the table
stand every accepted mutant, and every sentence that was refused as drafted; with one of either it ends with 1.
"""

import sys
import time
from collections import Counter
from collections.abc import Iterable
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from pipeline import ingest
from pipeline.case import Order, work
from pipeline.draft import evidence_of, main_letter, verify
from pipeline.errors import AppealwrightError
from pipeline.evaluate import CaseFolder, find_cases
from tests.draft.mutants import mutants, said

ROOT = Path(__file__).parent.parent
FOLDERS = (ROOT / "samples", ROOT / "tests" / "corpus" / "charts", ROOT / "tests" / "corpus" / "letters")
TODAY = date(2026, 11, 21)


@dataclass(frozen=True)
class Tried:
    """What came of one case."""

    sentences: int = 0
    made: Counter[str] = field(default_factory=Counter)
    accepted: tuple[tuple[str, str], ...] = ()
    refused: tuple[str, ...] = ()
    seconds: float = 0.0


def tried(given: CaseFolder) -> Tried:
    """Every mutant of one case's letter; nothing where the case has no denial letter."""
    sources = [source for source in ingest.find_files([given.folder]) if source.path != given.truth_file]
    try:
        worked = work(sources, Order(today=given.truth.today or TODAY, workers=1))
    except AppealwrightError:
        return Tried()
    evidence = evidence_of(worked.case, worked.documents)
    letter = main_letter(evidence, worked.documents)
    refused = tuple(f"{given.folder.name}: {entry.sentence.text} {entry.reasons}" for entry in letter.refused)
    made: Counter[str] = Counter()
    accepted = []
    began = time.process_time()
    for mutant in mutants(said(letter), evidence):
        made[mutant.kind] += 1
        if not verify(mutant.sentence, evidence):
            accepted.append((mutant.kind, f"{given.folder.name}: {mutant.sentence.text}"))
    count = sum(len(section.sentences) for section in letter.sections)
    return Tried(count, made, tuple(accepted), refused, time.process_time() - began)


def table(results: Iterable[Tried]) -> int:
    """Print the table and what slipped through; the number of those."""
    results = tuple(results)
    made = sum((result.made for result in results), Counter[str]())
    accepted = [entry for result in results for entry in result.accepted]
    refused = [text for result in results for text in result.refused]
    by_kind = Counter(kind for kind, _ in accepted)
    cases, sentences = sum(bool(result.sentences) for result in results), sum(result.sentences for result in results)
    print(f"{cases} letters, {sentences:,} sentences, {len(refused)} of them refused as drafted\n")
    print("| changed | mutants | refused | accepted |\n|---|---|---|---|")
    for kind, count in made.most_common():
        print(f"| {kind} | {count:,} | {count - by_kind[kind]:,} | {by_kind[kind]} |")
    print(f"| **all** | {made.total():,} | {made.total() - len(accepted):,} | {len(accepted)} |\n")
    rate = made.total() / max(sum(result.seconds for result in results), 1e-9)
    print(f"{rate:,.0f} verified a second on one core\n")
    for kind, text in accepted:
        print(f"- accepted, {kind}: {text}")
    for text in refused:
        print(f"- refused as drafted: {text}")
    return len(accepted) + len(refused)


def main() -> None:
    """Work the cases, two at a time."""
    folders = [Path(name) for name in sys.argv[1:]] or list(FOLDERS)
    with ProcessPoolExecutor(2) as pool:
        sys.exit(1 if table(pool.map(tried, find_cases(folders))) else 0)


if __name__ == "__main__":
    main()
