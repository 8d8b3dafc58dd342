"""What an account has once, whoever lives in it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from aws_cdk import App

from infra.build import create_accounts
from infra.environments import DEV, STAGING


def account_stacks(assembly: Path) -> dict[str, dict[str, Any]]:
    """Templates by the stacks' names."""
    found = assembly.glob("Marquee-account*.template.json")
    return {path.name.split(".")[0]: json.loads(path.read_text()) for path in found}


def test_one_account_is_told_once_to_look_into_images(assembly: Path) -> None:
    (template,) = account_stacks(assembly).values()
    (scanning,) = template["Resources"].values()
    assert scanning["Type"] == "AWS::ECR::RegistryScanningConfiguration"
    (rule,) = scanning["Properties"]["Rules"]
    assert rule["ScanFrequency"] == "SCAN_ON_PUSH"
    assert rule["RepositoryFilters"] == [{"Filter": "cdk-*-container-assets-*", "FilterType": "WILDCARD"}]


def test_each_account_of_its_own_is_told(tmp_path: Path) -> None:
    apart = [
        environment.model_copy(update={"account": account, "region": "eu-central-1"})
        for environment, account in ((DEV, "111111111111"), (STAGING, "222222222222"))
    ]
    app = App(outdir=str(tmp_path), analytics_reporting=False)
    create_accounts(app, apart)
    app.synth()
    assert set(account_stacks(tmp_path)) == {
        "Marquee-account-111111111111-eu-central-1",
        "Marquee-account-222222222222-eu-central-1",
    }
