"""What every noun shares: immutability and no unknown fields."""

from pydantic import BaseModel, ConfigDict


class Frozen(BaseModel):
    """A value: immutable, comparable, and strict about the fields it has."""

    model_config = ConfigDict(frozen=True, extra="forbid")
