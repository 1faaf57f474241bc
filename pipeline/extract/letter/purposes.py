"""What each sentence of a letter is for, by heads and headings: asked, decided, why, the rule, the rights."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache

from pipeline.extract.letter.letter import Paragraph
from pipeline.extract.lines import COLUMN_GAP, Stretch, sentences
from pipeline.extract.tables import load, pattern

_HEAD = re.compile(r"[^\w\[]*(?:\d{1,2}[.)]\s*)?(?P<head>[^.:?!;\[]{3,160})(?P<end>[.:?!](?=\s|$)|$)\s*")
_OF_LINES = re.compile(r"lines? [\d, and]{1,20}:\s+", re.IGNORECASE)
_LONGEST = 10  # words of a head
_PLAIN = 8  # words of one that ends as a sentence does


@dataclass(frozen=True, slots=True)
class Said:
    """A sentence, without the head before it, and its purpose; an empty one where no head has told."""

    sentence: Stretch
    purpose: str
    paragraph: Paragraph
    headed: bool = False  # a head of its own stands before it


@cache
def _heads() -> list[tuple[str, re.Pattern[str]]]:
    return [(name, pattern("|".join(words))) for name, words in load("letter/purposes.yaml")["heads"].items()]


@cache
def _words(name: str) -> re.Pattern[str]:
    return pattern("|".join(load("letter/purposes.yaml")[name]))


def purpose_of(head: str) -> str:
    """The purpose that a heading names; nothing where it names none."""
    plain = " ".join(re.sub(r"^[^\w]*(?:\d{1,2}[.)]\s*)?|[\W]+$", "", head).split())
    return next((name for name, words in _heads() if words.search(plain)), "")


def _head_of(sentence: Stretch) -> tuple[str, int] | None:
    """The purpose that the head of a sentence names, and where its own words begin; None without a head."""
    match = _HEAD.match(sentence.text)
    if match is None or COLUMN_GAP in match["head"]:
        return None
    head, after = " ".join(match["head"].split()), sentence.text[match.end() :]
    leads = match["end"] == ":" or (match["end"] == "." and re.search(r"\breason(?:s|ing)\b", head, re.IGNORECASE))
    if leads and _words("leads").search(head):
        return "why", match.end()
    if _words("no_head").search(head) or after[:1].islower():
        return None
    count = len(head.split())
    if match["end"] == ":":
        named = count <= _LONGEST
    elif match["end"] == "?" or sentence.text.startswith("#"):
        named = count <= _LONGEST and not after
    else:
        named = count <= _PLAIN and not after and bool(_words("plain").search(head))
    purpose = purpose_of(head) if named else ""
    return (purpose, match.end()) if purpose else None


def _cut(found: Iterator[Stretch]) -> Iterator[Stretch]:
    """Sentences, cut before a heading that stands in the run of the text: "It was not sent. # What we need"."""
    for sentence in found:
        start = 0
        for match in re.finditer(r"\s(?=#\s[A-Z])", sentence.text):
            yield sentence.part(start, match.start())
            start = match.end()
        yield sentence.part(start, len(sentence.text))


def purposes(letter: Sequence[Paragraph]) -> Iterator[Said]:
    """Every sentence of a letter with its purpose, headings left out; a greeting ends what the letterhead named."""
    heading, purpose, headed = "", "", False
    for paragraph in letter:
        if paragraph.heading != heading:
            heading = paragraph.heading
            purpose = purpose_of(heading) or ("rights" if purpose == "rights" else "")
            if re.match(r"(?:dear|hello|to (?:the|whom))\b", heading, re.IGNORECASE):
                purpose = ""
        if paragraph.text == heading:
            continue
        for sentence in _cut(sentences(paragraph.body)):
            if (head := _head_of(sentence)) is not None:
                headed = True
                purpose = head[0]
                sentence = sentence.part(head[1], len(sentence.text))
            if (lines := _OF_LINES.match(sentence.text)) is not None:
                sentence = sentence.part(lines.end(), len(sentence.text))
            if sentence.text:
                yield Said(sentence, purpose, paragraph, headed)
                headed = False
