"""Layouts and wordings of letters that no rule was written for: colons in a column of their own, dashes and more."""

from typing import Any

from pipeline.extract.roles import role_of
from schemas.denial import Denial
from schemas.document import Role
from tests.extract.test_letters import read, value
from tests.makers import document

TWO_COLUMNS = """PACIFIC CREST MEDICAL GROUP, INC.                      Utilization Management Department
An Independent Practice Association                    PO Box 4410, Ventura, CA 93007
for Sierra Vista Health Plan

NOTICE OF DENIAL OF SERVICES

Member:      Ottoline Brackenridge                     Auth #:       RF-2610-88317
Mbr No:      SVH 4418 0921 7                           Req. Date:    10/27/2026
DOB:         04/19/1961                                Decision Dt:  11/02/2026
PCP:         Luis Arroyo-Penn, MD                      Req. Prov:    Hana Kowalczyk, DPM
Svc:         Extracorporeal shock wave therapy, right plantar fascia

After review, this request is denied because the notes do not show six months of treatment.
"""


def test_labels_cut_short_say_what_they_are_short_for() -> None:
    denial = read(TWO_COLUMNS)
    assert value(denial.payer) == "Sierra Vista Health Plan"
    assert value(denial.member_id) == "SVH 4418 0921 7"
    assert str(value(denial.letter_date)) == "2026-11-02"
    assert str(value(denial.received_date)) == "2026-10-27"
    assert value(denial.provider) == "Hana Kowalczyk, DPM"
    assert value(denial.service) == "Extracorporeal shock wave therapy, right plantar fascia"


def test_colons_in_a_column_of_their_own_are_no_part_of_the_value() -> None:
    denial = read("""Granite Basin Health Plan

 Patient              : HARGROVE, DELPHINE            Patient acct   : OSS-20417
 Subscriber ID        : GBS-77-403915                 Group          : 0019 Dept. of Lands
 Claim no.            : 26148 003387 00
 Rendering provider   : Wendell Okonjo, PT

Payment is denied because the records do not support the services billed.
""")
    assert value(denial.patient_name) == "DELPHINE HARGROVE"
    assert value(denial.member_id) == "GBS-77-403915"
    assert value(denial.group_number) == "0019"
    assert value(denial.claim_number) == "26148 003387 00"
    assert value(denial.provider) == "Wendell Okonjo, PT"


def test_dashes_part_a_label_from_its_value() -> None:
    denial = read("""Harbor Behavioral
Reference -- ABH-0099120
Member ID -- GLE 2200 7781
Birth date -- 09/09/2001
Care asked for -- Residential treatment, eating disorder
Our answer -- Not authorized

Residential treatment is not medically necessary because you have no medical instability.
""")
    assert value(denial.reference_number) == "ABH-0099120"
    assert value(denial.member_id) == "GLE 2200 7781"
    assert str(value(denial.birth_date)) == "2001-09-09"
    assert value(denial.service) == "Residential treatment, eating disorder"


def test_an_employer_and_a_treatment_are_no_patients() -> None:
    head = "Ridge Health Insurance\nPolicyholder: Quinnipiac Tool & Die Works, Inc.\nRE: Applied Behavior Analysis\n\n"
    denial = read(head + "Dear Parent:\nWe cannot approve it because the plan of care was not sent.\n")
    assert denial.patient_name is None


def test_the_patient_stands_below_parent_or_guardian_of_and_not_beside_it() -> None:
    denial = read("""Valle Verde Health Plan

Parent or guardian of                              Soren Idowu, BCBA
Mateo Villalobos                                   Little Harbor Behavioral Services
1190 Calle Olivo, Unit B                           77 Wharf Street

We cannot approve this treatment because the plan of care was not sent.
""")
    assert value(denial.patient_name) == "Mateo Villalobos"


def test_a_row_of_a_table_may_carry_its_decision_on_its_second_line() -> None:
    denial = read("""Rural Carriers Health Benefit Plan

   HCPCS    Component                                             Qty    Decision
   L5649    Addition, ischial containment socket                  1     Approved
   L5856    Microprocessor-controlled knee-shin system, swing
            and stance phase                                      1     Not approved
   L5858    (withdrawn by supplier 13 Aug 2026)                   -     -
   L5981    All lower extremity prostheses, flex-walk system      1     Approved

The knee is not medically necessary because you walk at a lower level. The policy says of L5856, L5857 and L5858:
""")
    assert [code.value for code in denial.procedure_codes] == ["L5856"]
    assert value(denial.service) == "Microprocessor-controlled knee-shin system, swing and stance phase"


def test_a_notice_that_lists_the_reports_it_looked_at_stays_a_denial() -> None:
    text = """Corvane Benefit Administrators
We are unable to approve benefits for this treatment. It is excluded from coverage under the Plan.
The following records were considered: office notes dated September 3, 2026; pathology report dated April 27, 2026;
letter of medical necessity dated October 14, 2026.

You may appeal this determination within 180 days.
"""
    assert role_of(document(text).pages)[0] is Role.DENIAL_LETTER


def test_a_notice_that_hours_go_down_is_a_denial() -> None:
    text = """River Bend Health Partners
Your private duty nursing hours are going down. Starting November 4, we will pay for 40 hours each week.
You can appeal. You have 60 calendar days from the date on this letter. Member number: 2218 0041 7
"""
    assert role_of(document(text).pages)[0] is Role.DENIAL_LETTER


APPEAL = """Harborline Health Plan
We denied the stay because it was not medically necessary.

If you disagree, you may ask for a reconsideration within 60 days after the date of this notice. Send the request to:

        Harborline Provider Reconsiderations
        P.O. Box 69013
        Harrisburg, PA 17106-9013
        Fax: 717-555-0184

cc:  River Prosthetics (fax 641-555-0127)
"""


def test_an_address_is_of_the_way_that_leads_to_it_and_a_copy_is_of_none() -> None:
    denial = read(APPEAL)
    assert value(denial.appeal.address).startswith("Harborline Provider Reconsiderations P.O. Box 69013")
    assert value(denial.appeal.fax) == "717-555-0184"
    assert read(APPEAL.replace("        Fax: 717-555-0184\n", "")).appeal.fax is None


def test_the_day_until_which_services_are_kept_is_no_last_day_to_appeal() -> None:
    denial = read("""Bend Health Plan
We denied the hours because a nurse is not needed.

You can appeal
You have 60 calendar days from the date on this letter to ask for an appeal. To keep the hours you get now while we look
at your appeal, ask by November 4, 2026.
""")
    assert denial.appeal.deadline is None
    assert value(denial.appeal.window).n == 60


def _second(upheld: str) -> Denial:
    return read(f"""Keystone Valley Health Plan
Dear Provider,
{upheld} There is no record that treatment at home was tried.

You may file a second level appeal within 60 days of this letter.
""")


def test_the_window_of_the_second_level_counts_only_where_the_denial_was_upheld() -> None:
    assert value(_second("We have reviewed the claim and uphold the original denial.").appeal.window).n == 60
    assert _second("We denied the claim.").appeal.window is None


def test_a_lead_that_refers_to_the_policy_before_it_leads_to_its_criteria() -> None:
    denial = read("""Highland Gate Health Plan
We are not able to cover this drug. We were not sent a current tuberculosis test.

Our rules are in Highland Gate Drug Policy PD-318 (version 4). They say:

 *  The member is at least 18 years old.
 *  A negative test for tuberculosis in the last 12 months.

    All of (a) to (e) must be met.
""")
    texts = [criterion.text.value for criterion in denial.criteria]
    assert texts == ["The member is at least 18 years old.", "A negative test for tuberculosis in the last 12 months."]


def test_what_follows_the_decision_is_the_reason_where_no_word_of_reasons_stands() -> None:
    denial = read("""Brightwater Dental
Dear Casimir Odell,

We cannot pay for the porcelain crown on tooth 19. The X-ray shows a filling with no fracture and no decay under it. See
the enclosed sheet for your rights.
""")
    said: Any = value(denial.reason)
    assert said.startswith("The X-ray shows a filling with no fracture and no decay under it.")


def test_dots_with_spaces_between_lead_from_a_label_to_its_value() -> None:
    denial = read("""Federal Mariners Health Benefit Plan
        Enrollee ID . . . . . . . R60114829
        Precertification no.  . . 2026-244-00817
        Surgeon  . . . . . . . .  Theodora Vasquez-Lund, MD

We cannot precertify benefits because the surgery is considered cosmetic.
""")
    assert value(denial.member_id) == "R60114829"
    assert value(denial.reference_number) == "2026-244-00817"
    assert value(denial.provider) == "Theodora Vasquez-Lund, MD"


def test_when_a_board_meets_is_no_window_to_appeal() -> None:
    denial = read("""Lakeshore Welfare Fund
The claim is denied because the records were not received.

If you disagree with this determination
A participant may ask the Board of Trustees to review a denied claim. The request must be in writing and must reach the
Fund Office within 180 days after this statement is received. The Board decides appeals at its next regular quarterly
meeting, unless the appeal arrives within 30 days before that meeting.
""")
    assert value(denial.appeal.window).n == 180


def test_who_does_not_decide_appeals_says_nothing_of_how_long_one_takes() -> None:
    denial = read("""Ohio Valley Mutual Health
The request was denied because it is not medically necessary.

APPEALS: ArborCare does not decide appeals for this plan. The member must file within 180 calendar days after the member
gets the denial letter:

   Ohio Valley Mutual Health, Attn: Appeals Dept, 2 Miranova Landing, Columbus, OH 43215

   Standard decision: 30 calendar days.     Expedited: 72 hours, call (877) 555-0111.
""")
    assert value(denial.appeal.window).n == 180
