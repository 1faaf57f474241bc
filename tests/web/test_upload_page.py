"""The upload page in a browser: what a person sees of a file on its way, with the keyboard alone, under the policy."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from pipeline.batch.flow import Flow
from pipeline.ingest import Limits
from pipeline.web import intake as module
from pipeline.web.intake import Intake
from tests.batch.papers import at_work, settings
from tests.web import serving
from tests.web.uploading import ANA, LETTER, intake_of, new_desk, spreadsheet, until

WHOLE = 60_000  # milliseconds in which a letter is worked


@pytest.fixture(scope="module")
def flow(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flow]:
    with at_work(settings(tmp_path_factory.mktemp("desk"))) as flow:
        yield flow


@pytest.fixture
def intake(flow: Flow, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Intake]:
    monkeypatch.setattr(module, "_PATIENCE", 60.0)
    with new_desk(flow, tmp_path), intake_of(flow, Limits(max_file_bytes=30_000_000)) as intake:
        yield intake


@pytest.fixture
def page(intake: Intake, browser: Browser) -> Iterator[Page]:
    with serving.served(serving.page(intake)) as address:
        page = browser.new_page(base_url=address)
        faults: list[str] = []
        page.on("pageerror", lambda error: faults.append(str(error)))
        page.on("console", lambda said: faults.append(said.text) if "Security Policy" in said.text else None)
        page.goto("/upload")
        yield page
        page.goto("about:blank")
        page.close()
    assert faults == []


def chosen(name: str, content: bytes) -> dict[str, object]:
    return {"name": name, "mimeType": "application/octet-stream", "buffer": content}


def accessible(page: Page) -> None:
    found = Axe().run(page)
    assert found.violations_count == 0, found.generate_report()


def test_a_letter_that_is_chosen_becomes_a_case_with_a_link_to_it(page: Page, intake: Intake) -> None:
    expect(page.locator("#none")).to_be_visible()
    accessible(page)
    page.set_input_files("#files", [chosen("letter.txt", LETTER)])
    one = page.locator(".upload")
    expect(one.locator(".upload-stage")).to_have_text("In a case", timeout=WHOLE)
    (told,) = intake.of(ANA)
    expect(one.get_by_role("link")).to_have_attribute("href", f"/cases/{told.cases[0]}")
    expect(page.locator("#said")).to_have_text("letter.txt: In a case.")
    expect(page.locator("#none")).to_be_hidden()
    accessible(page)
    page.reload()
    expect(page.locator(".upload .upload-stage")).to_have_text("In a case")


def test_what_is_refused_says_why_and_what_to_do(page: Page) -> None:
    page.set_input_files(
        "#files", [chosen("sheet.pdf", spreadsheet()), chosen("empty.pdf", b""), chosen("<b>.txt", LETTER)]
    )
    sheet, empty = (page.locator(".upload", has_text=name) for name in ("sheet.pdf", "empty.pdf"))
    for one, why in ((sheet, "Supply it as PDF"), (empty, "It holds nothing. Ask the sender")):
        expect(one.locator(".upload-stage")).to_have_text("Refused", timeout=WHOLE)
        expect(one.locator(".upload-reason")).to_contain_text(why)
    expect(page.locator(".upload-name", has_text="<b>.txt")).to_be_visible()
    accessible(page)
    empty.get_by_role("button", name="Remove empty.pdf").click()
    expect(empty).to_have_count(0)


def test_what_was_left_unfinished_goes_on_when_the_same_file_is_chosen_again(page: Page, intake: Intake) -> None:
    name = intake.begin(ANA, "letter.txt", len(LETTER)).id
    intake.add(ANA, name, 0, LETTER[:300])
    page.reload()
    one = page.locator(".upload")
    expect(one.locator(".upload-stage")).to_contain_text("choose the file again to go on")
    accessible(page)
    page.set_input_files("#files", [chosen("letter.txt", LETTER)])
    expect(one.locator(".upload-stage")).to_have_text("In a case", timeout=WHOLE)
    assert [told.id for told in intake.of(ANA)] == [name]


def test_a_large_file_is_paused_and_resumed_with_the_keyboard_alone(page: Page, intake: Intake) -> None:
    content = b"%PDF-1.7\n" + bytes(8_500_000)
    held: list[object] = []
    page.route(
        "**/api/uploads/*", lambda route: held.append(route) if route.request.method == "PATCH" else route.continue_()
    )
    page.set_input_files("#files", [chosen("chart.pdf", content)])
    one = page.locator(".upload")
    pause = one.get_by_role("button", name="Pause chart.pdf")
    expect(pause).to_be_visible()
    page.locator("#folder").focus()
    page.keyboard.press("Tab")
    expect(pause).to_be_focused()
    page.keyboard.press("Enter")
    expect(one.locator(".upload-stage")).to_have_text("Paused at 0%")
    resume = one.get_by_role("button", name="Resume chart.pdf")
    expect(resume).to_be_focused()
    accessible(page)
    page.unroute("**/api/uploads/*")
    page.keyboard.press("Enter")
    until(lambda: intake.of(ANA)[0], lambda told: told.stage != "uploading")
    expect(one.locator(".upload-stage")).to_have_text("Could not be read", timeout=WHOLE)


def test_a_desk_that_does_not_answer_is_said_and_the_file_can_be_tried_again(page: Page) -> None:
    page.route("**/api/uploads", lambda route: route.abort() if route.request.method == "POST" else route.continue_())
    page.set_input_files("#files", [chosen("letter.txt", LETTER)])
    one = page.locator(".upload")
    expect(one.locator(".upload-reason")).to_have_text("The desk cannot be reached.")
    accessible(page)
    page.unroute("**/api/uploads")
    one.get_by_role("button", name="Try again letter.txt").click()
    expect(one.locator(".upload-stage")).to_have_text("In a case", timeout=WHOLE)
