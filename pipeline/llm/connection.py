"""Where the model is, and what a case may cost there."""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal
from ipaddress import ip_address
from pathlib import Path
from typing import Literal, get_args
from urllib.parse import urlsplit

from pipeline.settings import Settings

Mode = Literal["json_schema", "json_object", "tool", "prompt"]
MODES: tuple[Mode, ...] = get_args(Mode)


@dataclass(frozen=True, slots=True)
class Connection:
    """A server and the limits of one case. Times in seconds, prices per million tokens (sent, received)."""

    base_url: str
    model: str
    api_key: str = field(default="", repr=False)
    mode: Mode = "json_schema"
    timeout: float = 120  # of one request, from connecting to its last byte
    attempts: int = 4
    correct: bool = True  # whether a faulty reply is asked for once more, with what was wrong with it
    case_seconds: float = 900
    case_tokens: int = 400_000
    concurrency: int = 4
    max_reply_tokens: int = 4096
    seed: int | None = 0
    cache: Path | None = None
    cache_mb: int = 500
    cache_days: float = 30
    prices: tuple[Decimal, Decimal] | None = None
    currency: str = "USD"

    @property
    def is_private(self) -> bool:
        """Whether the server is on this machine or by its name or address within the house."""
        host = (urlsplit(self.base_url).hostname or "").rstrip(".")
        try:
            address = ip_address(host)
        except ValueError:
            return "." not in host or host.endswith(_PRIVATE)
        return address.is_private or address.is_loopback


# RFC 6762 (.local), RFC 8375 (.home.arpa), and what ICANN has set aside for private use (.internal)
_PRIVATE = (".local", ".localhost", ".home.arpa", ".internal", ".lan", ".intranet")


def connection(settings: Settings) -> Connection | None:
    """What the settings say; None where they name no server or no model."""
    if not (settings.openai_base_url and settings.model):
        return None
    return Connection(
        base_url=settings.openai_base_url,
        model=settings.model,
        api_key=settings.openai_api_key.get_secret_value(),
        mode=settings.model_mode,
        timeout=settings.model_timeout,
        attempts=settings.model_attempts,
        case_seconds=settings.model_case_seconds,
        case_tokens=settings.model_case_tokens,
        concurrency=settings.model_concurrency,
        max_reply_tokens=settings.model_reply_tokens,
        seed=settings.model_seed,
        cache=replies_folder(settings),
        cache_mb=settings.cache_mb,
        cache_days=settings.cache_days,
        prices=settings.model_prices.get(settings.model),
        currency=settings.model_currency,
    )


def replies_folder(settings: Settings) -> Path | None:
    """Where replies are kept for the next run; None: nowhere."""
    return settings.cache_dir / "replies" if settings.cache_dir is not None else None
