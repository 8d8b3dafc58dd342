"""One image in two forms, both with as little of the machine as encoding needs."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import pytest
from ffmpeg_worker.settings import Settings

from tests.infra.templates import Templates, plain, variables_of


@pytest.fixture
def task(templates: Templates) -> dict[str, Any]:
    return templates.one("AWS::ECS::TaskDefinition")


@pytest.fixture
def container(task: dict[str, Any]) -> dict[str, Any]:
    (only,) = task["ContainerDefinitions"]
    found: dict[str, Any] = only
    return found


def variables(container: dict[str, Any]) -> dict[str, str]:
    return {variable["Name"]: plain(variable["Value"]) for variable in container["Environment"]}


def test_the_task_runs_unprivileged_on_a_read_only_system(container: dict[str, Any]) -> None:
    assert container["ReadonlyRootFilesystem"] is True
    assert container["User"] == "10001:10001"
    assert not container.get("Privileged")
    assert container["LinuxParameters"]["Capabilities"] == {"Drop": ["ALL"]}
    assert container["MountPoints"] == [{"ContainerPath": "/tmp", "ReadOnly": False, "SourceVolume": "scratch"}]


def test_a_task_has_the_whole_notice_of_spot_to_stop_in(container: dict[str, Any]) -> None:
    assert container["StopTimeout"] == 120
    assert container["LinuxParameters"]["InitProcessEnabled"] is True


def test_a_slow_log_never_stops_an_encode(container: dict[str, Any]) -> None:
    assert container["LogConfiguration"]["Options"]["mode"] == "non-blocking"


def test_both_forms_are_the_same_image(templates: Templates, container: dict[str, Any]) -> None:
    function = templates.functions()["encode"]
    assert plain(function["Code"]["ImageUri"]).rsplit(":", 1)[1] == plain(container["Image"]).rsplit(":", 1)[1][:64]


def test_both_forms_have_their_entries_in_the_image_s_folder(templates: Templates, container: dict[str, Any]) -> None:
    assert templates.functions()["encode"]["ImageConfig"] == {
        "EntryPoint": ["python", "-m", "awslambdaric"],
        "Command": ["ffmpeg_worker.function.lambda_handler"],
        "WorkingDirectory": "/app",
    }
    assert container["EntryPoint"] == ["python", "-m", "ffmpeg_worker.task"]
    assert container["WorkingDirectory"] == "/app"


def test_both_forms_are_told_the_same(templates: Templates, container: dict[str, Any]) -> None:
    function = {name: plain(value) for name, value in variables_of(templates.functions()["encode"]).items()}
    task = variables(container)
    prices = function.pop("DOLLARS_PER_HOUR"), task.pop("DOLLARS_PER_HOUR")
    assert all(float(price) > 0 for price in prices)
    assert {**function, "TMPDIR": "/tmp"} == task
    assert function["PYTHONPATH"] == "/app/layers/marquee/python:/app/containers"
    assert Settings.required_variables() <= set(function) <= Settings.variables() | {"PYTHONPATH"}


def test_the_image_is_for_arm(templates: Templates, task: dict[str, Any]) -> None:
    assert task["RuntimePlatform"]["CpuArchitecture"] == "ARM64"
    images = json.loads(next(templates.folder.glob("*Pipeline*.assets.json")).read_text())["dockerImages"]
    assert {image["source"]["platform"] for image in images.values()} == {"linux/arm64"}


def test_each_image_is_built_from_its_own_part_of_the_repository(templates: Templates) -> None:
    images = json.loads(next(templates.folder.glob("*Pipeline*.assets.json")).read_text())["dockerImages"].values()
    workers = {}
    for image in images:
        context = templates.folder / image["source"]["directory"]
        assert sorted(path.name for path in context.iterdir()) == ["containers", "layers"]
        (worker,) = (path.name for path in (context / "containers").iterdir())
        workers[worker] = image["source"]["dockerFile"]
    assert workers == {name: f"containers/{name}/Dockerfile" for name in ("enrich_worker", "ffmpeg_worker")}


def test_spot_and_on_demand_are_both_there_to_be_asked(templates: Templates) -> None:
    providers = templates.one("AWS::ECS::ClusterCapacityProviderAssociations")
    assert set(providers["CapacityProviders"]) == {"FARGATE", "FARGATE_SPOT"}


def test_who_begins_jobs_knows_how_many_may_be_made_at_once(templates: Templates) -> None:
    for name in ("ingest", "reconcile"):
        given = variables_of(templates.functions()[name])
        assert 0 < int(given["JOBS_AT_ONCE_EACH"]) < int(given["JOBS_AT_ONCE"])


def test_heads_of_films_have_runs_of_their_own_where_an_account_has_enough(
    environments: Mapping[str, Templates], dev: Templates, prod: Templates
) -> None:
    assert prod.functions()["encode"]["ReservedConcurrentExecutions"] == 100
    assert environments["staging"].functions()["encode"]["ReservedConcurrentExecutions"] == 40
    assert "ReservedConcurrentExecutions" not in dev.functions()["encode"]  # a new account has ten in all
