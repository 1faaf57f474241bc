"""Treatments and medications as sentences state them: when, how long, how much, how often, and how it went."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from pipeline.extract.chart.barred import says_not_had, spoken_of, stands
from pipeline.extract.chart.chart import Chart, Line, body_parts, listed_allergies, one_side, sides
from pipeline.extract.chart.charted import Shape
from pipeline.extract.chart.declined import is_declined
from pipeline.extract.chart.given import injected, not_borne
from pipeline.extract.chart.mentions import Mention
from pipeline.extract.chart.orders import already_had
from pipeline.extract.chart.outcomes import Told, bars, reacted, reaction, read
from pipeline.extract.chart.placing import own_clause, parts_named
from pipeline.extract.chart.referred import referred
from pipeline.extract.chart.regimens import DOSE, dose, duration, period, relative, table, visits, words, year_of
from pipeline.extract.chart.topics import TREATMENTS
from pipeline.extract.vocabulary import TermHit, terms
from pipeline.notation import dates, lengths
from schemas.dates import PartialDate
from schemas.fact import Assertion, FactKind, Outcome, Side


@dataclass(frozen=True, slots=True)
class Piece:
    """The part of a statement that speaks of one treatment, and the wider part that tells its outcome."""

    hit: TermHit
    start: int
    end: int
    shared_start: int
    shared_end: int


def mentions(chart: Chart) -> list[Mention]:
    """What every sentence and label of the chart says of a treatment, in order."""
    found: list[Mention] = []
    last: list[Mention] = []
    for line in chart.readable:
        if line.statement.shape is Shape.ROW and len(line.statement.cells) > 2:
            continue  # rows of tables have readers of their own
        here = [mention for piece in pieces(line) for mention in _of_piece(line, piece)]
        here += [*injected(line), *not_borne(line)]
        if not here:
            here = list(referred(line, last))
        found += here
        last = here or [m for m in last if m.statements[-1].block == line.statement.block]
    return found


_CONNECTIVE = re.compile(
    r"[\s,/&()+]|\b(?:and|or|plus|as well as|of|for|a|an|the|with|course|trial|both|also|then|other|others)\b"
)
_BREAKS = (
    re.compile(r";|\bbut\b|\bthen\b|\bfollowed by\b|\.\s|\n\u2022|\bwhile\b|\bwhereas\b", re.IGNORECASE),
    re.compile(r",?\s(?:and|or|plus)\s", re.IGNORECASE),
    re.compile(r","),
)


def pieces(line: Line) -> list[Piece]:
    """The statement parted among its treatments. Treatments that are only listed share their outcome."""
    hits = _distinct([hit for hit in line.hits if hit.term.kind in TREATMENTS], line.text)
    if not hits:
        return []
    cuts = [0, *(_cut(line, a, b) for a, b in pairwise(hits)), len(line.text)]
    listed = [_only_listed(line, a, b) for a, b in pairwise(hits)]
    found = []
    for index, hit in enumerate(hits):
        first = last = index
        while first and listed[first - 1]:
            first -= 1
        while last < len(listed) and listed[last]:
            last += 1
        found.append(Piece(hit, cuts[index], cuts[index + 1], cuts[first], cuts[last + 1]))
    return found


def _distinct(hits: list[TermHit], text: str) -> list[TermHit]:
    """The hits without repeats of the same term in one clause: "physical therapy (PT)"."""
    kept: list[TermHit] = []
    for hit in _without_their_class(hits, text):
        if (
            kept
            and kept[-1].term == hit.term
            and not re.search(r"[;.]\s|\bbut\b|\bthen\b", text[kept[-1].end : hit.start])
        ):
            continue
        kept.append(hit)
    return kept


_NAMELY = re.compile(
    r",?\s*(?:\(|:|\b(?:such as|including|like|e\.g\.,?|namely|an?|another)\s)\s*(?:an?\s)?", re.IGNORECASE
)


def _without_their_class(hits: list[TermHit], text: str) -> list[TermHit]:
    """The hits without a class that only introduces or explains a member: "NSAIDs (meloxicam)"."""
    dropped: set[int] = set()
    for index, (one, other) in enumerate(pairwise(hits)):
        if _NAMELY.fullmatch(text, one.end, other.start):
            if one.term.name in other.term.classes:
                dropped.add(index)
            elif other.term.name in one.term.classes:
                dropped.add(index + 1)
    return [hit for index, hit in enumerate(hits) if index not in dropped]


def _cut(line: Line, one: TermHit, other: TermHit) -> int:
    """Where one treatment's part of the statement ends and the next one's begins."""
    masked = list(line.text[one.end : other.start])
    for start, end, _ in line.dates:  # the comma of a date parts nothing
        for at in range(max(start, one.end), min(end, other.start)):
            masked[at - one.end] = "_"
    between = "".join(masked)
    for pattern in _BREAKS:
        found = list(pattern.finditer(between))
        if found:
            return one.end + found[-1].start()
    return other.start


def _only_listed(line: Line, one: TermHit, other: TermHit) -> bool:
    """Whether nothing but doses, lengths and connectives stands between two treatments."""
    between = line.text[one.end : other.start]
    between = _without(between, [(found.start, found.end) for found in lengths(between)])
    between = _without(between, [(found.start, found.end) for found in dates(between)])
    between = DOSE.sub("", between)
    between = _without(between, [(found.start, found.end) for found in words().frequencies.find(between)])
    return not _CONNECTIVE.sub("", between.lower()).strip()


def _without(text: str, ranges: list[tuple[int, int]]) -> str:
    for start, end in reversed(ranges):
        text = text[:start] + text[end:]
    return text


# Behind a drug or treatment these make something else of it: "acetaminophen overdose", "vaccine titres".
_NOT_TREATMENT = re.compile(
    r"[\s-](?:overdose|ingestion|poisoning|toxicity|abuse|misuse|use disorder|dependence|titers?|titres?"
    r"|levels?|stress test|"
    r"stress echo|SPECT|days\b|allerg(?:y|ies)|antibod(?:y|ies)|supplies|brochure|handout|policy|criteria"
    r"|coverage|center|"
    r"clinic|department|specialist|(?:seating|wheelchair|mobility|driving|home safety|swallow)\s(?:eval|assess))",
    re.IGNORECASE,
)


def _of_piece(line: Line, piece: Piece) -> Iterator[Mention]:
    """The mentions that one piece makes: one, or one for each day of what is given once, or one for each dose."""
    statement = line.statement
    mention = Mention(
        term=piece.hit.term,
        statements=(statement,),
        assertion=line.judgement.of(piece.hit.start, piece.hit.end),
        note=statement.dated,
    )
    if _NOT_TREATMENT.match(line.text, piece.hit.end) or listed_allergies(line):
        return
    if piece.hit.neutral and mention.assertion is not Assertion.ABSENT:
        return  # "injection" alone tells a route as often as a treatment
    mention = _placed(mention, line, piece)
    told = _outcome(mention, line, piece)
    if told and told.outcome is Outcome.CONTRAINDICATED and not _is_barred(line, piece):
        told = None
    if told is None and _is_weighed(mention, line, piece):
        yield replace(mention, assertion=Assertion.HYPOTHETICAL)
        return
    if mention.assertion.holds and (words().not_had.find(statement.label) or _not_had_in_row(line, piece)):
        mention = replace(mention, assertion=Assertion.ABSENT)
    if told and told.outcome in (*_NOT_TAKEN, Outcome.DECLINED) and (out := _not_had(mention, line, piece, told)):
        yield out
        return
    if had := already_had(mention, line.text, piece.hit.start):
        amount = dose(line.text[piece.start : piece.end], piece.hit.end - piece.start) if had.ongoing else None
        stopped = told if told and told.outcome is not Outcome.ONGOING and not had.ongoing else None
        outcome, reason = (stopped.outcome, stopped.reason) if stopped else (None, None)
        yield replace(had, dose=amount, outcome=outcome, reason=reason)
        return
    if not mention.assertion.holds:
        amount = dose(line.text[piece.start : piece.end], piece.hit.end - piece.start)
        ordered = mention.assertion is Assertion.HYPOTHETICAL and mention.term.kind is FactKind.MEDICATION
        yield replace(mention, dose=amount) if ordered else mention
        return
    if told and told.outcome is not Outcome.ONGOING:
        mention = replace(mention, outcome=told.outcome, reason=told.reason)
    yield from _dated(mention, line, piece)


def _not_had_in_row(line: Line, piece: Piece) -> bool:
    """Whether the cell behind a treatment begins with words that it was not had: "Leflunomide     never given"."""
    cells = line.statement.cells if line.statement.shape is Shape.ROW else ()
    behind = next((cell.text for cell in cells if cell.start >= piece.hit.end), "")
    return any(hit.start == 0 for hit in words().not_had.find(behind))


def _outcome(mention: Mention, line: Line, piece: Piece) -> Told | None:
    """The outcome that the piece tells of its treatment, else the label of its line."""
    told = read(line.text[piece.shared_start : piece.shared_end]) or _labelled(line)
    if told and told.outcome is Outcome.DECLINED and not is_declined(line.text, piece.hit, told, piece.shared_start):
        return None
    if told and told.outcome in _NOT_TAKEN and "surgery" in mention.term.classes:
        return None  # "cannot take NSAIDs, gastric bypass 2015": the operation is the reason
    if mention.term.kind is not FactKind.MEDICATION:
        return told
    if told and told.outcome is Outcome.INCOMPLETE and told.reason:
        told = None  # a drug that was dear or not at hand was not found wanting
    reaction = reacted(line.text[: piece.hit.start])
    if reaction and (told is None or told.outcome in (Outcome.ONGOING, Outcome.CONTRAINDICATED)):
        return Told(Outcome.INTOLERANT, 0, 0, reaction)
    return told


def _is_barred(line: Line, piece: Piece) -> bool:
    """Whether the contraindication that the piece, or the label of its line, tells is stated and stands."""
    label, section = line.statement.label, line.statement.section
    if bars(line.text[piece.shared_start : piece.shared_end]):
        return stands(line.text, piece.shared_start, piece.shared_end, section)
    return stands(label, section=section) and stands(f"{label}: {line.text}", section=section)


def _is_weighed(mention: Mention, line: Line, piece: Piece) -> bool:
    """Whether only a contraindication is spoken of that does not stand: it was neither had nor denied."""
    spoken = spoken_of(line.text[piece.shared_start : piece.shared_end])
    if not spoken or says_not_had(line.text) or _is_barred(line, piece):
        return False
    known = mention.assertion.holds or mention.assertion is Assertion.ABSENT
    return known and _timed(mention, line, piece.start, piece.end).bare


def _not_had(mention: Mention, line: Line, piece: Piece, told: Told) -> Mention | None:
    """The mention of a treatment that was not tolerated, must not be had, or was declined."""
    if told.outcome is Outcome.DECLINED:
        return replace(mention, assertion=Assertion.ABSENT, outcome=told.outcome, reason=told.reason)
    if told.reason and any(hit.term == mention.term for hit in terms(told.reason)):
        told = replace(told, reason=None)  # "contraindicated: methotrexate" gives no reason
    if mention.assertion.holds:
        timed = _timed(mention, line, piece.start, piece.end)
        reacted_to = reaction(line.text, piece.hit.end, piece.end)
        reason = told.reason or reacted_to
        year = None if timed.start or timed.end else year_of(line.text[piece.start : piece.end])
        if told.outcome is Outcome.CONTRAINDICATED and _HARMED.search(line.text, piece.hit.end, piece.end):
            return replace(timed, outcome=Outcome.INTOLERANT, reason=reason, ongoing=False, on=year)
        if told.outcome is Outcome.CONTRAINDICATED and timed.bare and not (year or reacted_to):
            return replace(mention, assertion=Assertion.ABSENT, outcome=told.outcome, reason=reason)
        return replace(timed, outcome=told.outcome, reason=reason, ongoing=False, on=year)
    if told.outcome is Outcome.CONTRAINDICATED and mention.assertion is Assertion.ABSENT:
        return replace(mention, outcome=told.outcome, reason=told.reason)
    return None


_HARMED = re.compile(  # what did something was taken: "cannot take duloxetine, it raised his blood pressure"
    r"\b(?:it|they|that|which|these)\s(?:\w+\s){0,2}"
    r"(?:raised|caused|made|gave|upset|hurt|brought|led|worsened|triggered|dropped|lowered|bothered)\b",
    re.IGNORECASE,
)
_NOT_TAKEN = (Outcome.CONTRAINDICATED, Outcome.INTOLERANT)


def _labelled(line: Line) -> Told | None:
    """The outcome that the label of a line tells of all it lists: "Tried and failed: ibuprofen, naproxen"."""
    told = read(line.statement.label) if line.statement.label else None
    return None if told is None or told.outcome in (Outcome.ONGOING, Outcome.DECLINED) else told


def _dated(mention: Mention, line: Line, piece: Piece) -> Iterator[Mention]:
    """The mention with its times; a raised dose makes a second course."""
    text = line.text[piece.start : piece.end]
    raised = words().new_dose.find(text)
    if raised and mention.term.kind is FactKind.MEDICATION and raised[0].start > piece.hit.end - piece.start:
        at = piece.start + raised[0].start
        yield _timed(mention, line, piece.start, at)
        yield _timed(mention, line, at, piece.end)
        return
    if mention.term.kind is FactKind.TREATMENT and {*table().events} & {*mention.term.classes, mention.term.name}:
        days = _days_of_event(line, piece)
        ago = [day for day, _ in relative(text, line.statement.dated)] if line.statement.dated else []
        if days or len(ago) == 1:
            yield from (replace(mention, on=day, resolved=not days) for day in days or ago)
            return
        if _is_the_procedure(line):
            yield replace(mention, on=line.statement.dated.value if line.statement.dated else None)
            return
    timed = _timed(mention, line, piece.start, piece.end)
    if _SINCE_ON.search(line.text[max(0, piece.hit.start - 40) : piece.hit.start]):
        timed = replace(timed, start=None, ongoing=False, resolved=False)  # since then she aches
    if mention.term.kind is FactKind.MEDICATION and (day := _discharged_on(line, piece)):
        timed = replace(timed, start=day, end=None)
    own = [found.value for found in dates(text) if found.value.day]
    if mention.term.kind is FactKind.MEDICATION and len(own) == 1 and not (timed.start or timed.end or timed.ongoing):
        yield replace(timed, on=own[0])
        return
    free = not (timed.start or timed.end or timed.ongoing)
    year = (_month_of(text) or year_of(text)) if free else None
    yield replace(timed, on=year) if year else timed


_SINCE_ON = re.compile(r"\bsince\s[\w,/ -]{3,25}\s(?:on|with|while on)\s\Z", re.IGNORECASE)
_DISCHARGED = re.compile(r"\bdischarged\b[^.;]{0,40}?\bon\s", re.IGNORECASE)


def _discharged_on(line: Line, piece: Piece) -> PartialDate | None:
    """The day of a discharge on a drug: "discharged 03/03/2025 on aspirin, metoprolol and atorvastatin"."""
    led = _DISCHARGED.search(line.text, piece.shared_start, piece.hit.start)
    days = [day for start, end, day in line.dates if led and led.start() < start and end < led.end()]
    return days[0] if len(days) == 1 else None


def _days_of_event(line: Line, piece: Piece) -> list[PartialDate]:
    """The days told of what is done once: those of its own clause, where that tells any."""
    text, at = line.text[piece.start : piece.end], piece.hit.start - piece.start
    left = max(text.rfind("; ", 0, at), text.rfind(". ", 0, at), 0)
    stops = [stop for stop in (text.find("; ", at), text.find(". ", at)) if stop >= 0]
    own = dates(text[left : min(stops, default=len(text))])
    return [found.value for found in own or dates(text)]


_IN = re.compile(r"\b(?:in|during)\s(?:early\s|late\s|mid-?)?\Z", re.IGNORECASE)


def _month_of(text: str) -> PartialDate | None:
    """The month in which something was had: "intubated for the same in November 2024"."""
    found = dates(text)
    if len(found) == 1 and found[0].value.precision == "month" and _IN.search(text[: found[0].start]):
        return found[0].value
    return None


def _is_the_procedure(line: Line) -> bool:
    """Whether a line names what was done on the day of its note: "Procedure: left L5 transforaminal injection"."""
    return line.statement.label.lower() in table().performed and line.statement.dated is not None


def _timed(mention: Mention, line: Line, start: int, end: int) -> Mention:
    """The mention with the times, amounts and visits that `start:end` of its statement gives."""
    hit = next((hit for hit in line.hits if hit.term == mention.term and start <= hit.start < end), None)
    if hit and (turn := list(_TURN.finditer(line.text, start, hit.start))):
        start = turn[-1].start()  # "in a boot from June 30 to July 28 and then went to physical therapy"
    text = line.text[start:end]
    at = (hit.start - start, hit.end - start) if hit else (0, 0)
    first, last, resolved = period(text, line.statement.dated)
    if _ELSEWHERE.search(text[: at[0]]):
        first, last, resolved = None, None, False  # "off work from 6/30 to 7/28 with therapy"
    listed = line.statement.section == "medications"
    return replace(
        mention,
        start=first,
        end=last,
        resolved=resolved,
        ongoing=last is None and _goes_on(text, first, listed=listed),
        duration=duration(text, at),
        visits=visits(text),
        dose=dose(text, at[1]) if mention.term.kind is FactKind.MEDICATION else None,
    )


_TURN = re.compile(
    r"(?:\band|\bbut|[,;])\s(?:\w+\s)?(?:then|afterwards?|after that|after which|later|next)\b|"
    r"\bbefore\b(?!\s(?:that|this|then)\b)|\bfollowed by\b",
    re.IGNORECASE,
)
_ELSEWHERE = re.compile(
    r"\b(?:(?:off|out of|missed)\s(?:work|school|duty)|light duty|on (?:crutches|leave|bed ?rest)|hospitali[sz]ed|"
    r"in (?:an?|the|her|his) (?:\w+\s)?(?:boot|cast|splint|sling|hospital|collar))\s"
    r"(?:from|between|since|until|through)\b",
    re.IGNORECASE,
)
_NOW = re.compile(r"\bnow\s(?:on\s|at\s|taking\s)?\d+(?:\.\d+)?\s?(?:mg|mcg|units|mL|g)\b", re.IGNORECASE)
_SINCE = re.compile(r"\b(?:since|has been|have been)\b", re.IGNORECASE)
_STOPPED = re.compile(r"\b(?:d/c(?!\w)|d/?c'd\b|stopp|discontinu|quit|held|ceas|complet|finish|failed)", re.IGNORECASE)


def _goes_on(text: str, first: PartialDate | None, *, listed: bool) -> bool:
    """Whether a treatment goes on: by a word, on a list of those taken, or since a day ("CBT since 02/2025")."""
    if words().ongoing.find(text) or _NOW.search(text):
        return True
    return (listed or (first is not None and _SINCE.search(text) is not None)) and _STOPPED.search(text) is None


def _placed(mention: Mention, line: Line, piece: Piece) -> Mention:
    """The mention with the side and part of the body that stand with it."""
    if mention.term.kind is not FactKind.TREATMENT:
        return mention
    text = line.text
    parts = [hit for hit in parts_named(line) if piece.start <= hit.start and hit.end <= piece.end]
    near = [hit for hit in parts if _belongs(text, piece.hit, hit)]
    names = {hit.term.name for hit in near}
    name = names.pop() if len(names) == 1 else _own_part(text[piece.hit.start : piece.hit.end])
    side = _side(text, piece, near)
    label = line.statement.label
    if name is None and side is None and (labelled := body_parts(terms(label))):
        name, side = labelled[0].term.name, one_side(label)
    return replace(mention, body_part=name, side=side)


_LEVEL = re.compile(
    r"\s{0,2}(?:[CTLS]\d{1,2}(?:-[CTLS]?\d{1,2})?\s)?(?:US-guided\s|ultrasound-guided\s|intra-articular\s)?",
    re.IGNORECASE,
)
_BRACKET = re.compile(r"\s*\([^()]{0,40}\)")
_LINK = re.compile(
    r"\s+(?:of|for|to|in|into|at|on|over|targeting)\s(?:(?:the|his|her|their|this)\s)?"
    r"(?:(?:left|right|bilateral|both|chronic|left-sided|right-sided)\s)?$",
    re.IGNORECASE,
)


def _belongs(text: str, hit: TermHit, part: TermHit) -> bool:
    """Whether a body part is that of the treatment: "for the right knee", "right knee injection"."""
    if part.start >= hit.end:
        between = _BRACKET.sub("", text[hit.end : part.start])
        return len(between) < 60 and _LINK.match(between) is not None
    return hit.start - part.end < 3 and not text[part.end : hit.start].strip()


def _own_part(words: str) -> str | None:
    """The part that the treatment's own words name: "knee injection"."""
    named = {hit.term.name for word in words.split() for hit in body_parts(terms(word))}
    return named.pop() if len(named) == 1 else None


def _side(text: str, piece: Piece, near: Sequence[TermHit]) -> Side | None:
    """The side that stands right before the treatment or its body part, or with "on the"."""
    for anchor in (piece.hit, *near):
        for found in sides(text[piece.start : piece.end]):
            gap = text[piece.start + found.end : anchor.start]
            if piece.start + found.end <= anchor.start and _LEVEL.fullmatch(gap):
                return found.side
    after = re.match(r"\s(?:on|of|in|to)\sthe\s(left|right)\b", text[piece.hit.end : piece.end], re.IGNORECASE)
    if after is None and {*table().events} & {*piece.hit.term.classes}:
        return one_side(own_clause(text, piece.start, piece.hit.end, piece.end))  # done to one place, on one side
    return one_side(after[0]) if after else None
