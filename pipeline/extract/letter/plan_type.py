"""The legal regime of the plan, by the words of the notice that show it."""

import re
from collections import defaultdict
from functools import cache
from typing import Any

from pipeline.extract.lines import Stretch, paragraphs, sentences
from pipeline.extract.tables import load
from pipeline.folding import fold, folded
from schemas.denial import PlanType
from schemas.document import Document
from schemas.proposal import ProposedValue


@cache
def _table() -> dict[str, Any]:
    return load("letter/plan_types.yaml")


@cache
def _evidence() -> dict[str, list[tuple[PlanType, int]]]:
    """Folded words to the types they show, with their weight."""
    shown: dict[str, list[tuple[PlanType, int]]] = defaultdict(list)
    for plan in PlanType:
        for row in _table().get(plan, ()):
            for words in row["words"]:
                shown[words].append((plan, row["weight"]))
    return shown


@cache
def _pattern() -> re.Pattern[str]:
    words = sorted(map(re.escape, _evidence()), key=len, reverse=True)
    return re.compile(rf"(?<!\w)({'|'.join(words)})(?:\.\d+)?(?!\w)")  # a part of the CFR, with its section


def shown_by(quote: str) -> set[PlanType]:
    """The plan types that a quote is evidence of."""
    return {plan for match in _pattern().finditer(folded(quote)) for plan, _ in _evidence()[match[1]]}


_DENIED = re.compile(r"\b(?:is|are) not (?:an? |part of (?:the )?)?$")  # "It is not Medicaid"


def plan_type(document: Document) -> ProposedValue | None:
    """The type with the heaviest evidence, each word counted once; None where nothing speaks, or two types tie."""
    weights: dict[PlanType, dict[str, int]] = defaultdict(dict)
    places: dict[PlanType, list[tuple[int, Stretch]]] = defaultdict(list)
    for sentence in _sentences(document):
        text = fold(sentence.text)
        if any(words in text.text for words in _table()["not_evidence"]):
            continue
        for match in _pattern().finditer(text.text):
            if _DENIED.search(text.text, 0, match.start()):
                continue
            for plan, weight in _evidence()[match[1]]:
                if match[1] not in weights[plan]:
                    weights[plan][match[1]] = weight
                    places[plan].append((weight, sentence.part(*text.original(*match.span()))))
    totals = sorted(((max(w.values()), sum(w.values()), plan) for plan, w in weights.items() if w), reverse=True)
    if not totals or (len(totals) > 1 and totals[0][:2] == totals[1][:2]):
        return None
    plan = totals[0][2]
    shown = sorted(places[plan], key=lambda place: -place[0])[:3]
    return ProposedValue(field="plan_type", value=plan, quotes=tuple(stretch.quote() for _, stretch in shown))


def _sentences(document: Document) -> list[Stretch]:
    groups = [group for page in document.pages for group in paragraphs(page)]
    return [s for group in groups for s in sentences(Stretch(group[0].page, group[0].start, group[-1].end))]
