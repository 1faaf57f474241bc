"""Papers as grouping sees them, letters and notes as files, and a desk to take them in. All people are synthetic."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path

from pipeline.batch.desk import Desk
from pipeline.batch.flow import Flow, Plan
from pipeline.batch.grouping import Placed
from pipeline.batch.inbox import Round, work_inbox
from pipeline.batch.papers import Notice, Paper
from pipeline.case import Order
from pipeline.ingest import Limits
from pipeline.settings import Settings
from schemas.document import Role

TODAY = date(2026, 3, 2)


def paper(
    name: str,
    *names: str,
    born: str = "",
    role: Role = Role.CLINICAL_NOTE,
    numbers: tuple[str, ...] = (),
    notice: Notice | None = None,
    came: str = "",
    thread: str = "",
    blank: bool = False,
) -> Placed:
    held = Paper(
        id=name,
        file=f"{name}.txt",
        sha256=name,
        role=role,
        pages=(1,),
        names=names,
        birth_dates=frozenset({born} if born else ()),
        numbers=frozenset(numbers),
        notice=notice,
        blank=blank,
    )
    return Placed(held, came or name, thread)


def denial(
    name: str, *names: str, born: str = "", claim: str = "", reference: str = "", member: str = "", **how: object
) -> Placed:
    given = {key: how.pop(key) for key in ("letter_date", "service", "policy", "denies") if key in how}
    notice = Notice(claim=claim, reference=reference, member=member, **{"denies": True, **given})  # type: ignore[arg-type]
    return paper(name, *names, born=born, role=Role.DENIAL_LETTER, notice=notice, **how)  # type: ignore[arg-type]


def letter(patient: str, claim: str, born: str = "", member: str = "W102074778") -> str:
    birth = f"   DOB: {born}" if born else ""
    return f"""Orchard Valley Health Plan
Date of Notice: 02/14/2026   Member ID: {member}
Patient: {patient}{birth}   Claim #: {claim}
Service requested: Lumbar MRI
Amount denied: $1,200.00

We are unable to approve this request because the records do not show at least 6 weeks of physical therapy.

All of the following must be met:
1. At least 6 weeks of physical therapy

You may appeal within 180 days of the date of this notice. This is a self-funded employer plan under ERISA.
This letter is synthetic.
"""


def note(patient: str, born: str = "", on: str = "01/20/2026") -> str:
    birth = f"\nDOB: {born}" if born else ""
    return f"""Progress Note
Patient: {patient}{birth}
Date of visit: {on}

Back pain. She attended physical therapy from 11/03/2025 to 01/05/2026 without improvement. This note is synthetic.
"""


def settings(folder: Path, **more: object) -> Settings:
    return Settings(desk=folder / "desk", settle=0, **more)  # type: ignore[arg-type]


def plan(processes: int = 1, timeout: float = 120, cache: Path | None = None, cases_a_minute: int = 0) -> Plan:
    """A worker by the rules, with so many processes to read and as many to work cases."""
    return Plan(
        engine="rules",
        order=lambda day: Order(today=day, limits=Limits()),
        limits=Limits(),
        readers=processes,
        cases=processes,
        timeout=timeout,
        cache=cache,
        cases_a_minute=cases_a_minute,
    )


@contextmanager
def at_work(told: Settings, cases_a_minute: int = 0) -> Iterator[Flow]:
    desk = Desk(told)
    try:
        with Flow(desk, plan(cases_a_minute=cases_a_minute)) as flow:
            yield flow
    finally:
        desk.close_down()


def one_round(flow: Flow, inbox: Path, limits: Limits | None = None) -> Round:
    return work_inbox(flow, inbox, limits or Limits(), 0, TODAY, lambda *_: None)
