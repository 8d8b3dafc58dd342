"""What moto lets pass in its user pools is refused here, and nothing that was acknowledged is lost."""

from __future__ import annotations

import errno
import socket
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import pytest

from benchmarks.ports import free_ports
from local.cloud import Options
from local.identity import DemoUser
from tests.local import tiny_app
from tests.local.conftest import RunningCloud, run_cloud
from tests.local.identity import client
from tests.local.identity.app import identity
from tests.local.identity.client import Reply, call
from tests.local.identity.test_tokens import client_of

PASSWORD = "a long word and 1 digit"


def registered(cloud: RunningCloud, email: str) -> str:
    """Signs up and confirms; gives the page's client id."""
    page, url = client_of(cloud, "Page"), cloud.cloud.aws_url
    assert call(url, "SignUp", ClientId=page, Username=email, Password=PASSWORD).status == 200
    assert call(url, "ConfirmSignUp", ClientId=page, Username=email, ConfirmationCode="000000").status == 200
    return page


def test_whoever_signs_up_can_sign_in_with_any_spelling_of_his_address(guarded: RunningCloud) -> None:
    page = registered(guarded, "New@People.example")
    assert client.sign_in(guarded.cloud.aws_url, page, "new@people.example", PASSWORD).status == 200


def test_an_unconfirmed_account_does_not_open(guarded: RunningCloud) -> None:
    page, url = client_of(guarded, "Page"), guarded.cloud.aws_url
    call(url, "SignUp", ClientId=page, Username="late@people.example", Password=PASSWORD)
    refused = client.sign_in(url, page, "late@people.example", PASSWORD)
    assert (refused.status, refused.body["__type"]) == (400, "UserNotConfirmedException")


def test_a_password_must_follow_the_template_s_policy(guarded: RunningCloud) -> None:
    page = client_of(guarded, "Page")
    answer = call(guarded.cloud.aws_url, "SignUp", ClientId=page, Username="s@people.example", Password="short1")
    assert answer.body["__type"] == "InvalidPasswordException"


def test_who_is_unknown_is_answered_like_who_is_wrong(guarded: RunningCloud) -> None:
    page, url = client_of(guarded, "Page"), guarded.cloud.aws_url
    wrong = client.sign_in(url, page, "viewer@marquee.example", "guess")
    unknown = client.sign_in(url, page, "nobody@marquee.example", "guess")
    assert (wrong.status, wrong.body) == (unknown.status, unknown.body)
    assert wrong.body["__type"] == "NotAuthorizedException"


def test_what_administrators_do_must_be_signed(guarded: RunningCloud) -> None:
    pool, url = guarded.cloud.identity.pools[0].id, guarded.cloud.aws_url
    refused = call(url, "AdminGetUser", UserPoolId=pool, Username="admin@marquee.example")
    assert refused.body["__type"] == "MissingAuthenticationTokenException"
    signed = guarded.client("cognito-idp").admin_get_user(UserPoolId=pool, Username="admin@marquee.example")
    assert signed["UserStatus"] == "CONFIRMED"


@pytest.mark.parametrize("flow", ["USER_SRP_AUTH", "CUSTOM_AUTH"])
def test_flows_that_the_client_does_not_have_are_refused(guarded: RunningCloud, flow: str) -> None:
    parameters = {"USERNAME": "admin@marquee.example", "SRP_A": "1"}
    answer = call(
        guarded.cloud.aws_url,
        "InitiateAuth",
        ClientId=client_of(guarded, "Page"),
        AuthFlow=flow,
        AuthParameters=parameters,
    )
    assert (answer.status, answer.body["__type"]) == (400, "InvalidParameterException")


def test_a_page_of_another_address_may_sign_in(guarded: RunningCloud) -> None:
    url = guarded.cloud.aws_url
    asked = {"Origin": "http://127.0.0.1:8080", "Access-Control-Request-Method": "POST"}
    preflight = client.send(f"{url}/", method="OPTIONS", headers=asked)
    assert (preflight.status, preflight.headers["access-control-allow-origin"]) == (204, "*")
    assert "x-amz-target" in preflight.headers["access-control-allow-headers"]
    refused = client.sign_in(url, client_of(guarded, "Page"), "nobody@marquee.example", "guess")
    assert refused.headers["access-control-allow-origin"] == "*"


def test_a_revoked_sign_in_is_over(guarded: RunningCloud) -> None:
    page, url = registered(guarded, "short@people.example"), guarded.cloud.aws_url
    token = _refresh_token(client.sign_in(url, page, "short@people.example", PASSWORD))
    assert client.refresh(url, page, token).status == 200
    assert call(url, "RevokeToken", ClientId=page, Token=token).status == 200
    assert client.refresh(url, page, token).body["__type"] == "NotAuthorizedException"


def test_signing_out_everywhere_ends_every_sign_in(guarded: RunningCloud) -> None:
    page, url = registered(guarded, "both@people.example"), guarded.cloud.aws_url
    one, two = (client.sign_in(url, page, "both@people.example", PASSWORD) for _ in range(2))
    access = one.body["AuthenticationResult"]["AccessToken"]
    assert call(url, "GlobalSignOut", AccessToken=access).status == 200
    assert [client.refresh(url, page, _refresh_token(each)).status for each in (one, two)] == [400, 400]


def test_accounts_keys_and_sign_ins_are_there_after_a_restart(tmp_path: Path) -> None:
    assembly = tiny_app.build(tmp_path, tmp_path / "seen", resources=identity())
    options = Options(port=free_ports(), state_dir=tmp_path / "state", assembly_dir=assembly, warm=False)
    with _started(options) as first:
        page = registered(first, "ann@people.example")
        answer = client.sign_in(first.cloud.aws_url, page, "ann@people.example", PASSWORD)
        access, kept = answer.body["AuthenticationResult"]["AccessToken"], _refresh_token(answer)
        users, machines = first.cloud.identity.demo_users, first.cloud.identity.machine_clients
    assert (tmp_path / "state" / "identity.db").stat().st_mode & 0o077 == 0

    with _started(options) as second:
        url = second.cloud.aws_url
        assert (second.cloud.identity.demo_users, second.cloud.identity.machine_clients) == (users, machines)
        assert client.send(f"{second.cloud.url}/api/mine", headers=client.bearer(access)).status == 200
        assert client.refresh(url, page, kept).status == 200
        assert client.sign_in(url, page, "ann@people.example", PASSWORD).status == 200


def test_who_starts_a_cloud_signs_in_before_its_site_answers(tmp_path: Path) -> None:
    assembly = tiny_app.build(tmp_path, tmp_path / "seen", resources=identity())
    port = free_ports()
    seen: list[tuple[int, int]] = []

    def before(users: Sequence[DemoUser]) -> None:
        (admin,) = (user for user in users if user.group == "admin")
        assert admin.client_id is not None
        reply = client.sign_in(f"http://127.0.0.1:{port + 1}", admin.client_id, admin.email, admin.password)
        with socket.socket() as site:
            seen.append((reply.status, site.connect_ex(("127.0.0.1", port))))

    options = Options(port=port, state_dir=tmp_path / "state", assembly_dir=assembly, warm=False, before_serving=before)
    with _started(options):
        assert seen == [(200, errno.ECONNREFUSED)]


@contextmanager
def _started(options: Options) -> Iterator[RunningCloud]:
    running = run_cloud(options, options.state_dir / "seen")
    try:
        yield next(running)
    finally:
        next(running, None)


def _refresh_token(answer: Reply) -> str:
    return str(answer.body["AuthenticationResult"]["RefreshToken"])
