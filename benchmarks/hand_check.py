"""What is found in public texts, beside them, for a reader to check: `python -m benchmarks.hand_check [SHIFT] [DATA]`.

DATA (by default ../shared/data) holds denial_letters/aegis_sample.jsonl and the folder clinical_notes. Twenty letters
and ten notes are taken at even distances, so that nobody chose them; another SHIFT (0.5 by default; 0 and 0.25 give
texts that differ from it) takes others. Before each sample stands what needs no reader:
over all texts, how many citations are not what the page holds at that place. A text that fails ends the run.
docs/EVALUATION.md says what a reader found.
"""

import csv
import json
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, TypeVar

from pipeline import extract
from schemas.denial import Denial
from schemas.document import Document, Origin, Page, Role, Whose
from schemas.fact import FACT

LETTERS, NOTES = 20, 10
DATA = Path(__file__).parent.parent.parent / "shared" / "data"
T = TypeVar("T")
ENGINE = extract.RulesExtractor()


def document(text: str, role: Role) -> Document:
    """The text as a document of one page."""
    page = Page(document="d1", number=1, file_page=1, origin=Origin.TEXT, text=text)
    return Document(id="d1", file="text", sha256="0" * 64, role=role, patient=Whose.OURS, pages=(page,))


def letters(data: Path) -> list[str]:
    """The letters of the Aegis sample."""
    rows = (data / "denial_letters" / "aegis_sample.jsonl").read_text(encoding="utf-8").splitlines()
    return [json.loads(row)["denial_letter_text"] for row in rows]


def notes(data: Path) -> list[str]:
    """The notes of ACI-Bench, and those of MTS-Dialog of more than a hundred words."""
    found: list[str] = []
    for name, column in (("aci_bench_train.csv", "note"), ("mts_dialog_train.csv", "section_text")):
        with (data / "clinical_notes" / name).open(encoding="utf-8", newline="") as rows:
            found += [text for row in csv.DictReader(rows) if len((text := row[column]).split()) > 100]
    return found


def spread(texts: Sequence[T], count: int, shift: float) -> list[T]:
    """So many of them, at even distances; the first at that part of one distance."""
    return [texts[int((n + shift) * len(texts) / count)] for n in range(count)]


def spans(node: object) -> Iterator[dict[str, Any]]:
    """Every span in a dumped model, at any depth."""
    if isinstance(node, dict) and "quote" in node:
        yield node
    elif isinstance(node, dict):
        yield from (span for inner in node.values() for span in spans(inner))
    elif isinstance(node, list):
        yield from (span for inner in node for span in spans(inner))


def plain(node: object) -> object:
    """A dumped model without its spans; a cited value as the value alone."""
    if isinstance(node, list):
        return [plain(inner) for inner in node]
    if not isinstance(node, dict):
        return node
    if "value" in node and set(node) <= {"value", "spans", "source", "accepted"}:
        return plain(node["value"])
    return {key: plain(inner) for key, inner in node.items() if key not in ("spans", "date_spans", "id", "classes")}


def found_in(text: str, role: Role) -> list[dict[str, Any]]:
    """The denial of a letter, or the facts of a note, dumped."""
    given = document(text, role)
    if role is Role.DENIAL_LETTER:
        return [extract.extract_denial(ENGINE, given, []).denial.model_dump(mode="json", exclude_defaults=True)]
    facts = extract.extract_facts(ENGINE, [given], Denial()).facts
    return [FACT.dump_python(fact, mode="json", exclude_defaults=True) for fact in facts]


def main() -> None:
    """Print the counts over all texts, then the sample."""
    shift = float(sys.argv[1]) if len(sys.argv) > 1 else 0.5
    data = Path(sys.argv[2]) if len(sys.argv) > 2 else DATA
    for role, texts, count in ((Role.DENIAL_LETTER, letters(data), LETTERS), (Role.CLINICAL_NOTE, notes(data), NOTES)):
        every = [(text, found_in(text, role)) for text in texts]
        cited = [(text, span) for text, models in every for span in spans(models)]
        wrong = sum(text[span["start"] : span["end"]] != span["quote"] for text, span in cited)
        print(f"{len(texts)} texts of role {role.value}: {len(cited)} citations, {wrong} not what the page holds\n")
        for number, (text, models) in enumerate(spread(every, count, shift), 1):
            print(f"=== {role.value} {number}\n{text}\n--- found")
            for model in models:
                print(json.dumps(plain(model), ensure_ascii=False))
            print()


if __name__ == "__main__":
    main()
