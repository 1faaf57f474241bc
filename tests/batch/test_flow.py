"""Which work is begun when: the earliest deadline first, and no more cases in a minute than are allowed."""

import threading
from pathlib import Path

from dbos import DBOS, WorkflowStatus

from pipeline.batch.flow import Flow
from tests.batch.papers import TODAY, at_work, letter, note, one_round, settings

PEOPLE = (("Ana Ruiz", "01/02/1960", "CLM-1001", 180), ("Benjamin Ode", "05/06/1971", "CLM-1002", 60))


def works(flow: Flow, *states: str) -> list[WorkflowStatus]:
    """The work on cases that is in one of the states, once there is any."""
    while not (found := DBOS.list_workflows(queue_name="work", status=list(states))):
        flow.stopping.wait(0.05)
    return found


def test_the_earliest_deadline_goes_first_and_no_more_cases_are_begun_in_a_minute_than_are_allowed(
    tmp_path: Path,
) -> None:
    inbox = tmp_path / "inbox"
    inbox.mkdir()
    for name, born, claim, days in PEOPLE:
        (inbox / f"{claim}.txt").write_text(letter(name, claim, born).replace("180 days", f"{days} days"))
        (inbox / f"note-{claim}.txt").write_text(note(name, born))
    with at_work(settings(tmp_path), cases_a_minute=1) as flow:
        working = threading.Thread(target=one_round, args=(flow, inbox))
        working.start()
        works(flow, "SUCCESS")
        flow.stopping.wait(1.0)  # ten looks at the queue
        (waiting,) = works(flow, "ENQUEUED", "PENDING", "DELAYED")
        urgency = {
            work.workflow_id[: len("case-") + 12]: work.priority for work in works(flow, "SUCCESS", waiting.status)
        }
        flow.stopping.set()
        working.join()
        papers = {case: flow.desk.papers(case)[0].file for case in urgency}
        assert [row.state for row in flow.desk.rows(TODAY)].count("working") == 1
    assert waiting.status == "ENQUEUED"
    first, last = sorted(urgency, key=lambda case: urgency[case] or 0)
    assert ("CLM-1002" in papers[first], "CLM-1001" in papers[last]) == (True, True)
