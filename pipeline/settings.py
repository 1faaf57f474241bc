"""What a user can set, from the environment or a `.env` file. Every name is in .env.example."""

from pathlib import Path
from typing import Literal

from pydantic import Field, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict


class Settings(BaseSettings):
    """Limits and choices of one run; environment names carry the prefix APPEALWRIGHT_."""

    model_config = SettingsConfigDict(env_prefix="APPEALWRIGHT_", env_file=".env", extra="ignore", frozen=True)

    engine: Literal["rules"] = Field(default="rules", description="What reads and writes: `rules` needs no key.")
    max_file_mb: int = Field(default=200, gt=0, description="Largest file, in megabytes.")
    max_unpacked_mb: int = Field(default=500, gt=0, description="Most that one file unpacks to, in megabytes.")
    max_nesting: int = Field(default=6, ge=0, description="Mails and archives one in another.")
    max_members: int = Field(default=2000, ge=0, description="Most files in one mail or archive, at any depth.")
    max_pages: int = Field(default=2000, gt=0, description="Most pages of one file.")
    max_megapixels: int = Field(default=120, gt=0, description="Largest page image, in millions of pixels.")
    page_timeout: float = Field(default=120, gt=0, description="Seconds for one page.")
    workers: int = Field(default=0, ge=0, description="Pages read at a time; 0: one per processor.")
    cache_dir: Path | None = Field(
        default=Path("~/.cache/appealwright"),
        validate_default=True,
        description="Where readings of scanned pages are kept for the next run; empty: nowhere.",
    )
    cache_mb: int = Field(default=500, ge=0, description="Most that is kept there, in megabytes.")
    cache_days: float = Field(default=30, ge=0, description="How long a page is kept that is not used.")

    @field_validator("cache_dir", mode="before")
    @classmethod
    def _empty_is_nowhere(cls, value: object) -> object:
        return Path(str(value)).expanduser() if value else None
