"""The pictures of the desk in docs/images: `python -m benchmarks.desk_pictures [OUT]`. Needs Chromium.

A desk is served, the sample of the knee uploaded to it in a browser, and each page drawn as it then is.
"""

import sys
import tempfile
from pathlib import Path

from PIL import Image
from playwright.sync_api import Page, expect, sync_playwright

from tests.web.browsing import CHROMIUM, KNEE, RUTH, WHOLE, House, house, open_tab, visiting

IMAGES = Path(__file__).parents[1] / "docs" / "images"


def draw(page: Page, desk: House, out: Path) -> None:
    """Upload the sample, and look at everything."""

    def picture(name: str) -> None:
        path = out / f"desk-{name}.png"
        page.screenshot(path=path)
        Image.open(path).quantize(128).save(path, optimize=True)

    page.goto("/upload")
    page.set_input_files("#files", sorted(KNEE.iterdir()))
    expect(page.locator(".upload-stage", has_text="In a case")).to_have_count(4, timeout=WHOLE)
    picture("upload")
    page.goto("/cases")
    picture("worklist")
    page.goto(f"/cases/{desk.case}", wait_until="networkidle")
    page.locator("#value-reference_number-0 .cite").click()
    expect(page.locator(".box")).to_have_count(1)
    picture("case")
    open_tab(page, "Criteria")
    page.locator("#criterion-c2 .evidence .cite").nth(1).click()
    expect(page.locator(".box, mark")).not_to_have_count(0)
    picture("criteria")
    open_tab(page, "Letter")
    picture("letter")


def main() -> None:
    """Write the pictures."""
    out = Path(sys.argv[1]) if len(sys.argv) > 1 else IMAGES
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        with house(Path(folder)) as desk, visiting(browser, desk, RUTH) as page:
            draw(page, desk, out)
        browser.close()


if __name__ == "__main__":
    main()
