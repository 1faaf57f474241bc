"""The story of a check: an edited letter and its case become a report, and a copy of the letter with comments."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from rapidfuzz import fuzz

from pipeline import draft
from pipeline.edited.evidence import Grounds
from pipeline.edited.judge import Judge
from pipeline.edited.mark import Note, marked
from pipeline.edited.match import Matched, Original, key, match
from pipeline.edited.package import open_package, package_of
from pipeline.edited.read import Edited, read_edited
from pipeline.edited.report import Checked, Commented, Deleted, EditedReport, Standing
from pipeline.edited.units import alike
from pipeline.edited.words import table
from pipeline.errors import AppealwrightError
from pipeline.outputs import write_private
from pipeline.reopen import reopen
from schemas.case import Case, Category
from schemas.document import Document
from schemas.letter import Letter, SentenceKind

_STRUCK = 90.0  # of 100: the words that a tracked change deleted are those of the sentence
_OURS_UNPACKED = 1_000_000_000  # bytes: what the program made itself is not doubted
_NAMED = 60  # characters of a statement in its comment


@dataclass(frozen=True, slots=True)
class CheckedLetter:
    """What was found, and the copy of the letter that says it in comments."""

    report: EditedReport
    copy: bytes


def check_edited(edited: Path, case: Path, out: Path, max_unpacked_bytes: int) -> EditedReport:
    """Check an edited letter against its case, and write the copy with comments to `out`.

    AppealwrightError where the letter or the case cannot be read, or the copy cannot be written.
    """
    if out.resolve() == edited.resolve():
        raise AppealwrightError(
            Category.OUTPUT, out.name, "it is the edited letter itself", "Name another file with -o."
        )
    package = open_package(edited, max_unpacked_bytes)
    checked = checked_letter(read_edited(package), *reopen(case), edited.name)
    try:
        write_private(out, checked.copy)
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise AppealwrightError(Category.OUTPUT, out.name, f"it cannot be written ({reason})") from error
    return checked.report


def checked_letter(edited: Edited, case: Case, documents: tuple[Document, ...], name: str) -> CheckedLetter:
    """Hold what was read of an edited letter against its case. The same letter and case give the same copy.

    AppealwrightError (refused) where it is none of the case's letters.
    """
    letter, original = _letter(edited, case, name)
    grounds = Grounds(case, documents, letter)
    matched = match(edited.paragraphs, original, grounds.cited)
    judge = Judge(grounds, original, matched.statements)
    places = {id(paragraph): n for n, paragraph in enumerate(edited.paragraphs, start=1)}
    statements = tuple(judge.statement(one) for one in matched.statements)
    blocks = tuple(judge.block(one, places[id(one.paragraph)]) for one in matched.blocks)
    report = EditedReport(
        case_id=grounds.case.case_id,
        file=name,
        statements=tuple(sorted((*blocks, *statements), key=lambda one: one.paragraph)),
        deleted=tuple(_deleted(edited, matched, original, grounds)),
        comments=tuple(_comments(edited)),
        unread=edited.unread,
    )
    notes = [
        Note(one.paragraph, one.start, one.end, said)
        for one, checked in zip(matched.statements, statements, strict=True)
        if (said := _said(checked))
    ]
    notes += [
        Note(one.paragraph, 0, len(one.paragraph.text), said)
        for one, checked in zip(matched.blocks, blocks, strict=True)
        if (said := _said(checked))
    ]
    return CheckedLetter(report, marked(edited, notes, grounds.case.today))


def _letter(edited: Edited, case: Case, name: str) -> tuple[Letter, Original]:
    """The letter of the case that was edited, as the case sets it: the one with the most paragraphs in common."""
    there = Counter(map(key, edited.paragraphs))
    tried = [(letter, Original.of(_as_set(letter, case).paragraphs)) for letter in (case.letter, *case.companions)]
    letter, original = max(tried, key=lambda one: _shared(there, Counter(map(key, one[1].paragraphs))))
    text = " ".join(there)
    tags = {stretch.tag for paragraph in edited.paragraphs for stretch in paragraph.stretches}
    if not tags & original.sentences.keys() and not any(alike(words) in text for words in original.sentences.values()):
        message = "it holds no sentence of this case's letters"
        raise AppealwrightError(Category.REFUSED, name, message, "Give the case.json that was written with the letter.")
    return letter, original


def _shared(first: Counter[str], second: Counter[str]) -> float:
    return 2 * (first & second).total() / (first.total() + second.total())


def _as_set(letter: Letter, case: Case) -> Edited:
    denial, facts = case.denial.standing, case.standing_facts
    data = draft.typeset(letter, denial, case.exhibits, case.coverage, facts, case.today, review=False)
    return read_edited(package_of(letter.kind, data, _OURS_UNPACKED))


def _said(checked: Checked) -> str:
    """The comment on a statement; "" where there is nothing to say."""
    words = table().comment
    if checked.standing is Standing.OPEN:
        return words["open"].format(text=checked.text)
    if checked.standing is Standing.BY_PAGE:
        return words["by_page"]
    if checked.standing is not Standing.NOT_SUPPORTED:
        return ""
    short = checked.text if len(checked.text) <= _NAMED else f"{checked.text[:_NAMED]}\u2026"
    said = words["refused"].format(text=short, reasons="\n".join(f"- {reason}" for reason in checked.reasons))
    return f"{said}\n{words['editors'].format(names=', '.join(checked.editors))}" if checked.editors else said


def _deleted(edited: Edited, matched: Matched, original: Original, grounds: Grounds) -> Iterator[Deleted]:
    struck = [one for paragraph in edited.paragraphs for one in paragraph.struck if one.author]
    for name in matched.deleted:
        sentence = grounds.sentences.get(name)
        if sentence is not None and sentence.kind is SentenceKind.PLACEHOLDER:
            continue  # to take one out is one way to deal with it
        text = original.sentences.get(name) or original.blocks[name]
        who = (one.author for one in struck if one.tag == name or _is_struck(one.text, text))
        yield Deleted(id=name, text=text, editors=tuple(dict.fromkeys(who)))


def _is_struck(words: str, text: str) -> bool:
    return len(words) >= len(text) and fuzz.partial_ratio(text, words) >= _STRUCK


def _comments(edited: Edited) -> Iterator[Commented]:
    """What people say in comments: not what the program said, in the review copy or in an earlier check."""
    for paragraph in edited.paragraphs:
        for remark in paragraph.remarks:
            if remark.author != table().author:
                on = " ".join(paragraph.text[remark.start : remark.end].split())
                yield Commented(author=remark.author, text=remark.text, on=on)
