"""A statement on treatments: how many, how long, with what outcome, not tolerated, or not given."""

import re
from typing import Literal

from pipeline import notation
from pipeline.extract.criteria import over_time
from pipeline.extract.criteria.asked import all_of, left, subjects
from pipeline.extract.criteria.clauses import (
    FINDINGS,
    Reading,
    blank,
    comparison,
    groups,
    no_more_numbers,
    outcomes_in,
    parted_by_outcome,
    treatment_terms,
    treatments,
    words,
)
from pipeline.extract.vocabulary import by_name, names_in_class
from schemas.fact import FactKind, Length, Outcome
from schemas.requirement import Attest, Count, Duration, Not, Op, Requirement, Tolerance

_OF_A_CLASS = (
    r"inhibitors?|SSRIs?|SNRIs?|statins?|triptans?|biologics?|blockers?|agonists?|antagonists?|antidepressants?|antibiotics?"
    r"|anticonvulsants?|antipsychotics?|anticholinergics?|stimulants?|bisphosphonates?|opioids?"
)
_COUNTED = re.compile(
    rf"(?P<n>(?<![\w.,/|!}}\]-])\d{{1,3}}|{notation.NUMBER_WORD})(?: \(\d+\))?"
    r"(?! ?(?:hours?|nights?|midnights?)\b)"
    r"(?: (?:or more|supervised|documented|attended|formal|separate|prior|previous))* (?:[a-z-]+ ){0,3}?"
    r"(?P<what>(?:sessions?|visits?|trials?|agents?|drugs?|medications?|medicines?|class(?:es)?|treatments?|injections?|courses?"
    r"|episodes?|attempts?|therapies|modalit(?:y|ies)|emergency|hospitali[sz]ations?|admissions?|exacerbations?)\b"
    r"|NSAIDs?\b|DMARDs?\b|preventives?\b|antidepressants?\b|of\b|non-?steroidal|conventional|different|distinct|preferred"
    r"|blocks?|infusions?|formulary|oral|preventive|generic"
    rf"|(?:{_OF_A_CLASS})\b)",
    re.IGNORECASE,
)


def counted(reading: Reading) -> Requirement | None:
    """So many treatments, agents, classes, visits or events, each perhaps for a length."""
    terms = treatment_terms(reading.hits)
    terms = terms or tuple(dict.fromkeys(h.term.name for h in reading.hits if h.term.kind is FactKind.RISK))
    found = [_COUNTED.search(reading.rest), _COUNTED.search(_without_lengths(reading))]
    match = next((m for m in found if m and not _counts_only_some(reading, m.start())), None)
    if not terms or match is None or len(reading.lengths) > 1 or parted_by_outcome(reading):
        return None
    n = int(match["n"]) if match["n"].isdigit() else notation.spelled(match["n"])
    alone = n == 1 and reading.lengths and re.fullmatch(_OF_A_CLASS, match["what"], re.IGNORECASE)  # a trial of it
    if n is None or alone or not no_more_numbers(blank(reading.rest, *match.span())):
        return None
    each = reading.lengths[0].value if reading.lengths else None
    of = _what_is_counted(reading, match)
    outcomes = outcomes_in(reading.text)
    if each is not None and (of == "visits" or _is_exempt(outcomes)):
        return None
    op = comparison(reading.text, *match.span("n")) or Op.AT_LEAST
    counted = Count(
        terms=terms,
        op=op,
        n=n,
        of=of,
        outcomes=outcomes,
        each=each,
        dose=reading.dose,
        within=reading.window,
    )
    if op in (Op.AT_LEAST, Op.MORE_THAN):
        return counted
    return left(counted, terms)  # that no other record holds more, a person must find out


def _what_is_counted(reading: Reading, match: re.Match[str]) -> Literal["visits", "event", "class", "agent"]:
    what = match["what"].lower()
    if not treatments(reading.hits) and "active" not in subjects(reading):
        return "event"
    if what.startswith(("session", "visit")):
        return "visits"
    if re.search(
        r"(?:different|distinct|separate)(?: \w+){0,2} class|from different|classes", reading.text, re.IGNORECASE
    ):
        return "class"
    return "event" if words("event").search(what) else "agent"


def _counts_only_some(reading: Reading, number: int) -> bool:
    """Whether the number is not that of all treatments named: "physical therapy and at least one NSAID"."""
    places = treatments(reading.hits)
    if len({hit.term.name for hit in places}) == 1 and _VISITS.match(reading.text, number):
        return False
    if places and places[0].end <= number and not re.search(r"[(:]", reading.text[places[0].end : number]):
        return True
    listed = re.search(r"\bof (?:the )?(?:following|these)|:|\(|such as|including", reading.text[number:])
    apart = groups(reading.text, places) if places else ()
    return listed is None and (apart is None or len(apart) > 1)


_VISITS = re.compile(
    r"\S+ (?:\(\d+\) )?(?:or more )?(?:supervised |attended |documented )*(?:visits|sessions)\b", re.IGNORECASE
)


def _is_exempt(outcomes: tuple[Outcome, ...]) -> bool:
    """Whether only those who could not take it are spoken of: "6 weeks of it, or a contraindication"."""
    return bool({Outcome.INTOLERANT, Outcome.CONTRAINDICATED} & set(outcomes)) and Outcome.FAILED not in outcomes


def _without_lengths(reading: Reading) -> str:
    """The text with its lengths blanked and its terms kept: "two NSAIDs" is a count."""
    text = reading.text
    for length in reading.lengths:
        text = blank(text, length.start, length.end)
    return text


def trial(reading: Reading) -> Requirement | None:
    """A treatment, or symptom, that lasted so long; or a treatment that ended as the text says."""
    terms = treatment_terms(reading.hits)
    if len(reading.lengths) > 1 or not no_more_numbers(reading.rest) or words("despite").search(reading.text):
        return None
    if parted_by_outcome(reading):
        return None
    outcomes = outcomes_in(reading.text)
    if reading.lengths:
        length = reading.lengths[0]
        op = comparison(reading.text, length.start, length.end) or Op.AT_LEAST
        if op not in (Op.AT_LEAST, Op.MORE_THAN):
            return None
        return _lasting(reading, terms, op, length.value, outcomes)
    ended = {Outcome.FAILED} & set(outcomes)
    if terms and ended:
        return of_each(reading, outcomes)
    return None


def _lasting(
    reading: Reading, terms: tuple[str, ...], op: Op, length: Length, outcomes: tuple[Outcome, ...]
) -> Requirement | None:
    active = "active" in terms or bool(re.search(r"\bactive (?:modalit|component|treatment|therap)", reading.text))
    terms = tuple(term for term in terms if term != "active") or (("active",) if active else ())
    if not terms:
        symptoms = tuple(dict.fromkeys(hit.term.name for hit in reading.hits if hit.term.kind in FINDINGS))
        return Duration(terms=symptoms, op=op, length=length, within=reading.window) if symptoms else None
    exempt = bool({Outcome.INTOLERANT, Outcome.CONTRAINDICATED} & set(outcomes))
    within, dose = reading.window, reading.dose
    apart = groups(reading.text, treatments(reading.hits)) if len(terms) > 1 else (terms,)
    if apart is None or _is_exempt(outcomes):
        return None
    if exempt:  # who could not take it is exempt from the length
        return all_of(
            tuple(Count(terms=t, n=1, outcomes=outcomes, each=length, dose=dose, within=within) for t in apart)
        )
    return all_of(
        tuple(
            Duration(terms=t, op=op, length=length, active=active, outcomes=outcomes, dose=dose, within=within)
            for t in apart
        )
    )


def of_each(reading: Reading, outcomes: tuple[Outcome, ...]) -> Requirement | None:
    """Each treatment tried once, with one of the outcomes; alternatives where they are joined by "or"."""
    apart = groups(reading.text, treatments(reading.hits))
    if apart is None:
        return None
    return all_of(
        tuple(Count(terms=t, n=1, outcomes=outcomes, dose=reading.dose, within=reading.window) for t in apart)
    )


def tolerance(reading: Reading) -> Requirement | None:
    """Treatments that could not be taken."""
    hits, outcomes = treatments(reading.hits), outcomes_in(reading.text)
    if not hits or not outcomes or not no_more_numbers(reading.rest) or reading.lengths or parted_by_outcome(reading):
        return None
    apart = groups(reading.text, hits)
    if apart is None or Outcome.FAILED in outcomes:
        return None
    parts = tuple(Tolerance(terms=t, outcomes=outcomes, within=reading.window) for t in apart)
    broad = is_broad(treatment_terms(hits)) or any(_ALL_OF.search(reading.text[: hit.start]) for hit in hits)
    return left(all_of(parts), apart[0]) if broad else all_of(parts)


_ALL_OF = re.compile(r"\b(?:all|every|each|both|any and all)\s(?:\S+\s){0,3}$", re.IGNORECASE)


def is_broad(terms: tuple[str, ...]) -> bool:
    """Whether one of the terms is so wide a class of treatments that one member not tolerated excuses none other."""
    return over_time.unknown(terms) or any(
        by_name(term).kind is not FactKind.MEDICATION and names_in_class(term) for term in terms
    )


def untried(reading: Reading) -> Requirement | None:
    """A treatment that must not have been given: "no prior use of adalimumab"."""
    hits = treatments(reading.hits)
    if not hits or reading.lengths or not no_more_numbers(reading.rest) or outcomes_in(reading.text):
        return None
    if not words("negated").search(reading.text):
        return None
    tried = Count(terms=treatment_terms(hits), n=1, within=reading.window)
    return left(Not(of=tried), tried.terms)


# What a treatment did while it was given is asked, not that it was given: "with improvement when oxygen is applied".
_GOT_BETTER = re.compile(
    r"\b(?:improve[sd]?|improvement|correct(?:s|ed|ion)|relie(?:f|ved)|respon[ds]\w*|better)\b[^.;,]{0,30}\b(?:when|while|once)\b",
    re.IGNORECASE,
)


def tried(reading: Reading) -> Requirement | None:
    """A treatment that was given, whatever came of it."""
    if not treatments(reading.hits) or reading.lengths or not no_more_numbers(reading.rest):
        return None
    if outcomes_in(reading.text) or not words("tried").search(reading.text):
        return None
    if _GOT_BETTER.search(reading.text[: treatments(reading.hits)[0].start]):
        return Attest(terms=subjects(reading))
    return Attest(terms=subjects(reading)) if words("concurrent").search(reading.text) else of_each(reading, ())
