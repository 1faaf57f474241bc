"""A statement on what the record must show: a document, a study, a finding."""

import re

from pipeline.extract.criteria.asked import all_of, left
from pipeline.extract.criteria.clauses import (
    FINDINGS,
    TREATMENTS,
    Reading,
    groups,
    no_more_numbers,
    treatments,
    words,
    words_of,
)
from pipeline.extract.vocabulary import TermHit
from schemas.fact import FactKind
from schemas.requirement import Finding, Not, Present, Requirement


def document(reading: Reading) -> Requirement | None:
    """A document, a report or a specialist's hand that the record must show."""
    hits = [h for h in reading.hits if h.term.kind is FactKind.DOCUMENTATION]
    by = [h for h in hits if "author_specialty" in h.term.classes]
    other = [hit for hit in reading.hits if hit.term.kind in (*TREATMENTS, FactKind.MEASUREMENT, FactKind.FINDING)]
    if not hits or other or reading.lengths or not no_more_numbers(reading.rest):
        return None
    first = min((h.start for h in hits if h.term.name not in words_of("records")), default=0)
    if not by and (words("as_seen_in").search(reading.text[:first]) or words("came_negative").search(reading.text)):
        return None  # the document only shows what is asked, or its result is what is asked
    if not by:  # "a plan of care signed by the physician, with goals": the plan is asked, the rest said of it
        head = words("after_head").search(reading.text, hits[0].end)
        hits = [h for h in hits if head is None or h.end <= head.start()]
    # "in consultation with a rheumatologist", "ordered by a psychiatrist": the hand is what is asked
    hits = [h for h in hits if not by or h in by or not set(words_of("by_whom")) & {h.term.name}]
    apart = groups(reading.text, hits)
    return None if apart is None else all_of(tuple(Present(terms=t, within=reading.window) for t in apart))


def finding(reading: Reading) -> Requirement | None:
    """Findings, imaging, risks, limits or diagnoses that must be stated."""
    hits = [hit for hit in reading.hits if hit.term.kind in FINDINGS or hit.term.kind is None]
    hits = [hit for hit in hits if hit.term.name not in ("active", "inactive")]
    if not hits or treatments(reading.hits) or reading.lengths or not no_more_numbers(reading.rest):
        return None
    # "radiographs before the MRI request" asks for the radiographs
    until = re.search(r"\b(?:before|prior to|preceding)\b", reading.text)
    hits = [hit for hit in hits if until is None or hit.start < until.start()] or hits
    specific = [hit for hit in hits if hit.term.kind is not FactKind.IMAGING] or hits
    # "pain from nerve damage": the cause is no second finding
    caused = words("cause").search(reading.text, specific[0].end)
    specific = [hit for hit in specific if caused is None or hit.start < caused.start()] or specific
    negative = words("came_negative").search(reading.text) is not None
    if not negative and words("tested_for").search(
        reading.text[: specific[0].start]
    ):  # that it was looked for, not that it was there
        tested = tuple(dict.fromkeys(hit.term.name for hit in specific))
        return Finding(terms=tested, within=reading.window, judged=tested)
    if not negative and (unsaid := tuple(h.term.name for h in specific if _is_result_unsaid(reading.text, h))):
        return Finding(terms=unsaid, within=reading.window, judged=unsaid)
    apart = groups(reading.text, specific)
    if apart is None:
        return None
    lead = words("filler").sub(" ", reading.text[: specific[0].start])
    # "radiographs of the knee": that they were made, whatever they showed
    studies = all(hit.term.kind is FactKind.IMAGING for hit in specific) and not re.search(r"[a-z]", lead)
    if studies:
        return all_of(tuple(Present(terms=t, within=reading.window) for t in apart))
    if not negative and not words("negated").search(reading.text):
        denied = [hit.term.name for hit in specific if _is_denied(reading.text, hit)]
        kept = tuple(t for t in apart if not set(t) & set(denied))
        if denied:  # "an endoscopy without complete collapse": what must not be there
            refused = Finding(terms=tuple(dict.fromkeys(denied)), within=reading.window)
            shown = tuple(Finding(terms=t, within=reading.window) for t in kept)
            return left(all_of((*shown, Not(of=refused))), tuple(dict.fromkeys(hit.term.name for hit in hits)))
    return all_of(tuple(Finding(terms=t, within=reading.window, absent=negative) for t in apart))


def _is_result_unsaid(text: str, hit: TermHit) -> bool:
    """Whether a test is named, and not what it must come to: "a urine drug screen on the day of testing"."""
    return hit.term.name in words_of("tests_by_result") and not words("came_positive").search(text)


def _is_denied(text: str, hit: TermHit) -> bool:
    """Whether a word that denies stands right before a finding: "without complete collapse"."""
    before = re.search(r"((?:[^\s,;]+\s+){0,4})$", text[: hit.start])
    return before is not None and words("denied_before").search(before[1]) is not None
