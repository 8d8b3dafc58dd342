"""Tokens that the pool gives out open the API, as API Gateway opens it; others do not."""

from __future__ import annotations

import pytest
from marquee.entry.access import principal_of

from tests.local.conftest import RunningCloud
from tests.local.identity import client
from tests.local.identity.client import Reply, bearer, send

UNAUTHORIZED = {"message": "Unauthorized"}


def client_of(cloud: RunningCloud, name: str) -> str:
    """Id of the template's client: its place in the template is its place in the pool."""
    names = ("Page", "Stranger", "Machine")
    return str(list(cloud.cloud.identity.pools[0].clients)[names.index(name)])


def token(cloud: RunningCloud, person: str = "viewer", of_client: str = "Page", kind: str = "AccessToken") -> str:
    user = next(user for user in cloud.cloud.identity.demo_users if user.email.startswith(person))
    answer = client.sign_in(cloud.cloud.aws_url, client_of(cloud, of_client), user.email, user.password)
    assert answer.status == 200, answer
    return str(answer.body["AuthenticationResult"][kind])


def machine(cloud: RunningCloud, **form: str) -> Reply:
    (client_id, secret), *_ = cloud.cloud.identity.machine_clients
    return client.machine_token(cloud.cloud.aws_url, client_id, secret, **form)


def ask(cloud: RunningCloud, path: str, headers: dict[str, str] | None = None) -> Reply:
    return send(f"{cloud.cloud.url}{path}", headers=headers)


@pytest.mark.parametrize("person", ["viewer", "premium", "admin"])
def test_a_demo_user_s_token_opens_the_route_and_says_his_role(guarded: RunningCloud, person: str) -> None:
    answer = ask(guarded, "/api/mine", bearer(token(guarded, person)))
    assert answer.status == 200
    principal = principal_of(answer.body)
    role = {"viewer": "free"}.get(person, person)
    assert (principal.roles, principal.tier, principal.is_admin) == ({role}, role, person == "admin")


def test_functions_are_told_every_claim_as_text(guarded: RunningCloud) -> None:
    told = ask(guarded, "/api/mine", bearer(token(guarded))).body["requestContext"]["authorizer"]["jwt"]
    assert told["scopes"] is None
    assert all(isinstance(value, str) for value in told["claims"].values())
    assert told["claims"]["cognito:groups"] == "[free]"
    assert int(told["claims"]["exp"]) - int(told["claims"]["iat"]) == 300


def test_an_id_token_counts_by_its_audience(guarded: RunningCloud) -> None:
    answer = ask(guarded, "/api/mine", bearer(token(guarded, kind="IdToken")))
    assert principal_of(answer.body).subject is not None


def test_a_token_without_the_word_bearer_counts_too(guarded: RunningCloud) -> None:
    assert ask(guarded, "/api/mine", {"Authorization": token(guarded)}).status == 200


def test_without_a_token_it_is_401(guarded: RunningCloud) -> None:
    answer = ask(guarded, "/api/mine")
    assert (answer.status, answer.body, answer.headers["www-authenticate"]) == (401, UNAUTHORIZED, "Bearer")


def test_a_token_for_another_client_is_401(guarded: RunningCloud) -> None:
    answer = ask(guarded, "/api/mine", bearer(token(guarded, of_client="Stranger")))
    assert (answer.status, answer.body) == (401, UNAUTHORIZED)
    assert "invalid audience" in answer.headers["www-authenticate"]


def test_an_expired_token_is_401(guarded: RunningCloud) -> None:
    pool = guarded.cloud.identity.pools[0]
    expired = pool.sign({"sub": "x", "client_id": client_of(guarded, "Page"), "token_use": "access"}, -1)
    answer = ask(guarded, "/api/mine", bearer(expired))
    assert (answer.status, answer.body) == (401, UNAUTHORIZED)
    assert "expired" in answer.headers["www-authenticate"]


def test_a_tampered_token_is_401(guarded: RunningCloud) -> None:
    head, _, signature = token(guarded).split(".")
    other = token(guarded, "admin").split(".")[1]
    assert ask(guarded, "/api/mine", bearer(f"{head}.{other}.{signature}")).status == 401


def test_other_routes_stay_open(guarded: RunningCloud) -> None:
    answer = ask(guarded, "/api/echo")
    assert answer.status == 200
    assert "authorizer" not in answer.body["requestContext"]


def test_a_user_s_token_lacks_a_machine_s_scope(guarded: RunningCloud) -> None:
    answer = ask(guarded, "/api/admin", bearer(token(guarded, "admin")))
    assert (answer.status, answer.body) == (403, {"message": "Forbidden"})


def test_a_machine_gets_what_it_asked_for_and_no_more(guarded: RunningCloud) -> None:
    reader = machine(guarded, scope="tiny/read")
    assert (reader.status, reader.body["token_type"], reader.body["expires_in"]) == (200, "Bearer", 3600)
    assert ask(guarded, "/api/mine", bearer(reader.body["access_token"])).status == 200
    assert ask(guarded, "/api/admin", bearer(reader.body["access_token"])).status == 403


def test_a_machine_that_asks_for_nothing_gets_all_its_scopes(guarded: RunningCloud) -> None:
    answer = ask(guarded, "/api/admin", bearer(machine(guarded).body["access_token"]))
    assert answer.status == 200
    assert answer.body["requestContext"]["authorizer"]["jwt"]["scopes"] == ["tiny/admin"]
    assert principal_of(answer.body).machine


@pytest.mark.parametrize(
    ("form", "error"),
    [
        ({"scope": "tiny/delete"}, "invalid_scope"),
        ({"grant_type": "password"}, "unsupported_grant_type"),
    ],
)
def test_a_machine_is_refused_what_it_may_not_have(guarded: RunningCloud, form: dict[str, str], error: str) -> None:
    answer = machine(guarded, **form)
    assert (answer.status, answer.body) == (400, {"error": error})


def test_a_wrong_secret_gets_no_token(guarded: RunningCloud) -> None:
    machine_id = client_of(guarded, "Machine")
    for client_id, secret in ((machine_id, "guess"), (client_of(guarded, "Page"), ""), ("nobody", "x")):
        answer = client.machine_token(guarded.cloud.aws_url, client_id, secret)
        assert (answer.status, answer.body) == (400, {"error": "invalid_client"})


def test_the_keys_that_verify_tokens_are_public_and_only_they(guarded: RunningCloud) -> None:
    pool = guarded.cloud.identity.pools[0]
    answer = send(f"{guarded.cloud.aws_url}/{pool.id}/.well-known/jwks.json")
    (key,) = answer.body["keys"]
    assert key["kid"] == pool.json_web_key.kid
    assert not {"d", "p", "q"} & key.keys()
