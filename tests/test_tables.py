"""Tables are read once, and a case names the version of each."""

import re
from importlib import resources

import pytest

from pipeline.tables import load, versions


def test_every_table_of_a_stage_has_a_version() -> None:
    found = versions("extract", "check", "draft")
    assert {"extract/vocabulary.yaml", "check/appeal_rules.yaml", "draft/sentences.yaml"} <= found.keys()
    assert all(re.fullmatch("[0-9a-f]{16}", version) for version in found.values())


def test_every_table_says_where_its_rows_come_from() -> None:
    for name in versions("extract", "check"):
        stage, table = name.split("/", 1)
        text = resources.files(f"pipeline.{stage}").joinpath(table).read_text(encoding="utf-8")
        assert {"source", "sources", "rules"} & load(stage, table).keys() or "Source:" in text, name


def test_a_table_that_is_not_there_is_an_error() -> None:
    with pytest.raises(FileNotFoundError):
        load("extract", "no_such_table.yaml")
