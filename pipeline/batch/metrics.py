"""The desk in numbers, as Prometheus reads them from a file (its text exposition format). Counts alone, no names."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

from pipeline.batch.states import State
from pipeline.batch.worklist import Shown, at_stake


def as_metrics(rows: Sequence[Shown], waiting: int) -> str:
    """Cases by state, dollars at stake, days to the nearest safe day, and papers that wait for a person."""
    return "".join(f"{line}\n" for line in _lines(rows, waiting))


def _lines(rows: Sequence[Shown], waiting: int) -> Iterator[str]:
    states = Counter(row.state for row in rows)
    yield from ("# HELP appealwright_cases Cases by state.", "# TYPE appealwright_cases gauge")
    for state in State:
        yield f'appealwright_cases{{state="{state.value}"}} {states[state.value]}'
    days = [row.days for row in rows if row.days is not None and State(row.state) not in _SENT]
    for name, told, value in (
        ("at_stake_dollars", "Denied amounts of all cases.", str(at_stake(rows))),
        ("waiting_papers", "Papers that wait for a person.", str(waiting)),
        ("nearest_safe_day", "Days to the nearest safe day of a case not yet sent.", str(min(days, default="NaN"))),
    ):
        yield from (f"# HELP appealwright_{name} {told}", f"# TYPE appealwright_{name} gauge")
        yield f"appealwright_{name} {value}"


_SENT = {State.SUBMITTED, State.DECIDED, State.CLOSED}
