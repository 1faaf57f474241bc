"""Replies written beforehand: a folder with a YAML file for each prompt.

# find_facts.yaml
- holds: [ibuprofen, "12 weeks"]   # all of these stand in the data; the first entry that fits is played
  reply: {facts: []}               # JSON, or a text as the model would write it
- fault: server_error              # without `holds` it fits everything
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from importlib.resources.abc import Traversable
from pathlib import Path

import yaml

from pipeline.llm import Prompt, load
from tests.loopback.answers import Answer, Call, Fault, fails, says


@dataclass(frozen=True, slots=True)
class _Entry:
    holds: tuple[str, ...]
    answer: Answer


class Authored:
    """Plays the replies of a folder. A call that none of them fits is answered with 404."""

    def __init__(self, folder: Path, prompts: Traversable | None = None) -> None:
        self._entries = {path.stem: tuple(_entries(path)) for path in sorted(folder.glob("*.yaml"))}
        self._prompts: list[Prompt] = [load(name, prompts) for name in self._entries]

    def __call__(self, call: Call) -> Answer:
        named = [prompt.name for prompt in self._prompts if call.system.startswith(prompt.system)]
        for entry in (entry for name in named for entry in self._entries[name]):
            if all(words in call.data for words in entry.holds):
                return entry.answer
        return fails(Fault.NOT_FOUND)


def _entries(path: Path) -> Iterable[_Entry]:
    for row in yaml.safe_load(path.read_text(encoding="utf-8")):
        answer = fails(Fault(row["fault"])) if "fault" in row else says(row["reply"])
        yield _Entry(tuple(row.get("holds", ())), answer)
