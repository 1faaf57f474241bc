"""The facts shown beside a criterion that arithmetic cannot decide."""

from pipeline.check import check
from pipeline.check.passages import passages
from schemas.fact import Fact
from tests.check.check_makers import TODAY, cited, denial, fact, need, span


def told(fact_id: str, name: str, words: str, **more: str):
    return fact(fact_id, name=name, kind="finding", spans=(span(words),), **more)


STAIRS = told("f1", "stairs", "cannot climb the stairs at home without a rail")
SLEEP = told("f2", "insomnia", "wakes from knee pain most nights")
PLANNED = told("f3", "stairs", "will try the stairs with a cane", assertion="hypothetical")


def test_the_facts_that_share_most_words_come_first_and_others_not_at_all() -> None:
    assert passages("A home with stairs that cannot be avoided", (SLEEP, STAIRS)) == (STAIRS,)
    assert passages("The plan's committee agrees", (SLEEP, STAIRS)) == ()


def test_what_does_not_hold_of_the_patient_is_no_passage() -> None:
    assert passages("Stairs at home", (PLANNED,)) == ()


def test_a_criterion_that_was_not_read_needs_review_with_its_passages() -> None:
    asked = denial(criteria=[{"text": cited("The home has stairs that cannot be avoided").model_dump()}])
    (result,) = check(asked, (STAIRS, SLEEP), TODAY).criteria
    assert (result.verdict, result.facts) == ("needs_review", ("f1",))


def judged(text: str, *facts: Fact, terms: tuple[str, ...] = ("shared decision making",)) -> str:
    asked = need("document", *terms, judged=terms).model_dump()
    case = denial(criteria=[{"text": cited(text).model_dump(), "requirement": asked}])
    return check(case, facts, TODAY).criteria[0].verdict.value


VISIT = "A shared decision-making visit before the implant"


def test_where_the_record_holds_nothing_on_it_there_is_nothing_to_judge() -> None:
    assert judged(VISIT, SLEEP) == "not_documented"
    assert judged(VISIT, told("f1", "shared decision making", "shared decisions made today")) == "needs_review"


def test_what_the_record_may_say_in_other_words_is_for_a_person() -> None:
    talked = told("f1", "counseling", "the implant and the decision were talked over at this visit")
    assert judged(VISIT, talked) == "needs_review"
    assert judged("Childbearing is complete", SLEEP, terms=('"childbearing"',)) == "needs_review"


def test_the_order_of_the_facts_is_of_no_account() -> None:
    assert passages("stairs and knee pain", (SLEEP, STAIRS)) == passages("stairs and knee pain", (STAIRS, SLEEP))
