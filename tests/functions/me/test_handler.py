"""`me` through its real entry, over stores in memory."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from types import SimpleNamespace

import pytest
from marquee.domain.clock import utc_now
from marquee.services.signed_in_user import SignedInUser
from me.handler import lambda_handler
from me.wiring import wiring

from tests.fakes_accounts import MemoryAccounts, MemoryPersonalData, MemoryUsers
from tests.platform import CONTEXT, Answer, Platform, answer_of, http_event

SETTINGS = SimpleNamespace(
    issuer="https://issuer.example/pool",
    sign_in_client_id="client",
    sign_in_endpoint="https://cognito.example",
    sign_in_domain="https://tokens.example",
    social_providers="",
    self_sign_up=True,
    terms_version="2",
    account_days=730,
    log_days=30,
    backup_days=14,
)
SHOW, EXPORT, DELETE = ("GET", "/me", None), ("GET", "/me/export", None), ("DELETE", "/me", None)
ACCEPT = ("POST", "/me/terms", {"version": "2"})


class Site:
    """The function and its stores, as callers with a token meet them."""

    def __init__(self) -> None:
        self.users = MemoryUsers()
        self.accounts = MemoryAccounts(ann="ann@people.example", bob="bob@people.example")
        self.notes = MemoryPersonalData(ann=[{"text": "one"}, {"text": "two"}], bob=[{"text": "his"}])
        self.now = utc_now()

    def clock(self) -> datetime:
        return self.now

    def call(self, method: str, path: str, body: object = None, **claims: str) -> Answer:
        """As ann, or by `claims`; `sub=""` for nobody."""
        event = http_event(method, f"/api/v1{path}", body)
        told = {"sub": "ann", "username": "ann", **claims} if "scope" not in claims else claims
        if told["sub"]:
            event["requestContext"]["authorizer"] = {"jwt": {"claims": told, "scopes": None}}
        return answer_of(lambda_handler(event, CONTEXT))


@pytest.fixture
def site(platform: Platform) -> Iterator[Site]:
    site = Site()
    user_of = SignedInUser(site.users, timedelta(days=730), site.clock)
    given = {"users": site.users, "accounts": site.accounts, "personal": (site.notes,), "user_of": user_of}
    with platform.within(wiring, settings=SETTINGS, **given):
        yield site


def test_a_new_caller_is_shown_with_the_terms_he_has_to_accept(site: Site) -> None:
    answer = site.call("GET", "/me", **{"cognito:groups": "[premium free]"})
    assert answer.status == 200
    assert {name: answer.body[name] for name in ("subject", "machine", "roles", "tier")} == {
        "subject": "ann", "machine": False, "roles": ["premium", "free"], "tier": "premium"
    }  # fmt: skip
    assert answer.body["terms"] == {
        "current_version": "2", "accepted_version": None, "accepted_at": None, "must_accept": True
    }  # fmt: skip


def test_without_a_group_one_is_a_free_viewer(site: Site) -> None:
    assert site.call("GET", "/me").body["tier"] == "free"


def test_looking_again_writes_once_a_day(site: Site) -> None:
    for _ in range(3):
        site.call("GET", "/me")
    assert site.users.writes == 1
    site.now += timedelta(days=2)
    site.call("GET", "/me")
    assert site.users.writes == 2
    assert site.users.kept["ann"].expires_at == site.now + timedelta(days=730)


def test_nobody_is_asked_to_sign_in(site: Site) -> None:
    for method, path, body in (SHOW, EXPORT, DELETE, ACCEPT):
        assert site.call(method, path, body, sub="").status == 401


def test_a_machine_is_shown_and_has_no_account(site: Site) -> None:
    machine = {"sub": "client-1", "scope": "marquee/admin"}
    answer = site.call("GET", "/me", **machine)
    assert (answer.status, answer.body["machine"], answer.body["tier"]) == (200, True, "api")
    assert answer.body["terms"] is None
    for method, path, body in (EXPORT, DELETE, ACCEPT):
        refused = site.call(method, path, body, **machine)
        assert (refused.status, refused.body["code"]) == (403, "no_account")
    assert not site.users.kept


def test_accepted_terms_stay_accepted_at_the_first_time(site: Site) -> None:
    first = site.call("POST", "/me/terms", {"version": "2"})
    again = site.call("POST", "/me/terms", {"version": "2"})
    assert (first.status, first.body["must_accept"]) == (200, False)
    assert again.body == first.body
    assert site.call("GET", "/me").body["terms"] == first.body


def test_other_terms_than_those_in_force_are_not_accepted(site: Site) -> None:
    answer = site.call("POST", "/me/terms", {"version": "1"})
    assert (answer.status, answer.body["code"]) == (409, "terms_outdated")
    assert site.call("GET", "/me").body["terms"]["must_accept"] is True


def test_an_export_has_everything_and_only_of_the_caller(site: Site) -> None:
    site.call("POST", "/me/terms", {"version": "2"})
    answer = site.call("GET", "/me/export")
    assert answer.status == 200
    assert answer.body["subject"] == "ann"
    assert answer.body["account"]["attributes"]["email"] == "ann@people.example"
    assert [consent["version"] for consent in answer.body["terms"]] == ["2"]
    assert answer.body["data"] == {"notes": [{"text": "one"}, {"text": "two"}]}


def test_half_an_export_is_none(site: Site) -> None:
    site.notes.away = True
    answer = site.call("GET", "/me/export")
    assert (answer.status, "retry-after" in answer.headers) == (503, True)


def test_deletion_removes_everything_of_the_caller_and_says_what_stays(site: Site) -> None:
    site.call("POST", "/me/terms", {"version": "2"})
    answer = site.call("DELETE", "/me")
    assert (answer.status, answer.body["erased"]) == (200, {"account": 1, "notes": 2})
    assert [kept["days"] for kept in answer.body["kept"]] == [1, 30, 14]
    assert all(kept["what"] and kept["why"] for kept in answer.body["kept"])
    assert site.notes.records.keys() == site.accounts.emails.keys() == {"bob"}
    assert site.users.kept["ann"].consents == ()


def test_a_token_that_outlives_its_account_opens_nothing(site: Site) -> None:
    site.call("DELETE", "/me")
    for method, path, body in (SHOW, ACCEPT, EXPORT):
        answer = site.call(method, path, body)
        assert (answer.status, answer.body["code"]) == (401, "account_deleted")


def test_a_deletion_that_fails_can_be_called_again(site: Site) -> None:
    site.accounts.away = True
    assert site.call("DELETE", "/me").status == 503
    site.accounts.away = False
    assert site.call("DELETE", "/me").status == 200
    assert "ann" not in site.accounts.emails


def test_a_client_learns_where_to_sign_in_without_a_token(site: Site) -> None:
    answer = site.call("GET", "/identity", sub="")
    assert answer.status == 200
    assert answer.body["client_id"] == "client"
    assert answer.body["token_endpoint"] == "https://tokens.example/oauth2/token"
    assert (answer.body["providers"], answer.body["authorize_url"]) == ([], None)
