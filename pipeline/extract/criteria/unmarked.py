"""Lists whose items bear no common mark: "Criterion 2:", "Second,", "--", or lines that only stand below their lead."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import takewhile

from pipeline.extract.criteria.criteria_leads import asks, leads_to_criteria, words
from pipeline.extract.criteria.in_a_row import in_a_row
from pipeline.extract.criteria.itemized import is_title
from pipeline.extract.letter.letter import Paragraph
from pipeline.extract.lines import Line, sentences

_MARK = re.compile(
    r"(?:--?|[>+~=\u00bb\u203a]|#\d{1,2}[:.)]?|\d{1,2}\s[-\u2013:]"
    r"|(?:Criterion|Requirement|Rule|Condition|Item|Point|Part|Standard|Indication|Line|Question|Test|Element|Statement|Row|Clause|Measure)\s(?:#\s?)?(?:\d{1,2}|[A-Z]|[IVX]{1,4})\b"
    r"\s?[.:)\u2013-]?|(?:First|Second|Third|Fourth|Fifth|Sixth|Seventh|Eighth|Last|Finally)(?:ly)?[,:])\s+(?=\S)",
    re.IGNORECASE,
)
_LONGEST = 400  # characters of an item


def with_items(paragraphs: Sequence[Paragraph]) -> list[Paragraph]:
    """The paragraphs, with those below a lead as items where they make such a list."""
    paragraphs = [part for one in paragraphs for whole in in_a_row(one) for part in _cut(whole)]
    found: list[Paragraph] = []
    at = 0
    while at < len(paragraphs):
        lead = paragraphs[at]
        found.append(lead)
        at += 1
        block = [] if lead.item else list(_block(lead, paragraphs[at:]))
        if items := _items(lead, [(own, line) for own in block for line in own.lines]):
            found += items
            at += len(block)
    return list(_titled(found))


def _titled(paragraphs: Sequence[Paragraph]) -> Iterator[Paragraph]:
    """The paragraphs, with titles above parts of one list ("Symptoms", "Part 2. Prior care") as items of it."""
    at = 0
    while at < len(paragraphs):
        yield paragraphs[at]
        at += 1
        parts = list(_parts(paragraphs, at))
        items = [item for _, below in parts for item in below]
        lead = paragraphs[at - 1]
        if len(parts) < _PARTS or lead.item or not leads_to_criteria(lead.text, lead.heading, [i.text for i in items]):
            continue
        for title, below in parts:
            mark = _PART.match(title.text)
            start = title.start if mark else max(title.start - 1, 0)
            yield replace(title, start=start, item=mark[0] if mark else " ", goes_on=False)
            yield from below
            at += 1 + len(below)


def _parts(paragraphs: Sequence[Paragraph], at: int) -> Iterator[tuple[Paragraph, list[Paragraph]]]:
    """From a place on, each title with the items right below it, as long as these alternate."""
    while at < len(paragraphs) and not paragraphs[at].item and len(paragraphs[at].lines) == 1:
        title = paragraphs[at]
        below = list(takewhile(lambda one: one.item, paragraphs[at + 1 :]))
        mark = _PART.match(title.text)
        words_of_it = title.text[mark.end() if mark else 0 :].rstrip(" :")
        heads = (mark and not words_of_it) or is_title(words_of_it, [one.body.text for one in below])
        if not below or not heads or any(words(name).search(words_of_it) for name in _OTHER_LISTS):
            return
        yield title, below
        at += 1 + len(below)


_PARTS = 2  # titles or more
_PART = re.compile(
    r"(?:Part|Section|Group|Category|Domain|Step|Heading|Set)\s(?:\d{1,2}|[A-Z]|[IVX]{1,4})(?:[.:)]|\s[-\u2013\u2014])?(?:\s+|$)",
    re.IGNORECASE,
)
_OTHER_LISTS = ("not_criteria", "renewal", "section", "criteria", "exclusion")  # whose titles head lists of their own


def _cut(paragraph: Paragraph) -> Iterator[Paragraph]:
    """A paragraph in two where a line within it ends in a colon: what follows may be a list."""
    lines = paragraph.lines
    at = next((n for n, line in enumerate(lines[:-1], 1) if _LEADS.search(line.text)), 0)
    if paragraph.item or not at or len(lines) - at < 2:  # a list has two items
        yield paragraph
        return
    yield replace(paragraph, end=lines[at - 1].end, lines=lines[:at])
    indent = float(lines[at].margin)
    yield replace(paragraph, start=lines[at].start, lines=lines[at:], indent=indent, goes_on=False)


_LEADS = re.compile(r":$|\s[-\u2013\u2014]{1,2}$")


def _block(lead: Paragraph, following: Sequence[Paragraph]) -> Iterator[Paragraph]:
    """What stands right below a lead on its page; past an empty line only what stands further in, or has a mark."""
    before = lead
    for at, one in enumerate(following):
        if one.page is not lead.page or one.item or any(map(_is_row, one.lines)):
            return
        apart = re.search(r"\n[^\S\n]*\n", one.page.text[before.end : one.start]) is not None
        further = one.indent > lead.indent or _MARK.match(one.text)
        if apart and at and not further and not all(_stands_alone(lead, each) for each in (before, one)):
            return
        yield one
        before = one


def _is_row(line: Line) -> bool:
    """Whether a line is a table's row: it has cells, but for one that a gap parts from its mark: "Line 1   Pain"."""
    if len(line.cells) < len(("mark", "item")):
        return False
    mark = _MARK.match(line.text)
    return mark is None or len(line.cells) > 2 or line.start + mark.end() < line.cells[1].start


def _stands_alone(lead: Paragraph, one: Paragraph) -> bool:
    """Whether a paragraph below a lead that ends in a colon is a sentence that asks, and of nobody's records."""
    said = list(sentences(one))
    about = words("about_us").search(one.text) or words("not_criteria").search(one.text)
    leads = lead.text.endswith(":") and leads_to_criteria(lead.text, lead.heading, [one.text])
    return (
        leads
        and len(said) == 1
        and not _LABEL.search(one.text)
        and len(one.text) <= _SHORT
        and not about
        and asks(one.text)
    )


_SHORT = 200  # characters
_LABEL = re.compile(r"^[A-Z][\w /]{1,30}:\s|:$")  # "Provider: ...", or a lead to more


def _items(lead: Paragraph, lines: Sequence[tuple[Paragraph, Line]]) -> list[Paragraph]:
    """Two items or more, begun by marks, or where all ask something, by lines at the first one's margin."""
    if not lines:
        return []
    marked = _MARK.match(lines[0][1].text) is not None
    further_in = lines[0][1].margin > lead.lines[-1].margin
    if not marked and not lead.text.rstrip().endswith(":") and not further_in:
        return []
    rows: list[list[tuple[Paragraph, Line]]] = []
    for own, line in lines:
        begins = _MARK.match(line.text) if marked else _begins(line, rows[0][0][1], rows[-1][-1][1]) if rows else True
        if begins:
            rows.append([])
        rows[-1].append((own, line))
    items = [_item(row, marked=marked) for row in rows]
    fit = all(len(item.text) <= _LONGEST for item in items) and (marked or all(asks(item.text) for item in items))
    return items if len(items) > 1 and fit else []


def _begins(line: Line, first: Line, before: Line) -> bool:
    """Whether a line begins an item: at the first's margin, with a capital, or after what ended."""
    if abs(line.margin - first.margin) > 1:
        return False
    return line.text[0].isupper() or line.text[0].isdigit() or bool(re.search(r"(?:[;.]|\b(?:and|or))$", before.text))


def _item(row: Sequence[tuple[Paragraph, Line]], *, marked: bool) -> Paragraph:
    """The lines of a row as an item; one without a mark has the white space before it for its mark."""
    own, first = row[0]
    mark = _MARK.match(first.text) if marked else None
    start = first.start if mark else max(first.start - 1, 0)
    lines = tuple(line for _, line in row)
    return replace(own, start=start, end=lines[-1].end, lines=lines, item=mark[0] if mark else " ", goes_on=False)
