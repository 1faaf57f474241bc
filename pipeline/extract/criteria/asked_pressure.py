"""A blood pressure against a pair of figures: "140/90 or lower" asks both, "140/90 or higher" either."""

import re
from decimal import Decimal

from pipeline import notation
from pipeline.extract.criteria.clauses import Reading, blank, comparison
from schemas.requirement import All, Any, Measure, Op, Requirement

_PAIR = re.compile(r"(?<![\d/.])(\d{2,3}) ?/ ?(\d{2,3})(?: ?mm ?Hg)?(?![\d/])")


def pressure(reading: Reading) -> Requirement | None:
    """Both pressures below their figures, or one of them above."""
    pairs = list(_PAIR.finditer(reading.text))
    if len(pairs) != 1 or not any(hit.term.name == "blood pressure" for hit in reading.hits):
        return None
    pair = pairs[0]
    op = comparison(reading.text, *pair.span())
    if op is None or reading.lengths or notation.numbers(blank(reading.rest, *pair.span())):
        return None
    parts = tuple(
        Measure(terms=(f"{which} blood pressure",), op=op, value=Decimal(n), unit="mmHg", within=reading.window)
        for which, n in zip(("systolic", "diastolic"), pair.groups(), strict=True)
    )
    return All(of=parts) if op in (Op.AT_MOST, Op.LESS_THAN) else Any(of=parts)
