"""The figures as Markdown tables for people, or as JSON for machines. Misses hold document text: only when asked."""

import json
from collections.abc import Iterable, Iterator
from dataclasses import asdict
from typing import Any, Final

from pipeline.evaluate.count_denial import NEAR_FIELDS, NO_CRITERION, NOT_FOUND, WITHIN
from pipeline.evaluate.tally import FactTally, Ratio, Score, Tally, share
from schemas.coverage import Verdict

_FOUND: Final = (*(str(verdict) for verdict in Verdict), WITHIN, NOT_FOUND)
_STATED: Final = (*(str(verdict) for verdict in Verdict), NO_CRITERION)
_LONGEST: Final = 160


def as_markdown(score: Score, *, detail: bool) -> str:
    """Totals, then a table per subject; with `detail` every miss, case by case."""
    parts = [
        f"# Evaluation of {score.cases} case{'s' if score.cases != 1 else ''}",
        _table(("measure", "share", "of"), _totals(score)),
        *_section("Fields", _FIELD_HEAD, (_field_row(name, tally) for name, tally in score.fields.items())),
        *_section("Nearly right counted as right", _NEAR_HEAD, _near_rows(score)),
        *_section("Facts", _FACT_HEAD, (_fact_row(kind, tally) for kind, tally in sorted(score.facts.items()))),
        *_section("Peer-to-peer talks", _TALK_HEAD, (_field_row(name, tally) for name, tally in score.talks.items())),
        *_section("Verdicts: stated (rows), found (columns)", ("", *_FOUND), _confusion(score)),
        *_section("Cases that could not be worked", ("case", "why"), list(score.errors.items())),
    ]
    if detail:
        rows = ((m.case, m.what, _short(m.stated), _short(m.found)) for m in score.misses)
        parts += _section("Misses", ("case", "what", "stated", "found"), rows)
    return "\n\n".join(parts) + "\n"


def as_json(score: Score, *, detail: bool) -> str:
    """Every count by its name in `Score`, with the shares; misses with `detail` only."""
    content: dict[str, Any] = {
        "cases": score.cases,
        "totals": {name: {"share": part and round(part, 4), "of": of} for name, part, of in _figures(score)},
        "fields": {name: asdict(tally) for name, tally in score.fields.items()},
        "talks": {name: asdict(tally) for name, tally in score.talks.items()},
        "facts": {kind.value: asdict(tally) for kind, tally in score.facts.items()},
        "verdicts": [
            {"stated": stated, "found": found, "n": n} for (stated, found), n in sorted(score.verdicts.items())
        ],
        "false_met": score.false_met,
        "errors": score.errors,
    }
    if detail:
        content["misses"] = [asdict(miss) for miss in score.misses]
    return json.dumps(content, indent=2, ensure_ascii=False) + "\n"


def _figures(score: Score) -> Iterator[tuple[str, float | None, int]]:
    """Each total: its name, the share, and of how many."""
    fields, facts = score.all_fields, score.all_facts
    yield "field precision", fields.precision, fields.found
    yield "field recall", fields.recall, fields.stated
    yield "field abstention", fields.abstention, fields.null
    yield "field hallucination", fields.hallucination, fields.null
    yield from _ratio("grounding", score.grounded)
    yield "fact recall by name", share(facts.named, facts.stated), facts.stated
    yield "fact recall with every key", share(facts.right, facts.stated), facts.stated
    yield "fact precision in complete kinds", share(facts.sound, facts.judged), facts.judged
    yield "fact assertion", share(facts.assertion_right, facts.asserted), facts.asserted
    yield "fact holds or not", share(facts.holding_right, facts.asserted), facts.asserted
    yield "forbidden facts found", share(facts.violated, facts.forbidden), facts.forbidden
    yield from _ratio("verdicts", score.verdicts_right)
    yield "false met", share(score.false_met, score.verdicts_right.of), score.verdicts_right.of
    yield from _ratio("requirements", score.requirements)
    yield from _ratio("criteria in a group", score.groups)
    yield from _ratio("case type", score.case_types)
    yield "pattern precision", score.patterns.precision, score.patterns.found
    yield "pattern recall", score.patterns.recall, score.patterns.stated
    yield from _ratio("deadline", score.deadlines)
    yield from _ratio("warnings", score.warnings)
    yield from _ratio("document roles", score.roles)
    yield from _ratio("document patients", score.patients)
    yield "cases that could not be worked", share(len(score.errors), score.cases), score.cases


def _ratio(name: str, ratio: Ratio) -> Iterator[tuple[str, float | None, int]]:
    yield name, share(ratio.right, ratio.of), ratio.of


def _totals(score: Score) -> Iterator[tuple[object, ...]]:
    return (
        (name, _share(part), f"{round(part * of)} of {of}") for name, part, of in _figures(score) if part is not None
    )


_FIELD_HEAD: Final = (
    "field",
    "stated",
    "found",
    "right",
    "precision",
    "recall",
    "null",
    "invented",
    "abstention",
    "hallucination",
)


_TALK_HEAD: Final = ("part", *_FIELD_HEAD[1:])


def _field_row(name: str, tally: Tally) -> tuple[object, ...]:
    figures = (tally.stated, tally.found, tally.right, _share(tally.precision), _share(tally.recall))
    return name, *figures, tally.null, tally.invented, _share(tally.abstention), _share(tally.hallucination)


_NEAR_HEAD: Final = ("field", "right or nearly", "precision", "recall")


def _near_rows(score: Score) -> Iterator[tuple[object, ...]]:
    for name in NEAR_FIELDS:
        tally = score.fields.get(name, Tally())
        if tally.stated:
            yield name, tally.near, _share(share(tally.near, tally.found)), _share(share(tally.near, tally.stated))


_FACT_HEAD: Final = (
    "kind",
    "stated",
    "by name",
    "every key",
    "recall",
    "judged",
    "precision",
    "assertion",
    "holds or not",
    "forbidden",
    "found all the same",
)


def _fact_row(kind: str, tally: FactTally) -> tuple[object, ...]:
    return (
        kind,
        tally.stated,
        tally.named,
        tally.right,
        _share(share(tally.right, tally.stated)),
        tally.judged,
        _share(share(tally.sound, tally.judged)),
        _share(share(tally.assertion_right, tally.asserted)),
        _share(share(tally.holding_right, tally.asserted)),
        tally.forbidden,
        tally.violated,
    )


def _confusion(score: Score) -> Iterator[tuple[object, ...]]:
    for stated in _STATED if score.verdicts else ():
        yield stated, *(score.verdicts[stated, found] for found in _FOUND)


def _section(title: str, head: Iterable[object], rows: Iterable[Iterable[object]]) -> list[str]:
    """A titled table, or nothing where it has no rows."""
    rows = [tuple(row) for row in rows]
    return [f"## {title}", _table(head, rows)] if rows else []


def _table(head: Iterable[object], rows: Iterable[Iterable[object]]) -> str:
    columns = tuple(head)
    lines = (columns, ("---",) * len(columns), *rows)
    return "\n".join("| " + " | ".join(str(cell).replace("|", "\\|") for cell in line) + " |" for line in lines)


def _share(part: float | None) -> str:
    return "" if part is None else f"{part:.3f}"


def _short(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= _LONGEST else line[: _LONGEST - 3] + "..."
