"""Our assertion beside medspaCy's ConText: `python benchmarks/context_agreement.py PYTHON [NOTES] [SENTENCES]`.

PYTHON is the interpreter of an environment with medspacy 1.3.1 (`pip install medspacy "numpy<2"` under Python 3.11),
which cannot live beside this project's own libraries. Sentences of NOTES (by default mts_dialog_train.csv of
../shared/data/clinical_notes) in which our vocabulary finds a thing are judged by both, the same thing at the same
place of the same sentence; up to SENTENCES (400) are taken at even distances. Neither is given the section. Prints
agreement, Cohen's kappa and the confusion as Markdown, the time of each, and then each disagreement. Neither is the
truth: who is right is for a reader to say, and docs/decisions/0006-assertion.md does.
"""

import csv
import json
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path

ROOT = Path(__file__).parent.parent
NOTES = ROOT.parent / "shared" / "data" / "clinical_notes" / "mts_dialog_train.csv"
ORDER = ("family", "absent", "hypothetical", "possible", "historical")  # where several are said, as in assertion.py
OF_CONTEXT = {
    "is_family": "family",
    "is_negated": "absent",
    "is_hypothetical": "hypothetical",
    "is_uncertain": "possible",
    "is_historical": "historical",
}


def judge_by_context() -> None:
    """Run by the other interpreter: judge the rows of standard input by medspaCy's own rules."""
    import medspacy
    from spacy.tokens import Span

    nlp = medspacy.load(medspacy_enable=["medspacy_context"])
    context = nlp.get_pipe("medspacy_context")
    rows = json.load(sys.stdin)
    start, said = time.perf_counter(), []
    for sentence, begin, end in rows:
        doc = nlp.make_doc(sentence)
        for token in doc[1:]:
            token.is_sent_start = False
        span = doc.char_span(begin, end, label="THING", alignment_mode="expand")
        doc.ents = [Span(doc, span.start, span.end, label="THING")]
        context(doc)
        marks = {OF_CONTEXT[name] for name in OF_CONTEXT if getattr(doc.ents[0]._, name)}
        said.append(next((one for one in ORDER if one in marks), "present"))
    json.dump({"seconds": time.perf_counter() - start, "said": said}, sys.stdout)


def targets(notes: Path, most: int) -> list[tuple[str, int, int]]:
    """Sentences that name a thing, one thing of each."""
    from pipeline.extract.splitting import sentence_ranges
    from pipeline.extract.vocabulary import terms

    found: dict[str, tuple[str, int, int]] = {}
    with notes.open(encoding="utf-8", newline="") as rows:
        for row in csv.DictReader(rows):
            text = row["section_text"]
            for start, end in sentence_ranges(text, 0, len(text)):
                sentence = " ".join(text[start:end].split())
                hits = [hit for hit in terms(sentence) if hit.term.kind]
                if hits:  # the last: cues stand before it more often
                    found.setdefault(sentence, (sentence, hits[-1].start, hits[-1].end))
    step = max(1, len(found) // most)
    return list(found.values())[::step][:most]


def kappa(pairs: list[tuple[str, str]]) -> float:
    """Cohen's kappa of two judges."""
    n, agreed = len(pairs), sum(one == other for one, other in pairs)
    ours, theirs = Counter(one for one, _ in pairs), Counter(other for _, other in pairs)
    chance = sum(ours[name] * theirs[name] for name in ours) / n / n
    return (agreed / n - chance) / (1 - chance)


def main(python: str, notes: Path, most: int) -> None:
    """Judge by both and print."""
    sys.path.insert(0, str(ROOT))
    from pipeline.extract.chart.assertion import judge

    rows = targets(notes, most)
    judge("", 0, 0)  # the tables are read
    start = time.perf_counter()
    ours = [judge(*row).value for row in rows]
    seconds = time.perf_counter() - start
    peer = subprocess.run(
        [python, __file__, "--peer"], input=json.dumps(rows), capture_output=True, text=True, check=True
    )
    theirs = json.loads(peer.stdout)
    pairs = list(zip(ours, theirs["said"], strict=True))
    agreed = sum(one == other for one, other in pairs)
    print(f"{len(pairs)} sentences: {agreed} alike ({agreed / len(pairs):.1%}), kappa {kappa(pairs):.2f}")
    print(f"seconds: ours {seconds:.2f}, ConText {theirs['seconds']:.2f}\n")
    names = sorted({name for pair in pairs for name in pair})
    print("| ours \\ ConText | " + " | ".join(names) + " |\n|---" + "|---" * len(names) + "|")
    for name in names:
        print(f"| {name} | " + " | ".join(str(pairs.count((name, other))) for other in names) + " |")
    print("\n| of them two kinds | alike | kappa |\n|---|---|---|")
    for name in names:
        two = [("yes" if one == name else "no", "yes" if other == name else "no") for one, other in pairs]
        print(f"| {name} | {sum(a == b for a, b in two) / len(two):.1%} | {kappa(two):.2f} |")
    for (sentence, begin, end), (one, other) in zip(rows, pairs, strict=True):
        if one != other:
            print(f"\nours {one}, ConText {other}: {sentence[:begin]}[{sentence[begin:end]}]{sentence[end:]}")


if __name__ == "__main__":
    if sys.argv[1:] == ["--peer"]:
        judge_by_context()
    else:
        given = dict(enumerate(sys.argv))
        main(given[1], Path(given.get(2, NOTES)), int(given.get(3, 400)))
