"""What the command says when a case is done: what was denied, until when, what is shown, what is missing."""

from pathlib import Path

from rich.console import Console
from rich.table import Table
from rich.text import Text

from pipeline.case import CASE, LETTER, REVIEW, open_points
from schemas.case import Case
from schemas.coverage import Deadline, Verdict

_MARK = {
    Verdict.MET: ("met", "green"),
    Verdict.NOT_MET: ("not met", "red"),
    Verdict.NOT_DOCUMENTED: ("not documented", "yellow"),
    Verdict.NEEDS_REVIEW: ("needs review", "yellow"),
}


def summary(case: Case, out: Path) -> None:
    """Print the summary of a case to standard output."""
    console = Console(highlight=False, soft_wrap=True)
    denial = case.denial
    for label, value in (
        ("Denied", denial.service.value if denial.service else "not named in the letter"),
        ("By", denial.payer.value if denial.payer else "not found"),
        ("Reason", denial.reason.value if denial.reason else "not found"),
        ("Deadline", _deadline(case.coverage.deadline)),
    ):
        console.print(Text(f"{label:<10}", style="bold"), Text(value), sep="")
    console.print(_criteria(case))
    for failure in case.failures:
        console.print(Text(f"Not used: {failure.place}: {failure.message}. {failure.advice}", style="red"))
    for warning in case.coverage.warnings:
        console.print(Text(f"Warning: {warning.message}"))
    points = open_points(case)
    console.print(Text(f"For a person: {'; '.join(points)}" if points else "Complete.", style="bold"))
    for label, name in (("Letter", LETTER), ("Review", REVIEW), ("Case", CASE)):
        console.print(Text(f"{label:<10}", style="bold"), Text(str(out / name)), sep="")


def _deadline(deadline: Deadline) -> str:
    if deadline.date is None:
        return f"unknown. {deadline.question or deadline.basis}"
    days = f"{deadline.date:%B} {deadline.date.day}, {deadline.date.year}"
    if deadline.safe and deadline.safe != deadline.date:
        days += f" (safe: {deadline.safe:%B} {deadline.safe.day}, {deadline.safe.year})"
    return f"{days}; {deadline.status.value.replace('_', ' ')}. {deadline.basis}"


def _criteria(case: Case) -> Table:
    """The documentation map: criterion, verdict, what is shown or missing."""
    table = Table(show_edge=False, pad_edge=False)
    for heading in ("Criterion", "Verdict", "Shown, or missing"):
        table.add_column(heading, overflow="fold")
    results = {result.criterion: result for result in case.coverage.criteria}
    for criterion in case.denial.criteria:
        result = results[criterion.id]
        word, style = _MARK[result.verdict]
        shown = result.gap or result.explanation
        table.add_row(Text(criterion.text.value), Text(word, style=style), Text(shown))
    return table
