"""Text that addresses a machine: kept as data, and shown to the reviewer."""

import re
from collections.abc import Iterator
from functools import cache

from pipeline.extract.tables import load, pattern
from schemas.coverage import Warning
from schemas.document import Document


@cache
def _words() -> re.Pattern[str]:
    return pattern("|".join(load("machine_talk.yaml")["words"]))


def machine_talk(document: Document) -> Iterator[Warning]:
    """A warning for each place of a document that speaks to a program."""
    for page in document.pages:
        for match in _words().finditer(page.text):
            yield Warning(
                code="addresses_a_machine",
                message="The document holds text that addresses a program. It was read as text and followed by nobody.",
                spans=(page.span(*match.span()),),
            )
