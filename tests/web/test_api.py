"""The desk for programs: what its verbs do to a worked case, and that they answer as their description says."""

import io
import random
import zipfile
from collections.abc import Iterator
from typing import Any

import httpx2
import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given
from hypothesis import settings as examples
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi import checks

from benchmarks.attack_kit.papers import CLEAN
from benchmarks.attack_kit.target import Target
from pipeline.batch import audit

EACH = 2  # examples for a verb, of each kind


def no_fault(context: Any, response: Any, case: Any) -> None:
    """No answer is a fault of ours; one that says which tool is missing on this machine, with advice, is none."""
    if response.status_code != 503 or not response.json().get("advice"):
        not_a_server_error(context, response, case)


HELD = [
    no_fault,
    checks.status_code_conformance,
    checks.content_type_conformance,
    checks.response_headers_conformance,
    checks.response_schema_conformance,
    checks.negative_data_rejection,
    checks.missing_required_header,
    checks.unsupported_method,
    checks.ignored_auth,
]


class Script(httpx2.Client):
    """A script at the desk with a reviewer's token; `case` is the id of a case of a letter and a note."""

    case = ""

    def verb(self, name: str, **told: Any) -> Any:
        return self.post(f"/api/cases/{self.case}/{name}", json=told)

    def edit(self, reason: str = "as the record shows", **edit: Any) -> Any:
        return self.verb("edits", edit=edit, reason=reason, seen=self.state()["version"])

    def state(self) -> Any:
        return self.of_case("")

    def of_case(self, what: str) -> Any:
        return self.get(f"/api/cases/{self.case}{what}").json()

    def verdict(self) -> Any:
        return self.of_case("/case.json")["coverage"]["criteria"][0]["verdict"]


@pytest.fixture
def script(target: Target) -> Iterator[Script]:
    headers = {"Authorization": f"Bearer {target.tokens['ana']}"}
    with Script(base_url=target.url, headers=headers, timeout=60) as script:
        script.case = target.clean
        yield script


def test_a_case_is_looked_at_searched_and_downloaded_and_each_look_is_on_record(script: Script) -> None:
    told = {"state": script.state()["row"]["state"], "payer": "orchard valley health plan"}
    (row,) = script.get("/api/worklist", params=told).json()
    assert (row["case"], row["met"], row["patient"]) == (script.case, 1, CLEAN)
    assert script.get("/api/worklist", params={"payer": "nobody"}).json() == []
    assert script.get("/api/report").json()["cases"] == 3
    (place,) = script.verb("search", words="attended PHYSICAL therapy").json()
    page = script.of_case(f"/pages/{place['document']}/{place['page']}")
    assert page["text"][place["start"] : place["end"]] == place["words"] == "attended physical therapy"
    assert script.get(f"/api/cases/{script.case}/pages/{place['document']}/1/picture").status_code == 404
    digest = script.state()["files"]["appeal-letter.docx"]
    letter = script.get(f"/api/cases/{script.case}/files/{digest}")
    assert letter.headers["content-disposition"].startswith('attachment; filename="appeal-letter.docx"')
    assert zipfile.ZipFile(io.BytesIO(letter.content)).testzip() is None
    assert script.get(f"/api/cases/{script.case}/files/{'0' * 64}").status_code == 404
    looked = [(one["who"], one["what"], one["why"]) for one in script.of_case("/history")]
    assert ("ana", "viewed", "") in looked
    assert ("ana", "downloaded", "appeal-letter.docx") in looked


def test_a_case_goes_its_way_from_a_correction_to_its_end_and_back(script: Script, target: Target) -> None:
    seen = script.state()["version"]
    (fact,) = [one["id"] for one in script.of_case("/case.json")["facts"] if one["kind"] == "treatment"]
    assert script.verdict() == "met"
    assert any("met" in line for line in script.edit(do="reject_fact", fact=fact).json())
    assert script.verdict() == "not_documented"
    stale = script.verb("edits", edit={"do": "accept_fact", "fact": fact}, reason="again", seen=seen)
    assert (stale.status_code, "somebody changed it" in stale.json()["detail"]) == (409, True)
    assert script.edit(do="reject_fact", fact="none").status_code == 404
    assert script.edit(reason="", do="accept_fact", fact=fact).status_code == 422
    assert script.edit(do="nothing").status_code == 422
    assert script.verb("submit", method="fax", on="2026-03-02").status_code == 409
    now = script.state()["version"]
    assert script.verb("approve", seen=now).status_code == 409
    assert script.verb("approve", seen=seen, why="agreed by telephone").status_code == 409
    ways = [
        ("approve", {"seen": now, "why": "agreed by telephone"}, "approved"),
        ("submit", {"method": "fax", "proof": "17", "on": "2026-03-02"}, "submitted"),
        ("decide", {"outcome": "overturned", "on": "2026-03-20"}, "decided"),
        ("close", {"why": "paid"}, "closed"),
        ("take", {}, "closed"),
        ("reopen", {"why": "one more record"}, "needs_review"),
    ]
    for verb, told, state in ways:
        assert script.verb(verb, **told).status_code == 204
        assert script.state()["row"]["state"] == state
    assert script.state()["row"]["reviewer"] == "ana"
    assert audit.verify(target.register).broken is None


def test_what_is_asked_wrongly_is_refused_and_never_an_error_of_ours(script: Script) -> None:
    huge = "9" * 5000
    for path in (f"/pages/d1/{huge}", "/pages/d1/0", "/pages/%00/1", "/files/..%2f..%2fdesk.sqlite", "/pages/%ff/1"):
        assert script.get(f"/api/cases/{script.case}{path}").status_code in (404, 422)
    for body in (b"", b"{", b'{"words": "\\ud800"}', b'{"\\ud800": 1}', b"\xff", b'{"words": NaN}', b"[" * 9000):
        answer = script.post(f"/api/cases/{script.case}/search", content=body)
        assert answer.status_code in (400, 422)
    for origin in ("http://[", "//x", "http://127.0.0.1:8000/["):
        assert script.post("/login", data={"csrf": "x"}, headers={"Origin": origin}).status_code == 403
    part = {"HX-Request": "true", "HX-Current-URL": "http://[", "Authorization": ""}
    assert script.get("/cases", headers=part).headers["hx-redirect"] == "/login?next=%2F"


def test_the_description_says_how_to_sign_in(script: Script) -> None:
    told = script.get("/api/openapi.json").json()
    assert {
        (one["type"], one.get("scheme", one.get("in"))) for one in told["components"]["securitySchemes"].values()
    } == {
        ("http", "bearer"),
        ("apiKey", "cookie"),
    }
    for path in told["paths"].values():
        assert all(len(verb["security"]) == 2 and "401" in verb["responses"] for verb in path.values())


@schemathesis.serializer("application/offset+octet-stream")
def _piece(_: Any, value: Any) -> bytes:
    return value if isinstance(value, bytes) else str(value).encode()


@pytest.mark.filterwarnings("ignore:Do not use the `random` module")  # schemathesis does
def test_each_verb_answers_as_its_description_says(script: Script) -> None:
    schema = schemathesis.openapi.from_url(f"{script.base_url}/api/openapi.json")
    known = {"case": script.case, "document": "d1", "number": 1, "digest": script.state()["files"]["case.json"]}
    random.seed(1)
    for found in schema.exclude(path="/api/uploads/events").get_all_operations():  # that one goes on for minutes
        hold(script, found.ok(), known)


def hold(script: Script, operation: Any, known: dict[str, Any]) -> None:
    """Try a verb with what is fit and unfit, and with what is fit on the case that is there."""

    def asked(case: Any) -> None:
        told = {"Authorization": script.headers["Authorization"]}
        case.call_and_validate(base_url=str(script.base_url), headers=told, checks=HELD)

    def asked_of_the_case(case: Any) -> None:
        case.path_parameters.update({name: known[name] for name in case.path_parameters.keys() & known.keys()})
        asked(case)

    few = examples(
        max_examples=EACH,
        derandomize=True,
        database=None,
        deadline=None,
        phases=[Phase.explicit, Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    fit = operation.as_strategy(generation_mode=schemathesis.GenerationMode.POSITIVE)
    few(given(operation.as_strategy())(asked))()
    few(given(fit)(asked_of_the_case))()
