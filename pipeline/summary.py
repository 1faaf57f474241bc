"""What the command says when a case is done: what was denied, until when, what is shown, what is missing."""

from collections.abc import Sequence
from pathlib import Path

from rich.console import Console
from rich.table import Table
from rich.text import Text

from pipeline.case import CASE, REVIEW, open_points
from pipeline.draft.citations import cite
from pipeline.draft.frame import copies
from pipeline.draft.review_words import WORDS, shown
from schemas.case import Case
from schemas.coverage import Action, CheckItem, Deadline, Route, Verdict
from schemas.usage import Usage

_MARK = {
    Verdict.MET: ("met", "green"),
    Verdict.NOT_MET: ("not met", "red"),
    Verdict.NOT_DOCUMENTED: ("not documented", "yellow"),
    Verdict.NEEDS_REVIEW: ("needs review", "yellow"),
}


def summary(case: Case, out: Path) -> None:
    """Print the summary of a case to standard output."""
    console = Console(highlight=False, soft_wrap=True)
    denial, coverage = case.denial.standing, case.coverage
    if not (coverage.routes and coverage.routes[0].kind.is_appeal):
        console.print(_route(coverage.routes), style="bold red")
    for label, value in (
        ("Denied", denial.service.value if denial.service else "not named in the letter"),
        ("By", denial.payer.value if denial.payer else "not found"),
        ("Reason", denial.reason.value if denial.reason else "not found"),
        ("Deadline", _deadline(coverage.deadline)),
        ("Route", ", then ".join(WORDS["route"][route.kind] for route in coverage.routes) or "for a person to decide"),
    ):
        console.print(Text(f"{label:<10}", style="bold"), Text(value), sep="")
    console.print(_criteria(case))
    console.print(_checklist((*coverage.proof_kit, *coverage.reviewer_five)))
    console.print(_next(coverage.actions))
    for failure in case.failures:
        console.print(Text(f"Not used: {failure.place}: {failure.said}", style="red"))
    for warning in case.coverage.warnings:
        console.print(Text(f"Warning: {warning.message}"))
    if case.usage is not None:
        console.print(Text(f"{'Model':<10}", style="bold"), Text(_usage(case.provenance.model, case.usage)), sep="")
    points = open_points(case)
    console.print(Text(f"For a person: {'; '.join(points)}" if points else "Complete.", style="bold"))
    if earlier := sorted(path.name for path in out.glob("packet*.pdf")):
        told = f"Outdated: {', '.join(earlier)} binds an earlier letter. Make the packet again before it is sent."
        console.print(Text(told, style="red"))
    letters = [name for letter in (case.letter, *case.companions) for name in copies(letter.kind)]
    listed = (("" if n else "Letters", name) for n, name in enumerate(letters))
    for label, name in (*listed, ("Review", REVIEW), ("Case", CASE)):
        console.print(Text(f"{label:<10}", style="bold"), Text(str(out / name)), sep="")


def _usage(model: str | None, usage: Usage) -> str:
    told = f"{model}: {usage.calls} requests, {usage.cached} answers kept of earlier runs, "
    told += f"{usage.tokens_in:,} tokens sent, {usage.tokens_out:,} received"
    return f"{told}, {usage.cost:.4f} {usage.currency}" if usage.cost is not None else told


def _deadline(deadline: Deadline) -> str:
    if deadline.date is None:
        return f"unknown. {deadline.question or deadline.basis}"
    days = f"{deadline.date:%B} {deadline.date.day}, {deadline.date.year}"
    if deadline.safe and deadline.safe != deadline.date:
        days += f" (safe: {deadline.safe:%B} {deadline.safe.day}, {deadline.safe.year})"
    return f"{days}; {deadline.status.value.replace('_', ' ')}. {deadline.basis}"


def _route(routes: Sequence[Route]) -> Text:
    """What to consider before the letter, where the first route is no appeal or none is known."""
    if not routes:
        return Text(WORDS["next"]["no_route"])
    return Text(" ".join((WORDS["next"]["no_appeal"], *routes[0].reasons)))


def _checklist(items: Sequence[CheckItem]) -> Table:
    """What wins such a denial and what a reviewer scores: ticked by the record, or whom to ask."""
    table = _table("", "Checklist", "Where not shown")
    for item in items:
        optional = f" ({WORDS['next']['optional']})" if item.optional else ""
        table.add_row(Text("\N{CHECK MARK}" if item.facts else ""), Text(item.want + optional), Text(item.ask))
    return table


def _next(actions: Sequence[Action]) -> Table:
    """What to do next, in the order in which it falls due."""
    table = _table("By", "Next")
    for action in actions:
        table.add_row(Text(shown(action.by) if action.by else ""), Text(action.what))
    return table


def _table(*headings: str) -> Table:
    table = Table(show_edge=False, pad_edge=False)
    for heading in headings:
        table.add_column(heading, overflow="fold")
    return table


def _criteria(case: Case) -> Table:
    """The documentation map: criterion, verdict, what is shown or missing, and on which exhibit pages."""
    table = _table("Criterion", "Verdict", "Shown, or missing", "Exhibits")
    facts = {fact.id: fact for fact in case.facts}
    results = {result.criterion: result for result in case.coverage.criteria}
    for criterion in case.denial.standing.criteria:
        result = results[criterion.id]
        word, style = _MARK[result.verdict]
        if result.checked:
            word += f" (its reviewer; the checker: {_MARK[result.checked][0]})"
        pages = cite([span for fact in result.facts for span in facts[fact].spans], case.exhibits)
        said = result.gap or result.explanation
        table.add_row(Text(criterion.text.value), Text(word, style=style), Text(said), Text(pages))
    return table
