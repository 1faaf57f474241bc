"""`appealwright doctor`: what is installed, which engine would run, and why not the other."""

import platform
from importlib import metadata

from rich.console import Console
from rich.text import Text

from pipeline import ingest
from pipeline.settings import Settings


def report() -> bool:
    """Print what is there and what is not; whether everything that a run needs is there."""
    console = Console(highlight=False, soft_wrap=True)
    tools = ingest.tools()
    rows = [
        ("ok", "appealwright", metadata.version("appealwright"), ""),
        ("ok", "Python", platform.python_version(), ""),
    ]
    rows += [("ok" if t.present else "missing", t.name, t.version or "", "" if t.present else t.advice) for t in tools]
    rows += [
        ("ok", "engine: rules", "would run", "embedded; needs no key and no network"),
        ("none", "engine: model", "would not run", "this version has no model engine"),
    ]
    for state, name, version, remark in rows:
        style = {"ok": "green", "missing": "red"}.get(state, "")
        console.print(Text(f"{state:<9}", style=style), Text(f"{name:<20}{version:<14}{remark}".rstrip()), sep="")
    for name, value in Settings().model_dump().items():
        console.print(Text(f"setting  APPEALWRIGHT_{name.upper()}={value}"))
    return all(tool.present for tool in tools)
