"""What was denied: the service, its codes, days and amount, by label, by the lines of a table, or in prose."""

import re
from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal
from itertools import chain, pairwise

from pipeline import notation
from pipeline.extract.letter.claim_lines import REMITTANCE_CODE, ClaimLine, approved_codes, claim_lines, denied_lines
from pipeline.extract.letter.compact import compact_days, with_range
from pipeline.extract.letter.labels import Labelled, field_of
from pipeline.extract.letter.labels import labelled as labelled_in
from pipeline.extract.letter.letter import ONE_OF_SERVICES, Paragraph
from pipeline.extract.letter.prose import stated
from pipeline.extract.letter.service_names import CODE_HEAD, LONGEST_SERVICE, OPEN, named_service, service_words
from pipeline.extract.lines import Stretch, sentences
from pipeline.folding import on_one_line
from schemas.proposal import ProposedValue


def services(letter: Sequence[Paragraph], found: dict[str, list[Labelled]]) -> Iterator[ProposedValue]:
    """Service, codes, days of service and denied amount; of a table, the lines denied alone."""
    lines = claim_lines(letter)
    denied = denied_lines(lines)
    yield from _service(letter, found, denied)
    yield from _days(letter, found, denied)
    yield from _amount(letter, found, denied)
    granted = approved_codes(lines)
    coded = any(line.codes for line in denied)
    told = any(line.denial_codes for line in denied)  # then the codes of the notes and the other lines are not its own
    yield from _of_lines(denied)
    for value in _codes(letter, found, in_prose=not coded):
        if value.value not in granted and not (told and value.field == "reason_codes"):
            yield value


def _of_lines(denied: Iterable[ClaimLine]) -> Iterator[ProposedValue]:
    for line in denied:
        for field, places in (("procedure_codes", line.codes), ("reason_codes", line.denial_codes)):
            for place in places:
                yield ProposedValue(field=field, value=place.text, quotes=(place.quote(line.whole),))


def _days(
    letter: Sequence[Paragraph], found: dict[str, list[Labelled]], denied: Sequence[ClaimLine]
) -> Iterator[ProposedValue]:
    """The days of the lines denied, else those beside a label, which may be of the whole claim, else in prose."""
    for line in denied:
        for iso, place in line.dates:
            yield ProposedValue(field="service_dates", value=iso, quotes=(place.quote(line.lines[0]),))
    if any(line.dates for line in denied):
        return
    places: list[tuple[Stretch, Stretch]] = [(one.value, one.context) for one in found.get("service_dates", ())]
    if not any(notation.days(value.text) or compact_days(value.text) for value, _ in places):
        places = [(place, paragraph) for paragraph, place in list(stated("service_dates", letter))[:1]]
    for value, context in places:
        for day in (*with_range(value.text, notation.days(value.text)), *compact_days(value.text)):
            quote = value.part(day.start, day.end).quote(context)
            yield ProposedValue(field="service_dates", value=day.value.isoformat(), quotes=(quote,))


def _amount(
    letter: Sequence[Paragraph], found: dict[str, list[Labelled]], denied: Sequence[ClaimLine]
) -> Iterator[ProposedValue]:
    """What the lines denied come to: the one line's amount, or the total where the letter states that very sum.

    Without a table: beside its label, else in prose.
    """
    places = [line.denied_amount for line in denied]
    if len(places) == 1 and places[0] is not None:
        yield _money(places[0], denied[0].lines[0])
    elif places and all(places):
        total = sum((_decimal(place) for place in places if place), Decimal(0))
        yield from _total(letter, total)
    elif not places:
        stated_amounts = [
            _money(one.value.part(amount.start, amount.end), one.context)
            for one in found.get("denied_amount", ())
            for amount in notation.amounts(one.value.text)[:1]
        ]
        yield from stated_amounts or list(_amounts_in_prose(letter))[:1]


def _amounts_in_prose(letter: Sequence[Paragraph]) -> Iterator[ProposedValue]:
    for paragraph, place in stated("denied_amount", letter):
        for amount in notation.amounts(place.text)[:1]:
            yield _money(place.part(amount.start, amount.end), paragraph)


def _total(letter: Sequence[Paragraph], total: Decimal) -> Iterator[ProposedValue]:
    for paragraph in letter:
        for line in paragraph.lines:
            for amount in notation.amounts(line.text):
                if amount.value == total:
                    yield _money(line.part(amount.start, amount.end), line)
                    return


def _decimal(place: Stretch) -> Decimal:
    return Decimal(re.sub(r"[^\d.]", "", place.text))


def _money(place: Stretch, context: Stretch) -> ProposedValue:
    return ProposedValue(field="denied_amount", value=str(_decimal(place)), quotes=(place.quote(context),))


def _service(
    letter: Sequence[Paragraph], found: dict[str, list[Labelled]], denied: Sequence[ClaimLine]
) -> Iterator[ProposedValue]:
    """The denied service without its codes; "the requested service" names none."""
    several = len({_plain(line.service[0]) for line in denied if line.service}) > 1
    candidates = list(_whole_service(letter, found)) if several else []
    if candidates:
        yield candidates[0]
        return
    for line in sorted(denied, key=_by_amount):
        if line.service and (last := named_service(line.service[-1])) is not None:
            parts = [*line.service[:-1], last]
            text = " ".join(on_one_line(part.text) for part in parts)
            yield ProposedValue(field="service", value=text, quotes=tuple(part.quote(line.whole) for part in parts))
            return
    yield from _whole_service(letter, found)


def _by_amount(line: ClaimLine) -> Decimal:
    """Of several lines denied the dearest makes the case: others only came with it."""
    return -_decimal(line.denied_amount) if line.denied_amount else Decimal(0)


def _whole_service(letter: Sequence[Paragraph], found: dict[str, list[Labelled]]) -> Iterator[ProposedValue]:
    """The service as the letter names it outside a table."""
    # "DENIED." beside "What we decided:" is a sentence, and no label of what follows
    labels = [one for one in found.get("service", ()) if not re.search(r"(?<!No)\.\s*$", one.label)]
    labelled = [(one.value, one.context) for one in labels]
    labelled += [
        (next(sentences(p.body)), p)
        for head, p in pairwise(letter)
        if head.text == head.heading == p.heading
        and field_of(p.heading.strip("*#=- ")) == "service"
        and len(p.text) < LONGEST_SERVICE
        and not any(p.text.startswith(one.label) for one in labelled_in(p.lines[:1]))
    ]
    named = (
        (place, one.context)
        for one in chain(found.get("patient_name", ()), found.get("other", ()))
        if (place := _subject(one)) is not None
    )
    coded = [(one.value, one.context) for one in found.get("procedure_codes", ()) if CODE_HEAD.match(one.value.text)]
    for value, context in chain(labelled, _refused_of_several(letter), _after_lead(letter), named, coded):
        if (place := named_service(_carried(value))) is not None:
            yield ProposedValue(field="service", value=on_one_line(place.text), quotes=(place.quote(context),))
            return
    yield from _in_prose(letter)


_NEXT = re.compile(r"[ \t]*\n[ \t]*(?P<rest>[^\s:](?:[^\n:]){2,100})(?=\n|$)")


def _carried(value: Stretch) -> Stretch:
    """A value that ends open, with the line below: "closure of the appendage with" / "endocardial implant"."""
    below = _NEXT.match(value.page.text, value.end)
    if below is None or re.search(r"\s{3,}", below["rest"]):
        return value
    goes_on = OPEN.search(value.text) or (below["rest"][0].islower() and value.text[-1] not in ".;:")
    return Stretch(value.page, value.start, below.end("rest")) if goes_on else value


_PARTS = re.compile(r",\s+including\s[^.,;:]{3,100}(?=[.,;])")


def _with_parts(place: Stretch) -> Stretch:
    """A service with the parts that are told of it: "rehabilitation visits, including physical therapy for gait"."""
    parts = _PARTS.match(place.page.text, place.end)
    whole = Stretch(place.page, place.start, parts.end()) if parts else place
    return whole if len(whole.text) <= LONGEST_SERVICE else place


def _in_prose(letter: Sequence[Paragraph]) -> Iterator[ProposedValue]:
    """The first that prose names, by the fullest of its names: "the MRI" is the "MRI of the cervical spine" above."""
    names = [
        (place, paragraph)
        for paragraph, value in stated("service", letter)
        if (place := named_service(value)) is not None and not service_words("not_service").search(place.text)
    ]
    if not names:
        return
    first = _plain(names[0][0])
    place, paragraph = max(
        (name for name in names if _plain(name[0]).startswith(first)), key=lambda n: len(_plain(n[0]))
    )
    place = _to_last_code(_with_parts(place))
    yield ProposedValue(field="service", value=on_one_line(place.text), quotes=(place.quote(paragraph),))


_BRACKETED_CODE = re.compile(r"\s*\((?:\d{4}[\dFTUM]|[A-V]\d{4})\)")


def _to_last_code(place: Stretch) -> Stretch:
    """Of several services each with its code, the last one's too."""
    last = _BRACKETED_CODE.match(place.page.text, place.end)
    return Stretch(place.page, place.start, last.end()) if last and _BRACKETED_CODE.search(place.text) else place


def _plain(place: Stretch) -> str:
    return " ".join(place.text.lower().split())


_NOTICE_OF = re.compile(
    r"\b(?:denial|request|authorization|approval|coverage|determination|decision|appeal)\s(?:for|of)\s"
    r"(?!(?:(?:your|the|a|an|prior|medical|benefits?)\s){0,3}(?:request|authorization|approval|coverage|claim|denial|appeal|"
    r"benefits?|payment)\b)",
    re.IGNORECASE,
)


def _subject(one: Labelled) -> Stretch | None:
    """What stands after "RE:", where it is neither a person nor the notice itself, or what the notice is of."""
    if not re.match(r"(?:RE|REGARDING|SUBJECT|ABOUT|CONCERNING|IN REGARD TO)\b(?! \w)", one.label, re.IGNORECASE):
        return None
    text = one.value.text
    named = re.fullmatch(r"(?:[A-Z][\w'\u2019-]*+[,.]?\s?){2,4}", text)
    if (notice := _NOTICE_OF.search(text)) is not None:
        place = one.value.part(notice.end(), len(text))
        return None if service_words("not_service").search(place.text) else place
    about_itself = re.search(
        r"notice|denial|appeal|determination|claim|request|member|#|\d{6}|DOB|\bID\b|prior approval",
        text,
        re.IGNORECASE,
    )
    return None if about_itself or named else one.value


def _refused_of_several(letter: Sequence[Paragraph]) -> Iterator[tuple[Stretch, Stretch]]:
    """What stands below a head such as "Service 2 of 2: not approved"."""
    for head, below in pairwise(letter):
        refused = head.text == head.heading and ONE_OF_SERVICES.match(head.text) and _REFUSED.search(head.text)
        if refused and not below.in_rights:
            yield below.part(0, len(re.split(r"\s\u00b7\s", below.text, maxsplit=1)[0])), below


def _after_lead(letter: Sequence[Paragraph]) -> Iterator[tuple[Stretch, Stretch]]:
    """What follows words such as "we denied the services listed below:", on the line or below it."""
    leads = service_words("lead")
    for lead, following in pairwise(letter):
        if lead.in_rights:
            continue
        for line, below in pairwise(lead.lines):
            if (
                line.text.endswith(":")
                and len(below.cells) == 1
                and leads.search(lead.part(0, line.end - lead.start).text)
            ):
                yield below, lead
        if leads.search(lead.text.rstrip()) and len(following.lines[0].cells) == 1:
            yield _to_label(following), following
        elif (match := service_words("lead_in").search(lead.text)) is not None:
            yield next(sentences(lead.part(match.end(), len(lead.text)))), lead


_ENDS_CODED = re.compile(r"\w\s\((?:\d{4}[\dFTUM]|[A-V]\d{4})(?:-[A-Z0-9]{2})?\)$")


def _to_label(paragraph: Paragraph) -> Stretch:
    """What a paragraph says before its first line that begins with a label: "Requested by:"."""
    below = [one.line.start for one in labelled_in(paragraph.lines[1:]) if one.line.text.startswith(one.label)]
    below += [line.end for line in paragraph.lines[:-1] if _ENDS_CODED.search(line.text)]
    whole = paragraph.body
    return whole.part(0, min(below, default=whole.end) - whole.start)


_ONE_CODE = r"(?:\d{4}[\dFTUM]|[A-EGHJ-MP-V]\d{4})"
_CODE_CUE = re.compile(
    r"(?:(?:request|authorization|approval|coverage)\s+(?:for|of)|CPT|HCPCS|procedure\s+codes?|service\s+codes?|billing\s+codes?|codes?|procedure|"
    r"\d\s+units?\s+of)\W{0,3}(?:(?:\d{4}[\dFTUM]|[A-V]\d{4})\W{1,6}(?:and\W{1,3})?){0,6}$",
    re.IGNORECASE,
)
_DIAGNOSIS_CUE = re.compile(r"diagnos|ICD|\bDx\b|condition", re.IGNORECASE)
_PAYER_CODE = re.compile(
    r"[A-Z]\d{1,2}(?::\d{1,3}(?::[A-Z0-9]{2,3})?)(?![\w:-])|[A-Z]{1,4}-?\d{1,4}[A-Z]?(?![\w-])|\d{1,3}(?![\w%])"
)


def _codes(letter: Sequence[Paragraph], found: dict[str, list[Labelled]], *, in_prose: bool) -> Iterator[ProposedValue]:
    """Codes beside their labels, with the service, and in prose beside a word that says what they are.

    Those of procedures in prose only where no line of a table has its own: what is said beside it is of other services.
    """
    named = [one for one in found.get("service", ()) if not service_words("no_service").search(one.value.text)]
    for one in chain(found.get("procedure_codes", ()), named, _coded_subjects(found)):
        yield from _each("procedure_codes", one.value, notation.procedure_codes(one.value.text), one.context)
    for one in chain(found.get("diagnosis_codes", ()), named):
        yield from _each("diagnosis_codes", one.value, _diagnoses(one.value.text), one.context)
    for one in found.get("reason_codes", ()):
        codes = [_bare(m) for m in REMITTANCE_CODE.finditer(one.value.text)]
        match = _PAYER_CODE.match(one.value.text)
        codes = codes or ([notation.Found(*match.span(), match[0])] if match else [])
        yield from _each("reason_codes", one.value, codes, one.context)
    for paragraph in letter:
        if not paragraph.in_rights:
            found_there = _codes_in_prose(paragraph)
            yield from (value for value in found_there if in_prose or value.field != "procedure_codes")


_AFTER_NAME = re.compile(r"[a-z)],?\s(?:\(|CPT\s|HCPCS\s)?(?:\d{4}[\dFTUM]|[A-V]\d{4})\)?$")


def _coded_subjects(found: dict[str, list[Labelled]]) -> Iterator[Labelled]:
    """What "RE:" names with a code behind it: "RE: Right total knee arthroplasty, 27447"."""
    for one in chain(found.get("patient_name", ()), found.get("other", ())):
        subject = _subject(one)
        if subject is not None and _AFTER_NAME.search(subject.text) and named_service(subject) is not None:
            yield one


_VERTEBRA = re.compile(r"T1[0-2]")  # no such code: the three lowest of the chest


def _diagnoses(text: str) -> list[notation.Found[str]]:
    """Words shaped like diagnosis codes, but for vertebrae: "compression fracture T12"."""
    return [code for code in notation.diagnosis_codes(text) if not _VERTEBRA.fullmatch(code.value)]


def _codes_in_prose(paragraph: Paragraph) -> Iterator[ProposedValue]:
    text = paragraph.text
    procedures = [
        code
        for code in notation.procedure_codes(text)
        if (
            _CODE_CUE.search(text[max(0, code.start - 60) : code.start])
            or _in_brackets(text, code)
            or _follows_service(text, code)
            or _told_in_brackets(text, code)
        )
        and not _is_granted(paragraph, code)
    ]
    yield from _each("procedure_codes", paragraph, procedures, paragraph)
    diagnoses = [code for code in _diagnoses(text) if "." in code.value or _DIAGNOSIS_CUE.search(text[: code.start])]
    yield from _each("diagnosis_codes", paragraph, diagnoses, paragraph)
    if paragraph.is_table:
        return  # the codes of a table are those of its lines
    grouped = [m for m in REMITTANCE_CODE.finditer(text) if re.match(r"(?:CO|PR|OA|PI|CR)[ -]|CARC|RARC", m[0])]
    plain = [m for m in REMITTANCE_CODE.finditer(text) if m not in grouped and grouped and _beside(text, m, grouped)]
    codes = sorted([*grouped, *plain], key=lambda match: match.start())
    yield from _each("reason_codes", paragraph, [_bare(m) for m in codes], paragraph)


def _bare(match: re.Match[str]) -> notation.Found[str]:
    """A code without the name of its list: "CARC 50" is 50."""
    named = re.match(r"(?:CARC|RARC)[ #:]+", match[0])
    start = match.start() + (named.end() if named else 0)
    return notation.Found(start, match.end(), match.string[start : match.end()])


_GRANTED = re.compile(
    r"\b(?:is|are|was|were|been|we|have|has|can be|\d of \d)\W{1,4}(?:approved|authorized|certified|allowed)\b"
    r"|\binstead\b",
    re.IGNORECASE,
)
_IS_GRANTED = re.compile(
    r"\)?\s(?:is|are|was|were|has been|have been)\s(?:approved|authorized|certified)\b", re.IGNORECASE
)
_OTHERWISE = re.compile(  # what could be had in its place, or was not in question
    r"\b(?:could|may|might|can|would) be (?:considered|approved|covered|authorized)\b"
    r"|\b(?:stays?|remains?|continues?) (?:at|as|the same|approved|covered|unchanged)\b",
    re.IGNORECASE,
)
_REFUSED = re.compile(
    r"\b(?:not|cannot|can.t|unable|denied|deny\w*|no|when|if|non-?\w+|reduc\w+|partial\w*)\b", re.IGNORECASE
)


def _is_granted(paragraph: Paragraph, code: notation.Found[str]) -> bool:
    """Whether the sentence of a code approves what it names."""
    at = paragraph.start + code.start
    sentence = next((s.text for s in sentences(paragraph) if s.start <= at < s.end), "")
    if _OTHERWISE.search(sentence) or _IS_GRANTED.match(paragraph.text, code.end):
        return True
    said = (sentence, paragraph.heading if ONE_OF_SERVICES.match(paragraph.heading) else "")
    return any(_GRANTED.search(s) and not _REFUSED.search(s) for s in said)


def _beside(text: str, match: re.Match[str], grouped: Sequence[re.Match[str]]) -> bool:
    """Whether a remark code follows an adjustment code: "CO-50 and N115"."""
    if re.search(r"\b(?:remark|reason|adjustment|message)s? codes?\W{1,3}$", text[: match.start()], re.IGNORECASE):
        return True
    return any(re.fullmatch(r"\W{1,3}(?:and\W{1,2}|with\W{1,2})?", text[g.end() : match.start()]) for g in grouped)


def _in_brackets(text: str, code: notation.Found[str]) -> bool:
    """Whether a code stands in brackets after the name of a service, alone or with its modifier or its like."""
    before = re.search(
        rf"[A-Za-z0-9]\s*\((?:{_ONE_CODE}[,;/ ]{{1,2}}(?:and )?)*$", text[max(0, code.start - 40) : code.start]
    )
    after = re.match(
        rf"(?:-[A-Z0-9]{{2}}| [A-Z]{{2}}\b)?(?:[,;/ ]{{1,2}}(?:and )?{_ONE_CODE})*(?: x \d{{1,3}})?\)", text[code.end :]
    )
    return before is not None and after is not None


_TOLD = re.compile(  # "(receiver E2103 and supply allowance A4239)": small words and codes
    r"[a-z]\s*\((?:(?:and|with|or|plus|codes?)\s|[a-z-]{3,20}\s|[A-V]\d{4},?\s){1,12}$"
)


def _told_in_brackets(text: str, code: notation.Found[str]) -> bool:
    """Whether a code of a letter and four figures stands in brackets with small words that say what it is of."""
    before = _TOLD.search(text[max(0, code.start - 120) : code.start])
    after = re.match(
        r"(?:[,;]?\s(?:[a-z-]{3,20}\s|[A-V]\d{4}[,\s]{0,2}){0,8})?(?:[A-V]\d{4})?\)", text[code.end : code.end + 120]
    )
    return code.value[0].isalpha() and before is not None and after is not None


_REFUSES = re.compile(r"\b(?:approve|authorize|certify|cover|pay\sfor|den(?:y|ied|ying))\s$", re.IGNORECASE)


def _follows_service(text: str, code: notation.Found[str]) -> bool:
    """Whether a code of a letter and four figures ends what a comma parts: "8 hours a day, T1019"; or is refused."""
    if code.value[0].isalpha() and _REFUSES.search(text[max(0, code.start - 40) : code.start]):
        return True
    return (
        code.value[0].isalpha()
        and re.search(r"(?<![A-V]\d{3})[a-z0-9)][,:]\s$", text[max(0, code.start - 9) : code.start]) is not None
        and re.match(r"(?:[.,;)]?\s|[.,;)]?$)", text[code.end :]) is not None
    )


def _each(
    field: str, stretch: Stretch, codes: Iterable[notation.Found[str]], context: Stretch
) -> Iterator[ProposedValue]:
    for code in codes:
        modifier = notation.MODIFIER.match(stretch.text, code.end)
        place = stretch.part(code.start, modifier.end() if modifier else code.end)
        yield ProposedValue(field=field, value=code.value, quotes=(place.quote(context),))
