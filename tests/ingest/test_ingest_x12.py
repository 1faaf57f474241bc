"""X12: remittances and claim status by their content, whatever delimits them; what is damaged fails or is warned of."""

from decimal import Decimal
from pathlib import Path

import pytest

from pipeline.errors import AppealwrightError
from pipeline.ingest import Limits, find_files, open_file, read_all
from pipeline.ingest._opened import Reading
from pipeline.ingest.x12.interchange import transaction_sets
from pipeline.ingest.x12.remittance import adjustments, amount, claims, remarks
from schemas.case import Category
from schemas.document import PageEvent
from tests.x12_maker import DENIED, FIXTURES, HEADING, PAID, enveloped, remittance, written


def pages(data: bytes) -> list[Reading]:
    opened = open_file("era", data, Limits())
    readings = [opened.read(number) for number in range(1, opened.count + 1)]
    assert all(isinstance(reading, Reading) for reading in readings)
    return [reading for reading in readings if isinstance(reading, Reading)]


def sample(name: str) -> list[Reading]:
    return pages((FIXTURES / name).read_bytes())


def codes(reading: Reading) -> list[str]:
    return [note.code for note in reading.notes]


def refusal(data: bytes) -> Category:
    with pytest.raises(AppealwrightError) as raised:
        pages(data)
    return raised.value.failure.category


def test_a_claim_is_a_page_that_reads_as_a_remittance_on_paper_does() -> None:
    (page,) = pages(written(remittance(DENIED)))
    assert page.text == (
        "REMITTANCE ADVICE\n\n"
        "Payer name: ORCHARD VALLEY HEALTH PLAN\nPayer address: PO BOX 100, SALEM, OR 97301-0100\n"
        "Payee: HILLSIDE ORTHOPEDICS   NPI: 1234567893\nCheck/EFT number: 7700123\n"
        "Remittance date: 02/10/2026\nPayment date: 02/12/2026\n\n"
        "Claim number: CLM1001\nPatient account number: A-1\nPatient name: ELENA RIVERA\nMember ID: W102074778\n"
        "Claim status: 1 (worked as the first payer)\nClaim filing indicator: 12\n\n"
        "Service date   Procedure code   Modifiers   Units   Billed   Paid\n"
        "01/05/2026   29827   RT   0   900.00   0.00\nThis line   CO-50 900.00   N115\nClaim total   900.00   0.00\n"
    )
    assert page.events == (PageEvent.DOCUMENT_START,)
    assert codes(page) == []
    assert [len(table.rows) for table in page.tables] == [3]


@pytest.mark.parametrize("end", ["~", "\n", "\r", "'", "\x1c"])
@pytest.mark.parametrize(("by", "within"), [("*", ":"), ("|", ">"), ("+", "^"), ("\x1d", "\x1f")])
def test_every_delimiter_that_the_header_declares_is_read(end: str, by: str, within: str) -> None:
    assert pages(written(remittance(DENIED, PAID), end, by, within)) == pages(written(remittance(DENIED, PAID)))


@pytest.mark.parametrize("after", ["\n", "\r\n", "\n\n"])
def test_segments_may_stand_on_lines_of_their_own(after: str) -> None:
    assert pages(written(remittance(DENIED), after=after)) == pages(written(remittance(DENIED)))


def test_a_file_may_be_wrapped_marked_and_in_utf_16() -> None:
    sound = written(remittance(DENIED, PAID))
    wrapped = b"\r\n".join(sound[at : at + 80] for at in range(0, len(sound), 80))
    for data in (wrapped, b"\xef\xbb\xbf" + sound, sound.decode().encode("utf-16"), b"\r\n" + sound, sound + b"\x1a"):
        assert pages(data) == pages(sound)


def test_a_header_that_is_not_padded_and_a_missing_last_mark_are_read() -> None:
    segments = remittance(DENIED)
    bare = [segment.replace(" ", "") if segment.startswith("ISA") else segment for segment in segments]
    assert pages(written(bare)) == pages(written(segments))
    assert pages(written(segments)[:-1]) == pages(written(segments))


def test_the_version_before_is_read_too() -> None:
    data = written(remittance(DENIED)).replace(b"*^*00501*", b"*U*00401*")
    assert pages(data) == pages(written(remittance(DENIED)))


def test_empty_segments_hide_nothing_that_follows() -> None:
    doubled = written(remittance(DENIED, PAID)).replace(b"~SVC", b"~~*~SVC")
    assert pages(doubled) == pages(written(remittance(DENIED, PAID)))


def test_two_interchanges_in_a_file_each_have_their_own_delimiters() -> None:
    both = written(remittance(DENIED)) + b"\n" + written(remittance(PAID), "\n", "|", ">")
    assert pages(both) == [*pages(written(remittance(DENIED))), *pages(written(remittance(PAID)))]


def test_the_sample_of_a_state_has_a_page_for_each_claim_with_its_amounts() -> None:
    paid, denied, mixed = sample("835_emedny_sample.txt")
    assert "V2103   RB   1   5.50   5.50   5.50\n" in paid.text
    assert "01/01/2010   V2103   0   22.00   0.00\nThis line   CO-29 22.00\nClaim total   34.00   0.00\n" in denied.text
    assert "01/01/2010   S0580   0   20.00   0.00\nThis line   CO-251 20.00   N206\n" in mixed.text
    assert "This line   amount allowed 6.00\n" in mixed.text  # of some lines alone: then it is no column
    assert [page.text.count("CORRECTED FIRST") for page in (paid, denied, mixed)] == [1, 1, 1]
    assert [codes(page) for page in (paid, denied, mixed)] == [[], [], []]


def test_the_sample_of_a_plan_has_components_parted_by_another_sign() -> None:
    first, second = sample("835_united_healthcare_legacy_sample.txt")
    assert "01/01/2021   B4152   277   184.86   105.26   0.00\nThis line   PR-1 105.26   CO-45 79.60\n" in first.text
    assert "This line   PR-2 5.13   PR-1 110.00   CO-45 184.32\n" in second.text
    assert "Service dates: 12/21/2020 - 01/13/2021\n" in first.text


def test_a_transaction_set_without_envelope_and_amounts_is_read_with_warnings() -> None:
    (page,) = sample("835_blue_cross_nc_sample.txt")
    assert codes(page) == ["x12_counts", "x12_no_envelope", "x12_amount"]
    assert "12/31/2010   59430   1   1,210.00   1,057.86\n" in page.text
    assert "12/31/2010   59426   -   -\n" in page.text  # its 742 stands where no amount belongs
    assert "CO-42 34.60   PR-2 117.54   submitted as 59410" in page.text


def test_amounts_are_decimals_and_what_is_no_number_is_none() -> None:
    assert amount("34.6") == Decimal("34.6")
    assert [amount(text) for text in ("", "1,000", "12-", "1e5", "NaN", "--1", "\uff11\uff12")] == [None] * 7
    assert str(amount("-.5")) == "-0.5"


def test_adjustments_stand_up_to_six_in_a_segment() -> None:
    claim = next(claims(transaction_sets("era", written(remittance(DENIED)).decode())[0]))
    assert [(one.group, one.code, one.amount) for one in adjustments(claim.segments)] == [("CO", "50", Decimal(900))]
    assert remarks(claim.segments) == ["N115"]
    many = "CAS*PR" + "".join(f"*{code}*{code}.10*1" for code in range(1, 7))
    (page,) = pages(written(remittance((DENIED[0], DENIED[1], DENIED[2], many))))
    assert "PR-1 1.10   PR-2 2.10   PR-3 3.10   PR-4 4.10   PR-5 5.10   PR-6 6.10" in page.text


def test_a_claim_without_lines_is_a_line_of_its_own() -> None:
    claim = ("CLP*A-3*4*5000*0**12*CLM1003*21***470", DENIED[1], "CAS*CO*50*5000", "MOA***MA01", "DTM*232*20260101")
    (page,) = pages(written(remittance(claim)))
    assert "Claim status: 4 (denied)\n" in page.text
    assert "Service   Billed   Paid\nDRG 470   5,000.00   0.00\nThis line   CO-50 5,000.00\n" in page.text
    assert "Remark codes: MA01\n" in page.text


def test_what_is_not_told_otherwise_is_kept_as_sent_but_for_social_security_numbers() -> None:
    claim = (*DENIED[:2], "REF*SY*987001234", "REF*EA*MR-77", "NM1*TT*2*OTHER*****PI*9", *DENIED[2:], "ZZZ*1")
    (page,) = pages(written(remittance(claim)))
    assert "Also sent: REF*EA*MR-77; NM1*TT*2*OTHER*****PI*9; ZZZ*1\n" in page.text
    assert "987001234" not in page.text
    assert codes(page) == ["x12_unknown"]


def test_a_number_of_social_security_is_no_member_id_and_bank_accounts_are_not_shown() -> None:
    heading = ("BPR*I*0*C*ACH*CCP*01*011000015*DA*445566*1*2*01*011000016*DA*778899*20260212", *HEADING[1:])
    claim = (DENIED[0], "NM1*QC*1*RIVERA*ELENA****34*987654321", *DENIED[2:])
    (page,) = pages(written(remittance(claim, heading=heading)))
    for number in ("987654321", "445566", "778899", "011000015"):
        assert number not in page.text


def test_money_beside_the_claims_is_warned_of() -> None:
    segments = remittance(DENIED, PAID, ("PLB*1234567893*20261231*WO:CLM0900*50",))
    first, second = pages(written(segments))
    assert (codes(first), codes(second)) == (["x12_provider_adjustment"], [])


def test_amounts_that_do_not_add_up_are_warned_of() -> None:
    (page,) = pages(written(remittance((*DENIED[:4], "CAS*CO*50*800"))))
    assert codes(page) == ["x12_unbalanced"]


@pytest.mark.parametrize(
    ("old", "new"),
    [("SE*", "SE*9"), ("GE*1*", "GE*2*"), ("IEA*1*", "IEA*4*"), ("IEA*1*000000001", "IEA*1*000000009")],
)
def test_a_wrong_count_or_number_in_a_trailer_is_warned_of(old: str, new: str) -> None:
    data = written(remittance(DENIED, PAID)).replace(f"~{old}".encode(), f"~{new}".encode())
    assert [codes(page) for page in pages(data)] == [["x12_counts"], []]


def test_an_interchange_without_its_last_trailers_is_warned_of() -> None:
    data = written(remittance(DENIED, PAID)[:-2])
    assert [codes(page) for page in pages(data)] == [["x12_cut_short"], []]


def test_what_stands_after_the_interchange_is_warned_of() -> None:
    (page,) = pages(written(remittance(DENIED)) + b"SENT BY GATEWAY 7")
    assert codes(page) == ["x12_rest"]


@pytest.mark.parametrize(
    ("data", "category"),
    [
        (written(remittance(DENIED))[:60], Category.UNREADABLE),
        (written(remittance(DENIED)).replace(b"*00501*", b"*00999*"), Category.UNSUPPORTED),
        (written(remittance(DENIED)).replace(b"~ST*835*0001", b""), Category.UNREADABLE),
        (
            written([*remittance(DENIED)[:2], "GE*1*1", "IEA*1*000000001"]),
            Category.UNSUPPORTED,
        ),
        (written([remittance(DENIED)[0], "SE*1*1", "SE*1*1"]), Category.UNREADABLE),
        (written(remittance()), Category.EMPTY),
        (written(remittance(("CLP*" + "9" * 9000,))), Category.UNREADABLE),
        (written(enveloped(["ST*837*0001", "SE*2*0001"], "HC", "005010X222A1")), Category.UNSUPPORTED),
    ],
)
def test_what_cannot_be_read_fails_and_says_how(data: bytes, category: Category) -> None:
    assert refusal(data) is category


def test_another_transaction_is_named() -> None:
    with pytest.raises(AppealwrightError, match=r"neither a remittance \(835\) nor claim status \(277\) \(837\)"):
        pages(written(enveloped(["ST*837*0001", "SE*2*0001"], "HC", "005010X222A1")))


def test_more_claims_than_the_limit_are_too_many() -> None:
    with pytest.raises(AppealwrightError) as raised:
        open_file("era", written(remittance(*[PAID] * 4)), Limits(max_pages=3))
    assert raised.value.failure.category is Category.TOO_LARGE


def test_a_failure_holds_no_text_of_the_file(tmp_path: Path) -> None:
    for n, data in enumerate(
        (written(remittance(DENIED))[:-80], written(remittance(DENIED)).replace(b"~GE", b"~IEA*1*1~GE"))
    ):
        (tmp_path / f"{n}.835").write_bytes(data)
    batch = read_all(find_files([tmp_path]), Limits(), 1)
    told = " ".join([failure.message for failure in batch.failures] + [warning.message for warning in batch.warnings])
    assert batch.failures
    for word in ("RIVERA", "ELENA", "W102074778", "CLM1001", "000000001"):
        assert word not in told


@pytest.mark.parametrize("text", ["ISA BROWN was seen.", "ST* is a star", "ISA*no*number", "Claim ISA*00*"])
def test_a_note_that_begins_like_an_interchange_is_text(text: str) -> None:
    (page,) = pages(f"{text}\nShe walks well.\n".encode())
    assert page.text == f"{text}\nShe walks well.\n"


def test_claims_that_are_alike_have_no_running_header_and_stay_apart(tmp_path: Path) -> None:
    (tmp_path / "era.txt").write_bytes(written(remittance(DENIED, PAID, DENIED)))
    (document,) = read_all(find_files([tmp_path]), Limits(), 1).documents
    assert [page.marks for page in document.pages] == [(), (), ()]
    assert [PageEvent.DUPLICATE in page.events for page in document.pages] == [False, False, True]


def test_an_acknowledgment_says_that_a_claim_was_rejected() -> None:
    (page,) = sample("277CA_rejected.txt")
    assert page.text == (
        "ELECTRONIC CLAIM ACKNOWLEDGMENT: REJECTED\n\n"
        "Payer name: NYSDOH\nProvider: PROVLNAME\nClaim number: 1107000000001120\n"
        "Patient account number: 3920394930203\nPatient name: CLIFNAME CLIMI CLILNAME\nMember ID: XX99999X\n"
        "Service dates: 03/11/2009\nElectronic claim status: A7:562:85\nStatus date: 03/11/2011\nCharge: 199.14\n\n"
        "Also sent: REF*BLT*731\n"
    )


def test_claim_status_has_a_page_for_each_claim_and_refuses_none_that_was_received() -> None:
    found = sample("277_x212.txt")
    assert [page.text.split("\n", 1)[0] for page in found] == ["ELECTRONIC CLAIM STATUS"] * 8
    assert "Patient name: BART DIMMER\nMember ID: 0000000003\n" in found[5].text
    assert "Message: PAYER ACKNOWLEDGED RECEIPT OF THE CLAIM\n" in found[5].text
    assert codes(found[0]) == ["x12_counts"]
