"""What the command says of an edited letter: what is not supported first, then what a person should look at."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

from pipeline.edited.report import Change, Checked, EditedReport, Standing
from pipeline.edited.words import table

_LONGEST = 300


def lines(report: EditedReport, copy: str) -> Iterator[str]:
    """The report in lines; `copy` is where the copy with comments is."""
    told = table().told
    sentences = [one for one in report.statements if not one.is_block]
    counted = Counter(one.change for one in sentences)
    yield told["summary"].format(
        all=len(sentences),
        unchanged=counted[Change.UNCHANGED],
        changed=sum(counted[one] for one in (Change.CHANGED, Change.SPLIT, Change.MERGED, Change.FILLED)),
        added=counted[Change.ADDED] + counted[Change.REPEATED],
        deleted=len(report.deleted),
        moved=sum(one.moved for one in sentences),
        refused=len(report.refused),
    )
    yield from _refused(report.refused)
    yield from _listed("read", [_of(one) for one in report.standing(Standing.BY_PAGE)])
    yield from _listed("own", [_of(one) for one in report.standing(Standing.OWN)])
    yield from _listed("deleted", [_short(one.text) + _tracked(one.editors) for one in report.deleted])
    yield from _listed("moved", [_of(one) for one in sentences if one.moved])
    yield from _listed("open", [_short(one.text) for one in report.standing(Standing.OPEN)])
    yield from _listed("remarks", [f"{one.author}: {_short(one.text)}" for one in report.comments])
    if report.unread:
        yield told["unread_one" if report.unread == 1 else "unread"].format(n=report.unread)
    yield told["copy"].format(path=copy)


def _refused(refused: Sequence[Checked]) -> Iterator[str]:
    if not refused:
        yield table().told["supported"]
        return
    yield table().told["refused"]
    for one in refused:
        yield f"  {_of(one)}"
        yield from (f"    - {reason}" for reason in one.reasons)


def _listed(name: str, items: Sequence[str]) -> Iterator[str]:
    if items:
        yield table().told[name]
        yield from (f"  {item}" for item in items)


def _of(one: Checked) -> str:
    cited = f" [{'; '.join(one.citations)}]" if one.citations else ""
    return f"{_short(one.text)}{cited}{_tracked(one.editors)}"


def _tracked(editors: Sequence[str]) -> str:
    return table().told["tracked"].format(names=", ".join(editors)) if editors else ""


def _short(text: str) -> str:
    text = " ".join(text.split())
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}\u2026"
