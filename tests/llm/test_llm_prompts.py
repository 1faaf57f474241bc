"""Prompts as files: what is read of them, and what is refused."""

import hashlib
from pathlib import Path

import pytest

from pipeline.llm import load
from tests.llm.asked import PROMPT, PROMPTS

HEAD = "---\nname: x\nversion: 2\nschema: X\n---\n"
EXAMPLE = "## Example\n### Data\nd\n### Reply\n{}\n"


def written(folder: Path, text: str) -> Path:
    (folder / "x.md").write_text(text, encoding="utf-8")
    return folder


def test_a_prompt_is_its_words_and_its_examples() -> None:
    assert (PROMPT.name, PROMPT.version) == ("colours", "1")
    assert PROMPT.system.startswith("You are given one sentence.")
    assert PROMPT.system.endswith("has an empty list.")
    assert [(example.data, example.reply) for example in PROMPT.examples] == [
        ("The cat is grey and its bowl is Red.", '{"colours": ["grey", "red"]}'),
        ("The cat is asleep.", '{"colours": []}'),
    ]


def test_a_prompt_is_known_by_the_bytes_of_its_file() -> None:
    assert PROMPT.sha256 == hashlib.sha256((PROMPTS / "colours.md").read_bytes()).hexdigest()


def test_headings_of_another_name_or_within_a_fence_are_text(tmp_path: Path) -> None:
    fenced = "## Example\n### Data\n```\n## Example\n```\n### Reply\n1"
    prompt = load("x", written(tmp_path, f"{HEAD}## Instructions\n## Order of trust\nread\n{EXAMPLE}{fenced}"))
    assert prompt.system == "## Order of trust\nread"
    assert [example.data for example in prompt.examples] == ["d", "## Example"]


@pytest.mark.parametrize(
    "text",
    [
        "## Instructions\nread\n",
        f"{HEAD}read\n",
        f"{HEAD}before\n## Instructions\nread\n",
        f"{HEAD}{EXAMPLE}",
        f"{HEAD}## Instructions\nread\n## Example\n### Data\nd\n",
        f"{HEAD}## Instructions\nread\n## Example\n### Reply\n{{}}\n### Data\nd\n",
        f"{HEAD.replace('name: x', 'name: y')}## Instructions\nread\n",
        f"{HEAD.replace('version: 2', 'age: 2')}## Instructions\nread\n",
    ],
    ids=["no front matter", "no heading", "text before", "no instructions", "no reply", "order", "name", "field"],
)
def test_a_file_of_another_form_is_refused(tmp_path: Path, text: str) -> None:
    with pytest.raises(ValueError, match=r"x\.md|FrontMatter"):
        load("x", written(tmp_path, text))
