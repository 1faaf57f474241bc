"""Reads the prompts: Markdown with a front matter, instructions and worked examples.

    ---
    name: find_facts
    version: 1
    schema: FoundFacts
    ---
    ## Instructions
    ...
    ## Example
    ### Data
    ...
    ### Reply
    {...}

Code fences around data and reply are left out. `schema` is the model the reply must fit, for the reader of the file.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from importlib import resources
from importlib.resources.abc import Traversable
from typing import Final

import yaml
from pydantic import Field

from pipeline.llm.asks import Example, Prompt
from schemas.base import Frozen

_PARTS: Final = re.compile(r"---\n(.*?)\n---\n(.*)", re.DOTALL)
_HEADING: Final = re.compile(r"(##|###) (Instructions|Example|Data|Reply)\s*")
_FENCE: Final = "```"


class _FrontMatter(Frozen):
    name: str
    version: str = Field(coerce_numbers_to_str=True)
    response: str = Field(alias="schema")


def load(name: str, folder: Traversable | None = None) -> Prompt:
    """The prompt `name` of the folder, by default of those shipped. ValueError where the file is not of the form."""
    content = ((folder or resources.files("prompts")) / f"{name}.md").read_bytes()
    parts = _PARTS.fullmatch(content.decode("utf-8"))
    if parts is None:
        raise ValueError(f"{name}.md has no front matter")
    front = _FrontMatter.model_validate(yaml.safe_load(parts[1]))
    if front.name != name:
        raise ValueError(f"{name}.md calls itself {front.name}")
    sections = list(_sections(parts[2]))
    headings = [heading for heading, _ in sections]
    if headings[:1] != ["## Instructions"] or not _examples_follow(headings[1:]):
        raise ValueError(f"{name}.md must have ## Instructions, then ## Example with ### Data and ### Reply")
    texts = [text for heading, text in sections if heading.startswith("###")]
    examples = tuple(Example(data, reply) for data, reply in zip(texts[::2], texts[1::2], strict=True))
    return Prompt(name, front.version, hashlib.sha256(content).hexdigest(), sections[0][1], examples)


def _examples_follow(headings: list[str]) -> bool:
    whole = len(headings) // 3
    return headings == ["## Example", "### Data", "### Reply"] * whole


def _sections(text: str) -> Iterator[tuple[str, str]]:
    """Each heading of ours with the text below it; a line inside a code fence is no heading."""
    heading, lines, fenced = "", list[str](), False
    for line in text.split("\n"):
        fenced ^= line.startswith(_FENCE)
        found = None if fenced else _HEADING.fullmatch(line)
        if found is None:
            lines.append(line)
            continue
        if heading or any(map(str.strip, lines)):
            yield heading, _unfenced(lines)
        heading, lines = f"{found[1]} {found[2]}", []
    yield heading, _unfenced(lines)


def _unfenced(lines: list[str]) -> str:
    text = "\n".join(lines).strip("\n")
    if text.startswith(_FENCE) and text.endswith(f"\n{_FENCE}") and text.count(f"\n{_FENCE}") == 1:
        text = text.partition("\n")[2].removesuffix(_FENCE).removesuffix("\n")
    return text
