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
        ("E0601", None),
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
