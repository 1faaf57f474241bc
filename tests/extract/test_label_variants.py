"""Every label that the project has seen on a denial notice is known as a label of its field."""

import re
from pathlib import Path

import pytest
import yaml

from pipeline.extract.letter.labels import field_of

VARIANTS = yaml.safe_load(Path(__file__).with_name("label_variants.yaml").read_text(encoding="utf-8"))
FIELDS = {
    "notice_date": {"letter_date", "weak_date"},
    "request_received_date": {"received_date"},
    "member_name": {"patient_name", "subscriber_name"},
    "member_id": {"member_id"},
    "group_number": {"group_number", "other"},
    "reference_numbers": {"reference_number", "claim_number"},
    "service_denied": {"service", "procedure_codes"},
    "date_of_service": {"service_dates", "other"},
    "provider": {"provider", "other"},
    "reason": {"reason", "reason_codes"},
    "criteria_cited": {"criteria_source"},
}
NO_LABEL = re.compile(
    r"[{;=]|Re: block|no label|prose|unlabelled|no name|because|Specifically|listed below|\| DOS|Medical Policy MP|CPB"
    r"|MM_|CG-|MCG|InterQual|eviCore|Carelon|NIA_|LCD|CFR|ASAM|Evidence of|state law|nationally|cc:|MN-02"
    r"|Coverage Determination Guideline|determination dated"
)


def _labels() -> list[tuple[str, str]]:
    found = []
    for field, names in FIELDS.items():
        for row in VARIANTS["fields"][field]["labels"]:
            if NO_LABEL.search(row):
                continue
            plain = re.sub(r"\((?:F|S|G|[^()]*, ?[FGS])[^()]*\)|\((?:F|S|G)\b[^()]*\)", "", row).strip(" :")
            found += [(label.strip(" :"), field) for label in re.split(r" / |, ", plain) if names]
    return found


@pytest.mark.parametrize(("label", "field"), _labels())
def test_a_label_is_known_for_its_field(label: str, field: str) -> None:
    assert field_of(label) in FIELDS[field]
