"""What a criterion is read against besides the facts: the days, sides and parts that the denial states."""

from __future__ import annotations

import re
from datetime import date
from functools import cache, lru_cache

from pipeline.check.tables import table
from schemas.base import Frozen
from schemas.denial import Denial
from schemas.fact import Side
from schemas.requirement import Anchor


class Sites(Frozen):
    """sites.yaml."""

    source: str
    regions: dict[str, tuple[str, ...]]
    wider: dict[str, tuple[str, ...]]
    referred: dict[str, tuple[str, ...]]
    sides: dict[Side, tuple[str, ...]]


@cache
def _sites() -> Sites:
    return table("sites", Sites)


def names(text: str, forms: tuple[str, ...]) -> bool:
    """Whether one of the forms stands in the text as whole words, regular plurals included."""
    return _pattern(forms).search(text) is not None


@cache
def _pattern(forms: tuple[str, ...]) -> re.Pattern[str]:
    return re.compile(rf"(?<!\w)(?:{'|'.join(map(re.escape, forms))})s?(?!\w)", re.IGNORECASE)


@lru_cache(maxsize=4096)  # a chart names few places many times
def regions(text: str | None) -> frozenset[str]:
    """The regions of the body that a text names; a wider word ("spine") only where no narrower one stands."""
    if text is None:
        return frozenset()
    sites = _sites()
    exact = frozenset(region for region, forms in sites.regions.items() if names(text, forms))
    return exact or frozenset(region for region, forms in sites.wider.items() if names(text, forms))


@cache
def referred(places: frozenset[str]) -> frozenset[str]:
    """Those regions, and the ones where their signs may be found on examination."""
    return places.union(*(_sites().referred.get(place, ()) for place in places))


def side(text: str | None) -> Side | None:
    """The one side that a text names."""
    found = [side for side, forms in _sites().sides.items() if text is not None and names(text, forms)]
    if len(found) == 2 and Side.BILATERAL not in found:
        return Side.BILATERAL
    return found[0] if len(found) == 1 else None


class Context(Frozen):
    """The denial's anchors. A day is None where the letter does not give it."""

    today: date
    request_date: date | None = None
    service_date: date | None = None
    denial_date: date | None = None
    birth_date: date | None = None
    diagnosis_codes: tuple[str, ...] = ()
    side: Side | None = None
    regions: frozenset[str] = frozenset()

    @classmethod
    def of(cls, denial: Denial, today: date) -> Context:
        """The request is dated by the day the payer received it, the service by its first day; else by the letter."""
        letter = denial.letter_date.value if denial.letter_date else None
        service = denial.service.value if denial.service else None
        return cls(
            today=today,
            request_date=denial.received_date.value if denial.received_date else letter,
            service_date=min((cited.value for cited in denial.service_dates), default=letter),
            denial_date=letter,
            birth_date=denial.birth_date.value if denial.birth_date else None,
            diagnosis_codes=tuple(cited.value for cited in denial.diagnosis_codes),
            side=side(" ".join([service or "", *(code.value for code in denial.procedure_codes)])),
            regions=regions(service),
        )

    def anchor(self, before: Anchor) -> date | None:
        """The day a window ends on; a letter does not give that of the order."""
        return {
            "request_date": self.request_date,
            "service_date": self.service_date,
            "denial_date": self.denial_date,
            "order_date": None,
        }[before]
