import pytest

from pipeline.check import check
from tests.check.check_makers import TODAY, denial


def kind(**fields):
    return check(denial(**fields), (), TODAY).case_type


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("72148", "A"),
        ("70010", "A"),
        ("76999", "A"),
        ("78815", "A"),
        ("77301", "B"),
        ("27447", "B"),
        ("64483-LT", "B"),
        ("J0135", "C"),
        ("Q5131", "C"),
        ("0074-0243-02", "C"),
        ("90837", "D"),
        ("90867", "D"),
        ("96127", "D"),
        ("99223", "E"),
        ("E0601", "B"),
        ("L1852", "B"),
        ("D8080", "B"),
        ("97110", "B"),
        ("99183", "B"),
        ("77523", "B"),
        ("G0151", "E"),
        ("T1019", "E"),
        ("0173", "E"),
        ("99213", None),
    ],
)
def test_a_procedure_code_tells_the_type(code, expected):
    assert kind(procedure_codes=[code]) == expected


@pytest.mark.parametrize(
    ("service", "expected"),
    [
        ("MRI of the lumbar spine", "A"),
        ("CT abdomen", "A"),
        ("Total knee arthroplasty", "B"),
        ("Epidural steroid injection", "B"),
        ("Adalimumab 40 mg", "C"),
        ("Humira autoinjector", "C"),
        ("Residential treatment", "D"),
        ("Inpatient admission", "E"),
        ("Inpatient psychiatric stay", "D"),
        ("Medically managed inpatient withdrawal", "D"),
        ("NICU Level III", "E"),
        ("Twelve hours a week of personal care", "E"),
        ("Stay in a skilled nursing facility", "E"),
        ("Private duty nursing, 40 hours", "E"),
        ("Braces for the upper teeth", "B"),
        ("Portable oxygen system", "B"),
        ("Ankle-foot orthosis", "B"),
        ("Proton beam therapy", "B"),
        ("20 hyperbaric sessions", "B"),
        ("Speech therapy, 30 visits", "B"),
        ("Insulin pump and supplies", "B"),
        ("Norditropin 10 mg (somatropin)", "C"),
        ("Doctor visit", None),
    ],
)
def test_the_words_of_the_service_tell_the_type(service, expected):
    assert kind(service=service) == expected


def test_a_code_outranks_the_words():
    assert kind(service="MRI guided biopsy", procedure_codes=["19085"]) == "B"


def test_the_reason_tells_the_type_where_the_service_does_not():
    assert kind(service="the requested service", reason="Inpatient criteria were not met.") == "E"


def test_thin_records_leave_the_type_to_a_known_service():
    reason = "The records were insufficient clinical documentation; we were unable to determine necessity."
    assert kind(service="MRI lumbar spine", reason=reason) == "A"
    assert kind(service="the requested service", reason=reason) == "F"


@pytest.mark.parametrize(
    ("service", "codes", "reason"),
    [
        ("MRI lumbar spine", ["CO-252"], "The attachment is missing."),
        ("Emergency care", ["CO-50"], "The plan was not notified of the admission. It was for chest pain."),
        ("Epidural injection", ["CO-50"], "The documentation is insufficient. No note was sent."),
        ("Speech therapy", ["CO-29"], "The claim came 142 days after the dates of service."),
        ("Speech therapy", ["CO-50"], "The claim was received past the 120 days allowed for filing."),
    ],
)
def test_a_claim_denied_for_its_papers_or_form_is_documentation(service, codes, reason):
    assert kind(service=service, reason_codes=codes, reason=reason) == "F"


def test_lengths_beside_treatments_are_no_pattern_of_their_own():
    asked = [
        {"requirement": {"kind": "duration", "terms": ("conservative",), "length": WEEKS}},
        {"requirement": {"kind": "measure", "terms": ("BMI",), "value": 35}},
    ]
    assert list(check(denial(service="MRI", criteria=asked), (), TODAY).patterns) == ["conservative_care"]


def test_the_words_that_decided_are_cited():
    coverage = check(denial(service="MRI lumbar spine", procedure_codes=["72148"]), (), TODAY)
    assert [span.quote for span in coverage.case_type_spans] == ["72148"]


WEEKS = {"n": 6, "unit": "weeks"}


@pytest.mark.parametrize(
    ("requirement", "service", "expected"),
    [
        (
            {"kind": "duration", "terms": ("conservative",), "length": WEEKS},
            "MRI",
            ["conservative_care", "time_requirement"],
        ),
        (
            {"kind": "count", "terms": ("migraine_preventive",), "n": 2, "each": WEEKS},
            "galcanezumab",
            ["step_therapy", "time_requirement"],
        ),
        ({"kind": "tolerance", "terms": ("methotrexate",)}, "adalimumab", ["step_therapy"]),
        ({"kind": "score", "terms": ("ODI",), "value": 41}, "MRI", ["severity"]),
        ({"kind": "score", "terms": ("Kellgren-Lawrence",), "value": 3}, "arthroplasty", ["objective_findings"]),
        ({"kind": "measure", "terms": ("BMI",), "value": 35}, "gastrectomy", ["objective_findings"]),
        ({"kind": "not", "of": {"kind": "finding", "terms": ("infection",)}}, "MRI", ["objective_findings"]),
        ({"kind": "attest"}, "MRI", []),
    ],
)
def test_requirements_show_the_pattern(requirement, service, expected):
    assert list(check(denial(service=service, criteria=[{"requirement": requirement}]), (), TODAY).patterns) == expected


def test_the_words_of_the_reason_show_patterns_too():
    reason = "No documentation of six weeks of physical therapy or of functional impairment."
    found = check(denial(reason=reason), (), TODAY).patterns
    assert list(found) == ["conservative_care", "time_requirement", "severity"]
