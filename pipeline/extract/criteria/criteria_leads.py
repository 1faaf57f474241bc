"""Whether a list is one of criteria: by what leads to it, what stands above it, and what its items ask."""

import re
from collections.abc import Sequence
from functools import cache

from pipeline.extract.tables import load, pattern
from pipeline.extract.vocabulary import terms


@cache
def words(name: str) -> re.Pattern[str]:
    """The words of a row of criteria.yaml, as one pattern."""
    return pattern("|".join(load("criteria/criteria.yaml")[name]))


@cache
def _words(name: str) -> re.Pattern[str]:
    return pattern("|".join(load("criteria/criteria_leads.yaml")[name]))


def leads_to_criteria(lead: str, heading: str, items: Sequence[str]) -> bool:
    """Whether a lead under a heading leads to criteria: its words say so, or they may and the items ask."""
    lead, heading = lead.strip(), heading.strip()
    if any(words("not_criteria").search(text) for text in (lead, heading)):
        return False
    named = _words("sources").search(lead) is not None
    if _words("others").search(lead) or (not named and _words("others").search(heading)):
        return False
    asked = sum(map(asks, items))
    if _words("wanting").search(lead):
        return asked == len(items) and bool(named or _words("called").search(lead))
    told = sum(_words("told").search(item.strip()) is not None for item in items)
    return 2 * told <= len(items) and (_says_so(lead, heading) or (2 * asked > len(items) and _may(lead, heading)))


def _says_so(lead: str, heading: str) -> bool:
    said = words("criteria")
    ends = lead.endswith(":") or lead == heading
    under_rule = ends and words("rule_heading").search(heading)
    over_column = words("table_head").fullmatch(lead.strip(" :|"))
    return bool(under_rule or over_column or said.search(lead) or said.search(heading))


def _may(lead: str, heading: str) -> bool:
    """Whether a lead speaks of a rule, of what is granted or of what is asked; a heading alone must speak of a rule."""
    return any(_words(name).search(lead) for name in ("sources", "grants", "asks")) or bool(
        lead.endswith(":") and _words("sources").search(heading)
    )


def asks(item: str) -> bool:
    """Whether an item may be asked of a patient: it names a thing of the vocabulary or compares, and tells no event."""
    item = " ".join(item.split())
    return _words("told").search(item) is None and bool(_words("wanted").search(item) or terms(item))
