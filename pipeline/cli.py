"""The command line: `appealwright run`, `evaluate`, `doctor` and `cache`."""

import os
import sys
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from pipeline.ingest import Limits
    from pipeline.settings import Settings

app = typer.Typer(
    add_completion=False,
    no_args_is_help=True,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    help="Reads a denial letter and a chart, checks every criterion, writes an appeal letter that cites its evidence.",
)

Files = Annotated[list[Path], typer.Argument(help="Files and folders, in any order.", show_default=False)]
Named = Annotated[
    list[Path] | None, typer.Option(help="A file, given again or only here, and what it is.", metavar="FILE")
]


@app.command()
def run(
    files: Files,
    out: Annotated[Path, typer.Option("-o", "--out", help="Folder for the results.")] = Path("appealwright-out"),
    engine: Annotated[str, typer.Option(help="What reads and writes: rules.")] = "rules",
    denial: Named = None,
    policy: Named = None,
    guideline: Named = None,
    today: Annotated[datetime | None, typer.Option(formats=["%Y-%m-%d"], help="The day the case is worked.")] = None,
    level: Annotated[int, typer.Option(min=1, max=5, help="Level of appeal: 1 is the first.")] = 1,
    as_json: Annotated[bool, typer.Option("--json", help="Print case.json instead of the summary.")] = False,
) -> None:
    """Work one case: a denial letter and a chart become case.json, a letter in Word and a review page."""
    from pipeline import case as story
    from pipeline.errors import EXIT_COMPLETE, EXIT_NEEDS_A_PERSON
    from pipeline.ingest import PageCache
    from pipeline.settings import Settings
    from pipeline.summary import summary
    from schemas.document import Role

    if out.resolve() in [path.resolve() for path in files]:
        raise typer.BadParameter("the results need a folder of their own", param_hint="--out")
    if engine != "rules":
        raise typer.BadParameter("this version has one engine: rules", param_hint="--engine")
    told = {Role.DENIAL_LETTER: denial or [], Role.POLICY: policy or [], Role.GUIDELINE: guideline or []}
    settings = Settings()
    order = story.Order(
        today=(today or datetime.now().astimezone()).date(),
        level=level,
        told=tuple((path, role) for role, paths in told.items() for path in paths),
        limits=_limits(settings),
        workers=settings.workers,
        cache=settings.cache_dir,
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
    from pipeline.settings import Settings

    try:
        cases = evaluation.find_cases(folders)
    except evaluation.TruthError as error:
        raise typer.BadParameter(str(error), param_hint="DIR") from error
    if not cases:
        raise typer.BadParameter("no case folder with a truth file is there", param_hint="DIR")
    settings = Settings()
    order = Order(
        today=datetime.now().astimezone().date(),
        limits=_limits(settings),
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
def doctor() -> None:
    """Say what is installed, which engine would run, and why not the other."""
    from pipeline.doctor import report
    from pipeline.errors import EXIT_CODES, EXIT_COMPLETE
    from schemas.case import Category

    raise typer.Exit(EXIT_COMPLETE if report() else EXIT_CODES[Category.MISSING_TOOL])


cache = typer.Typer(no_args_is_help=True, help="The readings of scanned pages that are kept for the next run.")
app.add_typer(cache, name="cache")


@cache.command()
def clear() -> None:
    """Delete every kept reading."""
    from pipeline.ingest import PageCache
    from pipeline.settings import Settings

    folder = Settings().cache_dir
    count = PageCache(folder).clear() if folder is not None else 0
    sys.stdout.write(f"{count} page{'s' if count != 1 else ''} deleted\n")


def _limits(settings: "Settings") -> "Limits":
    from pipeline.ingest import Limits

    return Limits(
        max_file_bytes=settings.max_file_mb * 1_000_000,
        max_unpacked_bytes=settings.max_unpacked_mb * 1_000_000,
        max_nesting=settings.max_nesting,
        max_members=settings.max_members,
        max_pages=settings.max_pages,
        max_pixels=settings.max_megapixels * 1_000_000,
        page_timeout=settings.page_timeout,
    )


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
