"""The payer's reason, quoted whole: the statement after the decision, never the boilerplate of the rights section."""

import re
from collections.abc import Sequence
from functools import cache
from itertools import dropwhile, takewhile

from pipeline.extract.labels import Labelled, field_of, labelled
from pipeline.extract.letter import Paragraph, is_heading
from pipeline.extract.lines import Stretch, sentences
from pipeline.extract.tables import load, pattern
from pipeline.folding import on_one_line
from schemas.proposal import ProposedValue


@cache
def _words(name: str) -> re.Pattern[str]:
    return pattern("|".join(load("reason.yaml")[name]))


def _gives_reason(sentence: Stretch) -> bool:
    return bool(_words("reason").search(sentence.text)) and not _words("never").search(sentence.text)


def _decides(sentence: Stretch) -> bool:
    """Whether a sentence tells the decision: what stands beside it is more likely its reason."""
    return bool(_words("decision").search(sentence.text)) and not _words("never").search(sentence.text)


def reason(letter: Sequence[Paragraph]) -> ProposedValue | None:
    """The reason under its own label or heading, else in the prose of the decision; None where none is stated."""
    candidates = [_labelled(paragraph) for paragraph in letter]
    stated = [s for s in candidates if s] or _under_heading(letter)
    if stated:
        return _proposed(stated[0])
    best = max(
        (run for paragraph in letter if _may_decide(paragraph) for run in _runs(paragraph)), key=_weight, default=None
    )
    return _proposed(best) if best else None


def _proposed(run: Sequence[Stretch]) -> ProposedValue:
    whole = [Stretch(run[0].page, run[0].start, run[-1].end)] if run[0].page is run[-1].page else list(run)
    text = " ".join(on_one_line(part.text) for part in whole)
    return ProposedValue(field="reason", value=text, quotes=tuple(part.quote() for part in whole))


def _labelled(paragraph: Paragraph) -> list[Stretch]:
    """What follows a label such as "Reason for denial:", to the end of its paragraph."""
    for value in labelled(paragraph.lines):
        # a code or a few words in a table are not the statement
        if value.field == "reason" and len(value.value.text.split()) > 4:
            end = _end_of(paragraph, value) if len(value.line.cells) == 1 else value.value.end
            whole = Stretch(paragraph.page, value.value.start, end)
            return list(takewhile(lambda s: not _words("never").search(s.text), sentences(whole)))
    return []


def _end_of(paragraph: Paragraph, value: Labelled) -> int:
    """Where the words after a label end: with the paragraph, or before the next line that begins with a label."""
    following = [
        other.line.start
        for other in labelled(paragraph.lines)
        if other.line.start > value.line.start and other.line.text.startswith(other.label)
    ]
    return min(following, default=paragraph.end)


def _under_heading(letter: Sequence[Paragraph]) -> list[list[Stretch]]:
    """The paragraphs under a heading such as "Reason for Denial", from the first that gives a reason to the last."""
    section = [p for p in letter if field_of(p.heading) == "reason" and not _is_heading(p) and not p.item]
    runs = [run for paragraph in section for run in _runs(paragraph)]
    if not runs:
        return [list(sentences(paragraph)) for paragraph in section[:1]]
    best = max(runs, key=_weight)
    for run in runs[runs.index(best) + 1 :]:
        if not _adjoin(best, run):
            break
        best = [*best, *run]
    return [best]


def _adjoin(run: Sequence[Stretch], following: Sequence[Stretch]) -> bool:
    """Whether nothing stands between two runs: a reason goes on over paragraphs."""
    page, after = run[-1].page, following[0]
    return page is after.page and not page.text[run[-1].end : after.start].strip()


def _is_heading(paragraph: Paragraph) -> bool:
    return len(paragraph.lines) == 1 and is_heading(paragraph.lines[0])


def _may_decide(paragraph: Paragraph) -> bool:
    """Whether a paragraph may hold the decision: no heading, no table of labels, not of the rights section."""
    labels = [
        value
        for value in labelled(paragraph.lines[:1])
        if paragraph.text.startswith(value.label) and value.field != "other"  # "Decision: Not approved." begins prose
    ]
    return not paragraph.in_rights and not _is_heading(paragraph) and not labels


def _runs(paragraph: Paragraph) -> list[list[Stretch]]:
    """The runs of sentences that give a reason; one plain sentence between two such belongs to them.

    A run must have a sentence that could stand for it alone.
    """
    if sum(len(line.cells) > 2 for line in paragraph.lines) > 1:
        return []  # a table states no reason
    runs: list[list[Stretch]] = [[]]
    between: list[Stretch] = []
    for sentence in sentences(paragraph.body):
        if _gives_reason(sentence) or _decides(sentence):
            runs[-1] += [*between, sentence] if runs[-1] else [sentence]
            between = []
        elif between or _words("never").search(sentence.text):
            runs.append([])
            between = []
        else:
            between = [sentence]
    strong = [run for run in runs if any(_words("strong").search(s.text) for s in run)]
    return [reasons for run in strong if (reasons := list(dropwhile(lambda s: not _gives_reason(s), run)))]


def _weight(run: Sequence[Stretch]) -> tuple[int, int]:
    """Strong words decide, then words of decision; the first such run of the letter wins a tie (max keeps it)."""
    text = " ".join(sentence.text for sentence in run)
    strong = {" ".join(match[0].lower().split()) for match in _words("strong").finditer(text)}
    return min(len(strong), 3), int(bool(_words("decision").search(text)))
