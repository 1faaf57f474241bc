"""Who denied: the health plan, not the vendor on the letterhead that reviewed for it."""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from functools import cache

from pipeline.extract.labels import labelled
from pipeline.extract.letter import Paragraph
from pipeline.extract.lines import Stretch
from pipeline.extract.tables import load
from pipeline.folding import on_one_line
from schemas.proposal import ProposedValue

_LETTERHEAD = 8  # lines


def _any_of(words: Sequence[str], flags: re.RegexFlag = re.IGNORECASE) -> re.Pattern[str]:
    forms = (r"\s+".join(map(re.escape, name.split())) for name in sorted(words, key=len, reverse=True))
    return re.compile(rf"(?<!\w)(?:{'|'.join(forms)})(?!\w)", flags)


@cache
def _known() -> re.Pattern[str]:
    rows = load("payers.yaml")["payers"]
    return _any_of([name for row in rows for name in (row["name"], *row["aliases"])], re.NOFLAG)


@cache
def _words(name: str) -> re.Pattern[str]:
    return _any_of(load("payers.yaml")[name])


_NAME = (
    r"(?P<v>(?:[A-Z0-9][\w&.'\u2019-]*|of|the|and|for)"
    r"(?:[ ](?:[A-Z0-9][\w&'\u2019-]*(?:\.(?=\w))?|of|the|and|for)){0,8})"
)
_ON_BEHALF = re.compile(rf"\b(?:[Oo]n\s+[Bb]ehalf\s+[Oo]f:?|[Aa]cting\s+for|[Aa]s\s+agent\s+for)\s+{_NAME}")
_ASKED = re.compile(rf"\b(?:ask|appeals?\s+with)\s+{_NAME}")
_SUBJECT = re.compile(
    rf"(?:^|(?<=[.:]\s)|(?<=,\s)){_NAME}\s+(?:has\s+(?:completed|reviewed|determined|denied|decided|made|received)|"
    r"(?:is|was)\s+unable|(?:reviewed|received|denied|administers|cannot|determined)\b)"
)


def payer(letter: Sequence[Paragraph]) -> ProposedValue | None:
    """The plan by label, by "on behalf of", by letterhead, by the subject of the decision, by any known name."""
    for found in _candidates(letter):
        name = _trimmed(found)
        if name is not None and not _words("vendors").match(name.text):
            return ProposedValue(field="payer", value=on_one_line(name.text), quotes=(name.quote(),))
    return None


def _candidates(letter: Sequence[Paragraph]) -> Iterator[Stretch]:
    body = [paragraph for paragraph in letter if not paragraph.in_rights]
    for paragraph in body:
        for value in labelled(paragraph.lines):
            if value.field == "payer":
                yield value.value
    for paragraph in body:
        yield from (paragraph.part(*match.span("v")) for match in _ON_BEHALF.finditer(paragraph.text))
    head = [line for paragraph in letter[:_LETTERHEAD] for line in paragraph.lines if not paragraph.in_rights][
        :_LETTERHEAD
    ]
    yield from (cell for line in head for cell in line.cells[:1] if _is_plan_name(cell))
    for paragraph in body:
        yield from (paragraph.part(*match.span("v")) for match in _SUBJECT.finditer(paragraph.text))
    for words in (_ASKED, _SUBJECT):
        yield from (p.part(*match.span("v")) for p in letter if p.in_rights for match in words.finditer(p.text))
    yield from _most_named(letter)


def _is_plan_name(cell: Stretch) -> bool:
    text = cell.text
    ends = text.rstrip()[-1] in ".?!" and not re.search(r"\b(?:Inc|Co|Corp|Ltd|L\.L\.C)\.$", text.rstrip())
    if len(text) > 70 or re.search(r"\d|:|@|www", text.split("(")[0]) or ends:
        return False
    if _known().search(text):
        return True
    return bool(_words("plan_words").search(text)) and not _words("department_words").search(text) and text[0].isupper()


def _trimmed(found: Stretch) -> Stretch | None:
    """The name without an article before it, or a remark in brackets or a department after it."""
    text = found.text.split("(")[0]
    article = re.match(r"(?:the|of|and|for)\s+", text, re.IGNORECASE)
    start = article.end() if article else 0
    end = len(re.sub(r"(?:\s+(?:of|the|and|for|on|at|by))+$", "", text.rstrip(" ,.;")))
    name = found.part(start, end) if start < end else None
    if name is None or re.match(r"(?:we|our|your|this|it|i|dear|you)\b", name.text, re.IGNORECASE):
        return None
    return (
        name
        if _known().search(name.text) or _words("plan_words").search(name.text) or _words("vendors").search(name.text)
        else None
    )


def _most_named(letter: Sequence[Paragraph]) -> Iterator[Stretch]:
    places = [paragraph.part(*match.span()) for paragraph in letter for match in _known().finditer(paragraph.text)]
    counts = Counter(" ".join(place.text.split()).lower() for place in places)
    yield from sorted(places, key=lambda place: -counts[" ".join(place.text.split()).lower()])
