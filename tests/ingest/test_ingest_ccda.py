import base64
from collections.abc import Callable

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pipeline.errors import AppealwrightError
from pipeline.ingest import Limits, ReadResult
from pipeline.ingest._kind import open_file
from schemas.case import Category

Given = Callable[..., ReadResult]

HEADER = """
<id extension="D1" root="1.2"/><code displayName="Progress note"/><title>Progress Note</title>
<effectiveTime value="20260329171504-0500"/>
<recordTarget><patientRole><id extension="MRN-4471" root="1.2.3"/>
 <patient><name use="L"><prefix>Ms.</prefix><given>Astrid</given><given qualifier="CL">Asta</given>
 <family>Lindqvist</family></name><administrativeGenderCode code="F" displayName="Female"/><birthTime value="19621105"/>
 </patient></patientRole></recordTarget>
<author><time value="20260329"/><assignedAuthor><assignedPerson><name><given>Imogen</given><family>Farrow</family>
 <suffix>MD</suffix></name></assignedPerson></assignedAuthor></author>
<custodian><assignedCustodian><representedCustodianOrganization><name>Harbor Glen Orthopedics</name>
 </representedCustodianOrganization></assignedCustodian></custodian>
<componentOf><encompassingEncounter><effectiveTime><low value="20260327"/><high value="20260329"/></effectiveTime>
 </encompassingEncounter></componentOf>"""
HEADER_TEXT = """Progress Note
Patient: Ms. Astrid Lindqvist
Date of Birth: 11/05/1962
Sex: Female
Patient ID: MRN-4471
Document Date: 03/29/2026 17:15
Encounter Date: 03/27/2026 - 03/29/2026
Author: Imogen Farrow MD, 03/29/2026
Custodian: Harbor Glen Orthopedics
"""


def _document(body: str, header: str = HEADER, before: str = "") -> bytes:
    root = f'<ClinicalDocument xmlns="urn:hl7-org:v3">{header}{body}</ClinicalDocument>'
    return f'<?xml version="1.0"?>{before}{root}'.encode()


def _sections(*sections: str) -> str:
    parts = "".join(f"<component><section>{section}</section></component>" for section in sections)
    return f"<component><structuredBody>{parts}</structuredBody></component>"


def _other(content: str, attributes: str = 'mediaType="text/plain" representation="B64"') -> str:
    return f"<component><nonXMLBody><text {attributes}>{content}</text></nonXMLBody></component>"


def _texts(result: ReadResult) -> list[str]:
    assert result.document is not None
    return [page.text for page in result.document.pages]


def test_the_header_is_read_in_words_and_each_section_with_its_title(read_bytes: Given) -> None:
    body = _sections("<title>SUBJECTIVE</title><text>Knee pain<br/>for 8 weeks.</text>")
    assert _texts(read_bytes(_document(body))) == [HEADER_TEXT + "\nSUBJECTIVE\nKnee pain\nfor 8 weeks.\n"]


def test_narratives_have_tables_lists_captions_and_footnotes(read_bytes: Given) -> None:
    table = "<table><caption>Labs</caption><thead><tr><th>Test</th><th>Value</th></tr></thead><tbody><tr><td>HbA1c</td>"
    table += "<td><content styleCode='Bold'>6.8</content> %</td></tr></tbody></table>"
    lists = "<list listType='ordered'><item>rest</item><item>ice</item></list><list><item>brace</item></list>"
    text = (
        f"<title>PLAN</title><text><paragraph>10<sup>2</sup><footnote>late</footnote></paragraph>{lists}{table}</text>"
    )
    result = read_bytes(_document(_sections(text), ""))
    assert _texts(result) == [
        "PLAN\n\n10²[late]\n\n1. rest\n2. ice\n\n• brace\n\nLabs\n\nTest   Value\nHbA1c   6.8 %\n"
    ]
    assert result.document is not None
    page = result.document.pages[0]
    assert [page.text[a:b] for a, b in page.tables[0].rows[1]] == ["HbA1c", "6.8 %"]


def test_what_was_deleted_from_a_narrative_is_kept_apart(read_bytes: Given) -> None:
    body = _sections("<title>PT</title><text><content revised='delete'>12</content><content>10 weeks</content></text>")
    result = read_bytes(_document(body, ""))
    assert _texts(result) == ["PT\n10 weeks\n"]
    assert [warning.code for warning in result.warnings] == ["struck_text"]


def test_sections_within_sections_are_read_and_those_with_codes_only_are_said(read_bytes: Given) -> None:
    inner = "<component><section><title>Inner</title><text>inside</text></section></component>"
    coded = "<code displayName='Results'/><entry><observation/></entry>"
    silent = "<title>Allergies</title><text>None known to us</text>"
    body = _sections(f"<title>Outer</title><text>outside</text>{inner}", coded, silent).replace(
        "<section><title>Allergies", "<section nullFlavor='NI'><title>Allergies"
    )
    result = read_bytes(_document(body, ""))
    assert _texts(result) == ["Outer\noutside\n\nInner\ninside\n\nResults\n\nAllergies\nNone known to us\n"]
    assert [(warning.code, [span.quote for span in warning.spans]) for warning in result.warnings] == [
        ("coded_only", ["Results"]),
        ("no_information", ["Allergies"]),
    ]


def test_a_body_of_another_kind_is_opened_after_the_header(read_bytes: Given, scan_file: bytes) -> None:
    note = base64.encodebytes(b"Knee pain.\fPage two.").decode()
    assert _texts(read_bytes(_document(_other(note)))) == [HEADER_TEXT, "Knee pain.\n", "Page two.\n"]
    assert _texts(read_bytes(_document(_other("Plain words", "mediaType='text/plain'"), ""))) == ["Plain words\n"]
    picture = read_bytes(_document(_other(base64.b64encode(scan_file).decode())))
    assert "Member ID: W123456789" in _texts(picture)[1]


@pytest.mark.parametrize(
    ("body", "category"),
    [
        (_other("not base 64!"), Category.UNREADABLE),
        (_other("QUJ"), Category.UNREADABLE),
        (_other(""), Category.EMPTY),
        (_other("<reference value='note.pdf'/>"), Category.UNSUPPORTED),
        (_other(base64.b64encode(bytes(range(256))).decode()), Category.UNSUPPORTED),
        (_other("AAAA", "representation='B64' compression='DF'"), Category.UNSUPPORTED),
    ],
)
def test_a_body_that_cannot_be_had_is_a_failure_beside_the_header(
    body: str, category: Category, read_bytes: Given
) -> None:
    result = read_bytes(_document(body))
    assert _texts(result) == [HEADER_TEXT]
    assert [failure.category for failure in result.failures] == [category]


_LAUGHS = "<!DOCTYPE x [<!ENTITY a 'ha'>" + "".join(
    f"<!ENTITY {after} '{f'&{before};' * 10}'>" for before, after in zip("abcdefgh", "bcdefghi", strict=True)
)


@pytest.mark.parametrize(
    ("data", "category"),
    [
        (_document(_sections("<text>&i;</text>"), before=f"{_LAUGHS}]>"), Category.TOO_LARGE),
        (_document(_sections("<text a='&i;'>x</text>"), before=f"{_LAUGHS}]>"), Category.TOO_LARGE),
        (
            _document(_sections("<text>&x;</text>"), before="<!DOCTYPE x [<!ENTITY x SYSTEM 'file:///etc/passwd'>]>"),
            Category.UNSUPPORTED,
        ),
        (
            _document(_sections("<text>x</text>"), before="<!DOCTYPE x SYSTEM 'http://127.0.0.1/x.dtd'>"),
            Category.UNSUPPORTED,
        ),
        (_document(_sections("<title>x</title>"))[:-30], Category.UNREADABLE),
        (_document(""), Category.EMPTY),
        (_document(_sections(f"<text>{'<content>' * 200}x{'</content>' * 200}</text>")), Category.TOO_LARGE),
        (_document(_sections(f"<text>{'<content>' * 9000}x{'</content>' * 9000}</text>")), Category.TOO_LARGE),
        (b"<?xml version='1.0' encoding='none-such'?><ClinicalDocument xmlns='urn:hl7-org:v3'/>", Category.UNREADABLE),
        (b"<?xml version='1.0'?><ClinicalDocument/>", Category.EMPTY),
    ],
    ids=[
        "laughs",
        "laughs of an attribute",
        "a file",
        "a network",
        "cut",
        "no body",
        "deep",
        "deeper",
        "charset",
        "name",
    ],
)
def test_a_hostile_or_damaged_document_is_refused(data: bytes, category: Category, read_bytes: Given) -> None:
    result = read_bytes(data)
    assert result.document is None
    assert [failure.category for failure in result.failures] == [category]


def test_documents_within_documents_end_somewhere(read_bytes: Given) -> None:
    data = b"Knee pain."
    for _ in range(6):
        data = _document(_other(base64.b64encode(data).decode()), "<title>Outer</title>")
    result = read_bytes(data)
    assert _texts(result) == ["Outer\n"] * 4
    assert [failure.category for failure in result.failures] == [Category.TOO_LARGE]


_WHOLE = _document(_sections("<title>A</title><text><table><tr><td>1</td></tr></table></text>", "<entry/>"))


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.integers(0, len(_WHOLE)), st.integers(0, 30), st.binary(max_size=20) | st.sampled_from([b"&x;", b"<", b"\xff"])
)
def test_any_document_is_read_or_refused(at: int, cut: int, change: bytes) -> None:
    try:
        opened = open_file("note", _WHOLE[:at] + change + _WHOLE[at + cut :], Limits())
        assert [opened.read(number) for number in range(1, opened.count + 1)]
    except AppealwrightError:
        return
