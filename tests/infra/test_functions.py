"""Every function is given what it needs, all of it and nothing else."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path

import pytest
from marquee.entry.settings import ProcessSettings
from marquee.entry.wiring import DatabaseWiring

from infra.routes import ROUTES
from tests.infra.templates import Templates, plain, variables_of

ROOT = Path(__file__).resolve().parents[2]
# Deployed only where there is no way out of the network (`test_tmdb`).
WITHOUT_NAT = {"ask_tmdb"}
FOLDERS = sorted({path.parent.name for path in (ROOT / "functions").glob("*/settings.py")} - WITHOUT_NAT)


# What talks to addresses that others choose has no place in the network; from there nobody answers CloudFormation.
OUTSIDE = {"post_webhook", "signing_keys"}


# Those made from a container's image.
IMAGES = {"encode", "enrich"}


def settings_of(folder: str) -> type[ProcessSettings]:
    settings: type[ProcessSettings] = import_module(f"{folder}.settings").Settings
    return settings


def test_every_folder_is_deployed_and_nothing_else(templates: Templates) -> None:
    assert sorted(set(templates.functions()) - IMAGES) == FOLDERS


@pytest.mark.parametrize("folder", FOLDERS)
def test_a_function_has_every_variable_that_its_settings_require_and_none_they_do_not_know(
    folder: str, templates: Templates
) -> None:
    given = set(variables_of(templates.functions()[folder]))
    settings = settings_of(folder)
    assert settings.required_variables() <= given
    assert given <= settings.variables()


def test_a_function_reads_its_settings_from_its_variables(dev: Templates) -> None:
    for folder in FOLDERS:
        variables = {name: plain(value) for name, value in variables_of(dev.functions()[folder]).items()}
        settings = settings_of(folder).read(variables)
        assert (settings.environment, settings.powertools_service_name) == ("dev", folder)


def test_an_asset_holds_its_own_function_alone(dev: Templates) -> None:
    for folder in FOLDERS:
        key = plain(dev.functions()[folder]["Code"]["S3Key"])
        asset = dev.folder.parent / f"asset.{key.removesuffix('.zip')}"
        assert [path.name for path in asset.iterdir()] == [folder]
        assert not list(asset.rglob("*.pyc"))


def test_functions_run_on_arm_with_the_lock_s_python(templates: Templates) -> None:
    for name, function in templates.functions().items():
        assert function["Architectures"] == ["arm64"]
        if name not in IMAGES:
            assert (function["Runtime"], function["Handler"]) == ("python3.13", f"{name}.handler.lambda_handler")


def test_only_functions_that_look_into_films_or_at_pictures_carry_more_layers(dev: Templates) -> None:
    layers = {name: [plain(layer) for layer in f.get("Layers", [])] for name, f in dev.functions().items()}
    heavy = {name: given[-1] for name, given in layers.items() if len(given) == 3}
    assert {name for name, last in heavy.items() if "MediaTools" in last} == {"probe", "subtitles"}
    assert {name for name, last in heavy.items() if "Vision" in last} == {"images", "pictures"}


def test_logs_are_kept_for_a_while_and_not_for_ever(templates: Templates) -> None:
    for _, _, group in templates.resources("AWS::Logs::LogGroup"):
        assert group["RetentionInDays"] in {7, 30, 90, 365}
    for function in templates.functions().values():
        assert "LogGroup" in function["LoggingConfig"]


def test_every_function_is_traced_and_ends(templates: Templates) -> None:
    for function in templates.functions().values():
        assert function["TracingConfig"] == {"Mode": "Active"}
        assert 0 < function["Timeout"] <= 900


def test_answers_of_the_api_come_before_the_gateway_gives_up(templates: Templates) -> None:
    for name in {route.function for route in ROUTES}:
        assert templates.functions()[name]["Timeout"] < 30, name


def test_functions_share_a_network_that_lets_nothing_in(templates: Templates) -> None:
    inside = {name: f["VpcConfig"] for name, f in templates.functions().items() if "VpcConfig" in f}
    # what opens films is apart from what reaches the database (`test_network`)
    assert len({plain(place["SecurityGroupIds"][0]) for n, place in inside.items() if n not in IMAGES}) == 1
    assert templates.functions().keys() - inside.keys() == OUTSIDE


@pytest.mark.parametrize("folder", sorted({route.function for route in ROUTES}))
def test_a_function_that_answers_requests_waits_shortly_for_the_database(folder: str) -> None:
    wiring = import_module(f"{folder}.wiring").wiring
    if isinstance(wiring, DatabaseWiring) and folder != "health":  # which asks everybody at once, with its own limit
        assert wiring.patience_seconds is not None
        assert wiring.patience_seconds < 2.5
