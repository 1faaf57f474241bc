import itertools
from dataclasses import replace
from datetime import date, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.check import check
from schemas.dates import PartialDate
from tests.check.check_makers import LETTER_DAY, TODAY, answer, denial, fact, need

DAYS = st.sampled_from([None, "2026-02-01", "2026-03", "2026-04-01", "2026-05-15", "2026-06", "2026-10-20"])
NAMES = st.sampled_from(["physical therapy", "naproxen", "topiramate"])


@st.composite
def facts(draw):
    return [
        fact(
            f"f{n}",
            draw(st.sampled_from(["treatment", "medication", "finding", "measurement", "diagnosis"])),
            draw(NAMES),
            classes=draw(st.sampled_from([(), ("conservative",), ("active", "conservative")])),
            start=draw(DAYS),
            end=draw(DAYS),
            date=draw(DAYS),
            ongoing=draw(st.booleans()),
            duration=draw(st.sampled_from([None, "6 weeks", "3 months"])),
            visits=draw(st.sampled_from([None, 1, 8])),
            value=draw(st.sampled_from([None, "3", "40", "naproxen"])),
            value_high=draw(st.sampled_from([None, "48"])),
            outcome=draw(st.sampled_from([None, "failed", "effective", "intolerant"])),
            side=draw(st.sampled_from([None, "left", "right"])),
            assertion=draw(st.sampled_from(["present", "historical", "absent", "possible", "hypothetical", "family"])),
        )
        for n in range(draw(st.integers(0, 5)))
    ]


TERMS = [("physical therapy",), ("conservative",), ("naproxen", "topiramate")]
LEAVES = [
    requirement
    for terms in TERMS
    for within in ({}, {"within": "9 months"})
    for requirement in (
        need("duration", *terms, length="6 weeks", **within),
        need("duration", *terms, length="2 months", active=True, outcomes=["failed"], **within),
        need("count", *terms, n=2, outcomes=["failed", "intolerant"], each="6 weeks", **within),
        need("count", *terms, n=2, of="class", **within),
        need("count", *terms, n=8, of="visits", **within),
        need("count", *terms, n=2, of="event", **within),
        need("score", *terms, value=41, **within),
        need("measure", *terms, value=41, use="any", **within),
        need("finding", *terms, **within),
        need("tolerance", *terms, **within),
        need("change", *terms, value=5, direction="down", **within),
        need("frequency", *terms, n=4, per="1 month", over="2 months", unit="days/month", **within),
        need("elapsed_since", *terms, length="8 weeks", **within),
        need("limit", *terms, n=2, rolling="9 months", **within),
        need("code", *terms, **within),
    )
]
REFUTABLE = [leaf for leaf in LEAVES if not getattr(leaf, "outcomes", ())]  # no trial without an outcome refutes one
requirements = st.recursive(
    st.sampled_from(LEAVES),
    lambda parts: st.one_of(
        st.lists(parts, min_size=1, max_size=3).map(lambda of: need("all", of=[part.model_dump() for part in of])),
        st.lists(parts, min_size=1, max_size=3).map(lambda of: need("any", of=[part.model_dump() for part in of])),
        st.sampled_from(REFUTABLE).map(lambda of: need("not", of=of.model_dump())),
    ),
    max_leaves=3,
)


@settings(deadline=None, max_examples=100)
@given(requirements, facts(), st.randoms())
def test_the_order_of_facts_is_of_no_account(requirement, found, chance):
    shuffled = found.copy()
    chance.shuffle(shuffled)
    case = denial(criteria=[{"requirement": requirement.model_dump()}])
    assert check(case, found, TODAY) == check(case, shuffled, TODAY)


@settings(deadline=None, max_examples=100)
@given(requirements, facts())
def test_a_fact_on_something_else_changes_no_answer(requirement, found):
    other = fact("zz", "treatment", "acupuncture", start="2026-01-01", end="2026-09-01", outcome="failed")
    assert answer(requirement, *found) == answer(requirement, *found, other)


@settings(deadline=None, max_examples=400)
@given(requirements, facts())
def test_to_take_facts_away_never_makes_silence_met(requirement, found):
    if answer(requirement, *found).verdict == "not_documented":
        for fewer in itertools.chain.from_iterable(itertools.combinations(found, n) for n in range(len(found))):
            assert answer(requirement, *fewer).verdict != "met"


def later(one, move):
    """The fact with each of its dates moved."""
    dates = {key: PartialDate(move(when)) for key in ("date", "start", "end") if (when := getattr(one, key))}
    return replace(one, **dates)


def moved(requirement, found, move):
    """The verdict and the facts that carry it, with the facts and all days of the case moved alike."""
    days = {"today": TODAY, "request_date": LETTER_DAY, "service_date": LETTER_DAY, "denial_date": LETTER_DAY}
    context = {name: date.fromisoformat(move(PartialDate.of(day))) for name, day in days.items()}
    result = answer(requirement, *(later(one, move) for one in found), **context)
    return result.verdict, result.facts, result.gap_kind


@settings(deadline=None, max_examples=200)
@given(requirements, facts())
def test_a_cycle_of_the_calendar_moves_no_verdict(requirement, found):
    def four_centuries(when):
        return f"{when.earliest.year + 400}{when.iso[4:]}"

    assert moved(requirement, found, str) == moved(requirement, found, four_centuries)


IN_DAYS = [
    need("duration", "physical therapy", length="6 weeks"),
    need("duration", "conservative", length="45 days", within="200 days"),
    need("count", "conservative", n=2, outcomes=["failed"], each="30 days", within="40 weeks"),
    need("finding", "naproxen", within="60 days"),
    need("elapsed_since", "physical therapy", length="8 weeks"),
    need("limit", "topiramate", n=1, rolling="30 weeks"),
]


@settings(deadline=None, max_examples=200)
@given(st.sampled_from(IN_DAYS), facts(), st.integers(-4000, 4000))
def test_to_move_every_day_alike_changes_no_verdict_where_only_days_are_counted(requirement, found, by):
    def days(when):
        return (when.earliest + timedelta(days=by)).isoformat()

    exact = [later(one, lambda when: when.earliest.isoformat()) for one in found]
    exact = [one for one in exact if one.duration is None or one.duration.unit == "weeks"]
    assert moved(requirement, exact, str) == moved(requirement, exact, days)


@settings(deadline=None, max_examples=100)
@given(requirements)
def test_an_empty_record_meets_nothing_and_contradicts_nothing(requirement):
    assert answer(requirement).verdict == "not_documented"


@settings(deadline=None, max_examples=100)
@given(requirements, facts())
def test_an_answer_rests_on_facts_of_this_patient_and_says_why_others_do_not_serve(requirement, found):
    result = answer(requirement, *found)
    known = {each.id: each for each in found}
    rejected = {entry.fact for entry in result.rejected}
    assert set(result.facts) | rejected <= set(known)
    assert not set(result.facts) & rejected
    assert not any(known[each].assertion in ("family", "hypothetical", "possible") for each in result.facts)
    assert result.explanation
    if result.verdict == "not_documented":
        assert result.gap
        assert result.gap_kind == "documentation"
