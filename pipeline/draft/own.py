"""The reviewer's own sentences in a letter that is drafted anew: each in the place of the one it stands for."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from pipeline.draft.evidence import Evidence
from pipeline.draft.reviewed import remark
from pipeline.draft.verify_report import verify_sentence
from schemas.letter import Grid, Letter, OwnSentence, Section, Sentence


def with_own(
    letter: Letter, own: Sequence[OwnSentence], evidence: Evidence
) -> tuple[Letter, tuple[tuple[OwnSentence, tuple[str, ...]], ...]]:
    """The letter with those of its reviewer's sentences that the record carries, and the others with the reasons."""
    unfit: list[tuple[OwnSentence, tuple[str, ...]]] = []
    for one in (one for one in own if one.letter is letter.kind):
        place = _place(letter, one.was)
        if place is None:
            if one.text:
                unfit.append((one, ("What it stood for is not in the letter any more.",)))
            continue
        said = place.model_copy(update={"text": one.text, "comment": remark(one.correction)})
        if one.text and (reasons := verify_sentence(said, evidence).reasons):
            unfit.append((one, reasons))
            continue
        letter = _changed(letter, place.id, said if one.text else None)
    return letter, tuple(unfit)


def _place(letter: Letter, was: Sentence) -> Sentence | None:
    """Where the sentence stands: by its words, of several such that of its criterion, else by what it rests on."""
    sentences = [sentence for section in letter.sections for sentence in section.sentences]
    rests = _rests_on(was)
    alike: Sequence[Callable[[Sentence], bool]] = (
        lambda one: one.text == was.text and _rests_on(one) == rests,
        lambda one: one.text == was.text and one.criterion == was.criterion,
        lambda one: one.text == was.text,
        lambda one: any(rests[1:]) and _rests_on(one) == rests,
    )
    return next((one for holds in alike for one in sentences if holds(one)), None)


def _rests_on(one: Sentence) -> tuple[object, ...]:
    return one.kind, one.criterion, one.facts, one.fields, one.rule


def _changed(letter: Letter, name: str, said: Sentence | None) -> Letter:
    return letter.model_copy(update={"sections": tuple(_section(section, name, said) for section in letter.sections)})


def _section(section: Section, name: str, said: Sentence | None) -> Section:
    kept = tuple(said if one.id == name else one for one in section.sentences if one.id != name or said is not None)
    grid = section.grid if said is not None or section.grid is None else _without(section.grid, name)
    return section.model_copy(update={"sentences": kept, "grid": grid})


def _without(grid: Grid, name: str) -> Grid:
    rows = tuple(tuple(tuple(one for one in cell if one != name) for cell in row) for row in grid.rows)
    return grid.model_copy(update={"rows": rows})
