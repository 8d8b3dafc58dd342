"""`revocations` through its real entry, over a list in memory."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest
from marquee.domain.clock import utc_now
from marquee.domain.playback import PlaybackSession, asset_name, mark_of, session_name, viewer_name
from marquee.services.revoke_sessions import EndSession, RevokeSessions
from revocations.handler import lambda_handler
from revocations.wiring import wiring

from tests.fakes_playback import MemoryRevocations
from tests.platform import Platform
from tests.viewers import ask, said

SESSIONS, REVOCATIONS = "/api/v1/streaming/sessions", "/api/v1/streaming/revocations"
LIFETIME = timedelta(hours=12)
ENDS = int((utc_now() + LIFETIME).timestamp())
SESSION = PlaybackSession("ast_1", mark_of("ann"), ENDS)


@pytest.fixture(autouse=True)
def revoked(platform: Platform) -> Iterator[MemoryRevocations]:
    revoked = MemoryRevocations()
    uses = {"end_session": EndSession(revoked), "revoke_sessions": RevokeSessions(revoked, LIFETIME)}
    with platform.within(wiring, **uses):
        yield revoked


@pytest.mark.parametrize(
    ("viewer", "groups", "status"), [("ann", "", 204), ("bob", "", 403), ("bob", "[admin]", 204), (None, "", 401)]
)
def test_a_session_is_ended_by_its_viewer_or_an_administrator(
    revoked: MemoryRevocations, viewer: str | None, groups: str, status: int
) -> None:
    answer = ask(lambda_handler, "DELETE", f"{SESSIONS}/{SESSION.id}", viewer=viewer, groups=groups)
    assert answer["statusCode"] == status
    assert revoked.entries == ({session_name(SESSION): ENDS} if status == 204 else {})


def test_a_session_that_has_ended_needs_no_entry(revoked: MemoryRevocations) -> None:
    ended = PlaybackSession("ast_1", mark_of("ann"), 1_000)
    assert ask(lambda_handler, "DELETE", f"{SESSIONS}/{ended.id}", viewer="ann")["statusCode"] == 204
    assert revoked.entries == {}


@pytest.mark.parametrize(
    ("body", "name"), [({"viewer": "ann"}, viewer_name(mark_of("ann"))), ({"asset_id": "ast_1"}, asset_name("ast_1"))]
)
def test_all_sessions_opened_until_now_are_ended(revoked: MemoryRevocations, body: dict[str, str], name: str) -> None:
    status, answer = said(ask(lambda_handler, "POST", REVOCATIONS, body, viewer="root", groups="[admin]"))
    assert status == 201
    assert list(revoked.entries) == [name]
    assert revoked.entries[name] >= ENDS
    assert answer["expires_at"]


@pytest.mark.parametrize("body", [{}, {"viewer": "a", "asset_id": "b"}, {"asset_id": "*"}, {"viewer": ""}])
def test_a_revocation_says_whom_or_what(body: dict[str, str]) -> None:
    assert ask(lambda_handler, "POST", REVOCATIONS, body, viewer="root", groups="[admin]")["statusCode"] == 422


def test_only_administrators_revoke() -> None:
    assert ask(lambda_handler, "POST", REVOCATIONS, {"viewer": "a"}, viewer="ann")["statusCode"] == 403
    assert ask(lambda_handler, "POST", REVOCATIONS, {"viewer": "a"})["statusCode"] == 401
