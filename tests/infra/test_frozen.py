"""Nothing that holds something is made anew by a change of its name: CloudFormation would take the old one away."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from infra.environments import ENVIRONMENTS
from tests.infra.frozen import STATEFUL, frozen, frozen_settings, settings_of, stateful_of
from tests.infra.templates import Templates


def flat(ids: Mapping[str, Mapping[str, str]]) -> set[tuple[str, str, str]]:
    return {(stack, logical_id, kind) for stack, found in ids.items() for logical_id, kind in found.items()}


@pytest.mark.parametrize("name", list(ENVIRONMENTS))
def test_what_holds_something_keeps_its_name(environments: Mapping[str, Templates], name: str) -> None:
    lost = flat(frozen()[name]) - flat(stateful_of(environments[name]))
    assert not lost, "renamed or removed: what it holds would be lost at the next deployment"


@pytest.mark.parametrize("name", list(ENVIRONMENTS))
def test_what_aws_cannot_change_in_place_is_not_changed(environments: Mapping[str, Templates], name: str) -> None:
    fixed, known = frozen_settings()
    now = settings_of(environments[name], fixed)
    changed = {i: (known[name][i], now[i]) for i in known[name].keys() & now.keys() if known[name][i] != now[i]}
    assert not changed, "another one would be made, with nothing in it, and this one taken away or left behind"


def test_the_schemas_say_of_every_kind_what_cannot_be_changed() -> None:
    fixed, _ = frozen_settings()
    assert set(fixed) == STATEFUL
    assert "BucketName" in fixed["AWS::S3::Bucket"]
    assert "KmsKeyId" in fixed["AWS::DocDB::DBCluster"]


@pytest.mark.parametrize("name", list(ENVIRONMENTS))
def test_what_is_new_is_kept_from_now_on(environments: Mapping[str, Templates], name: str) -> None:
    new = flat(stateful_of(environments[name])) - flat(frozen()[name])
    _, settings = frozen_settings()
    new |= {i for i in flat(stateful_of(environments[name])) if f"{i[0]}/{i[1]}" not in settings[name]}
    assert not new, "add it to the list: `make synth && python -m tests.infra.frozen`"


def test_whatever_outlives_its_stack_is_on_the_list(prod: Templates) -> None:
    """A resource that is retained on purpose holds something, or is a release."""
    releases = {
        "AWS::DocDB::DBInstance",  # the cluster holds the data
        "AWS::ECS::TaskDefinition",
        "AWS::Lambda::LayerVersion",
        "AWS::Lambda::Version",
        "AWS::Logs::LogGroup",  # a new one goes on where the old one ended
        "AWS::StepFunctions::StateMachineVersion",
    }
    retained = {
        resource["Type"]
        for template in prod.by_stack.values()
        for resource in template["Resources"].values()
        if resource.get("DeletionPolicy", "Delete") != "Delete"
    }
    assert retained - releases <= STATEFUL
