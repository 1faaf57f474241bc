"""Lists of criteria in a letter or a policy: the one that applies to the service, and its items as rows."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import cache
from itertools import pairwise

from pipeline.extract.itemized import shape_of
from pipeline.extract.letter import Paragraph
from pipeline.extract.lines import Line, Stretch, sentences
from pipeline.extract.requirements import how_many_apart, quantity
from pipeline.extract.tables import load, pattern
from pipeline.extract.vocabulary import terms
from schemas.proposal import ProposedCriterion


@cache
def _words(name: str) -> re.Pattern[str]:
    return pattern("|".join(load("criteria.yaml")[name]))


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

    Of a policy, what it excludes for that service too: each list of exclusions is one criterion, with its lead.
    """
    lists = list(_lists(paragraphs))
    wanted = [one for one in lists if _leads_to_criteria(one)]
    if not wanted:
        return ()
    best = max(wanted, key=lambda one: _applies(one, service))
    excluded = [one for one in lists if policy and _excludes(one) and _is_of(one, best, service)]
    return (*_rows_of(best), *(_one_row([one.lead, *_all(one.items)]) for one in excluded))


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
                lead = paragraphs[at - 1] if at else None
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


def _goes_on(paragraph: Paragraph, following: Sequence[Paragraph]) -> bool:
    """Whether a paragraph without a mark belongs to a list: it carries on, or only joins two items."""
    if paragraph.goes_on:
        return True
    joins = re.fullmatch(r"(?:and|or|plus)[.,:;]?", paragraph.text.strip(), re.IGNORECASE)
    return bool(joins and following and following[0].item)


def _parted(lead: Paragraph, above: str, items: list[Node]) -> Iterator[Listed]:
    sections = [node for node in items if node.children and _words("section").search(node.text)]
    for node in sections:
        yield Listed(_last_sentence(node.pieces[-1]), f"{lead.heading} {node.text}", lead.heading, tuple(node.children))
    rest = [node for node in items if node not in sections]
    if rest and not sections:
        yield Listed(_last_sentence(lead), f"{above} {lead.heading}", lead.heading, tuple(rest))


def _last_sentence(lead: Paragraph) -> Stretch:
    return [*sentences(lead)][-1]


def _own(item: Paragraph) -> Paragraph:
    """The item without lines that follow it at the margin: a short line before them shows that it had ended."""
    longest = max(len(line) for line in item.page.text.split("\n"))
    for at, (line, following) in enumerate(pairwise(item.lines), start=1):
        if (
            _margin(following) <= _margin(item.lines[0])
            and len(line.text) < 0.8 * longest
            and following.text[0].isupper()
        ):
            return replace(item, end=item.lines[at - 1].end, lines=item.lines[:at])
    return item


def _margin(line: Line) -> int:
    return line.start - line.page.text.rfind("\n", 0, line.start) - 1


def _tree(items: Sequence[Paragraph]) -> list[Node]:
    """The items by their marks: a new kind of mark, or the same one clearly further in, begins a list below."""
    roots: list[Node] = []
    path: list[Node] = []
    for item in items:
        if not item.item:
            path[-1].pieces.append(item)
            continue
        level = next((n for n, node in enumerate(path) if _beside(item, node.pieces[0])), len(path))
        del path[level:]
        node = Node([_own(item)])
        (path[-1].children if path else roots).append(node)
        path.append(node)
    return roots


def _beside(item: Paragraph, other: Paragraph) -> bool:
    """Whether two items are of one list."""
    return shape_of(item.item) == shape_of(other.item) and not _deeper(item, other)


def _deeper(item: Paragraph, other: Paragraph) -> bool:
    """Whether an item with the same mark stands clearly further in: a nested list of bullets."""
    return item.page is other.page and item.indent > other.indent * 1.2 + (1 if other.indent >= 1 else 0.015)


def _leads_to_criteria(one: Listed) -> bool:
    text = one.lead.text
    if _words("not_criteria").search(one.heading) or _words("not_criteria").search(text):
        return False
    under_rule = text.rstrip().endswith(":") and _words("rule_heading").search(one.heading)
    return bool(under_rule or _words("criteria").search(text) or _words("criteria").search(one.heading))


def _excludes(one: Listed) -> bool:
    return bool(_words("exclusion").search(one.lead.text))


def _is_of(one: Listed, best: Listed, service: str) -> bool:
    """Whether exclusions are those of the service: they name it, or stand under the heading of its criteria."""
    return one.heading == best.heading or any(_applies(one, service)[1:])


def _applies(one: Listed, service: str) -> tuple[int, int, int]:
    """First approval before continuation, then the names of things shared with the service, then its words."""
    text = f"{one.above} {one.lead.text}".lower()
    own = f"{one.heading} {one.lead.text}".lower()
    renewal = bool(_words("renewal").search(own)) and not _words("renewal").search(service)
    named = {hit.term.name for hit in terms(service)} & {hit.term.name for hit in terms(text)}
    shared = set(re.findall(r"[a-z]{4,}", service.lower())) & set(re.findall(r"[a-z]{4,}", text))
    return -int(renewal), len(named), len(shared)


def _rows_of(listed: Listed) -> Iterator[ProposedCriterion]:
    """The rows of a list. Where so many of it are asked, the list with its lead is one row."""
    texts = [node.text for node in listed.items]
    how, _ = quantity(" ".join(listed.lead.text.split()), texts)
    if how == "none" or (isinstance(how, int) and 1 < how < len(texts)):
        yield _one_row([listed.lead, *_all(listed.items)])
        return
    groups = _Groups()
    group = groups.new() if how == 1 else None
    for node in listed.items:
        yield from _rows(node, group, groups)


def rows_within(sentence: Stretch) -> tuple[ProposedCriterion, ...]:
    """The rows of a list within a sentence: "calls for: (i) ...; (ii) ...; and (iii) ..."; none where there is none."""
    text = sentence.text
    starts = [mark.end() for mark in _MARK.finditer(text)]
    first = min((mark.start() for mark in _MARK.finditer(text)), default=0)
    if len(starts) < 2:
        colon = re.search(r":\s", text)
        joints = [joint.end() for joint in re.finditer(r";\s", text)]
        if colon is None or len(joints) < 1 or joints[0] < colon.end():
            return ()
        first, starts = colon.start(), [colon.end(), *joints]
    lead = " ".join(text[:first].split())
    if not _words("inline_lead").search(lead) or _words("not_criteria").search(lead):
        return ()
    parts = [_trimmed(sentence.part(a, b)) for a, b in zip(starts, [*starts[1:], len(text)], strict=True)]
    how = how_many_apart(f"{lead}:", [part.text for part in parts])
    if how is None:
        return ()
    group = "any1" if how == "any" else None
    return tuple(_one_row([part], group) for part in parts)


_MARK = re.compile(r"(?:(?<=\s)|^)\((?:\d|[a-h]|i{1,3}|iv|vi{0,3})\)\s+")


def _trimmed(part: Stretch) -> Stretch:
    """Without the joint before it, or the mark of what follows it."""
    joint = re.match(r"(?:and|or)\s+", part.text)
    part = part.part(joint.end() if joint else 0, len(part.text))
    after = re.search(r"[\s;,]*+(?:\b(?:and|or)\s*)?\((?:\d|[a-h]|[iv]{1,4})\)\s*$|[\s;,.]+$", part.text)
    return part.part(0, after.start()) if after else part


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
    how = how_many_apart(node.text, [_with_below(child) for child in node.children]) if node.children else None
    if how == "all" and group is None:
        for child in node.children:
            yield from _rows(child, None, groups)
    elif how == "any" and not any(child.children for child in node.children):
        own = group or groups.new()
        for child in node.children:
            yield _one_row(list(child.stretches()), own)
    else:
        yield _one_row(list(node.stretches()), group)


def _with_below(node: Node) -> str:
    return "\n".join(stretch.text for stretch in node.stretches())


def _one_row(stretches: Sequence[Stretch], group: str | None = None) -> ProposedCriterion:
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
