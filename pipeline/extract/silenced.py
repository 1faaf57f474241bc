"""Documents as the rules read them: what addresses a machine is blank, so that no instruction is taken for a record."""

from pipeline.extract.machine_talk import machine_talk
from pipeline.extract.model.sent import shown
from schemas.document import Document, Page


def silenced(document: Document) -> Document:
    """The document with every line blank that is kept from a model; pages stay as long, so that places hold."""
    if not any(machine_talk(document)):
        return document
    kept = shown(document).lines
    lines = {page.number: {at for number, at in kept if number == page.number} for page in document.pages}
    pages = tuple(_silenced(page, lines[page.number]) for page in document.pages)
    return document.model_copy(update={"pages": pages})


def _silenced(page: Page, kept: set[int]) -> Page:
    lines = (line if at in kept else " " * len(line) for at, line in enumerate(page.text.split("\n"), 1))
    return page.model_copy(update={"text": "\n".join(lines)})
