import base64
import json
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.errors import AppealwrightError
from pipeline.ingest import Limits, ReadResult
from pipeline.ingest._kind import open_file
from schemas.case import Category

Given = Callable[..., ReadResult]
PATIENT = {
    "resourceType": "Patient",
    "identifier": [{"value": "MRN-4471"}],
    "name": [{"family": "Lindqvist", "given": ["Astrid", "M."]}],
    "gender": "female",
    "birthDate": "1962-11-05",
    "photo": [{"contentType": "image/png", "data": "AAAA"}],
}
PATIENT_TEXT = "Patient: Astrid M. Lindqvist\nDate of Birth: 11/05/1962\nSex: female\nPatient ID: MRN-4471\n"


def _div(html: str) -> dict[str, str]:
    return {"status": "generated", "div": f'<div xmlns="http://www.w3.org/1999/xhtml">{html}</div>'}


def _bundle(*resources: dict[str, Any]) -> bytes:
    return json.dumps(
        {"resourceType": "Bundle", "type": "collection", "entry": [{"resource": resource} for resource in resources]}
    ).encode()


def _reference(*attachments: dict[str, str]) -> dict[str, Any]:
    return {"resourceType": "DocumentReference", "content": [{"attachment": item} for item in attachments]}


def _file(data: bytes, kind: str = "text/plain") -> dict[str, str]:
    return {"contentType": kind, "data": base64.b64encode(data).decode()}


def _texts(result: ReadResult) -> list[str]:
    assert result.document is not None
    return [page.text for page in result.document.pages]


def test_a_composition_is_read_section_by_section_after_who_the_patient_is(read_bytes: Given) -> None:
    inner = {"title": "Plan", "text": _div("<ul><li>Total knee&nbsp;arthroplasty</li></ul>")}
    sections = [{"title": "History", "text": _div("Pain <b>8</b> weeks"), "section": [inner]}]
    note = {"resourceType": "Composition", "title": "Consult", "date": "2026-03-14T09:05:00Z", "section": sections}
    assert _texts(read_bytes(_bundle(PATIENT, note))) == [
        PATIENT_TEXT
        + "\nConsult\nDocument Date: 03/14/2026 09:05\n\nHistory\n\nPain 8 weeks\n\nPlan\n\n• Total knee arthroplasty\n"
    ]


def test_each_narrative_is_read_and_codes_alone_are_said(read_bytes: Given) -> None:
    told = {"resourceType": "Observation", "text": _div("<table><tr><td>HbA1c</td><td>6.8</td></tr></table>")}
    coded = {"resourceType": "ClaimResponse", "outcome": "complete", "disposition": "x"}
    result = read_bytes(_bundle(told, coded))
    assert _texts(result) == ["HbA1c   6.8\n"]
    assert [warning.code for warning in result.warnings] == ["coded_only"]


def test_sections_with_entries_and_no_narrative_are_said(read_bytes: Given) -> None:
    note = {"resourceType": "Composition", "title": "Consult", "section": [{"title": "Labs", "entry": [{}]}]}
    result = read_bytes(json.dumps(note).encode())
    assert [(w.code, [span.quote for span in w.spans]) for w in result.warnings] == [("coded_only", ["Labs"])]


def test_attachments_are_opened_by_what_they_are(
    read_bytes: Given, pdf: Callable[..., bytes], lines: Callable[..., None]
) -> None:
    page = _file(b"Caf\xe9 <i>note</i>", "text/html; charset=iso-8859-1")
    result = read_bytes(_bundle(_reference(_file(pdf(lines), "application/pdf")), _reference(page)))
    texts = _texts(result)
    assert texts[0].startswith("Member ID: W123456789\n")
    assert texts[1] == "Café note\n"
    assert [warning.code for warning in result.warnings] == []


def test_a_resource_by_itself_a_series_and_xml_are_read_alike(read_bytes: Given) -> None:
    alone = json.dumps(_reference(_file(b"Knee pain."))).encode()
    assert _texts(read_bytes(alone)) == ["Knee pain.\n"]
    assert _texts(read_bytes(alone + b"\n" + json.dumps(PATIENT).encode())) == [PATIENT_TEXT, "Knee pain.\n"]
    xml = (
        '<Bundle xmlns="http://hl7.org/fhir"><entry><resource><Patient><identifier><value value="MRN-4471"/>'
        '</identifier><name><family value="Lindqvist"/><given value="Astrid"/><given value="M."/></name>'
        '<gender value="female"/><birthDate value="1962-11-05"/></Patient></resource></entry><entry><resource>'
        '<Observation><text><div xmlns="http://www.w3.org/1999/xhtml">Weight<br/>86 kg</div></text></Observation>'
        "</resource></entry></Bundle>"
    )
    assert _texts(read_bytes(xml.encode())) == [PATIENT_TEXT + "\nWeight\n86 kg\n"]


def test_an_attachment_that_is_damaged_or_elsewhere_is_a_failure_beside_the_rest(read_bytes: Given) -> None:
    bad = {"contentType": "application/pdf", "data": "JVBERi0xLjQ*"}
    cut = _file(b"%PDF-1.7 and no more", "application/pdf")
    elsewhere = {"contentType": "application/pdf", "url": "http://127.0.0.1/Binary/9"}
    result = read_bytes(_bundle(PATIENT, *(_reference(item) for item in (bad, cut, elsewhere))), "b.json")
    assert _texts(result) == [PATIENT_TEXT]
    assert [(failure.place, failure.category) for failure in result.failures] == [
        ("b.json/attachment 1", Category.UNREADABLE),
        ("b.json/attachment 2", Category.UNREADABLE),
        ("b.json/attachment 3", Category.UNSUPPORTED),
    ]


def test_a_binary_that_is_referred_to_is_opened_once(read_bytes: Given) -> None:
    binary = {"resourceType": "Binary", "id": "9", **_file(b"Knee pain.")}
    assert _texts(read_bytes(_bundle(_reference({"url": "Binary/9"}), binary))) == ["Knee pain.\n"]
    same = _reference(_file(b"Knee pain."), {"url": "http://127.0.0.1/a.pdf"})
    result = read_bytes(json.dumps(same).encode())
    assert (_texts(result), result.failures) == (["Knee pain.\n"], ())


def test_json_that_is_no_fhir_is_a_text(read_bytes: Given) -> None:
    assert _texts(read_bytes(b'{"note": "x"}')) == ['{"note": "x"}\n']


@pytest.mark.parametrize(
    ("data", "category"),
    [
        (_bundle(PATIENT)[:-9], Category.UNREADABLE),
        (_bundle({"resourceType": "ClaimResponse"}), Category.UNSUPPORTED),
        (_bundle(), Category.UNSUPPORTED),
        (b'{"resourceType": "Bundle", "entry": 7}', Category.UNSUPPORTED),
        (b'{"resourceType": "Patient", "a": ' + b"[" * 100_000, Category.UNREADABLE),
        (b'{"resourceType": "Patient", "a": ' + b"[" * 300 + b"]" * 300 + b"}", Category.TOO_LARGE),
        (b'{"resourceType": "Patient", "a": ' + b"9" * 5000 + b"}", Category.UNREADABLE),
        (_bundle({"resourceType": "List", "text": _div("<div>" * 300 + "x")}), Category.TOO_LARGE),
        (b'<!DOCTYPE a [<!ENTITY b "c">]><Patient xmlns="http://hl7.org/fhir">&b;</Patient>', Category.UNSUPPORTED),
    ],
    ids=["cut", "codes", "nothing", "odd", "deep", "less deep", "a number", "a deep narrative", "entities"],
)
def test_a_resource_that_cannot_be_used_is_refused(data: bytes, category: Category, read_bytes: Given) -> None:
    result = read_bytes(data)
    assert result.document is None
    assert [failure.category for failure in result.failures] == [category]


_NAMES = ["resourceType", "entry", "resource", "text", "div", "section", "title", "name", "given", "birthDate", "data"]
_NAMES += ["content", "attachment", "contentType", "url", "contained", "identifier", "value"]
_VALUES = st.sampled_from(
    ["Bundle", "Patient", "Composition", "Binary", "<p>x", "QUJD", "2026-13-40", "#a", "text/html"]
)
_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | _VALUES | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.sampled_from(_NAMES), inner, max_size=6),
    max_leaves=30,
)


@settings(max_examples=150, deadline=None)
@given(_VALUES, st.dictionaries(st.sampled_from(_NAMES[1:]), _JSON, max_size=6), st.integers(0, 3))
def test_any_resource_is_read_or_refused(kind: str, members: dict[str, Any], cut: int) -> None:
    data = json.dumps({"resourceType": kind, **members}).encode()
    try:
        opened = open_file("resource", data[: len(data) - cut], Limits())
    except AppealwrightError:
        return
    for number in range(1, opened.count + 1):
        try:
            assert opened.read(number)
        except AppealwrightError:
            continue
