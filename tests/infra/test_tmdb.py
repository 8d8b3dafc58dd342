"""Films of others: who may ask for them, what lies before their pictures, what happens by the clock."""

from __future__ import annotations

from typing import Any

import pytest
from ask_tmdb.settings import Settings

from tests.infra.templates import Templates, plain, variables_of
from tests.infra.test_delivery import behavior, origin_of
from tests.infra.test_schedules import schedule_of

ASKING = ("movies", "purge_tmdb", "warm_films")
HALF_A_YEAR_SECONDS = 180 * 86_400


def test_only_those_who_ask_know_where_tmdb_is_and_may_read_its_token(templates: Templates) -> None:
    for name, function in templates.functions().items():
        told = {"TMDB_URL", "TMDB_SECRET_ARN"} & set(variables_of(function))
        assert bool(told) == (name in ASKING), name
        readable = {resource for action, resource in templates.grants(function["Role"]) if "GetSecret" in action}
        assert any("Tmdb" in resource for resource in readable) == (name in ASKING), name


def test_a_deployed_service_asks_tmdb_itself_and_dev_what_stands_for_it(templates: Templates, dev: Templates) -> None:
    assert plain(variables_of(dev.functions()["movies"])["TMDB_URL"]) == "local"
    if templates.folder != dev.folder:
        assert plain(variables_of(templates.functions()["movies"])["TMDB_URL"]) == "https://api.themoviedb.org/3"


def test_the_secret_waits_for_a_token_and_holds_none(templates: Templates) -> None:
    secrets = [secret for _, _, secret in templates.resources("AWS::SecretsManager::Secret")]
    (token,) = (secret for secret in secrets if "TMDB" in secret.get("Description", ""))
    assert token["SecretString"] == '{"token": ""}'


def test_without_a_way_out_a_function_outside_asks_tmdb_and_nobody_else(without_nat: Templates) -> None:
    asks = without_nat.functions()["ask_tmdb"]
    assert "VpcConfig" not in asks
    assert variables_of(asks)["TMDB_URL"] == "https://api.themoviedb.org/3"
    assert {action.split(":")[0] for action, _ in without_nat.grants(asks["Role"])} <= {"logs", "xray"}
    assert set(variables_of(asks)) <= Settings.variables()


def test_without_a_way_out_whoever_asks_tmdb_may_call_that_function(without_nat: Templates) -> None:
    for name, function in without_nat.functions().items():
        calls = {resource for action, resource in without_nat.grants(function["Role"]) if "InvokeFunction" in action}
        assert any("AskTmdb" in resource for resource in calls) == (name in ASKING), name
        assert ("TMDB_FUNCTION_NAME" in variables_of(function)) == (name in ASKING), name


def test_with_a_way_out_nobody_needs_that_function(templates: Templates) -> None:
    assert "ask_tmdb" not in templates.functions()


@pytest.fixture
def images(templates: Templates) -> tuple[dict[str, Any], dict[str, Any]]:
    distribution = templates.one("AWS::CloudFront::Distribution")["DistributionConfig"]
    images = behavior(distribution, "/images/tmdb/*")
    return images, origin_of(distribution, images)


def test_pictures_come_from_tmdb_s_server_over_https(images: tuple[dict[str, Any], dict[str, Any]]) -> None:
    _, origin = images
    assert (origin["DomainName"], origin["OriginPath"]) == ("image.tmdb.org", "/t/p")
    assert origin["CustomOriginConfig"]["OriginProtocolPolicy"] == "https-only"


def test_pictures_are_kept_long_but_not_for_half_a_year_and_nothing_of_a_viewer_goes_there(
    templates: Templates, images: tuple[dict[str, Any], dict[str, Any]]
) -> None:
    behaviour, _ = images
    policies = {i: p["CachePolicyConfig"] for _, i, p in templates.resources("AWS::CloudFront::CachePolicy")}
    policy = policies[behaviour["CachePolicyId"]["Ref"]]
    assert 30 * 86_400 <= policy["DefaultTTL"] <= policy["MaxTTL"] < HALF_A_YEAR_SECONDS
    sent = policy["ParametersInCacheKeyAndForwardedToOrigin"]
    kinds = ("CookiesConfig", "HeadersConfig", "QueryStringsConfig")
    assert [next(iter(sent[kind].values())) for kind in kinds] == ["none"] * 3
    assert "OriginRequestPolicyId" not in behaviour


def test_popular_films_are_read_every_hour_and_old_ones_looked_for_every_day(templates: Templates) -> None:
    assert schedule_of(templates, "WarmFilms")["ScheduleExpression"] == "rate(1 hour)"
    assert schedule_of(templates, "PurgeTmdb")["ScheduleExpression"] == "rate(1 day)"
