"""Who denied: the health plan, not the vendor on the letterhead that reviewed for it."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from itertools import pairwise

from pipeline.extract.letter.addresses import addresses
from pipeline.extract.letter.labels import boxed, field_of, labelled
from pipeline.extract.letter.letter import Paragraph
from pipeline.extract.lines import Line, Stretch
from pipeline.extract.tables import load
from pipeline.folding import on_one_line
from schemas.proposal import ProposedValue

_LETTERHEAD = 8  # lines
_SIGNATURE = 7  # lines
_LONGEST_NAME = 12  # words
_CLOSING = re.compile(
    r"(?:Sincerely|Respectfully|(?:Kind |Best |Warm )?regards|Yours|Very truly|Thank you|Cordially)\b", re.IGNORECASE
)
_BETWEEN_COMMAS = re.compile(r"[^,]+(?:,\s(?:Inc|LLC|Corp|Co)\b\.?)?", re.IGNORECASE)


def _any_of(words: Sequence[str], flags: re.RegexFlag = re.IGNORECASE) -> re.Pattern[str]:
    forms = (r"\s+".join(map(re.escape, name.split())) for name in sorted(words, key=len, reverse=True))
    return re.compile(rf"(?<!\w)(?:{'|'.join(forms)})(?!\w)", flags)


@cache
def _known() -> re.Pattern[str]:
    rows = load("letter/payers.yaml")["payers"]
    return _any_of([name for row in rows for name in (row["name"], *row["aliases"])], re.NOFLAG)


@cache
def _words(name: str) -> re.Pattern[str]:
    return _any_of(load("letter/payers.yaml")[name])


@cache
def _programmes() -> re.Pattern[str]:
    return re.compile("|".join(load("letter/payers.yaml")["programmes"]), re.IGNORECASE)


_BRACKET = r"(?:\s\((?:HMO|PPO|PDP|POS|EPO|PFFS|HMO[- ]POS|(?:HMO |PPO )?[CDI]-SNP|HMO SNP)\))?"
_TYPE = _BRACKET[:-1]
_FIRM = r"(?:,?\s(?:Inc|Corp|Co|Ltd|LLC|L\.L\.C)\b\.?)?"
_PART = r"(?:[A-Z0-9][\w&'\u2019-]*+(?:\.(?=\w))?|&|of|the|and|for)"
_NAME = rf"(?<![\w&'\u2019-])(?P<v>{_PART}(?:(?:[ ]|\n[ ]?){_PART}{_FIRM}){{0,8}}{_BRACKET})"
_ON_BEHALF = re.compile(
    r"\b(?:[Oo]n\s+[Bb]ehalf\s+[Oo]f:?|[Aa]cting\s+for:?|[Aa]s\s+agent\s+for|[Cc]laims\s+administrator\s+for|"
    r"[Aa]dministrator\s+(?:for|of)|[Aa]dministering\s+(?:[a-z]+\s){0,2}benefits\s+for|[Ss]ervices\s+for\s+members\s+of|"
    rf"[Ii]nsured\s+by|[Uu]nderwritten\s+by|[Bb]enefits?\s+(?:is|are)\s+paid\s+by|[Mm]ember\s+of(?!\s+the\s+Association)|"
    r"[Mm]essage\s+from|[Ff]or\s+(?:the\s+)?(?:members|participants|enrollees)\s+of|(?:[Dd]elegated?|[Dd]esignee)\s+(?:of|by|for)|"
    r"[Rr]eviewing\s+for:?|"
    r"(?:[Mm]anagement|[Rr]eview|[Aa]dministration)\s+for(?=(?:\s+the)?\s+[A-Z])|"
    r"(?:[Rr]eview(?:s|ing)?|[Dd]ecid(?:es|ing)|[Mm]anag(?:es|ing))"
    rf"\s+(?:[a-z]+\s){{1,4}}for|[Bb]enefits\s+for)(?: {{1,2}}|\n ?)"
    rf"(?:[Tt]he(?: |\n ?)|your\s+health\s+plan,\s+)?{_NAME}"
)
# a person's degree
_CREDENTIAL = re.compile(r",?\s(?:M\.?D|D\.?O|R\.?N|PharmD|Pharm\.D|RPh|Ph\.?D|DDS|DPM|PsyD|LCSW|NP|PA-C)\b")
_YOUR_PLAN = re.compile(
    rf"\b[Yy]our\s+(?:health|medical|drug|benefit)\s+plan,\s+{_NAME}"
    rf"|{_NAME.replace('<v>', '<w>')}\s+is\s+your\s+[\w ]{{0,20}}(?:plan|insurer)"
)
_OF_EMPLOYER = re.compile(
    rf"(?<![\w&'\u2019-])(?P<v>[A-Z][\w&'\u2019-]*+(?:\s(?:[A-Z][\w&'\u2019-]*+|\d+|&|of|and){_FIRM}){{0,9}}?\s"
    r"(?:Health|Medical|Benefits?|Welfare|Insurance|Trust)(?:\s(?:and|&)\s(?:Welfare|Benefits?|Medical))?\s"
    r"(?:Plan|Fund|Trust|Program|Cooperative)(?:\sFund)?\b)"
)
_WORKS_FOR = re.compile(
    r"\b(?:[Mm]anager|[Aa]gent|[Cc]ontractor|[Rr]eviewer|[Oo]rganization|[Vv]endor|[Pp]artner)[ ]for[ ](?:the[ ])?"
    + _OF_EMPLOYER.pattern
)
_FUNDED_BY = re.compile(
    rf"\b[Pp]lan\b[^.;]{{0,50}}?\b(?:funded|[Ss]elf-?\s?insured|sponsored|paid\s+for)\s(?:[a-z]+\s){{0,3}}?by\s+(?:the\s)?{_NAME}"
    rf"|\b(?:general|own)\s+(?:assets|funds)\s+of\s+(?:the\s)?{_NAME.replace('<v>', '<w>')}"
)
_SELF_FUNDED = re.compile(
    r"\bself[- ](?:funded|insured)|\badministrator\b|third[- ]party|administered by", re.IGNORECASE
)
_BEFORE_NAME = re.compile(
    r"\b(?:on behalf of|acting for|administrator (?:for|of)|benefits for)(?: the)?:?$", re.IGNORECASE
)
_BRACKETED = re.compile(rf"{_NAME[: -len(_BRACKET) - 1]}{_TYPE})")
_OF_A_PLAN = re.compile(r"\b(?:plan|group|employer|sponsor|coverage)\b(?! (?:number|no|#|id))", re.IGNORECASE)
_CAPITALS = re.compile(r"[A-Z][\w&'\u2019-]*(?:\s(?:[A-Z][\w&'\u2019-]*|&|of|the|and))*")
_LAST = 3  # paragraphs in which a mail is signed
_BESIDE = 3  # lines at whose right end a letterhead may stand
_PROSE = 60  # characters of a line of prose
_CONTRACTOR = re.compile(r"\b(?P<v>TRICARE)\b.{0,30}\bcontractor\b", re.IGNORECASE)
_ADMINISTERS = re.compile(r"\badminist", re.IGNORECASE)  # who works for the plan
_ASKED_TO = re.compile(rf"\basked\s+(?:the\s+)?{_NAME}\s+to\s+(?:approve|authorize|cover|pay|certify|allow)\b")
_COPYRIGHT = re.compile(
    rf"(?:\u00a9|\([Cc]\)|\b[Cc]opyright)\s+(?:\u00a9\s+)?(?:20\d\d(?:\s?[-\u2013]\s?20\d\d)?,?\s+)?(?:by\s+)?{_NAME}"
)
_COVERED = re.compile(
    r"\b(?:[Cc]overed|[Ee]nrolled|[Cc]overage\s+is\s+provided|[Bb]enefits\s+are\s+provided)\s+(?:under|by|in|through|with)\s+(?:the\s+)?"
    + _OF_EMPLOYER.pattern
)
_ASKED = re.compile(rf"\b(?:ask|appeals?\s+with)\s+{_NAME}")
_SUBJECT = re.compile(
    rf"(?:^|(?<=[.:]\s)|(?<=,\s)){_NAME}\s+(?:has\s+(?:completed|reviewed|determined|denied|decided|made|received)|"
    r"has\s+(?:delegated|contracted|hired|engaged)|(?:is|was)\s+unable|(?:will|does|did|could)\s+not|(?:reviewed|received|denied|administers|cannot|determined|covered|looked)\b)"
)


def payer(letter: Sequence[Paragraph]) -> ProposedValue | None:
    """The plan by label, by "on behalf of", by letterhead, by the subject of the decision, by any known name."""
    for found, named in _candidates(letter):
        name = _trimmed(found, named=named)
        if name is not None and not _words("vendors").match(name.text):
            name = _in_full(name, letter)
            return ProposedValue(field="payer", value=on_one_line(name.text), quotes=(name.quote(),))
    return None


_FOR = re.compile(
    r"(?:(?:acting |decided |administered |reviewed |prepared )?for|serving|on behalf of)\b:?\s+(?:the\s)?(?=[A-Z])"
)


def _served(cell: Stretch) -> Stretch | None:
    """The plan that a line of a letterhead says the sender acts for: "for Copper Basin Employee Benefit Trust"."""
    match = _FOR.match(cell.text)
    name = cell.part(match.end(), len(cell.text)) if match else None
    return name if name is not None and _is_plan_name(name) else None


def _in_full(name: Stretch, letter: Sequence[Paragraph]) -> Stretch:
    """The name as the letterhead gives it, where it only begins it: "Granite States" for "Granite States Health"."""
    begins = " ".join(name.text.lower().split()) + " "
    head = [line for paragraph in letter[:_LETTERHEAD] for line in paragraph.lines][:_LETTERHEAD]
    cells = [cell for line in head for cell in line.cells if cell.text.lower().startswith(begins)]
    longer = [whole for cell in cells if _is_plan_name(cell) and (whole := _trimmed(cell, named=False)) is not None]
    return longer[0] if longer and " " in name.text else name


def _candidates(letter: Sequence[Paragraph]) -> Iterator[tuple[Stretch, bool]]:
    """Places that may name the plan, best first; the flag tells those that cannot be anything else."""
    body = [paragraph for paragraph in letter if not paragraph.in_rights]
    payers = [one for paragraph in body for one in labelled(paragraph.lines) if one.field == "payer"]
    yield from ((one.value, True) for one in payers if not _ADMINISTERS.search(one.label))
    head = [line for paragraph in letter[:_LETTERHEAD] for line in paragraph.lines if not paragraph.in_rights]
    yield from ((line.part(*match.span("v")), True) for line in head if (match := _CONTRACTOR.search(line.text)))
    yield from ((cell, True) for paragraph in body for cell in _below_words(paragraph.lines, columns=True))
    yield from ((cell, True) for cell in _below_words(head[:_LETTERHEAD], columns=False))
    for words in (_ON_BEHALF, _YOUR_PLAN, _ASKED_TO, _WORKS_FOR):
        for paragraph in body:
            for match in words.finditer(paragraph.text):
                if not _CREDENTIAL.match(paragraph.text, match.end()):
                    place = paragraph.part(*match.span(match.lastgroup or "v"))
                    yield _one_column(paragraph, place), words is _ON_BEHALF
    halves = [(above.cells[0], below.cells[0]) for above, below in pairwise(head[:_LETTERHEAD])]
    rows = (pairwise(paragraph.lines) for paragraph in body)
    halves += [(a.cells[-1], b.cells[-1]) for pairs in rows for a, b in pairs if len(a.cells) > 1]
    yield from ((name, True) for name in _joined([*_broken(body), *halves], letter))
    head = [boxed(line) for line in head[:_LETTERHEAD]]
    cells = [_beside_logo(cell) for line in head for cell in line.cells[:1]]
    cells += [cell for line in head[:_BESIDE] for cell in line.cells[1:]]
    yield from ((name, True) for cell in cells if (name := _served(cell)) is not None)
    yield from ((name, True) for name in _funding(letter))
    names = [name for cell in cells for name in _beside_department(cell)]
    yield from ((name, False) for name in names if not _words("administrators").search(name.text))
    if any(_SELF_FUNDED.search(paragraph.text) for paragraph in letter):
        yield from ((p.part(*match.span("v")), False) for p in letter for match in _OF_EMPLOYER.finditer(p.text))
    yield from ((name, False) for name in names)
    yield from ((cell, False) for cell in _plans_of_labels(body))
    yield from ((name, False) for name in _signed(letter))
    for words in (_BRACKETED, _SUBJECT):
        yield from ((p.part(*match.span("v")), False) for p in body for match in words.finditer(p.text))
    yield from ((cell, True) for cell in cells[:1] if _recurs(cell, letter))
    yield from ((line, False) for p in body for line in p.lines if line.text.isupper() and _is_plan_name(line))
    yield from (
        (line, False) for p in letter[-_LAST:] for line in p.lines if len(line.cells) == 1 and _is_plan_name(line)
    )
    for words in (_BRACKETED, _ASKED, _SUBJECT):
        yield from (
            (p.part(*match.span("v")), False) for p in letter if p.in_rights for match in words.finditer(p.text)
        )
    yield from ((one.value, False) for one in payers if _ADMINISTERS.search(one.label))
    yield from ((name, False) for name in _sender(letter))
    yield from ((p.part(*match.span("v")), False) for p in letter for match in _COPYRIGHT.finditer(p.text))
    yield from ((p.part(*match.span("v")), False) for p in body for match in _COVERED.finditer(p.text))
    yield from ((name, False) for name in _appealed_to(letter))
    yield from ((place, False) for place in _most_named(letter))
    yield from ((p.part(*match.span()), True) for p in letter for match in _programmes().finditer(p.text))


def _funding(letter: Sequence[Paragraph]) -> Iterator[Stretch]:
    """The employer that the letter says funds the plan: by the plan's own name, where that begins with it."""
    named = [p.part(*match.span("v")) for p in letter for match in _OF_EMPLOYER.finditer(p.text)]
    for paragraph in letter:
        for match in _FUNDED_BY.finditer(paragraph.text):
            sponsor = paragraph.part(*match.span(match.lastgroup or "v"))
            words = sponsor.text.split()[:2]
            yield next((plan for plan in named if plan.text.split()[:2] == words), sponsor)


_FIRM_ENDS = re.compile(r"[^.]{3,60}?\b(?:Inc|Corp|Co|Ltd|LLC)\.(?=\s[A-Z])")
_DASH = re.compile(
    r"\s+(?:-{1,3}|[|/\u2013\u2014\u2022\u00b7:~]+)\s+|,\s+(?!(?:Inc|Corp|Co|Ltd|LLC|L\.L\.C)\b)", re.IGNORECASE
)


# "Sunrise Community Health Plan Utilization Management Department"
_OFFICE_OF_PLAN = re.compile(
    r"(?P<v>[A-Z][\w&'\u2019-]*(?: (?:[A-Z][\w&'\u2019-]*|&|of|and)){1,6}? "
    r"(?:Plan|Trust|Fund|Insurance(?: Company)?|HMO))"
    r" (?:(?:[A-Z][\w/-]*|and|&|of) ){0,5}"
    r"(?:Reviews?|Department|Unit|Management|Operations|Team|Office|Division|Services|Appeals|Determinations?)"
)


def _beside_department(cell: Stretch) -> list[Stretch]:
    """The plan that a cell of a letterhead names, alone or beside its department: "Granite Health -- Pharmacy"."""
    if _is_plan_name(cell):
        return [cell]
    if (own := _OFFICE_OF_PLAN.fullmatch(cell.text)) is not None and _is_plan_name(cell.part(*own.span("v"))):
        return [cell.part(*own.span("v"))]
    ends = [match.span() for match in _DASH.finditer(cell.text)]
    bounds = zip([0, *(end for _, end in ends)], [*(start for start, _ in ends), len(cell.text)], strict=True)
    return [part for a, b in bounds if ends and _is_plan_name(part := cell.part(a, b))]


_LOGO = re.compile(r"\[(?P<name>[^\]]{1,60}?)\s*\b(?:logo|letterhead|seal|crest|mark)?\]\s*", re.IGNORECASE)


def _beside_logo(cell: Stretch) -> Stretch:
    """What stands beside the place of a logo, else the name that the logo shows."""
    logo = _LOGO.match(cell.text)
    if logo is None:
        return cell
    return cell.part(logo.end(), len(cell.text)) if logo.end() < len(cell.text) else cell.part(*logo.span("name"))


def _broken(letter: Sequence[Paragraph]) -> Iterator[tuple[Stretch, Stretch]]:
    """The two halves of a plan's name in a drawn box, where a cell goes on in the next row."""
    rows = (boxed(line).cells for paragraph in letter for line in paragraph.lines)
    for above, below in pairwise(rows):
        for label, value, empty, rest in zip(above, above[1:], below, below[1:], strict=False):
            if not empty.text and rest.text and field_of(label.text) == "payer":
                yield value, rest


def _joined(halves: Iterable[tuple[Stretch, Stretch]], letter: Sequence[Paragraph]) -> Iterator[Stretch]:
    """Where the text writes in one a name that a letterhead, or a box, breaks over two lines."""
    for above, below in halves:
        words = f"{above.text} {below.text}".split()
        if len(words) > _LONGEST_NAME or not _words("plan_words").search(" ".join(words)):
            continue
        whole = re.compile(r"(?<!\w)" + r"\s+".join(map(re.escape, words)) + r"(?!\w)", re.IGNORECASE)
        for paragraph in letter:
            if (match := whole.search(paragraph.text)) is not None and match.start() + paragraph.start != above.start:
                yield paragraph.part(*match.span())


def _signed(letter: Sequence[Paragraph]) -> Iterator[Stretch]:
    """Plans that the signature names: the lines below "Sincerely"."""
    lines = [line for paragraph in letter for line in paragraph.lines]
    for at, line in enumerate(lines):
        if _CLOSING.match(line.text):
            for below in lines[at : at + _SIGNATURE]:
                parts = [below.part(*match.span()) for match in _BETWEEN_COMMAS.finditer(below.text)]
                yield from (name for part in parts if part.text for name in _beside_department(part))


_FROM = re.compile(r"From:\s+\"?(?P<v>[^<>\"@\n]{3,80}?)\"?\s*(?:<|$)")


def _sender(letter: Sequence[Paragraph]) -> Iterator[Stretch]:
    """The plan that a mail comes from, by its header."""
    for line in (line for paragraph in letter[:1] for line in paragraph.lines):
        if (sent := _FROM.match(line.text)) is not None:
            yield from _beside_department(line.part(*sent.span("v")))


def _appealed_to(letter: Sequence[Paragraph]) -> Iterator[Stretch]:
    """Plans that begin the address that appeals go to: "Bluestem Health, Member Appeals, 1900 Tallgrass Parkway"."""
    for place in addresses(letter):
        first = place.parts[0]
        lines = first.text.split("\n")
        name = first.part(0, len(lines[0].split(",")[0]))
        office = _words("appeal_departments").search(f"{place.lead} {place.text}")
        if office and name.text and _is_plan_name(name) and not _words("administrators").search(name.text):
            yield name


_ASIDE = re.compile(rf"\s[-\u2013]\s|(?!{_TYPE})\s\(")


def _plans_of_labels(body: Sequence[Paragraph]) -> Iterator[Stretch]:
    """Plans under labels that may name a product or an employer too."""
    for paragraph in body:
        for value in labelled(paragraph.lines):
            name = value.value.part(0, len(_ASIDE.split(value.value.text, maxsplit=1)[0]))
            if _OF_A_PLAN.search(value.label) and name.text and _is_plan_name(name):
                yield name


def _recurs(name: Stretch, letter: Sequence[Paragraph]) -> bool:
    """Whether the letterhead's first words, if they could name a plan, come back in the text."""
    words = name.text.split()
    if not 1 < len(words) < 8 or not _CAPITALS.fullmatch(name.text) or _words("reviewers").search(name.text):
        return False
    again = re.compile(r"\s+".join(map(re.escape, words[:2])), re.IGNORECASE)
    return sum(len(again.findall(paragraph.text)) for paragraph in letter) > 1


def _one_column(paragraph: Paragraph, name: Stretch) -> Stretch:
    """The name to the end of its line, where the lines are those of a block and not of prose."""
    line = next((line for line in paragraph.lines if line.start <= name.start < line.end), None)
    below = [other for other in paragraph.lines if line is not None and other.start > line.end][:1]
    before_label = any(one.line.text.startswith(one.label) for one in labelled(below))
    whole = line is not None and _ENDS_AS_PLAN.search(line.text) and name.page.text[line.end :].lstrip()[:1].isupper()
    if line is None or (len(line.text) > _PROSE and len(line.cells) == 1 and not before_label and not whole):
        return name
    return Stretch(name.page, name.start, min(name.end, line.end))


def _below_words(rows: Sequence[Line], *, columns: bool) -> Iterator[Stretch]:
    """The cell below one that ends in "administrator for the": in columns, or on the lines of a letterhead."""
    for line, following in pairwise(rows):
        for column, cell in enumerate(line.cells[: len(following.cells)]):
            if (len(line.cells) > 1) is columns and _BEFORE_NAME.search(cell.text):
                yield following.cells[column]


@cache
def _numbered() -> re.Pattern[str]:
    return re.compile(rf"{_words('numbered').pattern}(?:\s(?:No\.?|#))?\s*\d{{1,4}}\b", re.IGNORECASE)


_LOWER_WORD = re.compile(r"(?<![\w'\u2019-])(?!(?:of|the|and|for|in|at|de|del|la|y|an?|health\w*|plan)\b)[a-z]\w+")


def _is_known(text: str) -> bool:
    """Whether a text holds a known payer's name: one that is a word too must begin it."""
    return any(not match.start() or not _words("common_words").fullmatch(match[0]) for match in _known().finditer(text))


def _is_plan_name(cell: Stretch) -> bool:
    text = cell.text
    if not text or field_of(text) is not None:
        return False
    ends = text.rstrip()[-1] in ".?!" and not re.search(
        r"\b(?:Inc|Co|Corp|Ltd|L\.L\.C)\.$", text.rstrip(), re.IGNORECASE
    )
    bare = _numbered().sub("", text.split("(")[0])
    if len(text) > 90 or re.search(r"\d|:|@|www|\|", bare) or ends or _words("no_letterhead").match(text):
        return False
    if _is_known(text) or re.search(rf"\w{_TYPE}", text):
        return True
    return (
        " " in text
        and bool(_words("plan_words").search(text))
        and not _is_department(bare)
        and text[0].isupper()
        and not _LOWER_WORD.search(bare)
    )


_GENERIC = re.compile(  # "Employee Health Plan" names no one's
    r"(?:(?:employees?|group|company|corporate|health|medical|benefits?|welfare|care|insurance|self|funded|plan|fund|trust|program|"
    r"sponsor|the|and|&)(?:[ -]|$))+"
    r"|(?:commercial|medicare(?:\sadvantage)?|medicaid|individual|marketplace)(?:\s(?:and|&)\s\w+)?\s(?:health\s)?plans?",
    re.IGNORECASE,
)
_ENDS_AS_PLAN = re.compile(
    r"\s(?:health|medical|benefits?|welfare|insurance|care)\s(?:plan|fund|trust|program|company|cooperative)\s*$",
    re.IGNORECASE,
)


def _is_department(text: str) -> bool:
    """Whether words of a department stand in a name; those of people may, where it ends as a plan's name does."""
    rest = _words("membership_words").sub(" ", text) if _ENDS_AS_PLAN.search(text) else text
    return _words("department_words").search(rest) is not None


def _trimmed(found: Stretch, *, named: bool) -> Stretch | None:
    """The name without an article before it, or a remark in brackets, a product or a department after it."""
    text = found.text
    if (firm := _FIRM_ENDS.match(text)) and not _ENDS_AS_PLAN.search(text):  # "Otter Inc. Elm Creek": a sentence ended
        text = firm[0]
    bracket = re.match(rf"[^(]*?{_TYPE}", text)
    text = bracket[0] if bracket else text.split("(")[0]
    article = re.match(r"(?:the|of|and|for)\s+", text, re.IGNORECASE)
    start = article.end() if article else 0
    known = _known().match(text, start)
    if known is not None and (
        (after := _words("after_name").match(text, known.end() + 1)) is not None
        or (after := _DEPARTMENT.match(text, known.end())) is not None
        or (after := _PROSE_AFTER.match(text, known.end())) is not None
    ):
        text = text[: after.start()]
    elif bracket is None:
        text = re.split(r",\s(?!Inc|Corp|Co\b|Ltd|LLC|L\.L\.C)", text, flags=re.IGNORECASE)[0]
    text = re.sub(r"(?:\s+(?:of|the|and|for|on|at|by|is|in))+$", "", text.rstrip(" ,;"))
    if not re.search(r"\b(?:inc|corp|co|ltd)\.$", text, re.IGNORECASE):
        text = text.rstrip(".")
    name = found.part(start, len(text)) if start < len(text) else None
    if (
        name is None
        or not re.match(r"[A-Z0-9]\w", name.text)
        or re.match(r"(?:\d+ [A-Z]|we\b|our|your|this|it|i|dear|you)\b", name.text, re.IGNORECASE)
        or _GENERIC.fullmatch(" ".join(name.text.split()))
    ):
        return None
    shown = named or bracket or _known().search(name.text) or _words("plan_words").search(name.text)
    return name if shown or _words("vendors").search(name.text) else None


# A sentence that a name begins: "Cigna medical policy requires ...".
_PROSE_AFTER = re.compile(r"(?:\s[a-z][a-z-]*){3}")
# What follows a known name to the end and is one of its departments: "Behavioral Health Utilization Management".
_DEPARTMENT = re.compile(
    r"[ ](?!(?:\S+[ ]){0,7}(?:Plans?|Insurance|Company|Fund|Trust|Cooperative|Group)\b)"
    r"(?:(?:[A-Z][\w/-]*|and|&|of)[ ]){0,6}"
    r"(?:Reviews?|Department|Unit|Management|Operations|Team|Office|Division|Services|Appeals|Determinations?|Decisions"
    r"|Authorizations?)(?:[ ](?:Department|Unit|Team|Staff|Office|Center|Services))?\W*$",
    re.IGNORECASE,
)


def _most_named(letter: Sequence[Paragraph]) -> Iterator[Stretch]:
    places = [
        paragraph.part(*match.span())
        for paragraph in letter
        for match in _known().finditer(paragraph.text)
        if not _words("common_words").fullmatch(match[0])
    ]
    counts = Counter(" ".join(place.text.split()).lower() for place in places)
    yield from sorted(places, key=lambda place: -counts[" ".join(place.text.split()).lower()])
