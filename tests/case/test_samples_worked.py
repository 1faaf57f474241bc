"""The samples, worked from file to case and held against their handwritten truth."""

import json
import re
from collections.abc import Iterator
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from pipeline import ingest
from pipeline.case import Order, Worked, files_of, work

SAMPLES = Path(__file__).parents[2] / "samples"
CASES = ("knee-replacement", "lumbar-mri", "biologic")
TODAY = date(2026, 11, 21)


@cache
def worked(name: str) -> Worked:
    return work(ingest.find_files([SAMPLES / name]), Order(today=TODAY))


@cache
def case(name: str) -> dict[str, Any]:
    stated: dict[str, Any] = json.loads(worked(name).case.model_dump_json())
    return stated


def truth(name: str) -> dict[str, Any]:
    stated: dict[str, Any] = json.loads((SAMPLES / "truth" / f"{name}.json").read_text(encoding="utf-8"))
    return stated


def plain(node: Any) -> Any:
    """A value without its citation; of its words only letters and figures, since a speck on a scan reads as a stop."""
    if isinstance(node, dict) and "spans" in node:
        return plain(node["value"])
    if isinstance(node, list):
        return [plain(item) for item in node]
    return " ".join(re.findall(r"[\w/%$-]+", node)) if isinstance(node, str) else node


def spans(node: Any) -> Iterator[dict[str, Any]]:
    if isinstance(node, dict):
        if {"document", "page", "start", "end", "quote"} <= node.keys():
            yield node
        for child in node.values():
            yield from spans(child)
    elif isinstance(node, list):
        for child in node:
            yield from spans(child)


@pytest.mark.parametrize("name", CASES)
def test_every_file_has_its_role_and_its_patient(name: str) -> None:
    found = [
        (d["file"], d["role"], d["patient"], [p["file_page"] for p in d["pages"]]) for d in case(name)["documents"]
    ]
    for wanted in truth(name)["documents"]:
        (mine,) = [row for row in found if row[0] == wanted["file"] and row[1] == wanted["role"]]
        assert mine[2] == wanted["patient"]
        assert mine[3] == wanted.get("pages", mine[3])


@pytest.mark.parametrize("name", CASES)
def test_every_field_of_the_denial_is_what_the_letter_says(name: str) -> None:
    wanted, accepted, found = truth(name)["denial"], truth(name).get("denial_accept", {}), case(name)["denial"]
    nested = [(f"{key}.{part}", wanted[key][part]) for key in ("appeal", "criteria_source") for part in wanted[key]]
    fields = [(key, value) for key, value in wanted.items() if key not in ("appeal", "criteria_source")] + nested
    wrong = {}
    for path, value in fields:
        mine: Any = found
        for part in path.split("."):
            mine = mine[part]
        if plain(mine) not in [plain(value), *map(plain, accepted.get(path, []))]:
            wrong[path] = (plain(value), plain(mine))
    assert wrong == {}


@pytest.mark.parametrize("name", CASES)
def test_every_criterion_has_the_right_verdict(name: str) -> None:
    texts = {criterion["id"]: plain(criterion["text"]).lower() for criterion in case(name)["denial"]["criteria"]}
    verdicts = {texts[result["criterion"]]: result["verdict"] for result in case(name)["coverage"]["criteria"]}
    rows = truth(name)["coverage"]["criteria"]
    found = {}
    for row in rows:
        (mine,) = [verdict for text, verdict in verdicts.items() if plain(row["text"]).lower()[-40:] in text]
        found[row["text"]] = mine
    assert {row["text"]: found[row["text"]] for row in rows if found[row["text"]] not in row["accept"]} == {}
    assert len(verdicts) == len(rows)


@pytest.mark.parametrize("name", CASES)
def test_the_deadline_has_its_three_days_and_its_source(name: str) -> None:
    wanted, found = truth(name)["coverage"]["deadline"], case(name)["coverage"]["deadline"]
    assert [found[day] for day in ("date", "safe", "outer")] == [wanted[day] for day in ("date", "safe", "outer")]
    assert found["rule"] in (wanted["rule"], *wanted.get("rule_accept", []))


@pytest.mark.parametrize("name", CASES)
def test_the_kind_of_case_and_its_patterns_are_named(name: str) -> None:
    wanted, found = truth(name)["coverage"], case(name)["coverage"]
    assert found["case_type"] == wanted["case_type"]
    assert set(wanted["patterns"]) <= set(found["patterns"])
    assert set(found["patterns"]) <= {*wanted["patterns"], *wanted.get("patterns_may_include", [])}


@pytest.mark.parametrize("name", CASES)
def test_every_citation_repeats_the_stored_text_of_its_page(name: str) -> None:
    files = files_of(worked(name), TODAY)
    cited = list(spans(case(name)))
    assert len(cited) > 100
    for span in cited:
        text = files[f"pages/{span['document']}-{span['page']}.txt"].decode()
        assert span["quote"] == text[span["start"] : span["end"]]


@pytest.mark.parametrize("name", CASES)
def test_every_factual_sentence_cites_and_none_was_printed_unverified(name: str) -> None:
    letter = case(name)["letter"]
    facts = [s for section in letter["sections"] for s in section["sentences"] if s["kind"] == "fact"]
    assert facts
    assert all(sentence["citations"] for sentence in facts)
    assert letter["refused"] == []


@pytest.mark.parametrize("name", CASES)
def test_nothing_was_lost_or_refused(name: str) -> None:
    assert case(name)["failures"] == []
    assert case(name)["refused"] == []


@pytest.mark.parametrize("name", CASES)
def test_the_same_files_give_the_same_bytes(name: str) -> None:
    again = work(ingest.find_files([SAMPLES / name]), Order(today=TODAY))
    assert files_of(again, TODAY) == files_of(worked(name), TODAY)


def test_a_fact_set_as_a_trap_never_holds() -> None:
    for name in CASES:
        for trap in truth(name)["facts_not_present"]:
            words = plain(trap["quote"])
            holding = [
                fact
                for fact in case(name)["facts"]
                if fact["assertion"] in ("present", "historical")
                and any(words in plain(span["quote"]) for span in fact["spans"])
                and set(plain(trap["name"]).lower().split()) & set(fact["name"].lower().split())
            ]
            assert holding == [], (name, trap)


@pytest.mark.parametrize("name", CASES)
def test_the_facts_that_decide_are_found_with_their_dates_and_outcomes(name: str) -> None:
    missing = [wanted for wanted in truth(name)["facts"] if not any(_is(wanted, fact) for fact in case(name)["facts"])]
    assert missing == []


def _is(wanted: dict[str, Any], fact: dict[str, Any]) -> bool:
    """Whether a fact says what the truth wants, from the words that the truth quotes; names are ours to choose."""
    same = ("start", "end", "visits", "outcome", "date", "assertion")
    quoted = any(plain(wanted["quote"]) in plain(span["quote"]) for span in fact["spans"])
    if not quoted or fact["kind"] not in (wanted["kind"], *wanted.get("kind_accept", [])):
        return False
    if wanted["kind"] == "measurement" and fact["value"] != wanted["value"]:
        return False
    return all(fact[key] == wanted[key] for key in same if key in wanted)
