"""The command line of the desk: `inbox`, `work`, `worklist`, `show` and what people do with a case."""

import json
import signal
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from pipeline.batch.account import File
    from pipeline.batch.desk import Desk
    from pipeline.batch.flow import Flow, Plan
    from pipeline.batch.inbox import Round
    from pipeline.batch.progress import Progress
    from pipeline.settings import Settings

Day = Annotated[datetime | None, typer.Option(formats=["%Y-%m-%d"], help="The day the cases are worked.")]
Case = Annotated[str, typer.Argument(metavar="CASE", help="The id of a case.", show_default=False)]
By = Annotated[str | None, typer.Option("--by", help="Who does it; the user of this machine if not said.")]
On = Annotated[datetime | None, typer.Option(formats=["%Y-%m-%d"], help="The day it happened; today if not said.")]
Json = Annotated[bool, typer.Option("--json", help="Print JSON.")]
_WATCHED_EVERY = 5.0  # seconds


def add_to(app: typer.Typer) -> None:
    """Add the desk's commands to the program's."""
    for command in (inbox, work, worklist, show, approve, submit, decide, close, reopen, report, purge):
        app.command()(command)
    app.add_typer(log, name="audit")


def inbox(
    sources: Annotated[
        list[str],
        typer.Argument(metavar="DIR|IMAP-URL...", help="Folders and mailboxes (imaps://user@host/Folder)."),
    ],
    watch: Annotated[bool, typer.Option("--watch", help="Go on until it is stopped.")] = False,
    report: Annotated[Path | None, typer.Option(help="Where to write what became of each file, as JSON.")] = None,
    metrics: Annotated[Path | None, typer.Option(help="Where to write counts for Prometheus, each round.")] = None,
    engine: Annotated[str | None, typer.Option(help="What reads and writes: rules, or model.")] = None,
    today: Day = None,
    as_json: Json = False,
) -> None:
    """Take in what a folder or a mailbox holds, put it to cases, and work them; files go to done/ or quarantine/."""
    from pipeline.batch.metrics import as_metrics
    from pipeline.batch.progress import Progress as Shown
    from pipeline.errors import EXIT_COMPLETE, EXIT_NEEDS_A_PERSON

    settings, day = _settings(), day_of(today)
    rounds = [_round(source, settings) for source in sources]
    rows: dict[str, File] = {}
    with _at_work(settings, engine) as flow, Shown() as progress:
        while True:
            done = [work_one(flow, day or this_day(), progress) for work_one in rounds]
            rows |= {f"{row.file} {row.sha256}": row for one in done for row in one.files}
            told = json.dumps([row.model_dump(mode="json") for row in rows.values()], indent=2) + "\n"
            if report is not None:
                _write(report, told)
            if metrics is not None:
                _write(metrics, as_metrics(flow.desk.rows(day or this_day()), len(flow.desk.waiting())))
            lost = [one.lost for one in done if one.lost is not None]
            if lost and not watch:
                raise lost[0]
            for error in lost:
                progress.trouble(error)
            if not watch or flow.stopping.wait(_WATCHED_EVERY):
                break
    if as_json:
        sys.stdout.write(told)
    else:
        _summary(list(rows.values()), sum(len(one.cases) for one in done), settings)
    waiting = any(row.outcome in ("unassigned", "quarantined") for row in rows.values())
    raise typer.Exit(EXIT_NEEDS_A_PERSON if waiting or (flow.stopping.is_set() and not watch) else EXIT_COMPLETE)


def _round(source: str, settings: "Settings") -> "Callable[[Flow, date, Progress], Round]":
    """What a round of a source is: of a mailbox, or of a folder."""
    from pipeline.batch import mailbox
    from pipeline.batch.inbox import work_inbox, work_mailbox
    from pipeline.orders import limits_of

    limits = limits_of(settings)
    if not mailbox.is_mailbox(source):
        return lambda flow, day, tell: work_inbox(flow, Path(source), limits, settings.settle, day, tell)
    try:
        address = mailbox.address_of(source, settings.imap_password.get_secret_value(), settings.imap_done)
    except ValueError as error:
        raise typer.BadParameter(str(error), param_hint="IMAP-URL") from error
    return lambda flow, day, tell: work_mailbox(flow, address, limits, day, tell)


def work(
    engine: Annotated[str | None, typer.Option(help="What reads and writes: rules, or model.")] = None,
    until_idle: Annotated[bool, typer.Option("--until-idle", help="End when nothing is left to do.")] = False,
) -> None:
    """Work what `inbox` takes in, beside it or on another machine, until stopped."""
    settings = _settings()
    with _at_work(settings, engine) as flow:
        while not flow.stopping.wait(1.0):
            if until_idle and flow.is_idle():
                break


def worklist(
    state: Annotated[list[str] | None, typer.Option(help="Only cases in this state; may be given again.")] = None,
    payer: Annotated[str | None, typer.Option(help="Only payers whose name holds this.")] = None,
    service: Annotated[str | None, typer.Option(help="Only services whose words hold this.")] = None,
    within: Annotated[int | None, typer.Option(help="Only cases whose safe day is within so many days.")] = None,
    reviewer: Annotated[str | None, typer.Option(help="Only cases of this reviewer.")] = None,
    today: Day = None,
    as_json: Json = False,
    as_csv: Annotated[bool, typer.Option("--csv", help="Print CSV.")] = False,
    only_waiting: Annotated[
        bool, typer.Option("--waiting", help="The papers that wait for a person, in place of the cases.")
    ] = False,
    ics: Annotated[Path | None, typer.Option(help="Write the deadlines as a calendar to this file.")] = None,
) -> None:
    """The cases by deadline: days left, payer, service, amount, verdicts, what is missing, state and reviewer."""
    from pipeline.batch import calendar
    from pipeline.batch import worklist as listed

    day = day_of(today) or this_day()
    with at_desk(_settings()) as desk:
        rows = desk.rows(day)
        waiting = desk.waiting()
    asked = listed.Asked(tuple(state or ()), payer or "", service or "", within, reviewer or "")
    rows = [row for row in rows if asked.holds(row)]
    if only_waiting:
        told = [{"paper": paper, "why": why} for paper, why in waiting]
        lines = [json.dumps(told, indent=2)] if as_json else [f"{paper}: {why}" for paper, why in waiting]
        sys.stdout.write("".join(f"{line}\n" for line in lines))
        return
    if ics is not None:
        _write(ics, calendar.as_ics(rows, day))
    if as_json:
        sys.stdout.write(json.dumps([row.model_dump(mode="json") for row in rows], indent=2) + "\n")
    elif as_csv:
        sys.stdout.write(listed.as_csv(rows))
    else:
        listed.show(rows, waiting)


def show(
    case: Case,
    out: Annotated[Path | None, typer.Option("-o", "--out", help="Write the files of the case to this folder.")] = None,
    today: Day = None,
    as_json: Json = False,
) -> None:
    """A case: how it stands, what is missing, which papers it has and why, and everything that was done with it."""
    from pipeline.batch import audit
    from pipeline.batch import worklist as listed

    with at_desk(_settings()) as desk:
        row = desk.row(case, day_of(today) or this_day())
        papers = desk.papers(case)
        entries = list(audit.entries(desk.register, case))
        if out is not None:
            desk.write(case, out)
        folder = out or desk.case_folder(case)
    if as_json:
        told = row.model_dump(mode="json") | {
            "papers": [{"file": p.file, "role": p.role, "pages": p.pages, "reason": p.reason} for p in papers],
            "history": [{"at": e.at, "who": e.who, "what": e.what, "why": e.why} for e in entries],
            "folder": str(folder),
        }
        sys.stdout.write(json.dumps(told, indent=2) + "\n")
    else:
        listed.show_case(row, papers, entries, folder)


def approve(
    case: Case,
    why: Annotated[str, typer.Option(help="Why it may, where the letter leaves something open.")] = "",
    by: By = None,
) -> None:
    """The letter of a case may go out."""
    from pipeline.batch import audit

    with at_desk(_settings()) as desk:
        desk.approve(case, by or audit.person(), why)


def submit(
    case: Case,
    method: Annotated[str, typer.Option(help="How it was sent: fax, portal, mail, ...", show_default=False)],
    proof: Annotated[str, typer.Option(help="What proves it: a confirmation or tracking number.")] = "",
    on: On = None,
    by: By = None,
) -> None:
    """The appeal of an approved case was sent."""
    from pipeline.batch import audit

    with at_desk(_settings()) as desk:
        desk.submit(case, by or audit.person(), method, proof, day_of(on) or this_day())


def decide(
    case: Case,
    outcome: Annotated[str, typer.Option(help="overturned, upheld, partly, or withdrawn.", show_default=False)],
    on: On = None,
    by: By = None,
) -> None:
    """The payer decided a submitted case."""
    from pipeline.batch import audit
    from pipeline.batch.states import OUTCOMES

    if outcome not in OUTCOMES:
        raise typer.BadParameter(f"it is one of {', '.join(OUTCOMES)}", param_hint="--outcome")
    with at_desk(_settings()) as desk:
        desk.decide(case, by or audit.person(), outcome, day_of(on) or this_day())


def close(case: Case, why: Annotated[str, typer.Option(help="Why nothing is left to do.")] = "", by: By = None) -> None:
    """Nothing is left to do with a case."""
    from pipeline.batch import audit

    with at_desk(_settings()) as desk:
        desk.close(case, by or audit.person(), why)


def reopen(case: Case, why: Annotated[str, typer.Option(help="Why.", show_default=False)], by: By = None) -> None:
    """Look at a case again; the next round works it anew where records have come since."""
    from pipeline.batch import audit

    with at_desk(_settings()) as desk:
        desk.reopen(case, by or audit.person(), why)


def report(
    out: Annotated[Path | None, typer.Option("-o", "--out", help="Write report.html and report.csv there.")] = None,
    today: Day = None,
    as_json: Json = False,
) -> None:
    """Counts, amounts, time and outcomes by payer, service, reason and criterion."""
    from pipeline.batch import audit
    from pipeline.batch import report as told

    day = day_of(today) or this_day()
    with at_desk(_settings()) as desk:
        found = told.report(desk.rows(day), list(audit.entries(desk.register)), desk.outcomes(), day)
    if out is not None:
        _write(out / "report.html", told.as_html(found))
        _write(out / "report.csv", told.as_csv(found))
    if as_json:
        sys.stdout.write(found.model_dump_json(indent=2) + "\n")
    else:
        told.show(found)


def purge(
    older_than: Annotated[int, typer.Option(help="Days since a decided or closed case last changed.")],
    keep_originals: Annotated[bool, typer.Option("--keep-originals", help="Leave what is in done/ there.")] = False,
    today: Day = None,
) -> None:
    """Remove old cases everywhere they were written: register, store, folders, kept work and readings, and done/."""
    from datetime import timedelta

    from pipeline.batch.flow import forget

    settings, before = _settings(), (day_of(today) or this_day()) - timedelta(days=older_than)
    with at_desk(settings) as desk:
        gone = desk.purge(before, lambda works: forget(desk, works), originals=not keep_originals)
    if gone:
        _clear_readings(settings)
    sys.stdout.write(f"{len(gone)} case{'s' if len(gone) != 1 else ''} removed\n")


def _clear_readings(settings: "Settings") -> None:
    """What is kept of pages and of a model's replies names no case: all of it goes."""
    from pipeline import llm
    from pipeline.ingest import PageCache

    if settings.cache_dir is not None:
        PageCache(settings.cache_dir).clear()
    llm.clear_replies(settings)


log = typer.Typer(no_args_is_help=True, help="The audit log: who did what, when and why.")


@log.command()
def verify(
    head: Annotated[str | None, typer.Option(help="A hash noted earlier: it must still be there.")] = None,
) -> None:
    """Check that no entry of the log was changed, removed or put between. Exit 1 if one was."""
    from pipeline.batch import audit
    from pipeline.errors import EXIT_COMPLETE, EXIT_NEEDS_A_PERSON

    with at_desk(_settings()) as desk:
        found = audit.verify(desk.register, head)
    if found.broken is None:
        sys.stdout.write(f"{found.entries} entries, unbroken. Head: {found.head}\n")
    else:
        sys.stdout.write(f"Broken at entry {found.broken}: it was changed or removed, or one before it.\n")
    raise typer.Exit(EXIT_COMPLETE if found.broken is None else EXIT_NEEDS_A_PERSON)


@log.command("list")
def list_entries(case: Annotated[str | None, typer.Argument(help="Only of this case.")] = None) -> None:
    """Print the log, a line of JSON for each entry."""
    from dataclasses import asdict

    from pipeline.batch import audit

    with at_desk(_settings()) as desk:
        for entry in audit.entries(desk.register, case):
            sys.stdout.write(json.dumps(asdict(entry)) + "\n")


def _settings() -> "Settings":
    from pipeline.settings import Settings

    return Settings()


@contextmanager
def at_desk(settings: "Settings") -> "Iterator[Desk]":
    """The desk of the settings, let go at the end."""
    from pipeline.batch.desk import Desk

    desk = Desk(settings)
    try:
        yield desk
    finally:
        desk.close_down()


@contextmanager
def _at_work(settings: "Settings", engine: str | None) -> "Iterator[Flow]":
    """A worker at the desk, that SIGTERM and Ctrl-C stop: what is begun is left to be gone on with."""
    from pipeline.batch.flow import Flow

    with at_desk(settings) as desk, Flow(desk, plan_of(settings, engine)) as flow:
        for name in (signal.SIGTERM, signal.SIGINT):
            signal.signal(name, lambda *_: flow.stopping.set())
        yield flow


def plan_of(settings: "Settings", engine: str | None) -> "Plan":
    """How a worker of these settings works."""
    import os

    from pipeline.batch.flow import Plan
    from pipeline.case import Order
    from pipeline.conclude import Wanted
    from pipeline.orders import NotSetUpError, letters_of, limits_of, model_of

    chosen = engine or settings.engine
    try:
        model = model_of(chosen, settings, None)
    except NotSetUpError as error:
        raise typer.BadParameter(str(error), param_hint="--engine") from error
    try:
        wanted = Wanted(letters_of(settings.letters))
    except NotSetUpError as error:
        raise typer.BadParameter(str(error), param_hint="APPEALWRIGHT_LETTERS") from error
    limits = limits_of(settings)
    count = os.cpu_count() or 1
    return Plan(
        engine=chosen,
        order=lambda day: Order(today=day, limits=limits, model=model, wanted=wanted),
        limits=limits,
        readers=settings.workers or count,
        cases=settings.cases_at_a_time or count,
        timeout=settings.case_timeout,
        cache=settings.cache_dir,
        cases_a_minute=settings.model_cases_a_minute if model else 0,
    )


def _summary(rows: "Sequence[File]", worked: int, settings: "Settings") -> None:
    from collections import Counter

    counts = Counter(row.outcome for row in rows)
    told = ", ".join(f"{count} {outcome}" for outcome, count in sorted(counts.items())) or "nothing new"
    sys.stdout.write(f"{len(rows)} files: {told}. {worked} cases worked. Desk: {settings.desk}\n")
    for row in rows:
        if row.outcome in ("unassigned", "quarantined"):
            sys.stdout.write(f"{row.outcome:<12} {row.file}: {row.reason}\n")


def _write(path: Path, text: str) -> None:
    from pipeline.errors import AppealwrightError
    from pipeline.outputs import write_private
    from schemas.case import Category

    try:
        write_private(path, text.encode())
    except OSError as error:
        raise AppealwrightError(Category.OUTPUT, str(path), f"cannot be written ({error.strerror})") from error


def day_of(told: datetime | None) -> date | None:
    """The day that an option gives."""
    return told.date() if told else None


def this_day() -> date:
    """Today, where the user is."""
    return datetime.now().astimezone().date()
