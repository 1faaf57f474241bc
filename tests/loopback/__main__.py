"""`python -m tests.loopback --replies FOLDER`: authored replies on 127.0.0.1, for the demonstration.

The replies are written by people; no model is behind this. It runs until it is interrupted.
"""

import argparse
import contextlib
import sys
import threading
from pathlib import Path

from tests.loopback.authored import Authored
from tests.loopback.server import Server


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.loopback", description="Plays authored replies.")
    parser.add_argument("--replies", type=Path, required=True, help="a folder with a YAML file for each prompt")
    parser.add_argument("--prompts", type=Path, help="a folder of prompts instead of those shipped")
    parser.add_argument("--port", type=int, default=8011, help="0: any that is free")
    options = parser.parse_args()
    with Server(Authored(options.replies, options.prompts), port=options.port) as server:
        sys.stdout.write(f"OPENAI_BASE_URL={server.base_url}\n")
        sys.stdout.flush()
        with contextlib.suppress(KeyboardInterrupt):
            threading.Event().wait()


if __name__ == "__main__":
    main()
