"""The policy by which the payer decided: name, identifier and version, as one citation in the letter states them."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cache

from pipeline.extract.letter.labels import Labelled
from pipeline.extract.letter.letter import Paragraph
from pipeline.extract.letter.values import by_field
from pipeline.extract.lines import Stretch, sentences
from pipeline.extract.tables import load, pattern
from pipeline.folding import on_one_line
from schemas.proposal import ProposedValue

Place = tuple[int, int]
_NUMBER = (
    r"(?-i:(?!\d{1,2}-\d{4}\b)(?![Vv]\d)(?:[A-Z]{2,5}\s\d{1,6}(?:[-.]\d+)*\b|(?=[A-Z0-9._-]*\d)"
    r"(?:20\d\d[A-Z]\d{4}(?:\.?[A-Z]{1,3})?\b|[A-Z][A-Z0-9]*(?:[-._][A-Z0-9]+)*\b|\d+(?:[-._][A-Z0-9]+)+\b|(?!20\d\d\b)\d{3,6}\b)))"
)
_WORD = r"(?:[A-Z][\w®'\u2019/&-]*(?:\.\w+)*|(?!\d+(?:st|nd|rd|th)\b)\d[\w-]*(?:\.[\w-]+)*(?![\w/]))"
_SMALL = r"(?:of|the|for|and|to|in|with|or|by|&|-|\u2013)"
_GAP = r"(?: {1,2}| ?\n *)"  # not that between columns
_RUN = re.compile(rf"(?<![\w®'\u2019]){_WORD}(?:{_GAP}(?:{_SMALL}{_GAP}){{0,2}}{_WORD}){{0,13}}(?:\s\([A-Z]{{2,8}}\))?")
_OPENING = '("\u201c'  # brackets and quotation marks around what a policy is about
_SERIES = re.compile(
    rf"(?:,\s+[A-Z][\w-]+){{0,3}},\s+and\s+{_RUN.pattern}"
)  # "for Addictive, Related, and Other Conditions"
_ABOUT = re.compile(rf"(?:,\s+|:\s+|\s+[-\u2013]\s+|\s+[{_OPENING}])(?=[A-Z])({_RUN.pattern})")
_FOR_WHAT = re.compile(r"\s+for(?:\s+[\w-]+){1,5}(?=\s+\()")  # "policy for oxybate products (PA-046)"
_ASIDE = re.compile(r"\s*\([^()]{3,40}\d\)")
_TAIL = 150  # characters after a title in which its number and its version may stand
_ENOUGH = 3
_ENOUGH_IN_RIGHTS = 5  # used, numbered
_SHORT = 60
_HEAD_WORDS = 4
_NEAR = 300


@cache
def _words(name: str, around: str = "{}") -> re.Pattern[str]:
    return pattern(around.replace("{}", "|".join(load("criteria/criteria_source.yaml")[name])))


@cache
def _each(name: str) -> tuple[re.Pattern[str], ...]:
    """The patterns of a row apart, best first; they tell capitals from small letters."""
    table = load("criteria/criteria_source.yaml")
    rows = (row.replace("{number}", _NUMBER).replace("{date}", table["date"]) for row in table[name])
    return tuple(pattern(row, re.NOFLAG) for row in rows)


@dataclass(frozen=True, slots=True)
class _Citation:
    """A place that names a policy: what it stands in, the parts of that, and how surely it is what was decided by."""

    stretch: Stretch
    weight: int
    name: Place | None
    identifier: Place | None
    version: Place | None

    def values(self) -> Iterator[ProposedValue]:
        for field in ("identifier", "version", "name"):
            if (at := getattr(self, field)) is not None:
                yield _value(field, self.stretch.part(*at), self.stretch)


def _value(field: str, place: Stretch, context: Stretch) -> ProposedValue:
    return ProposedValue(
        field=f"criteria_source.{field}", value=on_one_line(place.text), quotes=(place.quote(context),)
    )


def criteria_source(letter: Sequence[Paragraph]) -> Iterator[ProposedValue]:
    """The surest citation of the letter, the first among equals; what it lacks, from a label of its own."""
    labels = by_field(letter)
    best = max([*_labelled(labels.get("criteria_source", ())), *_told(letter)], key=_weight, default=None)
    if best is None or best.weight < _ENOUGH:
        best = max(_told(letter, in_rights=True), key=_weight, default=None)  # where a word too early opened the rights
        if best is None or best.weight < _ENOUGH_IN_RIGHTS:
            return
    yield from best.values()
    if best.identifier is None and best.stretch.text.endswith(":"):
        yield from _provision_below(letter, best.stretch)
    if best.version is None and (own := next(_apart(letter), None)) is not None:
        yield _value("version", *own)
        return
    for field in ("identifier", "version"):
        group = labels.get(f"criteria_source.{field}", ())
        below = ((one, one.value.start - best.stretch.start) for one in group if one.value.page is best.stretch.page)
        near = [one for one, distance in below if 0 < distance < _NEAR]
        if getattr(best, field) is None and near:
            yield _value(field, near[0].value, near[0].context)


def _provision_below(letter: Sequence[Paragraph], lead: Stretch) -> Iterator[ProposedValue]:
    """The section that stands below words such as "the following provision of the Plan Document:"."""
    below = next((p for p in letter if p.page is lead.page and p.start >= lead.end), None)
    for row in _each("sections"):
        if below is not None and (found := row.match(below.text)):
            yield _value("identifier", below.part(*found.span("v")), below)
            return


def _apart(letter: Sequence[Paragraph]) -> Iterator[tuple[Stretch, Stretch]]:
    """Versions told apart from the title, in the rights or the foot too: "Guideline set V2.0.2026"."""
    for paragraph in letter:
        for sentence in sentences(paragraph.body):
            if (found := _each("own_version")[0].search(sentence.text)) is not None:
                yield sentence.part(*found.span("v")), sentence


def _weight(one: _Citation) -> int:
    return one.weight


def _told(letter: Sequence[Paragraph], *, in_rights: bool = False) -> Iterator[_Citation]:
    for paragraph in letter:
        if paragraph.in_rights is not in_rights or paragraph.text == paragraph.heading:
            continue
        heading = paragraph.heading
        for sentence in _joined(paragraph.body):
            yield from _citations(sentence, heading)
            if len(sentence.text.split()) <= _HEAD_WORDS and _words("headings").search(sentence.text):
                heading = f"{heading} {sentence.text}"  # "Guideline. Harbor Imaging KN-4 ..."


def _joined(body: Stretch) -> Iterator[Stretch]:
    """The sentences, and as one those that a colon parts after a kind of policy: its title stands on the next line."""
    kept: Stretch | None = None
    for sentence in sentences(body):
        whole = Stretch(sentence.page, kept.start, sentence.end) if kept else sentence
        kept = whole if _words("kinds", r"\b(?:{})(?:\s\([A-Z]{2,8}\))?:$").search(whole.text) else None
        if kept is None:
            yield whole
    if kept:
        yield kept


def _labelled(group: Sequence[Labelled]) -> Iterator[_Citation]:
    """What stands beside a label such as "Criteria used"; the label is as good as a heading."""
    for one in group:
        yield from _citations(one.value, one.label)


def _citations(sentence: Stretch, heading: str) -> Iterator[_Citation]:
    """Each title in a sentence that may be a policy's, and a number that names its kind without a title."""
    text = sentence.text
    runs = [(_past_law(text, *run.span()), _end_of_run(sentence, *run.span())) for run in _RUN.finditer(text)]
    titles = [one for run in runs if (one := _title(text, *run, heading)) is not None]
    titles += [part.span("v") for part in _each("plan_parts")[0].finditer(text)]
    cued = 0
    for start, end in titles:
        cued = max(cued, _cued(text, start, heading))  # what is used is used with what "and" joins to it
        yield _citation(sentence, cued, start, end)
    written_small = (
        [] if titles else [found.span("v") for row in _each("small_titles") for found in row.finditer(text)][:1]
    )
    for start, end in written_small:
        yield replace(_citation(sentence, _cued(text, start, heading), start, end), name=(start, end))
    if not titles and not written_small:
        for numbers in _each("numbers"):
            for number in numbers.finditer(text):
                if not _words("procedural").match(number["v"]) and not _words("aside").search(text[: number.start()]):
                    weight = 2 * bool(_cued(text, number.start(), heading)) + 1 + 2 * _asks(text, number.end())
                    yield _Citation(sentence, weight, None, number.span("v"), None)
                    return


_LAW = re.compile(
    r"\d{1,2}\s(?:CFR|C\.F\.R\.|U\.?S\.?C\.?)\s[\d.]+(?:\(\w{1,4}\))*(?:\s+and\s+\d[\d.]*(?:\(\w{1,4}\))*)?\s+and\s+(?:the\s+)?(?=[A-Z])"
)


def _past_law(text: str, start: int, end: int) -> int:
    """Where a title begins that "and" joins to a law: "42 CFR 410.61 and the Benefit Policy Manual"."""
    law = _LAW.match(text, start, end)
    return law.end() if law else start


def _end_of_run(sentence: Stretch, start: int, end: int) -> int:
    """Where capitalised words end: at a line's end that is far from the margin, what follows is something else."""
    text, page = sentence.text, sentence.page.text
    if (series := _SERIES.match(text, end)) is not None and re.search(r"\s(?:for|of|in)\s", text[start:end]):
        end = series.end()
    for at in range(start, end):
        short = text[at] == "\n" and sentence.start + at - page.rfind("\n", 0, sentence.start + at) < _SHORT
        if short or (text[at] == "\n" and re.match(r"\n\s*[A-Z][\w ]{2,30}:", text[at:])):
            return at
    return end


def _title(text: str, start: int, end: int, heading: str) -> Place | None:
    """A run of capitalised words as the title of a policy, without the words that only begin the sentence."""
    while (first := re.match(r"(\S+)\s+", text[start:end])) and _opens(first[1], text[:start]):
        start += first.end()
    words = text[start:end]
    if re.fullmatch(_NUMBER, words):  # "Policy used: 7.01.218, Reduction Mammaplasty"
        return (start, end) if _cued(text, start, heading) and _ABOUT.match(text, end) else None
    small = _words("kinds_small", r"\s+(?:{})(?!\w)(?:\s+(?:no\.|number|#)?\s*" + _NUMBER + ")?").match(text, end)
    if (
        _words("not_titles").search(words + (small[0] if small else ""))
        or _words("own_policy").search(text[:start])
        or not re.search(r"[A-Za-z]{2}", words)
    ):
        return None
    named_for = _words(
        "kinds_of", r"(?:\s(?:{})){1,3}\s(?:criteria|requirements|guidelines?|polic(?:y|ies)|rules?)"
    ).match(text, end)
    if named_for and (said := _FOR_WHAT.match(text, named_for.end())) is not None:
        return start, said.end()
    if named_for and _ABOUT.match(text, named_for.end()):
        return start, named_for.end()
    introduced = _words("introducing").search(text[:start].rstrip())
    table = load("criteria/criteria_source.yaml")
    kinds = "|".join(table["kinds"])
    named = re.search(r"(?<!\w)(?:" + "|".join(table["publishers"]) + r")(?!\w)", words)
    kind = re.search(rf"(?<=\s)(?:{kinds})(?!\w)|^(?:{kinds})\s(?={_NUMBER})", words) or _words("whole").search(words)
    numbered = re.match(r",\s+(?:policy|program|document|guideline)(?:\s+(?:number|no\.))?\s+" + _NUMBER, text[end:])
    if small and not kind and _words("opening", r"(?:{})$").match(words):  # "Under policy AB-12345"
        return None
    if small and not kind and (" " in words or re.search(r"\d", small[0])):
        return start, small.end()
    inside = re.search(rf"[a-z]\s(?=\S*[A-Z]){_NUMBER}(?:\s[A-Z][a-z]|$)", words) and _cued(text, start, heading)
    if (sign := re.match(r"\s#\s?" + _NUMBER, text[end:])) is not None and kind:
        return start, end + sign.end()
    return (start, end) if named or kind or introduced or numbered or inside else None


def _opens(word: str, before: str) -> bool:
    begins = not before.strip() or before.rstrip()[-1] in ".:(\u2022"
    return bool(_words("opening", r"(?:{})$").match(word)) and (begins or word[0].islower())


def _citation(sentence: Stretch, cued: int, start: int, end: int) -> _Citation:
    text = sentence.text
    about = _about(text, start, end)
    until = _tail(text, about[1] if about else end)
    number, sure = _number(text, start, end, until)
    version = _version(text, start, until)
    name = _name(text, (start, end), about, number)
    weight = cued + sure + (version is not None) + (name is not None)
    weight += _asks(text, until)
    weight -= 5 * bool(_words("aside").search(text[max(0, start - 60) : start]))
    return _Citation(sentence, weight, name, number, version)


def _asks(text: str, end: int) -> bool:
    """Whether a policy named before is told to ask for something."""
    return _words("asks").search(text[end:]) is not None


def _cued(text: str, start: int, heading: str) -> int:
    """How much the words before a title, or the heading above, tell that it is what was decided by."""
    before = text[:start]
    for numbers in _each("numbers"):
        before = numbers.sub("", before)
    if len(before) < start:  # other laws beside it
        before = re.sub(r"(?:[\s,;]|\b(?:and|the)\b)+$", "", before)
    before = " ".join(before.split())
    labelled = before.endswith((":", "(")) and _words("headings").search(before[-_SHORT:])
    cued = bool(_words("cues").search(before) or labelled)
    return 2 * cued + 2 * bool(_words("headings").search(heading))


_NO_SUBJECT = re.compile(
    r"(?:\S+\s+)?(?:Edition|Release|Version|Level|Section|Article|Number|Policy|Document|No)\b"
    r"|(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)[a-z]*\b"
    r"|(?:Effective|Eff|Revised|Revision|Rev|Updated|Last|Published|Current|Chapter|Part|Page|Appendix|Table)\b"
)
_FURTHER = re.compile(rf",\s+(?=[A-Z])({_RUN.pattern})(?=,\s+(?:\(|[Vv]ersion|[Vv]er\.|[Rr]ev|[Ee]ff|\d|[A-Z]+-?\d))")


def _about(text: str, start: int, end: int) -> Place | None:
    """What the policy is about, where a title of its own follows: "Policy 12, Lumbar Fusion"."""
    if re.search(r"\b20\d\d$|\bV\d", text[start:end]):
        return None
    aside = _ASIDE.match(text, end)  # a version in brackets
    found = _ABOUT.match(text, end) or (_ABOUT.match(text, aside.end()) if aside else None)
    if found is None or _NO_SUBJECT.match(found[1]):
        return None
    if " " not in found[1] and re.match(r"\s+[a-z]", text[found.end() :]):  # a sentence that goes on
        return None
    bracketed = found[0].lstrip()[0] in _OPENING
    if re.fullmatch(_NUMBER, found[1]) or (bracketed and not re.match(r"[)\"\u201d]|,[\"\u201d]", text[found.end() :])):
        return None
    series = _SERIES.match(text, found.end()) if re.search(r"\s(?:for|of|in)\s", found[1]) else None
    last = series.end() if series else found.end()
    if bracketed:
        return found.start(1), last + 1
    further = _FURTHER.match(text, last)  # "Partial Hospitalization, Child and Adolescent, version 2"
    if further and not _NO_SUBJECT.match(further[1]) and not re.search(r"\d", further[1]):
        last = further.end()
    if (
        more := re.match(
            r",\s+Section\s+\d+(?:\.\d+)*(?:\(\w\))*|\s+\([A-Z][a-z]+(?:(?:,|\s(?:and|or|for|of))\s[A-Z][a-z]+){0,3}\)",
            text[last:],
        )
    ) is not None:
        last += more.end()
    return found.start(1), last


def _tail(text: str, end: int) -> int:
    cut = _words("cut").search(text, end)
    return min(cut.start() if cut else len(text), end + _TAIL)


def _number(text: str, start: int, end: int, until: int) -> tuple[Place | None, int]:
    """The number of the policy, and how surely it is one: of a known form, in or after its title, else a section.

    Or right before it: "CPB 0102 under Aetna Clinical Policy Bulletin".
    """
    if (before := _number_before(text, start)) is not None:
        return before, 3
    for numbers in _each("numbers"):
        if (found := numbers.search(text, max(0, start - 2), until)) and not _words("procedural").match(found["v"]):
            return found.span("v"), 3
    if (own := _number_of_title(text, start, end)) is not None:
        return own, 3
    for row in _each("numbered"):
        if (found := row.search(text, end, until)) and not _words("no_number").fullmatch(found["v"]):
            return found.span("v"), 3
    if found := re.compile(r"\(([A-Z]{2,5}-[A-Z]{2,5})\b").search(text, end, until):
        return found.span(1), 2
    for row in _each("sections"):
        if found := row.search(text, start, until):
            return found.span("v"), 1
    return None, 0


def _number_before(text: str, start: int) -> Place | None:
    found = [match for numbers in (*_each("numbers"), _CODED) for match in numbers.finditer(text, 0, start)]
    joined = (match for match in found if _JOINS.fullmatch(text[match.end() : start]))
    return next((match.span("v") for match in joined if not _words("procedural").match(match["v"])), None)


_CODED = re.compile(
    r"(?<![\w.-])(?P<v>[A-Z]{2,5}[-.](?=[A-Z0-9.-]*\d)[A-Z0-9]+(?:[-.][A-Z0-9]+)*)(?![\w-])"
)  # "CDG-UM113"
_JOINS = re.compile(r"\s(?:under|of|in|from)\s(?:(?:the|our)\s)?")


def _number_of_title(text: str, start: int, end: int) -> Place | None:
    """The number within a title: of the form of numbers, or a short one after its kind ("Drug Policy 31")."""
    if re.match(r"(?:Section|Article|Part)\s", text[start:end]):
        return None  # that of a section, as it is written
    for own in re.finditer(rf"(?:(?<=[\s#])|^){_NUMBER}", text[start:end]):
        versioned = re.search(r"\b(?:version|edition)\s+$", text[start : start + own.start()], re.IGNORECASE)
        if not versioned and not _words("no_number").fullmatch(own[0]):
            return start + own.start(), start + own.end()
    short = _each("short_numbers")[0].search(text[start:end])
    short = short or _each("lettered")[0].search(text[start:end])
    return (start + short.start("v"), start + short.end("v")) if short else None


def _version(text: str, start: int, until: int) -> Place | None:
    for row in _each("versions"):
        if found := row.search(text, start, until):
            return found.span("v")
    return None


def _name(text: str, head: Place, about: Place | None, number: Place | None) -> Place | None:
    """The title with what it is about; of a title in general words alone only that, which may follow its number."""
    start, end = head
    if re.fullmatch(_NUMBER, text[start:end]):
        return about
    if number and start <= number[0] < end:
        rest = text[number[1] : end]
        if _is_generic(text[start : number[0]]) and re.match(r"\s+[A-Z][a-z]", rest):
            return number[1] + len(rest) - len(rest.lstrip()), end
    kind = re.match(r"(?:Local|National)\s+Coverage\s+Determination\s+(?=[A-Z][a-z])", text[start:end])
    if kind:
        return start + kind.end(), end
    generic = _is_generic(text[start : number[0]] if number and start <= number[0] < end else text[start:end])
    if about is None:
        return None if not text[start:end].split()[0][0].isupper() else (start, end)
    last = about[1]
    if generic:
        return (about[0], last - 1) if text[about[0] - 1] in _OPENING else about
    return start, last


def _is_generic(words: str) -> bool:
    plain = re.sub(r"\([^()]*\)", " ", words)
    return all(_words("generic", r"(?:{})$").match(word) for word in re.findall(r"[\w'\u2019-]+", plain))
