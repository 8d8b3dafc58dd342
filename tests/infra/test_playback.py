"""Playback open and closed: what guards the films, and what a rotation of keys changes."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from infra.build import build_app
from infra.environments import DEV, Environment
from infra.network import Network
from infra.playback import Playback, Provider
from infra.sources import Sources
from tests.infra.templates import Templates, plain

EDGE_CODE_LIMIT_BYTES = 10 * 1024


def synthesized(sources: Sources, folder: Path, **choices: Any) -> Templates:
    environment = DEV.model_copy(update={"playback": Playback(**choices)})
    build_app([environment], sources, outdir=folder).synth()
    return Templates.load(folder, "dev")


def behaviors(templates: Templates) -> dict[str, dict[str, Any]]:
    config = templates.one("AWS::CloudFront::Distribution")["DistributionConfig"]
    return {behavior["PathPattern"]: behavior for behavior in config["CacheBehaviors"]}


def visibility(templates: Templates) -> str:
    return str(templates.functions()["streaming"]["Environment"]["Variables"]["VISIBILITY"])


def test_films_are_for_everybody_only_where_they_are_developed(environments: Mapping[str, Templates]) -> None:
    found = {name: visibility(templates) for name, templates in environments.items()}
    assert found == {"dev": "public", "staging": "signed_in", "prod": "signed_in"}


def test_open_films_ask_for_nothing(without_nat: Templates) -> None:
    media = behaviors(without_nat)["/media/*"]
    assert "TrustedKeyGroups" not in media
    assert "FunctionAssociations" not in media
    assert without_nat.functions()["streaming"]["Environment"]["Variables"]["PLAYBACK"] == "open"


def test_films_take_a_signature_and_pass_the_revocation_list(templates: Templates) -> None:
    media = behaviors(templates)["/media/*"]
    assert len(media["TrustedKeyGroups"]) == 1
    (association,) = media["FunctionAssociations"]
    assert association["EventType"] == "viewer-request"
    functions = {i: f for _, i, f in templates.resources("AWS::CloudFront::Function")}
    (guard,) = (f for f in functions.values() if "KeyValueStoreAssociations" in f["FunctionConfig"])
    assert guard["FunctionConfig"]["Runtime"] == "cloudfront-js-2.0"
    assert len(guard["FunctionCode"].encode()) < EDGE_CODE_LIMIT_BYTES


def test_of_a_film_only_posters_and_the_preview_are_for_everybody(templates: Templates) -> None:
    found = behaviors(templates)
    unguarded = {path for path, b in found.items() if path.startswith("/media") and "TrustedKeyGroups" not in b}
    assert unguarded == {"/media/*/images/poster*", "/media/*/images/preview*"}
    assert max(list(found).index(path) for path in unguarded) < list(found).index("/media/*")


def test_sessions_ask_for_a_token_unless_playback_is_open(without_nat: Templates, dev: Templates) -> None:
    def authorization(templates: Templates, key: str) -> str:
        (route,) = (r for _, _, r in templates.resources("AWS::ApiGatewayV2::Route") if r["RouteKey"] == key)
        return str(route.get("AuthorizationType", "NONE"))

    sessions = "POST /api/v1/streaming/sessions"
    assert (authorization(dev, sessions), authorization(without_nat, sessions)) == ("JWT", "NONE")
    assert authorization(dev, f"{sessions}/public") == "NONE"


def test_the_group_holds_two_keys_which_only_the_function_knows(templates: Templates) -> None:
    keys = {logical_id: key for _, logical_id, key in templates.resources("AWS::CloudFront::PublicKey")}
    group = templates.one("AWS::CloudFront::KeyGroup")["KeyGroupConfig"]
    assert {item["Ref"] if "Ref" in item else item["Fn::GetAtt"][0] for item in group["Items"]} == set(keys)
    for generation, key in zip((0, 1), keys.values(), strict=True):
        made, attribute = key["PublicKeyConfig"]["EncodedKey"]["Fn::GetAtt"]
        assert attribute == f"PublicKey{generation}"
        assert templates.one("Custom::SigningKeys")["Generation"] == 1
        assert made


def test_a_rotation_makes_one_key_and_keeps_the_other(sources: Sources, tmp_path: Path, dev: Templates) -> None:
    rotated = synthesized(sources, tmp_path, key_generation=2)

    def keys(templates: Templates) -> dict[str, str]:
        found = templates.resources("AWS::CloudFront::PublicKey")
        return {logical_id: plain(key["PublicKeyConfig"]["EncodedKey"]) for _, logical_id, key in found}

    before, after = keys(dev), keys(rotated)
    (kept,) = before.keys() & after.keys()
    assert before[kept] == after[kept]  # CloudFront refuses to change a public key
    assert after[kept].endswith("PublicKey1")
    assert rotated.one("Custom::SigningKeys")["Generation"] == 2


def test_closed_playback_needs_a_way_to_the_list() -> None:
    choices = {name: getattr(DEV, name) for name in Environment.model_fields}
    closed = {"network": Network(nat="none"), "playback": Playback(access="closed"), "tmdb": "local"}
    with pytest.raises(ValidationError, match="closed playback needs"):
        Environment(**{**choices, **closed})


@pytest.mark.parametrize(
    "wrong",
    [
        {"url": "http://plain.example/{tmdb_id}"},
        {"url": "https://none.example/film"},
        {"url": "https://other.example/{title}"},
        {"name": "Has Spaces"},
        {"kind": "torrent"},
        {"health_url": "http://plain.example/"},
    ],
)
def test_a_provider_that_cannot_be_asked_safely_is_refused(wrong: dict[str, Any]) -> None:
    fine = {"name": "other", "kind": "embed", "url": "https://films.example/{tmdb_id}"}
    Provider(**fine)
    with pytest.raises(ValidationError):
        Provider(**{**fine, **wrong})


def test_no_provider_is_switched_on(templates: Templates) -> None:
    assert templates.functions()["sources"]["Environment"]["Variables"]["PROVIDERS"] == "[]"
