"""From an upload to a decision in a browser, on the sample of the knee, whose denial is a scan."""

import re
from pathlib import Path

import pytest
from docx import Document
from docx.oxml.ns import qn
from playwright.sync_api import Browser, Locator, Page, expect

from tests.web.browsing import (
    DESKTOP,
    KNEE,
    OMAR,
    PASSWORD,
    RUTH,
    TABLET,
    VERA,
    WHOLE,
    House,
    accessible,
    house,
    open_tab,
    press,
    select,
    tab_to,
    visiting,
)
from tests.web.uploading import LETTER


def state_of(page: Page) -> object:
    return expect(page.locator(".case-head .state"))


def test_an_uploaded_scan_is_reviewed_until_its_appeal_is_decided(
    browser: Browser, tmp_path: Path, shared: Path
) -> None:
    with house(tmp_path, cache=shared / "pages") as desk, visiting(browser, desk, RUTH) as page:
        page.goto("/upload")
        page.set_input_files("#files", sorted(KNEE.iterdir()))
        expect(page.locator(".upload-stage", has_text="In a case")).to_have_count(4, timeout=WHOLE)
        page.locator(".upload-cases a").first.click()
        expect(page.get_by_role("heading", level=1)).to_have_text("Total knee arthroplasty, right knee")

        claim = page.locator("#value-claim_number")
        claim.get_by_text("Add it").click()
        claim.get_by_label("Value").fill("CLM-26-5518")
        claim.get_by_label("Reason").fill("Read on the payer's portal")
        claim.get_by_role("button", name="Add").click()
        expect(page.locator("#value-claim_number-0")).to_contain_text("CLM-26-5518")

        open_tab(page, "Letter")
        expect(page.get_by_label("Why it may go out all the same")).to_have_attribute("required", "")
        left = page.locator(".sentence.placeholder")
        left.get_by_text("Leave out", exact=True).click()
        left.get_by_label("Reason").fill("Nothing in the record argues it")
        left.get_by_role("button", name="Leave it out").click()
        expect(left).to_have_count(0)
        expect(page.locator(".todo-line")).to_contain_text("Every statement is carried by the record")

        page.get_by_role("button", name="Approve the letter").click()
        state_of(page).to_have_text("approved")
        page.get_by_label("Proof").fill("fax confirmation 17")
        page.get_by_role("button", name="Record that it was sent").click()
        state_of(page).to_have_text("submitted")
        page.get_by_label("The payer\u2019s decision").select_option("overturned")
        page.get_by_role("button", name="Record the decision").click()
        state_of(page).to_have_text("decided")

        open_tab(page, "History")
        told = page.locator(".history")
        for words in ("decided", "submitted", "approved", "corrected", "Nothing in the record argues it", "opened"):
            expect(told).to_contain_text(words)


def correct_therapy(page: Page, fact: str) -> None:
    """Correct the last day of a treatment, and its length where one is stated."""
    card = page.locator(f"#{fact}")
    card.locator("summary", has_text="Correct").click()
    form = card.locator("details[open] form")
    form.get_by_label("Until").fill("2026-07-27")
    if form.get_by_label("Length").input_value() == "10 weeks":
        form.get_by_label("Length").fill("12 weeks")
    form.get_by_label("Reason").fill("The log goes on overleaf")
    form.get_by_role("button", name="Correct").click()
    expect(card.locator(".signed")).to_contain_text("The log goes on overleaf")


def test_a_correction_of_both_reports_of_the_therapy_has_its_criterion_met(browser: Browser, knee: House) -> None:
    with visiting(browser, knee, RUTH) as page:
        page.goto(f"/cases/{knee.case}?tab=criteria")
        expect(page.locator(".criterion").first).to_contain_text("Not met")
        open_tab(page, "Evidence")
        therapy = page.locator(".fact", has_text="physical therapy").filter(has_text="May 4, 2026 to July 13, 2026")
        names = [one.get_attribute("id") or "" for one in therapy.all()]
        assert len(names) == 2
        for name in names:
            correct_therapy(page, name)
        told = page.locator("#desk > .flash")
        expect(told).to_contain_text("The case was checked again")
        expect(told.get_by_role("listitem").filter(has_text="Criterion c2: needs review -> met")).to_have_count(1)
        open_tab(page, "Criteria")
        expect(page.locator(".criterion", has_text="12 weeks of supervised")).to_contain_text("84 days = 12 weeks")
        expect(page.locator(".verdict.not_met")).to_have_count(0)
        open_tab(page, "Letter")
        expect(page.locator(".sentence.placeholder")).to_have_count(0)
        page.goto("/cases")
        expect(page.locator("td.counts")).to_have_text("✓ 4 Met")
        expect(page.locator("tbody .state")).to_have_text("ready")


def use_as_evidence(page: Page, leaf: Locator, words: str, criterion: str, name: str) -> Locator:
    """Select words on a page and add them as evidence; the new fact."""
    select(page, leaf, words)
    page.get_by_label("Use as evidence for").select_option(criterion)
    page.get_by_role("button", name="Use", exact=True).click()
    form = page.locator("#add-fact form")
    expect(form.locator("#add-quote")).to_have_text(words)
    expect(form.get_by_label("Kind")).to_be_focused()
    form.get_by_label("Kind").select_option("finding")
    form.get_by_label("What it is").fill(name)
    form.get_by_role("button", name="Add the evidence").click()
    fact = page.locator(".fact", has=page.locator(".signed")).filter(has_text=words)
    expect(fact.locator(".signed")).to_contain_text("Evidence for criterion")
    expect(page.locator("#use")).to_be_hidden()
    return fact


def test_words_selected_on_a_text_or_a_scan_become_evidence_that_is_boxed_there(browser: Browser, knee: House) -> None:
    with visiting(browser, knee, RUTH) as page:
        page.goto(f"/cases/{knee.case}?tab=evidence")
        scan, text = (
            page.locator(f".sheet[data-name='Page 1 of {file}'] .leaf") for file in ("denial.pdf", "radiology.txt")
        )
        words = "WOMAC total score of 39"
        fact = use_as_evidence(page, scan, words, "c1", "threshold of the plan")
        fact.locator(".cite").click()
        expect(scan.locator(".box")).to_have_count(1)
        box, word = scan.locator(".box").bounding_box(), scan.locator(".w", has_text="WOMAC").bounding_box()
        assert box is not None
        assert word is not None
        assert box["x"] == pytest.approx(word["x"], abs=3)
        assert box["y"] == pytest.approx(word["y"], abs=3)

        page.locator("#jump").select_option(label="d4 radiology.txt (Clinical record, 1 p.)")
        fact = use_as_evidence(page, text, "Moderate effusion", "c1", "knee effusion")
        fact.locator(".cite").click()
        expect(text.locator("mark")).to_have_text("Moderate effusion")
        expect(scan.locator(".box")).to_have_count(0)


def edited(letter: Path, before: str, after: str) -> Path:
    """The letter with other words, as Word would save it."""
    document = Document(str(letter))
    text = next(one for one in document.element.iter(qn("w:t")) if before in one.text)
    text.text = text.text.replace(before, after)
    document.save(str(letter))
    return letter


def test_an_edited_letter_that_the_record_does_not_carry_goes_out_only_for_a_reason(
    browser: Browser, knee: House, tmp_path: Path
) -> None:
    with visiting(browser, knee, RUTH, bears=("status of 409",)) as page:
        page.goto(f"/cases/{knee.case}?tab=letter")
        with page.expect_download() as coming:
            page.get_by_role("link", name="appeal-letter-clean.docx").click()
        coming.value.save_as(tmp_path / "letter.docx")
        letter = edited(
            tmp_path / "letter.docx", "WOMAC score of the right knee was 58", "WOMAC score of the right knee was 68"
        )
        page.get_by_label("The letter as edited in Word").set_input_files(letter)
        page.get_by_role("button", name="Check it").click()
        expect(page.locator(".todo-line")).to_contain_text("1 statement that the record does not carry")
        expect(page.locator("li.bad")).to_contain_text("68")

        page.get_by_role("button", name="Approve the letter").click()
        assert page.get_by_label("Why it may go out all the same").evaluate("field => field.validity.valueMissing")
        form = {name: page.locator(f"form[action$=approve] [name={name}]").input_value() for name in ("csrf", "seen")}
        answer = page.request.post(f"/cases/{knee.case}/approve", form=form)
        assert answer.status == 409
        page.get_by_label("Why it may go out all the same").fill("The surgeon measured it again")
        page.get_by_role("button", name="Approve the letter").click()
        state_of(page).to_have_text("approved")

        page.get_by_role("button", name="Use the drafted letter instead").click()
        expect(page.locator("li.bad")).to_have_count(0)
        state_of(page).to_have_text("needs review")
        open_tab(page, "History")
        expect(page.locator(".history")).to_contain_text("The surgeon measured it again")


def test_what_two_reviewers_do_at_once_is_not_lost_and_a_viewer_only_looks(browser: Browser, knee: House) -> None:
    at = f"/cases/{knee.case}?tab=evidence"
    with (
        visiting(browser, knee, RUTH) as ruth,
        visiting(browser, knee, OMAR, bears=("status of 409",)) as omar,
        visiting(browser, knee, VERA) as vera,
    ):
        for page in (ruth, omar, vera):
            page.goto(at)
        accept = ".fact form[data-key=a] button"
        names = [ruth.locator(".fact").nth(n).get_attribute("id") for n in (0, 1)]
        ruth.locator(accept).first.click()
        expect(ruth.locator(f"#{names[0]} .signed")).to_contain_text(RUTH)
        omar.locator(accept).nth(1).click()
        expect(omar.get_by_role("alert")).to_contain_text("somebody changed it meanwhile")
        open_tab(omar, "Evidence")
        expect(omar.locator(f"#{names[0]} .signed")).to_contain_text(RUTH)
        omar.locator(f"#{names[1]} form[data-key=a] button").click()
        expect(omar.locator(f"#{names[1]} .signed")).to_contain_text(OMAR)
        expect(omar.get_by_role("alert")).to_have_count(0)

        expect(vera.locator("#desk form, #use, nav a[href='/upload']")).to_have_count(0)
        open_tab(vera, "Letter")
        expect(vera.locator("#desk form")).to_have_count(0)
        csrf = vera.locator("meta[name=csrf]").get_attribute("content") or ""
        refused = vera.request.post(f"/cases/{knee.case}/approve", form={"csrf": csrf, "seen": "x", "why": "I may"})
        assert refused.status == 403


def test_an_upload_outlives_the_server_and_so_does_the_session_of_who_sent_it(browser: Browser, tmp_path: Path) -> None:
    letter = {"name": "letter.txt", "mimeType": "text/plain", "buffer": LETTER}
    with house(tmp_path) as desk:
        visit = visiting(browser, desk, RUTH, bears=("ERR_CONNECTION_REFUSED", "ERR_INCOMPLETE_CHUNKED_ENCODING"))
        page = visit.__enter__()
        page.goto("/upload")
        page.set_input_files("#files", [letter])
        expect(page.locator(".upload-stage")).to_have_text(re.compile("Received|are being"))
    with house(tmp_path, port=int(desk.address.rpartition(":")[2])):
        expect(page.locator(".upload-stage")).to_have_text("In a case")
        page.locator(".upload-cases a").click()
        expect(page.get_by_role("heading", level=1)).to_have_text("Lumbar MRI")
        visit.__exit__(None, None, None)


def test_the_keyboard_alone_leads_from_signing_in_to_an_approved_letter(browser: Browser, knee: House) -> None:
    with visiting(browser, knee) as page:
        page.goto("/cases")
        tab_to(page, page.get_by_label("Name"))
        page.keyboard.type(RUTH)
        press(page, "Tab")
        page.keyboard.type(PASSWORD)
        page.keyboard.press("Enter")
        expect(page.get_by_role("heading", level=1)).to_have_text("Worklist")
        press(page, "/", "Tab")
        page.locator(":focus").blur()
        press(page, "j")
        page.keyboard.press("Enter")
        expect(page.locator("nav.tabs [aria-current]")).to_have_text("Denial")
        page.wait_for_load_state("load")  # until then a key turns to a tab by a load of the whole page

        press(page, "2")
        expect(page.locator("nav.tabs [aria-current]")).to_contain_text("Criteria")
        expect(page.locator("nav.tabs [aria-current]")).to_be_focused()
        press(page, "j", "j", "k", "Enter")
        expect(page.locator("#criterion-c2")).to_be_focused()
        expect(page.locator(".box")).not_to_have_count(0)

        press(page, "3")
        expect(page.locator("nav.tabs [aria-current]")).to_contain_text("Evidence")
        press(page, "j", "a")
        fact = page.locator(".fact").first
        expect(fact.locator(".signed")).to_contain_text("Compared with the page")
        expect(fact).to_be_focused()
        press(page, "e")
        expect(fact.get_by_label("What it is")).to_be_focused()
        press(page, "Escape")
        expect(fact).to_be_focused()

        press(page, "?")
        expect(page.get_by_role("dialog")).to_be_visible()
        press(page, "Escape", "/")
        page.keyboard.type("effusion")
        press(page, "Enter")
        expect(page.locator(".hits li")).not_to_have_count(0)
        tab_to(page, page.locator(".hits a").first)
        press(page, "Enter", "4")
        expect(page.locator("nav.tabs [aria-current]")).to_contain_text("Letter")

        left = page.locator(".sentence.placeholder")
        while not left.evaluate("one => one === document.activeElement"):
            press(page, "j")
        press(page, "r")
        page.keyboard.type("Nothing in the record argues it")
        press(page, "Enter")
        expect(left).to_have_count(0)
        expect(page.locator(".sentence:focus")).to_have_count(1)
        press(page, "4")
        expect(page.locator("nav.tabs [aria-current]")).to_be_focused()
        tab_to(page, page.get_by_role("button", name="Approve the letter"))
        page.keyboard.press("Enter")
        state_of(page).to_have_text("approved")


def test_every_page_can_be_used_by_everyone_in_both_schemes_on_a_desk_and_on_a_tablet(
    browser: Browser, knee: House
) -> None:
    for scheme, size in (("light", DESKTOP), ("dark", TABLET)):
        how = {"color_scheme": scheme, "viewport": size}
        with visiting(browser, knee, **how) as page:
            page.goto("/login")
            accessible(page)
        with visiting(browser, knee, RUTH, bears=("status of 404",), **how) as page:
            for at in ("/cases", "/cases?payer=nobody", "/upload", "/reports", "/cases/case-none"):
                page.goto(at, wait_until="load")
                accessible(page)
            page.goto(f"/cases/{knee.case}", wait_until="networkidle")
            for name in ("Denial", "Criteria", "Evidence", "Letter", "History"):
                open_tab(page, name)
                page.locator("details").evaluate_all("all => all.slice(0, 9).forEach((one) => (one.open = true))")
                accessible(page)
            page.get_by_role("button", name="Pages", exact=True).click()
            page.get_by_label("Search the documents").fill("knee")
            page.keyboard.press("Enter")
            expect(page.locator(".hits li")).not_to_have_count(0)
            accessible(page)
            page.get_by_role("button", name="Keys").click()
            accessible(page)
