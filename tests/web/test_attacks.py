"""The desk holds against an attacker. All that is tried, and not only what is quick: `python -m benchmarks.attacks`."""

from benchmarks.attack_kit import content, places, sessions, traces, traffic
from benchmarks.attack_kit.attempt import ALL
from benchmarks.attack_kit.papers import RUNS
from benchmarks.attack_kit.target import Target

QUICK = (
    places.in_static,
    places.in_archives,
    places.beside_the_case,
    places.through_another_case,
    places.uploads_of_others,
    places.viewer_changes,
    sessions.from_elsewhere,
    sessions.by_get,
    content.sql,
    content.templates,
    content.formulas,
    content.downloads,
    content.header_injection,
    content.headers,
    traffic.other_names,
    traffic.methods,
    traffic.smuggling,
    traffic.oversized,
    traffic.long_heads,
    traffic.entities,
    traces.log,
    traces.audited,
)


def test_no_attack_succeeds(target: Target) -> None:
    named = {one.run: one for one in ALL}
    outcomes = {named[run].what: named[run].outcome(target) for run in QUICK}
    assert {what: told for what, (held, told) in outcomes.items() if not held} == {}, target.log[-2000:]


def test_nothing_that_a_paper_a_reason_or_a_search_brings_runs_in_a_browser(target: Target) -> None:
    content.write_reasons(target)
    paths = ("/cases", *(f"/cases/{target.case}?tab={tab}" for tab in ("criteria", "letter", "history")))
    content.look(target, paths, RUNS[:2])
