"""A letter, or a policy, as its reader takes it in: headings, paragraphs, list items, and where the rights begin."""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cache, lru_cache

from pipeline.extract.criteria.itemized import follows
from pipeline.extract.letter.labels import table
from pipeline.extract.lines import COLUMN_GAP, Line, Stretch, paragraphs
from schemas.document import Document, MarkKind, Page


@dataclass(frozen=True, slots=True)
class Paragraph(Stretch):
    """Lines that belong together, under their heading. `item` is the mark of a list item ("1.", "(a)", a bullet).

    `indent` is how far right its first line begins, in fractions of the page width, where the page has boxes, and in
    characters otherwise. `in_rights` is true from the heading that opens the appeal rights on. `goes_on`: it carries
    on the last paragraph, past a page's end or what is none of the author's.
    """

    lines: tuple[Line, ...] = ()
    heading: str = ""
    item: str = ""
    indent: float = 0.0
    in_rights: bool = False
    goes_on: bool = False

    @property
    def is_table(self) -> bool:
        """Whether it is a table's rows and no prose: lines of three columns or more."""
        return sum(len(line.cells) > 2 for line in self.lines) > 1

    @property
    def body(self) -> Stretch:
        """The words without the item mark."""
        return self.part(len(self.item), len(self.text))


_ITEM = re.compile(
    r"(?:\d{1,2}\.[a-z]\.?(?:\(\d{1,2}\)|\d{1,2}\.?)?\s+|\(?(?:\d{1,2}|[a-zA-Z]|[ivx]{1,4}|[IVX]{1,4})[.)](?:(?=[ivxa-z][.)])|\s+)"
    r"|(?:[\u2022\u25cf\u25cb\u25aa\u25ab\u25a0\u25a1\u2023\u25ba\u25b8\u2192\u2610-\u2612\u2713\u2714\u2013\u2014*\u00b7o-]"
    r"|[\[(][ xX\u2713]?[\])]|\[(?:\d{1,2}|[a-wyz])\])\s+)"
)
# A number in parts ("2.1", "B1", "CD-5.2.1"): a mark where the next or the last of its kind begins a line too.
_IN_PARTS = re.compile(r"((?:[A-Z]{1,4}[-.]|[A-Z])?(?:\d{1,2}\.){0,3})(\d{1,2})[.)]?\s+(?=\S)")


def _mark(line: Stretch) -> str:
    """The mark of a list item that a line begins with, and the white space after it."""
    if item := _ITEM.match(line.text):
        return item[0]
    parts = _IN_PARTS.match(line.text)
    if parts is None or not parts[1]:
        return ""
    beside = "|".join(re.escape(f"{parts[1]}{int(parts[2]) + step}") for step in (-1, 1))
    if len(parts[1]) == 1:  # the only one under its letter: "B1" after "A2"
        beside += f"|{chr(ord(parts[1]) - 1)}\\d{{1,2}}"
    return parts[0] if re.search(rf"^\s*(?:{beside})[.)]?\s", line.page.text, re.MULTILINE) else ""


_SMALL_WORD = re.compile(
    r"a|an|and|as|at|by|for|from|if|in|is|of|on|or|the|this|to|was|we|with|your|you|not", re.IGNORECASE
)


@cache
def _furniture() -> tuple[re.Pattern[str], ...]:
    return tuple(re.compile(pattern) for pattern in table()["furniture"])


def is_furniture(line: Stretch) -> bool:
    """Whether a line is a fax stamp, a page number or a form footer: no part of what the letter says."""
    return any(pattern.search(line.text) for pattern in _furniture())


ONE_OF_SERVICES = re.compile(  # "Service 2 of 2: not approved"
    r"(?:Service|Item|Line|Request|Procedure|Drug)\s\d{1,2}\sof\s\d{1,2}\W+(?:\w+\s){0,2}\w+$", re.IGNORECASE
)


@lru_cache(maxsize=8)  # the pages at hand, and no more of their text
def _shouts(text: str) -> bool:
    """Whether a page is written in capitals throughout, so that they show no heading."""
    letters = [one for one in text if one.isalpha()]
    return sum(map(str.isupper, letters)) > _SHOUTED * len(letters)


_SHOUTED = 0.8


def is_heading(line: Line) -> bool:
    """Whether a line looks like a heading: short, capitalised, no sentence, no value of its own."""
    text = line.text.strip()
    if ONE_OF_SERVICES.match(text):
        return True
    if len(line.cells) > 1 or len(text) > 90 or text[-1] in ".,;" or _mark(line) or re.search(r":\s*\S", text):
        return False
    words = re.findall(r"[^\W\d_][\w'\u2019-]*", text)
    if not words or len(words) > 12 or re.search(r"\d{3}", text):
        return False
    if text.endswith("?") or (text.isupper() and not _shouts(line.page.text)):
        return True
    weighty = [word for word in words if not _SMALL_WORD.fullmatch(word)]
    return words[0][0].isupper() and bool(weighty) and all(word[0].isupper() for word in weighty)


_RIGHTS = re.compile(
    r"\b(?:appeal(?:s|ing)?|grievance|your rights?|right to|if you disagree|other options|peer[- ]to[- ]peer|"
    r"external review|fair hearing|reconsideration|redetermination)\b",
    re.IGNORECASE,
)
# A heading that goes back from the rights to the case.
_BODY = re.compile(
    r"^\W*(?:\d+\W+)?(?:why (?:was|were|did|we|is|are)|(?:our |the )?(?:decision|determination|findings|facts)$"
    r"|reasons? (?:for|of)|explanation of (?:the |our )?(?:decision|determination)|detailed explanation"
    r"|summary of (?:the )?facts"
    r"|clinical (?:rationale|reference|criteria|guideline)|criteria\b|guidelines?\b"
    r"|(?:the |which |what )?(?:rules?|polic(?:y|ies)) "
    r"|what (?:we|the plan|our policy|the policy) (?:used|looked at|compared|relied on|requires|needs)|what would meet"
    r"|your claims? |service details|case summary|claim detail"
    r"|(?:the |your |this )?(?:case|claim|request|decision|notice|denial|letter) (?:at a glance|in brief|facts)$"
    r"|(?:your|this) (?:case|request|denial) (?:details?|information)$)",
    re.IGNORECASE,
)
_RIGHTS_SENTENCE = re.compile(
    r"\b(?:have|has) (?:the|a) right to (?:an? )?(?:file |request )?(?:an? )?appeal"
    r"|\bif you (?:disagree|do not agree|don.t agree)\b"
    r"|\byou (?:or your [\w ]{1,40} )?(?:may|can) (?:file an? |request an? )?appeal\b",
    re.IGNORECASE,
)


def read_letter(document: Document) -> list[Paragraph]:
    """The paragraphs of a document in reading order, headings folded into what follows them."""
    found: list[Paragraph] = []
    heading, in_rights, greeted = "", False, False
    running = _running_lines(document)
    for page in document.pages:
        # the first page's head may be all that names the payer, and within it a header's words are its own
        aside = running & _last_rows(page) - _first_rows(page) if page.number == 1 else running
        for group in paragraphs(page):
            for piece, heads in _pieces([n for n in group if not _is_aside(n, aside)]):
                if heads:
                    heading = piece[0].text
                    in_rights = _opens_rights(heading) or (in_rights and not _BODY.search(heading))
                if not greeted and page.number == 1 and _GREETING.match(piece[0].text):
                    greeted, in_rights = True, False  # what opened the rights above was a letterhead
                    found = [replace(above, in_rights=False) for above in found]
                paragraph = _paragraph(piece, heading, in_rights)
                if found and _carries_on(found[-1], paragraph):
                    paragraph = replace(paragraph, goes_on=True)
                in_rights = in_rights or bool(_RIGHTS_SENTENCE.search(" ".join(paragraph.text.split())))
                found.append(paragraph)
    return found


_GREETING = re.compile(r"(?:Dear|Hello|Hi|Greetings|Good (?:morning|afternoon|day)|To whom)\b.{0,60}$", re.IGNORECASE)
_EDGE = 3  # lines of a page's head and foot


def _is_aside(line: Line, running: frozenset[str] | set[str]) -> bool:
    """Whether a line is no part of what the letter says: it runs on every page, or stands beside a page's number."""
    return is_furniture(line) or _bare(line.text) in running or (line.page.number > 1 and _is_numbered(line))


def _is_numbered(line: Line) -> bool:
    """Whether the page's number stands in a column beside a line: "NORTH HEALTH   C-55   page 2"."""
    numbers = [mark for mark in line.page.marks if mark.kind is MarkKind.PAGE_NUMBER]
    between = (
        line.page.text[min(line.end, mark.end) : max(line.start, mark.start)]
        for mark in numbers
        if mark.end is not None
    )
    return any(COLUMN_GAP in gap and not gap.strip(" ") for gap in between)


def _running_lines(document: Document) -> frozenset[str]:
    """Lines at the edges of several pages, their numbers aside, for those that reading has not marked."""
    seen = Counter[str]()
    for page in document.pages:
        rows = [bare for row in page.text.splitlines() if (bare := _bare(row))]
        seen.update({*rows[:_EDGE], *rows[-_EDGE:]})
    return frozenset(row for row, pages in seen.items() if pages > 1)


def _first_rows(page: Page) -> set[str]:
    return set([bare for row in page.text.splitlines() if (bare := _bare(row))][:_EDGE])


def _last_rows(page: Page) -> set[str]:
    return set([bare for row in page.text.splitlines() if (bare := _bare(row))][-_EDGE:])


def _bare(row: str) -> str:
    return re.sub(r"[\W\d_]+", " ", row).strip()


def _carries_on(before: Paragraph, following: Paragraph) -> bool:
    """Whether a sentence that did not end goes on, from one page to the next or around a stamp."""
    if before.page is following.page and not before.page.text[before.end : following.start].strip():
        return False
    return before.text[-1] not in ".?!:;" and not following.item and following.text[0].islower()


def _opens_rights(heading: str) -> bool:
    """A title or subject line that names the notice, or the decision on an appeal, opens no rights section."""
    names = re.search(
        r"\b(?:notice|denial|re)\b|\b(?:appeal|reconsideration) (?:decision|determination)$", heading, re.IGNORECASE
    )
    return bool(_RIGHTS.search(heading)) and names is None


def _pieces(group: Sequence[Line]) -> Iterator[tuple[list[Line], bool]]:
    """A group of lines cut at headings (which the flag tells), before list items, and where a paragraph just ends."""
    piece: list[Line] = []
    width = max((len(line.text) for line in group), default=0)
    for at, line in enumerate(group):
        alone = len(group) == 1
        following = group[at + 1 : at + 2]
        heading = is_heading(line) or _is_sentence_case_heading(line, following, alone=alone)
        begins = at == 0 or group[at - 1].text[-1] in ".!?"
        heading = heading or (begins and _is_short_heading(line, following))
        heading = heading and not (piece and _runs_on(piece[-1]))
        if piece and (heading or (_mark(line) and not _is_inline(line, piece)) or _ends_before(piece, line, width)):
            yield piece, False
            piece = []
        if heading:
            yield [line], True
        else:
            piece.append(line)
    if piece:
        yield piece, False


def _is_inline(line: Line, piece: Sequence[Line]) -> bool:
    """Whether a mark only happens to begin a line: the one before it stands within the lines above."""
    if piece and _SPELT.search(piece[-1].text) and _IN_FIGURES.match(line.text):  # "within four" / "(4) months"
        return True
    before = [match for above in piece for match in _WITHIN.finditer(above.text)]
    return bool(before) and follows(_mark(line), before[-1][1])


_SPELT = re.compile(
    r"\b(?:one|two|three|four|five|six|seven|eight|nine|ten|fifteen|twenty|thirty|forty|forty-five|sixty|sixty-five|ninety"
    r"|hundred|hundred and eighty|hundred eighty|hundred and twenty|hundred twenty)$",
    re.IGNORECASE,
)
_IN_FIGURES = re.compile(r"\(\d+\)")
_WITHIN = re.compile(r"\S\s+(\((?:\d{1,2}|[a-z]|[ivx]{2,4})\))(?=\s)")


def _is_sentence_case_heading(line: Line, following: Sequence[Line], *, alone: bool) -> bool:
    """A short line without an end, alone or followed by one that begins anew: "What we decided and why"."""
    text = line.text
    if (
        len(line.cells) > 1
        or len(text) > 70
        or text[-1] in (".,;:" if "(" in text else ".,;:)")
        or not 3 <= len(text.split()) <= 10
        or _mark(line)
    ):
        return False
    begins_anew = alone or (bool(following) and following[0].text[0].isupper())
    return begins_anew and text[0].isupper() and not re.search(r"\d|,|:", text)


def _is_short_heading(line: Line, following: Sequence[Line]) -> bool:
    """Two words of a head above prose, where a group of lines begins: "Decision notes"."""
    above_prose = bool(following) and len(following[0].cells) == 1 and len(following[0].text) > _PROSE
    return above_prose and _SHORT_HEAD.fullmatch(line.text) is not None and following[0].text[0].isupper()


_SHORT_HEAD = re.compile(
    r"[A-Z][a-z]+ [a-z]+|(?:Explanation|Reasons?|Rationale|Decision|Why)\b[\w ,]{0,50}"
    r"|(?:Clinical|Medical|Reviewer|Physician)(?:['\u2019]s)? (?:note|comment|remark)s?(?:,? (?:on |for )?lines? \d+)?"
)
_PROSE = 60  # characters


def _ends_before(piece: Sequence[Line], following: Line, width: int) -> bool:
    """Whether a paragraph ends with its last line: a sentence, or a list's item, ends in it well before the margin."""
    line = piece[-1]
    item_ended = bool(_mark(piece[0])) and following.margin <= piece[0].margin and line.text[-1] not in ",;"
    return (line.text[-1] in ".?!:" or item_ended) and len(line.text) < 0.85 * width and following.text[0].isupper()


def _runs_on(line: Line) -> bool:
    """Whether a line goes on in the next: it is long, and ends no sentence."""
    return (len(line.text) > 60 and line.text.rstrip()[-1] not in ".:?!") or _JOINS.search(line.text) is not None


_JOINS = re.compile(r"(?:,|\b(?:or|and|of|the|to|with|for|an?))$", re.IGNORECASE)


def _paragraph(piece: Sequence[Line], heading: str, in_rights: bool) -> Paragraph:
    first, last = piece[0], piece[-1]
    return Paragraph(
        first.page,
        first.start,
        last.end,
        lines=tuple(piece),
        heading=heading,
        item=_mark(first),
        indent=_indent(first),
        in_rights=in_rights,
    )


def _indent(line: Line) -> float:
    words = line.page.words_in(line.page.span(line.start, line.start + 1))
    if words and words[0].box:
        return words[0].box.left
    return float(line.margin)
