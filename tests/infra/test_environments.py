"""Choices that could not be deployed are refused where they are made."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from infra.build import build_app, choose_environments
from infra.databases import ExternalDatabase, ServerlessDatabase
from infra.enrichment import Enrichment
from infra.environments import DEV, ENVIRONMENTS, Environment
from infra.identity import Identity
from infra.network import Network
from infra.playback import Playback
from infra.plugins import AskedBeforePublish, Plugins, ToldWhenReady
from infra.sources import MissingSource, Sources
from infra.worker import Worker
from tests.infra.templates import Templates, plain


def changed(**choices: Any) -> dict[str, Any]:
    """The choices of `dev` with these in place of its own."""
    return {**{name: getattr(DEV, name) for name in Environment.model_fields}, **choices}


# Nothing here needs a way out of the VPC.
ALONE: dict[str, Any] = {
    "network": Network(nat="none"),
    "identity": Identity(domain=False),
    "playback": Playback(access="open"),
    "tmdb": "local",
}


def test_an_environment_needs_no_way_out_of_its_network() -> None:
    assert Environment(**changed(**ALONE)).network.nat == "none"


def test_there_are_three_and_each_is_known_by_its_name() -> None:
    assert list(ENVIRONMENTS) == ["dev", "staging", "prod"]
    assert [environment.name for environment in choose_environments(None)] == list(ENVIRONMENTS)
    assert choose_environments("prod")[0].retention.protect


def test_an_unknown_environment_is_answered_with_the_known_ones() -> None:
    with pytest.raises(ValueError, match="choose from dev, staging, prod"):
        choose_environments("production")


@pytest.mark.parametrize(
    "wrong",
    [
        {"name": "production"},
        {"account": "12345"},
        {"region": "Europe"},
        {"function_memory_mib": 64},
        # and no way out of the VPC
        {"database": ExternalDatabase(secret_name="atlas"), **ALONE},
        {"colour": "blue"},
        {"playback": Playback(access="open"), "plugins": Plugins(before_publish=AskedBeforePublish())},
        {
            "enrichment": Enrichment(analysis_provider="local", moderation="hold"),
            "plugins": Plugins(after_ready=ToldWhenReady()),
        },
    ],
)
def test_a_choice_that_cannot_be_is_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        Environment(**changed(**wrong))


@pytest.mark.parametrize(
    "wrong",
    [
        {"nat": "gateway"},
        {"nat": "none", "nat_gateway_count": 1},
        {"nat": "gateway", "nat_gateway_count": 3, "zone_count": 2},
        {"nat": "none", "endpoint_zone_count": 3},
        {"nat": "instance", "nat_gateway_count": 1},
        {"nat": "instance", "nat_instance": {"instance_type": "t3.nano"}},  # no machine for arm
    ],
)
def test_a_network_that_does_not_add_up_is_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        Network(**wrong)


@pytest.mark.parametrize(
    ("wrong", "why"),
    [
        ({"jobs_at_once": 13}, "more than fargate_vcpu_quota"),
        ({"shard_concurrency": 11}, "more than fargate_vcpu_quota"),
        ({"jobs_at_once_each": 20}, "more turns"),
    ],
)
def test_more_work_at_once_than_the_account_s_quota_is_refused(wrong: dict[str, int], why: str) -> None:
    with pytest.raises(ValidationError, match=why):
        Worker(**{**DEV.worker.model_dump(), **wrong})


@pytest.mark.parametrize("environment", ENVIRONMENTS.values(), ids=list(ENVIRONMENTS))
def test_nobody_can_have_all_turns(environment: Environment) -> None:
    assert environment.worker.jobs_at_once_each < environment.worker.jobs_at_once


def test_a_database_that_starts_above_its_limit_is_refused() -> None:
    with pytest.raises(ValidationError, match="may not be above"):
        ServerlessDatabase(minimum_units=4, maximum_units=2)


def test_a_choice_cannot_be_changed_afterwards() -> None:
    with pytest.raises(ValidationError):
        DEV.name = "prod"  # type: ignore[misc]


def test_an_external_database_takes_the_place_of_the_cluster(sources: Sources, tmp_path: Path) -> None:
    choices = changed(
        network=Network(nat="gateway", nat_gateway_count=1),
        database=ExternalDatabase(secret_name="marquee/atlas", port=27018),
    )
    build_app([Environment(**choices)], sources, outdir=tmp_path).synth()
    templates = Templates.load(tmp_path, "dev")
    assert not list(templates.resources("AWS::DocDB::DBCluster"))
    secret = plain(templates.functions()["jobs"]["Environment"]["Variables"]["DATABASE_SECRET_ARN"])
    assert secret.endswith(":secret:marquee/atlas")
    (group,) = (
        group
        for _, logical_id, group in templates.resources("AWS::EC2::SecurityGroup")
        if logical_id.startswith("Functions")
    )
    assert [rule["FromPort"] for rule in group["SecurityGroupEgress"]] == [443, 27018]


def test_synthesis_says_what_to_run_when_something_is_not_built(tmp_path: Path) -> None:
    with pytest.raises(MissingSource, match="run `make layers`"):
        build_app([DEV], Sources.in_repository(tmp_path), outdir=tmp_path / "out")
