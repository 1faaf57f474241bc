"""What a user can set, from the environment or a `.env` file. Every name is in .env.example."""

from decimal import Decimal
from pathlib import Path
from typing import Literal

from pydantic import Field, SecretStr, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict


class Settings(BaseSettings):
    """Limits and choices of one run; environment names carry the prefix APPEALWRIGHT_, but for the two of OpenAI's."""

    model_config = SettingsConfigDict(env_prefix="APPEALWRIGHT_", env_file=".env", extra="ignore", frozen=True)

    engine: Literal["rules", "model"] = Field(
        default="rules", description="What reads and writes: `rules` needs no key; `model` has the rules beside it."
    )
    max_file_mb: int = Field(default=200, gt=0, description="Largest file, in megabytes.")
    max_unpacked_mb: int = Field(default=500, gt=0, description="Most that one file unpacks to, in megabytes.")
    max_nesting: int = Field(default=6, ge=0, description="Mails and archives one in another.")
    max_members: int = Field(default=2000, ge=0, description="Most files in one mail or archive, at any depth.")
    max_pages: int = Field(default=2000, gt=0, description="Most pages of one file.")
    max_megapixels: int = Field(default=120, gt=0, description="Largest page image, in millions of pixels.")
    page_timeout: float = Field(default=120, gt=0, description="Seconds for one page.")
    worker_mb: int = Field(default=6000, ge=1000, description="Memory of a process that reads pages, in megabytes.")
    workers: int = Field(default=0, ge=0, description="Pages read at a time; 0: one per processor.")
    cache_dir: Path | None = Field(
        default=Path("~/.cache/appealwright"),
        validate_default=True,
        description="Where readings of scanned pages are kept for the next run; empty: nowhere.",
    )
    cache_mb: int = Field(default=500, ge=0, description="Most that is kept there, in megabytes.")
    cache_days: float = Field(default=30, ge=0, description="How long a page is kept that is not used.")

    desk: Path = Field(
        default=Path("~/.local/share/appealwright"),
        validate_default=True,
        description="Where the billing inbox keeps what it took in, and its cases.",
    )
    database_url: SecretStr = Field(
        default=SecretStr(""),
        description="The register of many machines, postgresql://...; empty: a SQLite file in the desk.",
    )
    store: str = Field(default="", description="Where files are kept: a folder or an fsspec address; empty: the desk.")
    settle: float = Field(default=2, ge=0, description="Seconds that a file in the inbox must keep size and time.")
    imap_password: SecretStr = Field(default=SecretStr(""), description="Of the mailbox that `inbox` is given.")
    imap_done: str = Field(default="", description="The mail folder for what is on record; empty: marked as read.")
    cases_at_a_time: int = Field(default=0, ge=0, description="Cases worked at a time; 0: one per processor.")
    letters: str = Field(
        default="appeal",
        description="What is drafted for each case of the desk: all, or some.",
    )
    case_timeout: float = Field(default=1800, gt=0, description="Seconds for the work on one case of the inbox.")

    hosts: str = Field(
        default="",
        pattern=r"^[A-Za-z0-9.,\-\s]*$",
        description="Names by which browsers reach the desk, with commas between; localhost is always one.",
    )
    oidc_issuer: str = Field(
        default="",
        pattern=r"^(https?://[^/\s]+\S*)?$",
        description="The identity provider through which users without a password sign in; empty: none.",
    )
    oidc_client_id: str = Field(default="", description="What the desk is called there.")
    oidc_client_secret: SecretStr = Field(default=SecretStr(""), description="The secret it was given there.")
    oidc_claim: str = Field(default="email", description="What it says of people that is their name at the desk.")

    openai_base_url: str = Field(
        default="",
        validation_alias="OPENAI_BASE_URL",
        pattern=r"^(https?://[^/\s]+\S*)?$",
        description="Where the model server is, with its /v1; empty: none, and nothing is sent anywhere.",
    )
    openai_api_key: SecretStr = Field(
        default=SecretStr(""), validation_alias="OPENAI_API_KEY", description="Its key, if it wants one."
    )
    model: str = Field(default="", description="The name of the model, as the server knows it.")
    model_mode: Literal["json_schema", "json_object", "tool", "prompt"] = Field(
        default="json_schema", description="How it is held to a form; `appealwright doctor` shows which it takes."
    )
    model_timeout: float = Field(default=120, gt=0, description="Seconds for one request.")
    model_attempts: int = Field(default=4, gt=0, description="How often a request is sent that the server fails.")
    model_case_seconds: float = Field(default=900, gt=0, description="Seconds that a case may spend on the model.")
    model_case_tokens: int = Field(default=400_000, gt=0, description="Tokens that a case may use, both ways.")
    model_concurrency: int = Field(default=4, gt=0, le=64, description="Requests of a case at a time.")
    model_cases_a_minute: int = Field(
        default=0, ge=0, description="Cases of the inbox that all workers together begin by the model; 0: no limit."
    )
    model_reply_tokens: int = Field(default=4096, gt=0, description="Most tokens of one reply.")
    model_seed: int | None = Field(default=0, description="Sent for replies that repeat; empty: none is sent.")
    model_dates: Literal["keep", "shift"] = Field(
        default="keep", description="Of what is sent under pseudonyms: whether dates stay, or move together."
    )
    model_prices: dict[str, tuple[Decimal, Decimal]] = Field(
        default={}, description="Of each model, the price of a million tokens sent and of a million received."
    )
    model_currency: str = Field(default="USD", description="What these prices are in.")

    @property
    def host_names(self) -> tuple[str, ...]:
        """The names by which browsers reach the desk."""
        return tuple(self.hosts.replace(",", " ").split())

    @field_validator("model_seed", mode="before")
    @classmethod
    def _empty_is_none(cls, value: object) -> object:
        return None if value == "" else value

    @field_validator("desk", mode="before")
    @classmethod
    def _is_at_home(cls, value: object) -> object:
        return Path(str(value)).expanduser()

    @field_validator("cache_dir", mode="before")
    @classmethod
    def _empty_is_nowhere(cls, value: object) -> object:
        return Path(str(value)).expanduser() if value else None
