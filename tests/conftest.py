"""What every test stands on."""

from collections.abc import Iterator

import pytest


@pytest.fixture(autouse=True, scope="session")
def _nothing_is_kept_between_runs() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("APPEALWRIGHT_CACHE_DIR", "")
        yield
