"""A criterion's text in plainer words, which the grammar reads; it is never what is cited."""

import re
from functools import cache

from pipeline import notation
from pipeline.extract.tables import load, pattern
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
_INVOLVED = re.compile(  # "involvement of the palms, scalp or genitals"
    r"\binvolvement of (?:the )?"
    r"(?P<places>[a-z]+(?:,\s(?:the\s)?[a-z]+){0,6},?\s(?:and/or|or|and)\s(?:the\s)?[a-z]+)\b",
    re.IGNORECASE,
)
_PLACES = re.compile(r"(?P<joint>,?\s(?:and/or|or|and)\s|,\s)(?:the\s)?", re.IGNORECASE)
_ORDINAL = re.compile(r"\b(?:the\s)?(\d{1,2})(?:st|nd|rd|th)(?=\spercentile\b)", re.IGNORECASE)
_PROCEDURE_CODE = re.compile(r"\s?\((?:CPT |HCPCS )?(?:\d{5}|[A-Z]\d{4})(?:(?:,| or| and|/)\s?(?:\d{5}|[A-Z]\d{4}))*\)")
_PAIN_OF = re.compile(  # "pain of at least 4 on a 10-point scale", "pain rated 6/10 or more"
    r"\bpain (?:(?:rated|scored) (?:at (?!least))?)?(?=(?:of |is |at )?(?:[a-z]+ ){0,4}\d{1,2}(?: or [a-z]+)?"
    r"(?:\s?/\s?10\b| out of 10\b"
    r"| (?:on|of) (?:an?|the) (?:0(?: to |-)10|10[- ]point|11[- ]point|numeric|visual|NRS|VAS)))",
    re.IGNORECASE,
)
_OF_CLASSES = re.compile(  # "two preventive drugs of different classes (SNRI, beta blocker or tricyclic)"
    r"\b(?P<what>[a-z-]{1,20} (?:[a-z-]{1,20} )?)(?P<kind>drugs|medications|agents|medicines) "
    r"(?P<of>(?:of|from) (?:[a-z]+ ){0,2}class(?:es)?) \((?P<named>[^()\n]{3,160})\)",
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
    text = _ORDINAL.sub(r"\1", _PROCEDURE_CODE.sub("", _INVOLVED.sub(_each_involved, text)))
    text = _OF_CLASSES.sub(_by_class, text)
    text = _PAIN_OF.sub("pain score ", text)
    for plainer, said in _plainer():
        text = said.sub(plainer, text)
    text = _with_shared_heads(text)
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


@cache
def _plainer() -> tuple[tuple[str, re.Pattern[str]], ...]:
    rows: dict[str, list[str]] = load("criteria/requirements.yaml")["plain"]
    return tuple((plainer, pattern(r"(?<!\w)(?:" + "|".join(said) + r")(?!\w)")) for plainer, said in rows.items())


_SHARES = re.compile(r"(?P<first>(?<![\w-])[a-z]+(?:-[a-z]+)?)(?= (?:or|and/or) $)", re.IGNORECASE)


def _with_shared_heads(text: str) -> str:
    """Each of two with the word they share, where both are known so: "physical or occupational therapy"."""
    for hit in reversed(terms(text)):
        first, head = _SHARES.search(text[: hit.start]), text[hit.start : hit.end].split()[-1]
        if first is None or hit.end - hit.start == len(head):
            continue
        whole = f"{first['first']} {head}"
        if any((known.start, known.end) == (0, len(whole)) for known in terms(whole)):
            text = f"{text[: first.end()]} {head}{text[first.end() :]}"
    return text


def _in_figures(said: re.Match[str]) -> str:
    """A grade in figures, and each of several; words that only look like one stay."""
    if any(figure not in _FIGURES for figure in _FIGURE.findall(said["all"])):
        return said[0]
    return said["name"] + said["between"] + _FIGURE.sub(lambda figure: str(_FIGURES[figure[0]]), said["all"])


def _each_involved(said: re.Match[str]) -> str:
    """Each place with its own "involvement", where every one of them is known so; else the words as they are."""
    each = _PLACES.sub(r" involvement\g<joint>", said["places"]) + " involvement"
    known = len(terms(each)) == each.count(" involvement")
    return each if known else said[0]


def _by_class(said: re.Match[str]) -> str:
    """Drugs by what they are for, of classes that are named: the classes alone say which drugs count."""
    whole, named = terms(f"{said['what']}{said['kind']}"), terms(said["named"])
    if _EXAMPLE.match(f" {said['named']} ") or len(whole) != 1 or len(named) < 2:
        return said[0]
    number = said["what"][: whole[0].start]
    classes = " or ".join(said["named"][hit.start : hit.end] for hit in named)
    return f"{number}{said['kind']} {said['of']}, {classes},"


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
