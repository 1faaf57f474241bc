"""`python -m tests.loopback.demo`: the knee sample by the model engine, its replies written by hand, no model behind.

Some of them are invented, to be refused: tests/loopback/knee says which.
"""

import os
import subprocess
import sys
from pathlib import Path

from tests.loopback.authored import Authored
from tests.loopback.server import Server

REPLIES = Path(__file__).with_name("knee")
ORDER = ("run", "samples/knee-replacement", "-o", "demo", "--today", "2026-11-21", "--engine", "model")


def main() -> int:
    """Work the sample into `demo`. The exit code of `appealwright run`."""
    with Server(Authored(REPLIES)) as server:
        told = {"OPENAI_BASE_URL": server.base_url, "APPEALWRIGHT_MODEL": "written-by-hand"}
        command = Path(sys.executable).with_name("appealwright")
        return subprocess.run([command, *ORDER], env={**os.environ, **told}, check=False).returncode


if __name__ == "__main__":
    sys.exit(main())
