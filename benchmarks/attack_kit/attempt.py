"""What an attempt is: a function that tries something on a target, and says how the desk held."""

import traceback
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from benchmarks.attack_kit.target import SucceededError, Target

Try = Callable[[Target], str]


@dataclass(frozen=True, slots=True)
class Attempt:
    """One attack. `slow`: it waits for the patience of the server to end, or has it unpack what is large."""

    kind: str
    what: str
    run: Try
    slow: bool

    def outcome(self, target: Target) -> tuple[bool, str]:
        """Whether the desk held, and how."""
        try:
            return True, self.run(target)
        except SucceededError as error:
            return False, str(error)
        except Exception as error:  # what could not be tried was not held
            where = traceback.extract_tb(error.__traceback__)[-1]
            return False, f"could not be tried: {error!r} at {Path(where.filename).name}:{where.lineno}"


ALL: Final[list[Attempt]] = []


def attempt(kind: str, what: str, *, slow: bool = False) -> Callable[[Try], Try]:
    """Make an attempt of a function."""

    def enter(run: Try) -> Try:
        ALL.append(Attempt(kind, what, run, slow))
        return run

    return enter
