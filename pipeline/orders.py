"""From the settings to what a stage is told: the limits of reading, and the model that a case is worked with."""

from pipeline import llm
from pipeline.engines import ModelOrder
from pipeline.ingest import Limits
from pipeline.settings import Settings
from schemas.letter import LetterKind


class NotSetUpError(Exception):
    """The engine asked for is not known, or its settings are missing."""


def limits_of(settings: Settings) -> Limits:
    """How much of one file is read."""
    return Limits(
        max_file_bytes=settings.max_file_mb * 1_000_000,
        max_unpacked_bytes=settings.max_unpacked_mb * 1_000_000,
        max_nesting=settings.max_nesting,
        max_members=settings.max_members,
        max_pages=settings.max_pages,
        max_pixels=settings.max_megapixels * 1_000_000,
        page_timeout=settings.page_timeout,
        worker_bytes=settings.worker_mb * 1_000_000,
    )


def letters_of(names: str) -> tuple[LetterKind, ...]:
    """The letters of a list with commas, or all; the appeal is always one. NotSetUpError where one is not known."""
    known = {kind.value for kind in LetterKind if kind is not LetterKind.ONE_PAGE}
    asked = {name.strip() for name in names.split(",")} - {""}
    if unknown := sorted(asked - known - {"all"}):
        raise NotSetUpError(f"no letter is called {', '.join(unknown)}")
    chosen = known if "all" in asked else asked
    return tuple(kind for kind in LetterKind if kind.value in chosen)


def model_of(engine: str, settings: Settings, pseudonymize: bool | None) -> ModelOrder | None:
    """The model of an engine, none with `rules`. NotSetUpError where it cannot be had."""
    if engine == "rules":
        return None
    if engine != "model":
        raise NotSetUpError("it is rules or model")
    server = llm.connection(settings)
    if server is None:
        raise NotSetUpError("the model engine needs OPENAI_BASE_URL and APPEALWRIGHT_MODEL (see .env.example)")
    hidden = not server.is_private if pseudonymize is None else pseudonymize
    return ModelOrder(server, settings.model_dates if hidden else None)
