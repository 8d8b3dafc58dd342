"""The Marquee that a command runs itself: its administrator is signed in before it serves."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from cli.identity import Identity
from cli.own_cloud import OwnCloud
from local.identity import DemoUser
from tests.cli.identity_site import EMAIL, PASSWORD, IdentitySite

ADMIN = DemoUser(EMAIL, PASSWORD, "admin", "page")
VIEWER = DemoUser("viewer@people.example", "none", "free", "page")


@pytest.fixture
def site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[IdentitySite]:
    monkeypatch.setenv("MARQUEE_CLI_STATE", str(tmp_path / "state"))
    site = IdentitySite()
    yield site
    site.close()


def test_other_commands_of_this_machine_are_signed_in_as_its_administrator(site: IdentitySite) -> None:
    own = OwnCloud("http://127.0.0.1:9", site.url)  # where nobody answers yet
    own.sign_in([VIEWER, ADMIN])
    assert Identity("http://127.0.0.1:9").token() == "access-1"
    assert "marquee upload FILE --endpoint http://127.0.0.1:9" in own.state


def test_without_a_folder_to_write_to_its_own_calls_are_signed_in_and_others_told(
    site: IdentitySite, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").touch()
    monkeypatch.setenv("MARQUEE_CLI_STATE", str(tmp_path / "file"))
    own = OwnCloud(site.url, site.url)
    own.sign_in([ADMIN])
    own.endpoint.get("/jobs")
    assert site.tokens_seen == ["Bearer access-1"]
    assert own.state.startswith("not signed in: The sign-in cannot be kept")
    assert Identity(site.url).token() is None


def test_a_cloud_that_nobody_can_sign_in_to_runs_all_the_same(site: IdentitySite) -> None:
    for users in ([], [VIEWER], [DemoUser(EMAIL, "another password", "admin", "page")]):
        own = OwnCloud(site.url, site.url)
        own.sign_in(users)
        assert "signed in as" not in own.state
