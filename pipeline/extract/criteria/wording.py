"""A criterion's text in plainer words, which the grammar reads; it is never what is cited."""

import re

from pipeline import notation
from pipeline.extract.vocabulary import terms

_OR_MORE = re.compile(
    rf"(?P<n>\b\d+|{notation.NUMBER_WORD})(?P<repeat> ?\(\d+\))?[ \t]+or[ \t]+(?:more|greater|longer)[ \t]+"
    r"(?P<unit>(?:consecutive[ \t]+)?(?:days?|weeks?|months?|years?))\b",
    re.IGNORECASE,
)
_BARE_LENGTH = re.compile(  # "in the past year", "within a month of", "in the year before"
    r"\b(?P<lead>(?:with)?in|during|over)[ \t]+"
    r"(?:(?:the[ \t]+)?(?P<which>last|past|previous|prior|preceding)[ \t]+|an?[ \t]+"
    r"|the[ \t]+(?=\w+[ \t]+(?:before|prior|preceding)\b))(?P<unit>week|month|quarter|year)\b",
    re.IGNORECASE,
)
_UNITS = {"quarter": "3 months"}
_BRACKET = re.compile(r"\s?\(([^()\n]{1,160})\)")
_EXAMPLE = re.compile(
    r"\s*(?:e\.?g\.?,?|i\.?e\.?,?|for example,?|such as|including but not limited to|examples? include)\s",
    re.IGNORECASE,
)


_ROMAN = re.compile(  # "grade III", "classes II-IV", "stage at least II"; "type II" is no degree
    r"\b(?P<name>(?i:grades?|class(?:es)?|stages?|scores?|levels?))(?P<between>:?\s(?:(?:of|at|least|is|than|or|greater|higher|above|minimum|>=?|\u2265)\s?){0,5})"
    r"(?P<all>[IV]{1,3}(?:(?:\s?(?:-|\u2013|/|,)\s?|\s(?:or|to|and|through)\s|,\sor\s)[IV]{1,3}){0,4})(?![\w-]|\.\w)"
)
_FIGURE = re.compile(r"[IV]+")
_OR_WORSE = re.compile(r"(?P<lead>\b(?:grades?|class(?:es)?|stages?)\s\d) or worse\b", re.IGNORECASE)
_FIGURES = {"I": 1, "II": 2, "III": 3, "IV": 4, "V": 5}
_ASKS = re.compile(
    r"[^\d;:\n]{3,110}?\b(?:requires?|asks for|calls for)\b(?: that)?"
    r"(?: the (?:member|patient|enrollee))?(?: (?:have|has|had))?:?\s+(?=\S)",
    re.IGNORECASE,
)
_OF_THE_PATIENT = re.compile(
    r"^(?:the |this |an? )?(?:patient|member|beneficiary|enrollee|individual|veteran|child)\b"
    r"|\b(?:that|which|who) \w+(?: for)?\s*$|\bno\b",
    re.IGNORECASE,
)
_CONDITION = re.compile(r"\s*(?:if|when|unless|where|for)\b", re.IGNORECASE)


def plain_wording(text: str) -> str:
    """The text with "at least 6 weeks" for "6 or more weeks" and a number in "past year"; of brackets what they add."""
    text = text.replace("\u2019", "'").replace("\u2011", "-")
    text = _OR_MORE.sub(lambda m: f"at least {m['n']}{m['repeat'] or ''} {m['unit']}", text)
    text = _BARE_LENGTH.sub(_with_number, text)
    text = _ROMAN.sub(_in_figures, text)
    text = _OR_WORSE.sub(lambda m: f"{m['lead']} or higher", text)
    asks = _ASKS.match(text)
    if asks and not _OF_THE_PATIENT.search(asks[0]) and not _CONDITION.match(text) and "\n" not in asks[0]:
        text = text[asks.end() :]
    pieces, at = [], 0
    for bracket in _BRACKET.finditer(text):
        start = _narrowed(text, bracket)
        if start is not None and start >= at:  # "an antiepileptic (topiramate or divalproex)": one of those
            pieces += [text[at:start], bracket[1].replace(",", " or") if " or " not in bracket[1] else bracket[1]]
        else:
            pieces += [text[at : bracket.start()], _said(text, bracket)]
        at = bracket.end()
    return "".join([*pieces, text[at:]])


def _in_figures(said: re.Match[str]) -> str:
    """A grade in figures, and each of several; words that only look like one stay."""
    if any(figure not in _FIGURES for figure in _FIGURE.findall(said["all"])):
        return said[0]
    return said["name"] + said["between"] + _FIGURE.sub(lambda figure: str(_FIGURES[figure[0]]), said["all"])


def _with_number(said: re.Match[str]) -> str:
    """A window of one week, month, quarter or year, with its number."""
    which, unit = said["which"] or "", said["unit"].lower()
    return " ".join(filter(None, [said["lead"], which and "the", which, _UNITS.get(unit, f"1 {unit}")]))


def _narrowed(text: str, bracket: re.Match[str]) -> int | None:
    """Where a class begins whose members, all that may serve, stand in the bracket after it."""
    if _EXAMPLE.match(f" {bracket[1].strip()} "):
        return None
    before, named = terms(text[: bracket.start()]), terms(bracket[1])
    if not before or not named or before[-1].end < bracket.start() - 1:
        return None
    whole = before[-1].term
    return before[-1].start if all(whole.name in hit.term.classes for hit in named) else None


def _said(text: str, bracket: re.Match[str]) -> str:
    """What a bracket adds to the words before it."""
    inside = bracket[1].strip()
    if re.fullmatch(r"\d+|[a-zA-Z]|[ivx]+|s", inside):  # a number said again, a mark
        return bracket[0]
    if _EXAMPLE.match(f" {inside} "):
        return ""
    before = [hit for hit in terms(text[: bracket.start()]) if hit.end >= bracket.start() - 1]
    named = terms(inside)
    if before and named and all(hit.term.name == before[-1].term.name for hit in named):
        return ""
    if re.fullmatch(r"[A-Z][A-Za-z0-9-]{1,9}", inside) and not named:  # an abbreviation of ours to ignore
        return ""
    return (
        f" {inside} "
        if re.match(r"(?:at least|or|and|with|within|unless|if|not|no|excluding|except)\b", inside, re.IGNORECASE)
        else f", {inside},"
    )
