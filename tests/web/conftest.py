"""What the tests of the desk share: a browser, a desk with a case in it, and a served desk to be attacked."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, sync_playwright

from benchmarks.attack_kit.target import Target, served
from tests.web.browsing import CHROMIUM, House, house, worked


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield browser
        browser.close()


@pytest.fixture
def shared(tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> Path:
    """A folder that all processes of this run have in common."""
    own = tmp_path_factory.getbasetemp()
    return own if worker_id == "master" else own.parent


@pytest.fixture
def knee(shared: Path, tmp_path: Path) -> Iterator[House]:
    """A desk of its own that has the sample of the knee, worked."""
    folder = shutil.copytree(worked(shared), tmp_path / "knee")
    with house(folder) as found:
        yield found


@pytest.fixture(scope="session")
def target(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Target]:
    with served(tmp_path_factory.mktemp("target")) as target:
        yield target
