"""`marquee login`, `logout`, `whoami`: what is kept of a sign-in, and how long it counts."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from cli.endpoint import Endpoint, EndpointError
from cli.identity import Identity
from cli.main import app
from cli.tokens import KeptTokens
from tests.cli.identity_site import CODE, EMAIL, PASSWORD, IdentitySite


@pytest.fixture
def site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[IdentitySite]:
    monkeypatch.setenv("MARQUEE_CLI_STATE", str(tmp_path / "state"))
    for name in ("MARQUEE_USERNAME", "MARQUEE_PASSWORD"):
        monkeypatch.delenv(name, raising=False)
    site = IdentitySite()
    yield site
    site.close()


def run(site: IdentitySite, *arguments: str, stdin: str = "") -> tuple[int, Any]:
    result = CliRunner().invoke(app, [*arguments, "--endpoint", site.url, "--json"], input=stdin)
    return result.exit_code, json.loads(result.stdout)


def sign_in(site: IdentitySite, password: str = PASSWORD) -> tuple[int, Any]:
    return run(site, "login", "--username", EMAIL, "--password-stdin", stdin=f"{password}\n")


def no_questions(field: str, sentence: str) -> str:
    raise AssertionError(sentence)


def test_a_sign_in_is_kept_for_its_owner_alone(site: IdentitySite, tmp_path: Path) -> None:
    assert sign_in(site) == (0, {"site": site.url, "username": EMAIL, "error": None})
    (file,) = (tmp_path / "state" / "tokens").iterdir()
    assert file.stat().st_mode & 0o777 == 0o600
    assert PASSWORD not in file.read_text()


def test_calls_carry_the_token_once_somebody_is_signed_in(site: IdentitySite) -> None:
    run(site, "jobs")
    sign_in(site)
    run(site, "jobs")
    assert site.tokens_seen == [None, None, "Bearer access-1"]


def test_who_is_signed_in_is_told(site: IdentitySite) -> None:
    sign_in(site)
    code, me = run(site, "whoami")
    assert (code, me["subject"], me["roles"]) == (0, "ann", ["premium"])


def test_nobody_is_told_what_to_do(site: IdentitySite) -> None:
    code, answer = run(site, "whoami")
    assert (code, answer["error"]["code"]) == (1, "not_signed_in")


def test_a_token_is_printed_for_other_programs(site: IdentitySite) -> None:
    def printed() -> tuple[int, str]:
        result = CliRunner().invoke(app, ["token", "--endpoint", site.url])
        return result.exit_code, result.stdout

    assert printed() == (1, "")
    sign_in(site)
    assert printed() == (0, "access-1\n")


def test_the_password_may_stand_in_the_environment(site: IdentitySite, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MARQUEE_USERNAME", EMAIL)
    monkeypatch.setenv("MARQUEE_PASSWORD", PASSWORD)
    assert run(site, "login")[0] == 0


def test_a_wrong_password_is_told_in_the_provider_s_words(site: IdentitySite) -> None:
    code, answer = sign_in(site, "guess")
    assert (code, answer["error"]["code"]) == (1, "NotAuthorizedException")
    assert KeptTokens().recall(site.url) is None


def test_where_nobody_can_be_asked_the_missing_is_named(site: IdentitySite) -> None:
    code, answer = run(site, "login")
    assert (code, answer["error"]["code"]) == (1, "missing_input")


def test_a_second_factor_is_asked_for(site: IdentitySite) -> None:
    site.second_factor = True
    asked: list[str] = []

    def ask(field: str, sentence: str) -> str:
        asked.append(field)
        return CODE

    Identity(site.url).login(EMAIL, PASSWORD, ask)
    assert asked == ["SOFTWARE_TOKEN_MFA_CODE"]
    assert Identity(site.url).token() == "access-1"


def test_a_token_is_renewed_when_it_ends_and_not_before(site: IdentitySite) -> None:
    clock = [0.0]
    identity = Identity(site.url, now=lambda: clock[0])
    identity.login(EMAIL, PASSWORD, no_questions)
    clock[0] = 3500.0
    assert identity.token() == "access-1"
    clock[0] = 3590.0
    assert [identity.token(), identity.token()] == ["access-2", "access-2"]


def test_a_sign_in_that_is_over_is_forgotten(site: IdentitySite) -> None:
    clock = [0.0]
    identity = Identity(site.url, now=lambda: clock[0])
    identity.login(EMAIL, PASSWORD, no_questions)
    site.revoked.add("refresh")
    clock[0] = 4000.0
    assert identity.token() is None
    assert KeptTokens().recall(site.url) is None


def test_a_provider_that_is_busy_ends_no_sign_in(site: IdentitySite) -> None:
    clock = [0.0]
    identity = Identity(site.url, now=lambda: clock[0])
    identity.login(EMAIL, PASSWORD, no_questions)
    site.busy, clock[0] = True, 4000.0
    assert identity.token() == "access-1"
    site.busy = False
    assert identity.token() == "access-2"


def test_a_token_that_is_not_taken_is_renewed_once(site: IdentitySite) -> None:
    sign_in(site)
    site.refused = {"access-1"}
    assert run(site, "jobs")[0] == 0
    assert site.tokens_seen[-2:] == ["Bearer access-1", "Bearer access-2"]

    site.refused = {"access-2", "access-3"}
    code, answer = run(site, "jobs")
    assert (code, answer["error"]["code"]) == (1, "unauthenticated")
    assert f"marquee login --endpoint {site.url}" in answer["error"]["message"]
    assert site.tokens_seen[-2:] == ["Bearer access-2", "Bearer access-3"]


def test_who_is_signed_in_opens_sessions_as_himself_and_others_as_everybody(site: IdentitySite) -> None:
    assert run(site, "sign", "ast_1")[1]["cookies"] == {"C": "1"}
    sign_in(site)
    code, session = run(site, "sign", "ast_1")
    assert (code, session["playback_url"]) == (0, f"{site.url}/media/ast_1/1/main.m3u8")
    assert site.doors == ["/streaming/sessions/public", "/streaming/sessions"]
    assert site.tokens_seen[-1] == "Bearer access-1"


def test_a_machine_is_one_site_by_both_its_names(site: IdentitySite) -> None:
    sign_in(site)
    assert Identity(site.url.replace("127.0.0.1", "localhost")).token() == "access-1"


def test_where_nothing_can_be_kept_that_is_said(
    site: IdentitySite, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").touch()
    monkeypatch.setenv("MARQUEE_CLI_STATE", str(tmp_path / "file"))
    code, answer = sign_in(site)
    assert (code, answer["error"]["code"]) == (1, "not_kept")
    assert "MARQUEE_CLI_STATE" in answer["error"]["message"]


def test_signing_out_ends_it_at_the_site_too(site: IdentitySite) -> None:
    sign_in(site)
    assert run(site, "logout") == (0, {"was_signed_in": True, "error": None})
    assert site.revoked == {"refresh"}
    assert run(site, "logout")[1]["was_signed_in"] is False


def test_sites_do_not_share_a_sign_in(site: IdentitySite) -> None:
    sign_in(site)
    assert Identity("http://elsewhere.example").token() is None


def test_a_gateway_that_asks_for_a_token_says_what_to_do(site: IdentitySite) -> None:
    with pytest.raises(EndpointError, match="marquee login") as raised:
        Endpoint(site.url).get("/me")
    assert (raised.value.code, raised.value.status) == ("unauthenticated", 401)
