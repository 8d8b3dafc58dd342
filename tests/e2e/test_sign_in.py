"""Signing in on the whole local cloud: by the page with the keyboard alone, and by roles at the API."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from benchmarks.ports import free_ports
from local.cloud import Options
from tests.local.conftest import RunningCloud, run_cloud
from tests.local.identity import client
from tests.local.identity.client import Reply, bearer, send

pytestmark = pytest.mark.e2e

ROOT = Path(__file__).parents[2]
OF_ADMINISTRATORS = [
    ("POST", "/uploads"), ("GET", "/uploads/upl_1"), ("POST", "/uploads/upl_1/complete"), ("GET", "/jobs"),
    ("GET", "/jobs/job_1"), ("POST", "/jobs/job_1/cancel"), ("DELETE", "/assets/ast_1"),
]  # fmt: skip


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningCloud]:
    folder = tmp_path_factory.mktemp("cloud")
    options = Options(port=free_ports(), state_dir=folder / "state", assembly_dir=ROOT / "cdk.out")
    yield from run_cloud(options, folder / "unused")


@pytest.fixture
def page(browser: Browser, running: RunningCloud) -> Iterator[Page]:
    context = browser.new_context(base_url=running.cloud.url)
    yield context.new_page()
    context.close()


def password_of(running: RunningCloud, person: str) -> tuple[str, str]:
    user = next(user for user in running.cloud.identity.demo_users if user.email.startswith(person))
    return user.email, user.password


def token(running: RunningCloud, person: str) -> str:
    place: Any = send(f"{running.cloud.url}/api/v1/identity").body
    answer = client.sign_in(place["endpoint"], place["client_id"], *password_of(running, person))
    return str(answer.body["AuthenticationResult"]["AccessToken"])


def ask(running: RunningCloud, path: str, access: str, method: str = "GET") -> Reply:
    return send(f"{running.cloud.url}/api/v1{path}", method=method, headers=bearer(access))


def sign_in(page: Page, email: str, password: str) -> None:
    """With keys only: the button, both fields, Enter."""
    page.goto("/")
    page.get_by_role("button", name="Sign in").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_label("E-mail address")).to_be_focused()
    page.keyboard.type(email)
    page.keyboard.press("Tab")
    page.keyboard.type(password)
    page.keyboard.press("Enter")


def test_the_page_signs_in_and_out_with_the_keyboard_and_stays_signed_in(page: Page, running: RunningCloud) -> None:
    problems: list[str] = []
    page.on("pageerror", lambda error: problems.append(str(error)))
    email, password = password_of(running, "viewer")
    sign_in(page, email, password)
    account = page.get_by_role("button", name=email)
    expect(account).to_be_visible()
    expect(page.get_by_role("dialog")).to_have_count(0)
    page.reload()
    expect(account).to_be_visible()
    account.click()
    page.get_by_role("button", name="Accept the terms").click()
    expect(page.get_by_text("You accepted the terms")).to_be_visible()
    page.get_by_role("button", name="Sign out").click()
    expect(page.get_by_role("button", name="Sign in")).to_be_visible()
    assert not problems


def test_a_wrong_password_is_told_and_escape_closes(page: Page, running: RunningCloud) -> None:
    sign_in(page, password_of(running, "viewer")[0], "guess")
    expect(page.get_by_role("alert")).to_have_text("Incorrect username or password.")
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_have_count(0)
    expect(page.get_by_role("heading", name="Films")).to_be_visible()


def test_roles_open_what_is_theirs(running: RunningCloud) -> None:
    for person, status in (("viewer", 403), ("premium", 403), ("admin", 200)):
        assert ask(running, "/webhooks", token(running, person)).status == status, person
    assert send(f"{running.cloud.url}/api/v1/webhooks").status == 401


@pytest.mark.parametrize(("method", "path"), OF_ADMINISTRATORS)
def test_films_come_and_go_by_administrators_alone(running: RunningCloud, method: str, path: str) -> None:
    assert send(f"{running.cloud.url}/api/v1{path}", method=method).status == 401
    assert send(f"{running.cloud.url}/api/v1{path}", method=method, headers=bearer("no.real.token")).status == 401
    assert ask(running, path, token(running, "viewer"), method).status == 403
    assert ask(running, path, token(running, "admin"), method).status in {200, 404, 422}


def test_a_machine_with_the_scope_is_an_administrator_and_without_is_not(running: RunningCloud) -> None:
    (client_id, secret), *_ = running.cloud.identity.machine_clients
    place: Any = send(f"{running.cloud.url}/api/v1/identity").body
    domain = place["token_endpoint"].removesuffix("/oauth2/token")
    for scope, status in (("marquee/admin", 200), ("marquee/read", 403)):
        given = client.machine_token(domain, client_id, secret, scope=scope)
        assert ask(running, "/webhooks", given.body["access_token"]).status == status, scope


def test_an_account_leaves_with_everything_and_its_token_opens_nothing(running: RunningCloud) -> None:
    place: Any = send(f"{running.cloud.url}/api/v1/identity").body
    who = {"ClientId": place["client_id"], "Username": "leaving@people.example"}
    word = "a long word and 1 digit"
    assert client.call(place["endpoint"], "SignUp", **who, Password=word).status == 200
    assert client.call(place["endpoint"], "ConfirmSignUp", **who, ConfirmationCode="1").status == 200
    given = client.sign_in(place["endpoint"], place["client_id"], who["Username"], word)
    access = given.body["AuthenticationResult"]["AccessToken"]

    exported = ask(running, "/me/export", access)
    assert exported.body["account"]["attributes"]["email"] == who["Username"]
    erased = ask(running, "/me", access, "DELETE")
    assert (erased.status, erased.body["erased"]["account"]) == (200, 1)
    assert ask(running, "/me", access).status == 401
    assert client.sign_in(place["endpoint"], place["client_id"], who["Username"], word).status == 400
