"""What a user can set, from the environment or a `.env` file. Every name is in .env.example."""

from typing import Literal

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict


class Settings(BaseSettings):
    """Limits and choices of one run; environment names carry the prefix APPEALWRIGHT_."""

    model_config = SettingsConfigDict(env_prefix="APPEALWRIGHT_", env_file=".env", extra="ignore", frozen=True)

    engine: Literal["rules"] = Field(default="rules", description="What reads and writes: `rules` needs no key.")
    max_file_mb: int = Field(default=200, gt=0, description="Largest file, in megabytes.")
    max_pages: int = Field(default=2000, gt=0, description="Most pages of one file.")
    max_megapixels: int = Field(default=120, gt=0, description="Largest page image, in millions of pixels.")
    page_timeout: float = Field(default=120, gt=0, description="Seconds for one page's OCR.")
    workers: int = Field(default=0, ge=0, description="Pages read at a time; 0: one per processor.")
