"""The walls of the house stand: imports run one way, and the judging parts are pure."""

import subprocess
import sys
import tomllib
from pathlib import Path

ROOT = Path(__file__).parent.parent


def test_the_import_contracts_hold() -> None:
    linter = Path(sys.executable).with_name("lint-imports")
    result = subprocess.run([linter, "--no-cache"], cwd=ROOT, capture_output=True, text=True, check=False)
    assert result.returncode == 0, result.stdout


def test_every_module_of_verification_is_held_pure() -> None:
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["importlinter"][
        "contracts"
    ]
    pure = {name for contract in contracts for name in contract.get("source_modules", ())}
    assert {f"pipeline.draft.{path.stem}" for path in (ROOT / "pipeline" / "draft").glob("verify*.py")} <= pure


def test_every_setting_is_in_the_example_with_its_default() -> None:
    from pipeline.settings import Settings

    example = (ROOT / ".env.example").read_text(encoding="utf-8")
    for name, field in Settings.model_fields.items():
        assert f"# {field.validation_alias or f'APPEALWRIGHT_{name.upper()}'}={field.default}\n" in example


def test_the_client_of_a_model_server_is_loaded_where_one_is_asked_and_not_before() -> None:
    told = "import sys, pipeline.case; print(sorted({'openai', 'httpx2'} & {*sys.modules}))"
    result = subprocess.run([sys.executable, "-c", told], cwd=ROOT, capture_output=True, text=True, check=True)
    assert result.stdout.strip() == "[]"
