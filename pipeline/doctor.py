"""`appealwright doctor`: what is installed, which engine would run, and why not the other."""

import platform
from importlib import metadata

from rich.console import Console
from rich.text import Text

from pipeline import ingest, llm
from pipeline.errors import AppealwrightError
from pipeline.packet import convert
from pipeline.settings import Settings

_NO_OFFICE = "not needed to draft; `packet` needs it for a letter in Word, or the letter as PDF"
Row = tuple[str, str, str, str]


def report(mailbox: str = "") -> bool:
    """Print what is there and what is not; whether everything that a run needs is there."""
    console = Console(highlight=False, soft_wrap=True)
    settings = Settings()
    tools = ingest.tools()
    rows: list[Row] = [
        ("ok", "appealwright", metadata.version("appealwright"), ""),
        ("ok", "Python", platform.python_version(), ""),
    ]
    rows += [("ok" if t.present else "missing", t.name, t.version or "", "" if t.present else t.advice) for t in tools]
    office = convert.program()
    rows += [
        ("ok", "LibreOffice", "present", "") if office else ("none", "LibreOffice", "", _NO_OFFICE),
        ("ok", "engine: rules", "would run", "embedded; needs no key and no network"),
        _model(llm.connection(settings)),
        _desk(settings),
        *([_mailbox(mailbox, settings)] if mailbox else []),
    ]
    for state, name, version, remark in rows:
        style = {"ok": "green", "missing": "red"}.get(state, "")
        console.print(Text(f"{state:<9}", style=style), Text(f"{name:<20}{version:<14}{remark}".rstrip()), sep="")
    for name, field in Settings.model_fields.items():
        variable = field.validation_alias or f"APPEALWRIGHT_{name.upper()}"
        console.print(Text(f"setting  {variable}={getattr(settings, name)}"))
    return all(tool.present for tool in tools)


def _desk(settings: Settings) -> Row:
    """The desk of the inbox: whether its register and its store can be used."""
    from pipeline.batch.desk import Desk  # where none is used, nothing of it is loaded

    if not settings.database_url.get_secret_value() and not settings.desk.exists():
        return "none", "desk", "not used yet", "`appealwright inbox` makes it"
    kind = "Postgres" if settings.database_url.get_secret_value() else "SQLite"
    try:
        desk = Desk(settings)
        desk.store.check()
        desk.close_down()
    except AppealwrightError as error:
        return "none", "desk", kind, f"{error.failure.place}: {error.failure.said}"
    return "ok", "desk", kind, "register and store can be used"


def _mailbox(url: str, settings: Settings) -> Row:
    """A mailbox that `inbox` could be given: whether it can be opened."""
    from pipeline.batch.mailbox import address_of, count

    try:
        found = count(address_of(url, settings.imap_password.get_secret_value()))
    except ValueError as error:
        return "none", "mailbox", "no address", str(error)
    except AppealwrightError as error:
        return "none", "mailbox", "not opened", error.failure.said
    return "ok", "mailbox", "opened", f"{found} messages"


def _model(connection: llm.Connection | None) -> Row:
    """The model server, asked one small question in each mode."""
    name = "engine: model"
    if connection is None:
        return "none", name, "not set up", "set OPENAI_BASE_URL and APPEALWRIGHT_MODEL (docs/MODEL.md)"
    probed = llm.probe(connection)
    told = [f"{mode} ({failed.message})" for mode, failed in probed.modes.items() if failed is not None]
    if not probed.reachable:
        return "none", name, "not reached", "; ".join(told)
    taken = f"takes {', '.join(probed.taken) or 'no mode'}"
    if connection.mode in probed.taken:
        return "ok", name, "answers", taken
    return (
        "none",
        name,
        "would not run",
        f"APPEALWRIGHT_MODEL_MODE={connection.mode}, but it {taken}; not {'; '.join(told)}",
    )
