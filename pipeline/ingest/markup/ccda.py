"""C-CDA documents: the header in words, then each section's narrative; what is only coded is said and not read."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from pipeline.errors import AppealwrightError
from pipeline.ingest._flow import Seen, readings
from pipeline.ingest._joined import Joined, Opener, or_refused, unpacked
from pipeline.ingest._opened import Opened, Sections
from pipeline.ingest.markup.clinical import listed, shown_period, shown_time
from pipeline.ingest.markup.narrative import Narrative, check_depth
from pipeline.ingest.markup.xml import Element, parse
from pipeline.ingest.sources import Limits
from schemas.case import Category

ROOT: Final = "{urn:hl7-org:v3}ClinicalDocument"
_NS: Final = {"v": "urn:hl7-org:v3"}
_NAME_PARTS: Final = ("prefix", "given", "family", "suffix")
_SUPPLY: Final = "Supply the file that it refers to."


def open_ccda(place: str, data: bytes, limits: Limits, inner: Opener) -> Opened:
    """The document: one page of header and sections, or a header and the pages of the file inside, opened by `inner`.

    AppealwrightError where the XML is damaged or hostile, or there is no body.
    """
    root = parse(place, data)
    check_depth(root, place)
    narrative = Narrative(place)
    for i, line in enumerate(_header(root)):
        narrative.line(line, spaced=not i)
    body = root.find("v:component/v:nonXMLBody/v:text", _NS)
    if body is not None:
        header = Sections(place, readings(narrative.blocks))
        return Joined(
            place, (*((header,) if header.count else ()), or_refused(lambda: _inside(place, body, limits, inner)))
        )
    sections = root.findall("v:component/v:structuredBody/v:component/v:section", _NS)
    if not sections:
        raise AppealwrightError(Category.EMPTY, place, "the clinical document holds no sections")
    for section in sections:
        _read(section, narrative)
    return Sections(place, readings(narrative.blocks))


def _read(section: Element, narrative: Narrative) -> None:
    """Reads the section and those within it."""
    text = section.find("v:text", _NS)
    empty = text is None or not ("".join(text.itertext()).strip() or len(text))
    seen: frozenset[Seen] = frozenset()
    if section.get("nullFlavor"):
        seen = frozenset({Seen.NO_INFORMATION})
    elif empty and section.find("v:entry", _NS) is not None:
        seen = frozenset({Seen.CODED})
    title = _text(section, "v:title") or _value(section, "v:code", "displayName") or _value(section, "v:code", "code")
    narrative.line(title, spaced=True, seen=seen)
    if text is not None:
        narrative.read(text)
    for inside in section.iterfind("v:component/v:section", _NS):
        _read(inside, narrative)


def _inside(place: str, text: Element, limits: Limits, inner: Opener) -> Opened:
    """The body that is a file of another kind."""
    inside = f"{place}/body"
    content = "".join(text.itertext())
    reference = text.find("v:reference", _NS)
    if not content.strip() and reference is not None:
        message = "the clinical document's body is another file that it only refers to"
        raise AppealwrightError(Category.UNSUPPORTED, inside, message, _SUPPLY)
    if text.get("compression"):
        raise AppealwrightError(Category.UNSUPPORTED, inside, "the clinical document's body is compressed")
    if text.get("representation", "TXT") == "B64":
        return inner(inside, unpacked(inside, content), limits)
    return inner(inside, content.encode("utf-8"), limits)


def _header(root: Element) -> Iterator[str]:
    """What the header says, line by line."""
    yield _text(root, "v:title") or _value(root, "v:code", "displayName")
    for role in root.iterfind("v:recordTarget/v:patientRole", _NS):
        yield from _patient(role)
    yield from _labelled("Document Date", shown_time(_value(root, "v:effectiveTime")))
    yield from _labelled("Encounter Date", _when(root, "v:componentOf/v:encompassingEncounter"))
    for event in root.iterfind("v:documentationOf/v:serviceEvent", _NS):
        yield from _labelled("Service", listed((_value(event, "v:code", "displayName"), _when(event, "."))))
    for author in root.iterfind("v:author", _NS):
        who = author.find("v:assignedAuthor", _NS)
        yield from _labelled("Author", listed((_person(who), shown_time(_value(author, "v:time")))))
    custodian = root.find("v:custodian/v:assignedCustodian/v:representedCustodianOrganization", _NS)
    yield from _labelled("Custodian", "" if custodian is None else _text(custodian, "v:name"))
    for signer in (*root.iterfind("v:legalAuthenticator", _NS), *root.iterfind("v:authenticator", _NS)):
        who = signer.find("v:assignedEntity", _NS)
        yield from _labelled("Signed by", listed((_person(who), shown_time(_value(signer, "v:time")))))


def _patient(role: Element) -> Iterator[str]:
    yield from _labelled("Patient", _name(role.find("v:patient", _NS)))
    yield from _labelled("Date of Birth", shown_time(_value(role, "v:patient/v:birthTime")))
    sex = "v:patient/v:administrativeGenderCode"
    yield from _labelled("Sex", _value(role, sex, "displayName") or _value(role, sex, "code"))
    ids = (item.get("extension", "") for item in role.iterfind("v:id", _NS))
    yield from _labelled("Patient ID", listed(ids))


def _labelled(label: str, value: str) -> Iterator[str]:
    if value:
        yield f"{label}: {value}"


def _person(entity: Element) -> str:
    """The name of a person or a device, and of the organisation."""
    if entity is None:
        return ""
    device = listed((_text(entity, "v:assignedAuthoringDevice/v:softwareName"),))
    return listed(
        (_name(entity.find("v:assignedPerson", _NS)) or device, _text(entity, "v:representedOrganization/v:name"))
    )


def _name(person: Element) -> str:
    """The first name given: its parts without nicknames ("call me"), or its text."""
    name = None if person is None else person.find("v:name", _NS)
    if name is None:
        return ""
    parts = [(part.tag.rpartition("}")[2], part) for part in name if part.get("qualifier") != "CL"]
    in_order = ["".join(part.itertext()) for kind in _NAME_PARTS for tag, part in parts if tag == kind]
    return listed(in_order, " ") or listed(["".join(name.itertext())])


def _when(element: Element, path: str) -> str:
    found = element.find(f"{path}/v:effectiveTime", _NS)
    if found is None:
        return ""
    return shown_time(found.get("value", "")) or shown_period(_value(found, "v:low"), _value(found, "v:high"))


def _text(element: Element, path: str) -> str:
    found = element.find(path, _NS)
    return "" if found is None else " ".join("".join(found.itertext()).split())


def _value(element: Element, path: str, attribute: str = "value") -> str:
    found = element.find(path, _NS)
    return "" if found is None else str(found.get(attribute, ""))
