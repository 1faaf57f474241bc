"""The command line: one case (`run`, `check`, `verify`, `packet`); the desk is in `cli_desk` and `cli_web`."""

import os
import sys
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from pipeline import cli_desk, cli_web
from pipeline.cli_desk import day_of, this_day

if TYPE_CHECKING:
    from pipeline.conclude import Wanted
    from pipeline.engines import ModelOrder
    from pipeline.settings import Settings

app = typer.Typer(
    add_completion=False,
    no_args_is_help=True,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    help="Reads a denial letter and a chart, checks every criterion, writes an appeal letter that cites its evidence.",
)

cli_desk.add_to(app)
cli_web.add_to(app)

Files = Annotated[list[Path], typer.Argument(help="Files and folders, in any order.", show_default=False)]
Day = Annotated[datetime | None, typer.Option(formats=["%Y-%m-%d"], help="The day the case is worked.")]
Received = Annotated[datetime | None, typer.Option(formats=["%Y-%m-%d"], help="The day the notice came.")]
Filed = Annotated[datetime | None, typer.Option(formats=["%Y-%m-%d"], help="The day the payer received the appeal.")]
Named = Annotated[
    list[Path] | None, typer.Option(help="A file, given again or only here, and what it is.", metavar="FILE")
]


@app.command()
def run(
    files: Files,
    out: Annotated[Path, typer.Option("-o", "--out", help="Folder for the results.")] = Path("appealwright-out"),
    engine: Annotated[
        str | None, typer.Option(help="What reads and writes: rules, or model with the rules beside it.")
    ] = None,
    denial: Named = None,
    policy: Named = None,
    guideline: Named = None,
    today: Day = None,
    received: Received = None,
    filed: Filed = None,
    claim: Annotated[
        str, typer.Option(help="The claim to work, by its number, of a remittance with several.", show_default=False)
    ] = "",
    level: Annotated[int, typer.Option(min=1, max=5, help="Level of appeal: 1 is the first.")] = 1,
    letters: Annotated[
        str, typer.Option(help="What to write: all, or some of appeal,lmn,external,records,p2p,map.")
    ] = "appeal",
    one_page: Annotated[bool, typer.Option("--one-page", help="Write the appeal on one page too.")] = False,
    appellant: Annotated[str, typer.Option(help="Who appeals: provider or patient.")] = "provider",
    pseudonymize: Annotated[
        bool | None,
        typer.Option(help="Send a model pseudonyms; if not said, to servers outside the house.", show_default=False),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print case.json instead of the summary.")] = False,
) -> None:
    """Work one case: a denial letter and a chart become case.json, a letter in Word and a review page."""
    from pipeline import case as story
    from pipeline.errors import EXIT_COMPLETE, EXIT_NEEDS_A_PERSON
    from pipeline.ingest import PageCache
    from pipeline.orders import limits_of
    from pipeline.settings import Settings
    from pipeline.summary import summary
    from schemas.document import Role

    if out.resolve() in [path.resolve() for path in files]:
        raise typer.BadParameter("the results need a folder of their own", param_hint="--out")
    told = {Role.DENIAL_LETTER: denial or [], Role.POLICY: policy or [], Role.GUIDELINE: guideline or []}
    settings = Settings()
    order = story.Order(
        today=day_of(today) or this_day(),
        level=level,
        claim=claim,
        told=tuple((path, role) for role, paths in told.items() for path in paths),
        limits=limits_of(settings),
        workers=settings.workers,
        cache=settings.cache_dir,
        model=_model(engine or settings.engine, settings, pseudonymize),
        wanted=replace(_wanted(letters, appellant, one_page), received=day_of(received), filed=day_of(filed)),
    )
    case = story.run([*files, *(path for path, _ in order.told)], out, order, _progress)
    if settings.cache_dir is not None:
        PageCache(settings.cache_dir).prune(settings.cache_mb * 1_000_000, settings.cache_days)
    if as_json:
        sys.stdout.write(case.model_dump_json(indent=2) + "\n")
    else:
        summary(case, out)
    raise typer.Exit(EXIT_COMPLETE if case.complete else EXIT_NEEDS_A_PERSON)


@app.command()
def check(
    case: Annotated[Path, typer.Argument(help="A case.json, or its folder.", show_default=False)],
    today: Day = None,
    received: Received = None,
    filed: Filed = None,
    level: Annotated[int | None, typer.Option(min=1, max=5, help="Level of appeal; that of the case if none.")] = None,
    out: Annotated[Path | None, typer.Option("-o", "--out", help="Folder for the results; that of the case.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print case.json instead of what changed.")] = False,
) -> None:
    """Check a case again after a reviewer corrected its case.json, and draft its letter, without the documents."""
    from pipeline.case import CASE
    from pipeline.errors import EXIT_COMPLETE, EXIT_NEEDS_A_PERSON
    from pipeline.recheck import Anew, differences, recheck
    from pipeline.summary import summary

    path = case / CASE if case.is_dir() else case
    folder = out or path.parent
    rechecked = recheck(
        path, folder, Anew(day_of(today) or this_day(), level, day_of(received), day_of(filed)), _progress
    )
    if as_json:
        sys.stdout.write(rechecked.case.model_dump_json(indent=2) + "\n")
    else:
        sys.stdout.write("\n".join(differences(rechecked) or ("Nothing changed.",)) + "\n\n")
        summary(rechecked.case, folder)
    raise typer.Exit(EXIT_COMPLETE if rechecked.case.complete else EXIT_NEEDS_A_PERSON)


@app.command()
def verify(
    edited: Annotated[Path, typer.Argument(help="A letter of the case, edited in Word.", show_default=False)],
    case: Annotated[Path, typer.Option(help="The case.json of the letter, or its folder.", show_default=False)],
    out: Annotated[
        Path | None, typer.Option("-o", "--out", help="The copy with comments; EDITED-verified.docx beside the letter.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON instead of the report in words.")] = False,
) -> None:
    """Check a letter edited in Word: whether the record still carries every statement. Exit 1 where it does not."""
    from pipeline.case import CASE
    from pipeline.edited import check_edited, lines
    from pipeline.errors import EXIT_COMPLETE, EXIT_NEEDS_A_PERSON
    from pipeline.orders import limits_of
    from pipeline.settings import Settings

    path = case / CASE if case.is_dir() else case
    copy = out or edited.with_name(f"{edited.stem}-verified.docx")
    report = check_edited(edited, path, copy, limits_of(Settings()).max_unpacked_bytes)
    told = report.model_dump_json(indent=2) if as_json else "\n".join(lines(report, str(copy)))
    sys.stdout.write(f"{told}\n")
    raise typer.Exit(EXIT_NEEDS_A_PERSON if report.refused else EXIT_COMPLETE)


@app.command()
def packet(
    case: Annotated[Path, typer.Argument(help="A case.json, or its folder.", show_default=False)],
    files: Annotated[list[Path], typer.Argument(help="The files the case was worked from.", show_default=False)],
    out: Annotated[Path | None, typer.Option("-o", "--out", help="Folder for the packet; that of the case.")] = None,
    letter: Annotated[Path | None, typer.Option(help="The letter, PDF or DOCX; that of the case if none.")] = None,
    max_mb: Annotated[float | None, typer.Option(min=0.01, help="Split into files of no more megabytes.")] = None,
    fax: Annotated[bool, typer.Option("--fax", help="Black and white letter pages, with a cover.")] = False,
) -> None:
    """Bind the letter and its exhibits into packet.pdf: stamped pages, an index, bookmarks and links."""
    from pipeline.case import CASE
    from pipeline.errors import EXIT_COMPLETE, EXIT_NEEDS_A_PERSON
    from pipeline.orders import limits_of
    from pipeline.packet import PacketOrder, make_packet, save_packet
    from pipeline.settings import Settings

    path = case / CASE if case.is_dir() else case
    folder = out or path.parent
    max_bytes = round(max_mb * 1_000_000) if max_mb is not None else None
    order = PacketOrder(letter=letter, max_bytes=max_bytes, fax=fax, limits=limits_of(Settings()))
    made = make_packet(path, files, order, _progress)
    save_packet(made, folder)
    for line in (*made.notes, *made.remarks):
        sys.stdout.write(f"{line}\n")
    for name, content in made.files.items():
        sys.stdout.write(f"Packet    {folder / name} ({len(content) / 1e6:.2f} MB)\n")
    sys.stdout.write(f"{made.pages} pages, the letter, its index and exhibits.\n")
    raise typer.Exit(EXIT_NEEDS_A_PERSON if made.remarks else EXIT_COMPLETE)


@app.command()
def evaluate(
    folders: Annotated[
        list[Path],
        typer.Argument(metavar="DIR...", help="Folders of cases with truth files.", exists=True, file_okay=False),
    ],
    detail: Annotated[bool, typer.Option("--detail", help="Show each miss, with words of the documents.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON instead of tables.")] = False,
    min_precision: Annotated[float, typer.Option(min=0, max=1, help="Exit 1 below this precision of fields.")] = 0,
    min_recall: Annotated[float, typer.Option(min=0, max=1, help="Exit 1 below this recall of fields.")] = 0,
) -> None:
    """Score what is found in cases whose truth is known (see docs/EVALUATION.md)."""
    from pipeline import evaluate as evaluation
    from pipeline.case import Order
    from pipeline.orders import limits_of
    from pipeline.settings import Settings

    try:
        cases = evaluation.find_cases(folders)
    except evaluation.TruthError as error:
        raise typer.BadParameter(str(error), param_hint="DIR") from error
    if not cases:
        raise typer.BadParameter("no case folder with a truth file is there", param_hint="DIR")
    settings = Settings()
    order = Order(
        today=this_day(),
        limits=limits_of(settings),
        workers=settings.workers,
        cache=settings.cache_dir,
    )
    score = evaluation.Score()
    for number, one in enumerate(cases, start=1):
        _progress(f"case {number} of {len(cases)}")
        evaluation.count(one, evaluation.work_case(one, order), score)
    show = evaluation.as_json if as_json else evaluation.as_markdown
    sys.stdout.write(show(score, detail=detail))
    raise typer.Exit(0 if score.reaches(min_precision, min_recall) else 1)


@app.command()
def deadlines(
    plan: Annotated[str, typer.Option(help="The plan type, as in case.json, or another plan of the rule table.")],
    notice_date: Annotated[datetime, typer.Option(formats=["%Y-%m-%d"], help="The date printed on the notice.")],
    received: Received = None,
    level: Annotated[int, typer.Option(min=0, help="Level of appeal: 1 is the first, 0 the request itself.")] = 1,
    printed: Annotated[
        str | None, typer.Option(help="What the letter prints: a last day, '60 days' or '60 days from receipt'.")
    ] = None,
    filed: Filed = None,
    kind: Annotated[str | None, typer.Option(help="A narrower kind of plan, as marketplace_individual.")] = None,
    today: Annotated[datetime | None, typer.Option(formats=["%Y-%m-%d"], help="The day to count from.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON instead of the table.")] = False,
) -> None:
    """Say until when a notice can be appealed, by which rule, and when the decision is due."""
    from pipeline import deadlines as told
    from pipeline.check.deadline import notice_deadline

    day = day_of(today) or this_day()
    try:
        notice = told.asked(
            plan, notice_date.date(), received=day_of(received), filed=day_of(filed), words=printed, kind=kind
        )
    except told.NotUnderstoodError as error:
        raise typer.BadParameter(str(error), param_hint=error.option) from error
    found = notice_deadline(notice, level, day)
    if as_json:
        sys.stdout.write(found.model_dump_json(indent=2) + "\n")
    else:
        told.show(notice, found, day)


@app.command()
def doctor(
    mailbox: Annotated[
        str, typer.Argument(metavar="[IMAP-URL]", help="A mailbox to be tried too.", show_default=False)
    ] = "",
) -> None:
    """Say what is installed, which engine would run and why not the other, and whether the desk can be used."""
    from pipeline.doctor import report
    from pipeline.errors import EXIT_CODES, EXIT_COMPLETE
    from schemas.case import Category

    raise typer.Exit(EXIT_COMPLETE if report(mailbox) else EXIT_CODES[Category.MISSING_TOOL])


cache = typer.Typer(
    no_args_is_help=True, help="What is kept for the next run: readings of scanned pages, replies of a model."
)
app.add_typer(cache, name="cache")


@cache.command()
def clear() -> None:
    """Delete every kept reading, and every kept reply of a model."""
    from pipeline import llm
    from pipeline.ingest import PageCache
    from pipeline.settings import Settings

    settings = Settings()
    pages = PageCache(settings.cache_dir).clear() if settings.cache_dir is not None else 0
    replies = llm.clear_replies(settings)
    told = f"{pages} page{'s' if pages != 1 else ''}"
    told += f" and {replies} repl{'ies' if replies != 1 else 'y'} of a model" if replies else ""
    sys.stdout.write(f"{told} deleted\n")


def _wanted(letters: str, appellant: str, one_page: bool) -> "Wanted":
    from pipeline.conclude import Wanted
    from pipeline.orders import NotSetUpError, letters_of
    from schemas.letter import Appellant, LetterKind

    try:
        kinds = {*letters_of(letters), *([LetterKind.ONE_PAGE] if one_page else [])}
    except NotSetUpError as error:
        raise typer.BadParameter(str(error), param_hint="--letters") from error
    if appellant not in list(Appellant):
        raise typer.BadParameter("it is provider or patient", param_hint="--appellant")
    return Wanted(tuple(kind for kind in LetterKind if kind in kinds), Appellant(appellant))


def _model(engine: str, settings: "Settings", pseudonymize: bool | None) -> "ModelOrder | None":
    from pipeline.orders import NotSetUpError, model_of

    try:
        return model_of(engine, settings, pseudonymize)
    except NotSetUpError as error:
        raise typer.BadParameter(str(error), param_hint="--engine") from error


def _progress(message: str) -> None:
    sys.stderr.write(f"{message} ...\n")


def main() -> None:
    """Run the command; every error that ends it becomes one line and its exit code."""
    os.umask(0o077)  # what outside programs write on the way is for its owner too
    try:
        app()
    except Exception as error:
        from pipeline.errors import ending

        line, code = ending(error)
        sys.stderr.write(f"appealwright: {line}\n")
        sys.exit(code)
