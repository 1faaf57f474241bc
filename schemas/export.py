"""Writes the JSON Schemas of the output contract to schemas/json: `python -m schemas.export`."""

import json
from pathlib import Path

from pydantic import BaseModel

from schemas.case import Case
from schemas.proposal import DenialProposal, FactProposal

FOLDER = Path(__file__).parent / "json"


def exported() -> dict[str, str]:
    """Each schema file's name and content."""
    models: dict[str, type[BaseModel]] = {
        "case": Case,
        "denial_proposal": DenialProposal,
        "fact_proposal": FactProposal,
    }
    return {
        f"{name}.json": json.dumps(model.model_json_schema(mode="serialization"), indent=2) + "\n"
        for name, model in models.items()
    }


if __name__ == "__main__":
    for name, content in exported().items():
        (FOLDER / name).write_text(content, encoding="utf-8")
