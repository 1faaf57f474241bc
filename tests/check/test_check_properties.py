from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.check import check
from tests.check.check_makers import TODAY, answer, denial, fact, need

DAYS = st.sampled_from([None, "2026-02-01", "2026-03", "2026-04-01", "2026-05-15", "2026-06", "2026-10-20"])
NAMES = st.sampled_from(["physical therapy", "naproxen", "topiramate"])


@st.composite
def facts(draw):
    return [
        fact(
            f"f{n}",
            draw(st.sampled_from(["treatment", "medication", "finding", "measurement"])),
            draw(NAMES),
            classes=draw(st.sampled_from([(), ("conservative",), ("active", "conservative")])),
            start=draw(DAYS),
            end=draw(DAYS),
            date=draw(DAYS),
            ongoing=draw(st.booleans()),
            duration=draw(st.sampled_from([None, "6 weeks", "3 months"])),
            visits=draw(st.sampled_from([None, 1, 8])),
            value=draw(st.sampled_from([None, "3", "40"])),
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
    )
]
requirements = st.recursive(
    st.sampled_from(LEAVES),
    lambda parts: st.one_of(
        st.lists(parts, min_size=1, max_size=3).map(lambda of: need("all", of=[part.model_dump() for part in of])),
        st.lists(parts, min_size=1, max_size=3).map(lambda of: need("any", of=[part.model_dump() for part in of])),
        parts.map(lambda of: need("not", of=of.model_dump())),
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


@settings(deadline=None, max_examples=200)
@given(requirements, facts(), st.data())
def test_to_take_facts_away_never_makes_silence_met(requirement, found, data):
    kept = [each for each in found if data.draw(st.booleans())]
    if answer(requirement, *found).verdict == "not_documented":
        assert answer(requirement, *kept).verdict != "met"


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
