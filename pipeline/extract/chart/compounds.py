"""Names that stand inside the name of something else: "the COVID-19 vaccine" and "lupus serologies" are no disease."""

import re
from collections.abc import Iterator

from pipeline.extract.vocabulary import TermHit
from schemas.fact import FactKind

_NAMED = (FactKind.DIAGNOSIS, FactKind.FINDING, FactKind.RISK)
_VACCINE = r"(?:vaccin\w*|immuni[sz]ations?|booster|shots?|jabs?)\b"
_LIST = r"(?:[\w-]+(?:,\s|,?\s(?:and|or)\s|/)){0,4}"
_GUARDS = re.compile(rf"[\s-](?:\w+\s)?{_VACCINE}", re.IGNORECASE)
_GUARDED = re.compile(rf"\b{_VACCINE}(?:\s\w+)?\s(?:for|against|to prevent)\s(?:the\s)?{_LIST}\Z", re.IGNORECASE)
_IMMUNIZED = re.compile(rf"\bimmuni[sz]ed\s(?:for|against)\s(?:the\s)?{_LIST}\Z", re.IGNORECASE)
_LISTED = re.compile(rf"[^.;]*?\b{_VACCINE}", re.IGNORECASE)
_MIXTURE = re.compile(r"[\s-]cocktails?\b", re.IGNORECASE)
_TESTS = re.compile(
    r"[\s-](?:serolog(?:y|ies)|autoantibod(?:y|ies)|antibody panel|panel|markers|work-?\s?up)\b", re.IGNORECASE
)
_VACCINES = "vaccine"  # their class: "influenza and hepatitis B vaccines" names two
_JOINED = re.compile(r",\s|,?\s(?:and|or|&)\s|/")
_AFTER = 60  # characters behind a name that may hold the word it belongs to


def standing_alone(text: str, hits: list[TermHit]) -> Iterator[TermHit]:
    """The hits without diseases and findings that only say which vaccine, mixture of drugs or set of tests is meant.

    A disease that is screened for keeps its tests: "hepatitis B serologies negative" is how it is denied.
    """
    part = False
    kept: list[TermHit] = []
    behind: TermHit | None = None
    for hit in reversed(hits):
        listed = part and behind is not None and _JOINED.fullmatch(text, hit.end, behind.start) is not None
        part = hit.term.kind in _NAMED and (_is_part(text, hit) or (listed and _ends_in_vaccine(text, hit)))
        behind = hit
        if not part:
            kept.append(hit)
        part = part or _VACCINES in hit.term.classes
    yield from reversed(kept)


def _is_part(text: str, hit: TermHit) -> bool:
    before, after = text[max(0, hit.start - _AFTER) : hit.start], text[hit.end : hit.end + _AFTER]
    if _GUARDS.match(after) or _GUARDED.search(before) or _IMMUNIZED.search(before) or _MIXTURE.match(after):
        return True
    return "screened" not in hit.term.classes and _TESTS.match(after) is not None


def _ends_in_vaccine(text: str, hit: TermHit) -> bool:
    """Whether a vaccine ends the list that a name stands in: "influenza and hepatitis B vaccines"."""
    return _LISTED.match(text[hit.end : hit.end + _AFTER]) is not None
