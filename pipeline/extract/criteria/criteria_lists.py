"""Lists of criteria in a letter or a policy: the one that applies to the service, and its items as rows."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise, takewhile

from pipeline.extract.criteria.clauses import treatments
from pipeline.extract.criteria.criteria_leads import asks, leads_to_criteria, words
from pipeline.extract.criteria.itemized import begins, follows, is_title, shape_of
from pipeline.extract.criteria.requirements import how_many_apart, quantity
from pipeline.extract.criteria.unmarked import with_items
from pipeline.extract.letter.letter import Paragraph
from pipeline.extract.lines import Line, Stretch, sentences
from pipeline.extract.vocabulary import terms
from schemas.proposal import ProposedCriterion


@dataclass(slots=True)
class Node:
    """An item of a list, with what goes on of it past a page's end, and the list below it."""

    pieces: list[Paragraph]
    children: list["Node"] = field(default_factory=list)

    @property
    def text(self) -> str:
        """Its own words, without its mark and without what is below it."""
        return "\n".join([self.pieces[0].body.text, *(piece.text for piece in self.pieces[1:])])

    def stretches(self) -> Iterator[Stretch]:
        """Its own words and all below it, in order; the mark of the first is left out."""
        yield self.pieces[0].body
        yield from self.pieces[1:]
        for child in self.children:
            yield from child.pieces
            for below in child.children:
                yield from _whole(below)


def _whole(node: Node) -> Iterator[Stretch]:
    yield from node.pieces
    for child in node.children:
        yield from _whole(child)


@dataclass(frozen=True, slots=True)
class Listed:
    """A list of criteria: the sentence that leads to it, and what stands above it since the last list."""

    lead: Stretch
    above: str
    heading: str
    items: tuple[Node, ...]


def listed_criteria(
    paragraphs: Sequence[Paragraph], service: str, *, policy: bool = False
) -> tuple[ProposedCriterion, ...]:
    """The rows of the list that best applies to the service; an earlier one wins a tie.

    What is excluded for that service too, of a letter right below it: each list of exclusions is one criterion, with
    its lead.
    """
    lists = list(_lists(with_items(paragraphs)))
    wanted = [one for one in lists if _leads_to_criteria(one)]
    if not wanted:
        return ()
    best = max(wanted, key=lambda one: _applies(one, service))
    groups = _Groups()
    before, more = ([], []) if policy else _beside(best, lists)
    below = lists if policy else lists[lists.index([best, *more][-1]) + 1 :][:1]
    excluded = [one for one in below if _excludes(one) and _is_of(one, best, service)]
    after = () if policy else _after([best, *more][-1], paragraphs)
    rows = [row for one in (*before, best, *more) for row in _rows_of(one, groups)]
    return (*rows, *after, *(one_row([one.lead, *_all(one.items)]) for one in excluded))


def _beside(best: Listed, lists: Sequence[Listed]) -> tuple[list[Listed], list[Listed]]:
    """The lists right before and after one that belong to it: "Trial - both of these:".

    Or that add to it: "And for each attack, at least one of these:".
    """
    at = lists.index(best)
    in_parts = _PART.match(best.lead.text) is not None

    def is_part(one: Listed) -> bool:
        return in_parts and one.heading == best.heading and _PART.match(one.lead.text) is not None

    def belongs(one: Listed) -> bool:
        return is_part(one) or words("adds").match(one.lead.text.strip()) is not None

    return list(takewhile(is_part, reversed(lists[:at])))[::-1], list(takewhile(belongs, lists[at + 1 :]))


_PART = re.compile(
    r"[A-Z]\w+(?:\s\w+){0,3}\s?[-\u2013\u2014:]\s(?:all|any|both|each|either|(?:at least\s)?one|two)\b", re.IGNORECASE
)


def _after(listed: Listed, paragraphs: Sequence[Paragraph]) -> Iterator[ProposedCriterion]:
    """Sentences right below a list that ask for more, and speak of nobody's request or appeal."""
    last = [*_all(listed.items)][-1]
    below = next((one for one in paragraphs if one.page is last.page and one.start >= last.end), None)
    if below is None or below.heading != listed.heading:
        return
    for sentence in sentences(below.body):
        adds = re.search(r"\balso requires?\b", sentence.text)
        if not adds and any(words(name).search(sentence.text) for name in ("about_us", "restates")):
            continue
        if words("also").search(sentence.text):
            yield one_row([sentence])


def _all(items: Iterable[Node]) -> Iterator[Stretch]:
    return (stretch for node in items for stretch in _whole(node))


def _lists(paragraphs: Sequence[Paragraph]) -> Iterator[Listed]:
    """Each list with its lead. Items that lead to criteria of their own are leads to lists of their own."""
    run: list[Paragraph] = []
    lead: Paragraph | None = None
    above: list[str] = []
    for at, paragraph in enumerate([*paragraphs, None]):
        if paragraph is not None and (paragraph.item or (run and _goes_on(paragraph, paragraphs[at + 1 : at + 2]))):
            if not run:
                lead = _lead_of(paragraphs[:at])
            run.append(paragraph)
            continue
        if run and lead is not None:
            yield from _parted(lead, " ".join(above), _tree(run))
            above = []
        run = []
        if paragraph is not None:
            above = (
                [*above[-3:], paragraph.text]
                if paragraph.text != paragraph.heading
                else [*above[-3:], paragraph.heading]
            )


def _lead_of(before: Sequence[Paragraph]) -> Paragraph | None:
    """What leads to a list that begins after these; the titles of a table's columns lead to nothing."""
    titles = bool(before) and len(before[-1].lines[0].cells) > 1 and not re.search(r"[\d:.]", before[-1].text)
    above = before[-2] if len(before) > 1 else None
    return above if titles and above is not None and above.text.endswith(":") else before[-1] if before else None


def _goes_on(paragraph: Paragraph, following: Sequence[Paragraph]) -> bool:
    """Whether a paragraph without a mark belongs to a list: it carries on, or only joins two items."""
    if paragraph.goes_on:
        return True
    joins = re.fullmatch(r"(?:and|or|plus)[.,:;]?", paragraph.text.strip(), re.IGNORECASE)
    return bool(joins and following and following[0].item)


def _parted(lead: Paragraph, above: str, items: list[Node]) -> Iterator[Listed]:
    sections = [node for node in items if node.children and words("section").search(node.text)]
    if not sections and not leads_to_criteria(lead.text, lead.heading, [node.text for node in items]):
        sections = [node for node in items if node.children and _is_numbered_section(node)]
    for node in sections:
        yield Listed(_last_sentence(node.pieces[-1]), f"{lead.heading} {node.text}", lead.heading, tuple(node.children))
    rest = [node for node in items if node not in sections]
    if rest and not sections:
        yield Listed(_last_sentence(lead), f"{above} {lead.heading}", lead.heading, tuple(rest))


def _is_numbered_section(node: Node) -> bool:
    """Whether an item is a part of the letter that ends by leading to its list: "3. CRITERIA. All of these:"."""
    said = [*sentences(node.pieces[-1].body)]
    return len(said) > 1 and bool(words("criteria").search(said[-1].text))


def _last_sentence(lead: Paragraph) -> Stretch:
    """The sentence before a list, with the one that it only refers to: "Our rules are in Policy 7. They say:"."""
    said = [*sentences(lead)]
    while len(said) > 1 and said[-1].text.count(")") > said[-1].text.count("("):  # "(CRIT. NO. 114)"
        said[-2:] = [Stretch(lead.page, said[-2].start, said[-1].end)]
    refers = len(said) > 1 and len(said[-1].text.split()) <= _REFERS and words("refers").match(said[-1].text)
    return Stretch(lead.page, said[-2].start, said[-1].end) if refers else said[-1]


_REFERS = 4  # words


def _own(item: Paragraph) -> Paragraph:
    """The item without what a column beside it says of it, and without lines that follow it at the margin.

    A short line before them shows that it had ended.
    """
    cells = item.lines[0].cells
    marked = len(cells) > 1 and cells[-2].end <= item.start + len(item.item)  # only its mark stands before it
    if len(item.lines) == 1 and len(cells) > 1 and not marked and words("cell_found").match(cells[-1].text):
        return replace(item, end=cells[-2].end, lines=(replace(item.lines[0], end=cells[-2].end, cells=cells[:-1]),))
    longest = max(len(line) for line in item.page.text.split("\n"))
    for at, (line, following) in enumerate(pairwise(item.lines), start=1):
        if line.text[-1] in ".;" and _TO_READER.match(following.text):
            return replace(item, end=line.end, lines=item.lines[:at])
        if following.margin <= item.lines[0].margin and len(line.text) < 0.8 * longest and following.text[0].isupper():
            return replace(item, end=item.lines[at - 1].end, lines=item.lines[:at])
    return item


_TO_READER = re.compile(r"(?:You (?:should|may|can|have the right)|If you|Please|We )\b")


def _tree(items: Sequence[Paragraph]) -> list[Node]:
    """The items by their marks: a new kind of mark, or the same one clearly further in, begins a list below."""
    roots: list[Node] = []
    path: list[Node] = []
    for item in items:
        if not item.item:
            path[-1].pieces.append(item)
            continue
        level = _level(item, [node.pieces[0] for node in path])
        del path[level:]
        node = Node([_own(item)])
        (path[-1].children if path else roots).append(node)
        path.append(node)
    return roots


def _level(item: Paragraph, path: Sequence[Paragraph]) -> int:
    """How deep an item stands: beside the nearest whose mark it follows, else beside the first of its kind."""
    for level in reversed(range(len(path))):
        if follows(item.item, path[level].item):
            return level
    alike = (n for n, other in enumerate(path) if shape_of(item.item) == shape_of(other.item))
    return next((n for n in alike if not begins(item.item) and not _deeper(item, path[n])), len(path))


def _deeper(item: Paragraph, other: Paragraph) -> bool:
    """Whether an item with the same mark stands clearly further in: a nested list of bullets."""
    return item.page is other.page and item.indent > other.indent * 1.2 + (1 if other.indent >= 1 else 0.015)


def _leads_to_criteria(one: Listed) -> bool:
    return leads_to_criteria(one.lead.text, one.heading, [_with_below(node) for node in one.items])


def _excludes(one: Listed) -> bool:
    return bool(words("exclusion").search(one.lead.text))


def _is_of(one: Listed, best: Listed, service: str) -> bool:
    """Whether exclusions are those of the service: they name it, or stand under the heading of its criteria."""
    return one.heading == best.heading or any(_applies(one, service)[1:])


def _applies(one: Listed, service: str) -> tuple[int, int, int]:
    """First approval before continuation, then the names of things shared with the service, then its words."""
    text = f"{one.above} {one.lead.text}".lower()
    own = f"{one.heading} {one.lead.text}".lower()
    renewal = bool(words("renewal").search(own)) and not words("renewal").search(service)
    named = {hit.term.name for hit in terms(service)} & {hit.term.name for hit in terms(text)}
    shared = set(re.findall(r"[a-z]{4,}", service.lower())) & set(re.findall(r"[a-z]{4,}", text))
    return -int(renewal), len(named), len(shared)


def _rows_of(listed: Listed, groups: "_Groups") -> Iterator[ProposedCriterion]:
    """The rows of a list. Where so many of it are asked, the list with its lead is one row."""
    if (rest := _beside_first(listed)) is not None:  # "item 1 and at least two of items 2 to 6"
        yield from _rows(listed.items[0], None, groups)
        listed = rest
    texts = [node.text for node in listed.items]
    how, _ = quantity(" ".join(listed.lead.text.split()), texts)
    if how == "none" or (isinstance(how, int) and 1 < how < len(texts)):
        yield one_row([listed.lead, *_all(listed.items)])
        return
    group = groups.new() if how == 1 else None
    if how == 1 and (beside := _BESIDE.search(listed.lead.text)) is not None:
        own = listed.lead.part(0, beside.start())
        if re.search(r"\d", own.text):  # "covered when she is under 21 and has one of these"
            yield one_row([own])
        elif (clause := _CLAUSE.search(own.text)) is not None:  # "when a doctor signed it, and one of these"
            yield one_row([own.part(clause.start("v"), len(own.text))])
    for node in listed.items:
        yield from _rows(node, group, groups)


_NAMED = r"(?:items?|lines?|criteri(?:on|a)|numbers?|conditions?|points?|paragraphs?|parts?|requirements?)?\s*"
_FIRST_AND = re.compile(
    rf"\b{_NAMED}\(?(?P<one>[A-Za-z]|\d{{1,2}})\)?,?\s+(?:and|plus|together with|along with|with)\s+"
    rf"(?P<rest>(?:at\s+least\s+|any\s+)?(?:one|two|three|four|\d)\s+(?:or\s+more\s+)?of\s+{_NAMED}\(?(?P<next>[A-Za-z]|\d{{1,2}})\)?"
    r"(?=\s*(?:to|through|thru|-|\u2013|and|or|,)).*)",
    re.IGNORECASE | re.DOTALL,
)


_CLAUSE = re.compile(
    r"\b(?:when|if|where)\s+(?P<v>(?:an?|the|your)\s+(?:[\w-]+\s+){1,3}?(?:is|are|was|has|have|had|[a-z]+ed)\s+[^.;:]+)$"
)


def _beside_first(listed: Listed) -> Listed | None:
    """The list below its first item, where the lead asks for that one beside so many of the others."""
    found = _FIRST_AND.search(listed.lead.text)
    marks = [re.sub(r"\W", "", node.pieces[0].item).lower() for node in listed.items[:2]]
    if found is None or len(listed.items) < 3 or [found["one"].lower(), found["next"].lower()] != marks:
        return None
    return replace(listed, lead=listed.lead.part(*found.span("rest")), items=listed.items[1:])


_BESIDE = re.compile(
    r",?\s+and\s+(?:[a-z]+\s+){0,4}?(?:at\s+least\s+)?(?:one|any|either)\b[^,.;]{0,60}$", re.IGNORECASE
)


def tabled_criteria(paragraphs: Sequence[Paragraph]) -> tuple[ProposedCriterion, ...]:
    """The cells below the head of a column of criteria, where another column says what was found."""
    lines = [(paragraph, line) for paragraph in paragraphs for line in paragraph.lines]
    for at, (_, head) in enumerate(lines):
        heads = [words("table_head").fullmatch(cell.text.strip(" :|")) is not None for cell in head.cells]
        told = any(
            words("table_found").search(cell.text)
            for cell, is_head in zip(head.cells, heads, strict=True)
            if not is_head
        )
        if not any(heads) or not told:
            continue
        below = [line for _, line in lines[at + 1 :] if re.search(r"\w", line.text)]
        rows = max((list(_below(head, below, column)) for column, is_head in enumerate(heads) if is_head), key=_worded)
        before = lines[at - 1][0].text if at else ""
        either = re.search(r"\b(?:one|any|either)\b", before, re.IGNORECASE) and "each" not in before
        if len(rows) > 1:
            return tuple(one_row(row, "any1" if either else None) for row in rows)
    return ()


def _worded(rows: Sequence[Sequence[Stretch]]) -> int:
    """How many words a column holds: under "Rule" there may be numbers alone."""
    return sum(len(re.findall(r"[^\W\d_]{2,}", cell.text)) for row in rows for cell in row)


def _below(head: Line, lines: Sequence[Line], column: int) -> Iterator[list[Stretch]]:
    """What stands in a column, row by row: a line that begins small carries the row above it on."""
    row: list[Stretch] = []
    for line in lines:
        whole, mark = len(line.cells) >= len(head.cells), _ROW_MARK.match(line.text)
        goes_on = bool(row) and line.text[0].islower()
        if line.page is not head.page or not (whole or mark or goes_on):
            break
        if goes_on:
            row.append(line.cells[0])
            continue
        if row:
            yield row
        cell = line.cells[column if whole else 0]
        own = _ROW_MARK.match(cell.text)
        row = [cell.part(own.end() if own else 0, len(cell.text))]
    if row:
        yield row


_ROW_MARK = re.compile(r"(?:(?<=\s)|^)(?:\((?:\d|[a-h]|i{1,3}|iv|vi{0,3})\)|[1-9]\)|[a-h]\))\s+")


@dataclass(slots=True)
class _Groups:
    """Names for groups of alternatives, in order."""

    n: int = 0

    def new(self) -> str:
        """The next name."""
        self.n += 1
        return f"any{self.n}"


def _rows(node: Node, group: str | None, groups: _Groups) -> Iterator[ProposedCriterion]:
    """An item as one row, or a row for each item below it that can be answered apart."""
    if beside := _own_beside(node, group):
        yield one_row([beside])
        node = Node([replace(node.pieces[0], start=beside.end, item="")], node.children)
    below = [_with_below(child) for child in node.children]
    how = how_many_apart(node.text, below) if below else None
    treated = any(treatments(terms(text)) for text in below)
    if how is None and below and is_title(node.text, below) and quantity(node.text, below)[0] == "all":
        how = "all"
    if how is None and not treated and _ONE_OF.fullmatch(" ".join(node.text.split())):
        how = "any"
    if how == "all" and group is None:
        for child in node.children:
            yield from _rows(child, None, groups)
    elif how == "any" and not any(child.children for child in node.children):
        own = group or groups.new()
        for child in node.children:
            yield one_row(list(child.stretches()), own)
    else:
        yield one_row(list(node.stretches()), group)


def _own_beside(node: Node, group: str | None) -> Stretch | None:
    """What an item asks by itself: "a diagnosis of psoriasis, with one of these:"; how it is shown stays with it."""
    body = node.pieces[0].body
    found = _WITH_ONE_OF.search(body.text) if node.children and group is None and len(node.pieces) == 1 else None
    return body.part(0, found.start()) if found and asks(body.text[: found.start()]) else None


_WITH_ONE_OF = re.compile(
    r",\s+(?:and|plus|with|together with|along with)\s+(?:also\s+)?(?:at least\s+)?"
    r"(?=(?:one|any|either)(?:\s+or more)?\s+of\s+(?:these|those|the following)\W*$)",
    re.IGNORECASE,
)
_ONE_OF = re.compile(  # "BMI, one of these:"
    r"(?:[^\W\d][\w ]{0,40}[,:-] )?(?:at least )?(?:one|any|either)(?: or more)? of (?:these|those|the following)\W*",
    re.IGNORECASE,
)


def _with_below(node: Node) -> str:
    return "\n".join(stretch.text for stretch in node.stretches())


def one_row(stretches: Sequence[Stretch], group: str | None = None) -> ProposedCriterion:
    """One criterion from what belongs to it: neighbours on a page are one quote."""
    joined: list[Stretch] = []
    for one in stretches:
        if joined and joined[-1].page is one.page and joined[-1].end <= one.start:
            between = one.page.text[joined[-1].end : one.start]
            if not re.search(r"\w", between) or re.fullmatch(r"\W*(?:\w{1,4})\W*", between):
                joined[-1] = Stretch(one.page, joined[-1].start, one.end)
                continue
        joined.append(one)
    joined = [stretch for stretch in (*joined[:-1], _unjoined(joined[-1])) if stretch.text]
    quotes = tuple(stretch.quote() for stretch in joined)
    return ProposedCriterion(quotes=quotes, group=group, combine="any" if group else "all")


def _unjoined(stretch: Stretch) -> Stretch:
    """Without the word that joins it to the next item."""
    joint = re.search(r"[\s;,]+(?:and|or|AND|OR)[\s,:;.]*$", stretch.text)
    return stretch.part(0, joint.start()) if joint else stretch
