"""Criterion evaluations a second on one core: `python benchmarks/check_speed.py`.

500 cases of 500 facts with 20 criteria each, of every kind of predicate: 10,000 evaluations, each against 500 facts.
What is timed is `pipeline.check.evaluate.evaluate`, with the index it makes of each case's facts, by the processor's
time. No two cases are alike; the facts of a case are of 60 things, as in a long chart. The seed is fixed.
"""

import random
import time
from datetime import date, timedelta

from pydantic import TypeAdapter

from pipeline.check.context import Context
from pipeline.check.evaluate import evaluate
from schemas.denial import Criterion
from schemas.fact import Fact
from schemas.requirement import Requirement
from schemas.span import Cited, Span

CASES, FACTS = 500, 500
REQUEST = date(2026, 11, 1)
SPAN = Span(document="d1", page=1, start=0, end=5, quote="words")
PLACES = (None, "lumbar spine", "right knee", "shoulder", "low back")
OUTCOMES = (None, "failed", "partial", "effective", "intolerant")
REQUIREMENTS = TypeAdapter(tuple[Requirement, ...]).validate_python(
    [
        {"kind": "duration", "terms": ["treatment 1"], "length": {"n": 6, "unit": "weeks"}},
        {
            "kind": "duration",
            "terms": ["conservative"],
            "length": {"n": 3, "unit": "months"},
            "active": True,
            "within": {"length": {"n": 12, "unit": "months"}},
        },
        {"kind": "duration", "terms": ["treatment 2"], "length": {"n": 8, "unit": "weeks"}, "outcomes": ["failed"]},
        {"kind": "count", "terms": ["class 3"], "n": 2, "outcomes": ["failed"], "each": {"n": 8, "unit": "weeks"}},
        {"kind": "count", "terms": ["treatment 4"], "n": 12, "of": "visits"},
        {"kind": "count", "terms": ["treatment 5"], "n": 2, "of": "event"},
        {"kind": "score", "terms": ["ODI"], "value": 41, "unit": "%"},
        {"kind": "score", "terms": ["PHQ-9"], "value": 15, "within": {"length": {"n": 90, "unit": "days"}}},
        {"kind": "measure", "terms": ["BMI"], "value": 35, "unit": "kg/m2"},
        {"kind": "change", "terms": ["NRS"], "value": 50, "percent": True, "direction": "down"},
        {"kind": "finding", "terms": ["finding 1", "finding 2", "finding 3"]},
        {"kind": "finding", "terms": ["red_flag"], "side": "right"},
        {"kind": "document", "terms": ["image 1"], "within": {"length": {"n": 60, "unit": "days"}}},
        {"kind": "tolerance", "terms": ["treatment 6", "class 1"]},
        {"kind": "elapsed_since", "terms": ["treatment 7"], "length": {"n": 8, "unit": "weeks"}},
        {"kind": "limit", "terms": ["treatment 8"], "n": 4, "rolling": {"n": 12, "unit": "months"}},
        {"kind": "age", "years": 18},
        {"kind": "not", "of": {"kind": "finding", "terms": ["finding 9"]}},
        {
            "kind": "any",
            "of": [
                {"kind": "duration", "terms": ["treatment 9"], "length": {"n": 6, "unit": "weeks"}},
                {"kind": "tolerance", "terms": ["treatment 9"]},
            ],
        },
        {
            "kind": "all",
            "of": [
                {"kind": "measure", "terms": ["BMI"], "value": 30, "unit": "kg/m2"},
                {"kind": "finding", "terms": ["finding 4"]},
            ],
        },
    ]
)


def chart(chance: random.Random) -> tuple[Fact, ...]:
    """The facts of one case."""
    return tuple(_fact(chance, number) for number in range(FACTS))


def _fact(chance: random.Random, number: int) -> Fact:
    day = REQUEST - timedelta(days=chance.randrange(900))
    told: dict[str, object] = {"id": f"f{number:03}", "date": day.isoformat(), "spans": (SPAN,)}
    told["assertion"] = chance.choices(("present", "absent", "possible", "hypothetical"), (8, 2, 1, 1))[0]
    told["side"] = chance.choice((None, None, "left", "right"))
    told["body_part"] = chance.choice(PLACES)
    kind = chance.choice(("treatment", "treatment", "measurement", "finding", "imaging"))
    if kind == "treatment":
        which = chance.randrange(25)
        wider = (("conservative",), ("conservative", "active")) if which < 6 else ((),)
        told |= {"name": f"treatment {which}", "classes": (f"class {which % 5}", *wider[which % len(wider)])}
        told |= {"start": (day - timedelta(days=chance.randrange(200))).isoformat(), "end": day.isoformat()}
        told |= {"outcome": chance.choice(OUTCOMES), "visits": chance.choice((None, 1, 8))}
    elif kind == "measurement":
        told |= {"name": chance.choice(("ODI", "PHQ-9", "BMI", "NRS", "HbA1c")), "value": str(chance.randrange(1, 60))}
    else:
        which = chance.randrange(15)
        told |= {"name": f"{'finding' if kind == 'finding' else 'image'} {which}"}
        told |= {"classes": ("red_flag",) if which % 5 == 0 else ()}
    return Fact(kind=kind, **told)


def main() -> None:
    """Time the cases one after another, as a worker meets them, and print the rate."""
    chance = random.Random(5)
    criteria = [
        Criterion(id=f"c{n}", text=Cited(value="words", spans=(SPAN,)), requirement=asked)
        for n, asked in enumerate(REQUIREMENTS, 1)
    ]
    context = Context(
        today=date(2026, 11, 21), request_date=REQUEST, service_date=REQUEST, birth_date=date(1971, 4, 12)
    )
    spent = 0.0
    for _ in range(CASES):
        facts = chart(chance)
        began = time.process_time()
        evaluate(criteria, facts, context)
        spent += time.process_time() - began
    count = CASES * len(criteria)
    print(f"{count:,} evaluations against {FACTS} facts each: {count / spent:,.0f} a second")


if __name__ == "__main__":
    main()
