import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.check import check
from pipeline.check.routes import routes
from schemas.coverage import RouteKind
from schemas.span import Cited
from tests.check.check_makers import TODAY, denial, span


def kinds(level=1, **fields):
    return [route.kind.value for route in routes(denial(**fields), level)]


@pytest.mark.parametrize(
    ("codes", "expected"),
    [
        (["CO-50"], ["necessity_appeal", "provider_dispute"]),
        (["PR-50"], ["necessity_appeal"]),
        (["55"], ["necessity_appeal"]),
        (["16"], ["corrected_claim"]),
        (["MA130"], ["corrected_claim"]),
        (["252", "N706"], ["records_request"]),
        (["226"], ["records_request"]),
        (["197"], ["authorization_appeal"]),
        (["198"], ["authorization_appeal"]),
        (["29"], ["provider_dispute"]),
        (["18"], ["nothing_to_appeal"]),
        (["109"], ["corrected_claim"]),
        (["PR-2"], ["nothing_to_appeal"]),
        (["45", "50"], ["necessity_appeal"]),
        (["197", "50"], ["authorization_appeal", "necessity_appeal"]),
        (["50", "16"], ["corrected_claim", "necessity_appeal"]),
        (["96"], []),
        (["204"], []),
        (["96", "50"], ["necessity_appeal"]),
        (["A7:562:85"], ["corrected_claim"]),
        (["A3:21"], ["corrected_claim"]),
        (["A7"], ["necessity_appeal"]),  # of another list: it tells no route
        (["A1:20"], ["necessity_appeal"]),
    ],
)
def test_a_code_tells_the_route_and_the_claim_comes_before_the_care(codes, expected):
    assert kinds(reason_codes=codes, reason="The charge is not paid.") == expected


@pytest.mark.parametrize(
    ("reason", "expected"),
    [
        ("The service is not medically necessary.", ["necessity_appeal"]),
        ("We asked for the photographs and did not get them.", ["records_request", "necessity_appeal"]),
        (
            "The notes do not show bracing. Films were asked for and were not received.",
            ["necessity_appeal", "records_request"],
        ),
        ("Precertification was not obtained.", ["authorization_appeal", "necessity_appeal"]),
        ("The claim was not filed in time.", ["provider_dispute", "necessity_appeal"]),
        ("This is a duplicate claim.", ["nothing_to_appeal", "necessity_appeal"]),
        ("Drugs for weight loss are excluded from Part D.", []),
        ("You walk 200 feet with supervision.", ["necessity_appeal"]),
    ],
)
def test_the_words_of_the_reason_tell_the_route_in_their_order(reason, expected):
    assert kinds(reason=reason) == expected


def test_words_add_a_route_to_that_of_a_code():
    found = kinds(reason_codes=["197"], reason="Not authorized, and not medically necessary.")
    assert found == ["authorization_appeal", "necessity_appeal"]


def test_a_route_cites_the_code_or_the_words_that_decide_it():
    (route,) = routes(denial(reason_codes=["CARC 16"]), 1)
    assert ([place.quote for place in route.spans], "CARC 16" in route.reasons[0]) == (["CARC 16"], True)
    page = "The records were\n  asked for and were not\n  received."
    reason = Cited(value=" ".join(page.split()), spans=(span(page, 40),))
    records, _ = routes(denial().model_copy(update={"reason": reason}), 1)
    (place,) = records.spans
    assert place.quote == "and were not\n  received"
    assert page[place.start - 40 : place.end - 40] == place.quote


def test_a_reason_that_sends_nowhere_else_is_appealed_and_cited_whole():
    (route,) = routes(denial(reason="You walk 200 feet."), 1)
    assert [place.quote for place in route.spans] == ["You walk 200 feet."]


def test_without_code_or_reason_a_person_decides():
    assert kinds() == []


def test_criteria_alone_make_it_a_question_of_necessity():
    assert kinds(criteria=[{}]) == ["necessity_appeal"]


@pytest.mark.parametrize(
    ("plan", "level", "outside"),
    [
        ("commercial_erisa", 1, False),
        ("commercial_erisa", 2, False),
        ("commercial_erisa", 3, True),
        ("commercial_aca", 2, True),
        ("medicaid_mco", 2, True),
        ("fehb", 2, True),
        ("part_d", 2, True),
        ("medicare_original", 2, False),
        ("unknown", 2, False),
        ("tricare", 4, False),
    ],
)
def test_the_level_tells_a_review_outside_the_plan(plan, level, outside):
    found = kinds(level, plan_type=plan, reason="Not medically necessary.")
    assert found == ["external_review"] * outside + ["necessity_appeal"]


def test_a_plans_last_word_leads_outside_whatever_the_level_and_is_warned_of():
    last = denial(
        plan_type="commercial_erisa", reason="Not medically necessary.", appeal={"used_up": "Final determination"}
    )
    first, second = routes(last, 1)
    assert (first.kind, second.kind) == (RouteKind.EXTERNAL_REVIEW, RouteKind.NECESSITY_APPEAL)
    assert [place.quote for place in first.spans] == ["Final determination"]
    warned = {level: {w.code for w in check(last, (), TODAY, level).warnings} for level in (1, 3)}
    assert "route_external_review" in warned[1]
    assert "route_external_review" not in warned[3]


def test_only_a_contract_leaves_a_charge_with_a_provider_to_dispute():
    assert "provider_dispute" in kinds(reason_codes=["CO-50"], plan_type="medicare_advantage")
    assert "provider_dispute" not in kinds(reason_codes=["CO-50"], plan_type="medicare_original")
    assert "provider_dispute" in kinds(reason="Not authorized; the patient is held harmless.")


def test_the_letter_is_warned_of_where_words_alone_lead_elsewhere():
    def codes(reason):
        return {w.code for w in check(denial(reason=reason), (), TODAY).warnings if w.code.startswith("route_")}

    assert codes("The records were not received within 45 days.") == {"route_corrected_claim"}
    assert codes("This use is excluded from the plan.") == {"route_benefit"}
    assert codes("The notes do not show bracing. The films were asked for and were not received.") == set()


def test_a_route_that_fits_the_letter_is_known_by_its_kind():
    appeals = {kind.value for kind in RouteKind if kind.is_appeal}
    assert appeals == {"necessity_appeal", "authorization_appeal", "external_review"}


PRINTED = ["CO-16", "50", "PR 96", "N706", "197", "CO-45", "not a code", "29"]


@given(st.lists(st.sampled_from(PRINTED), unique=True), st.randoms(use_true_random=False))
def test_the_order_of_codes_is_irrelevant_and_no_route_stands_twice(printed, chance):
    shuffled = chance.sample(printed, len(printed))
    found = kinds(reason_codes=printed, reason="See the codes.")
    assert kinds(reason_codes=shuffled, reason="See the codes.") == found
    assert len(found) == len(set(found))
