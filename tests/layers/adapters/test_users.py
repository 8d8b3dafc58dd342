"""The contract of `UserStore`, on the fake and on the real database."""

from __future__ import annotations

import uuid
from datetime import timedelta

import pytest
from marquee.adapters.users import DatabaseUsers
from marquee.domain.accounts import REMEMBERED_ERASED, Consent, UserStore
from marquee.domain.clock import utc_now

from tests.fakes_accounts import MemoryUsers

pytestmark = pytest.mark.contract
NOW = utc_now()
LATER = NOW + timedelta(days=730)


@pytest.fixture(params=["memory", "database"])
def users(request: pytest.FixtureRequest) -> UserStore:
    if request.param == "memory":
        return MemoryUsers()
    return DatabaseUsers(request.getfixturevalue("shared_database"))


@pytest.fixture
def subject() -> str:
    return str(uuid.uuid4())


def test_nobody_is_known_before_the_first_time(users: UserStore, subject: str) -> None:
    assert users.get(subject) is None
    assert users.accept(subject, Consent(version="1", accepted_at=NOW)) is None


def test_seeing_makes_a_user_once_and_moves_the_end(users: UserStore, subject: str) -> None:
    users.see(subject, NOW, LATER)
    day = timedelta(days=1)
    again = users.see(subject, NOW + day, LATER + day)
    assert again == users.get(subject)
    assert again is not None
    assert (again.created_at, again.seen_at, again.expires_at) == (NOW, NOW + day, LATER + day)


def test_a_version_is_accepted_at_its_first_time(users: UserStore, subject: str) -> None:
    users.see(subject, NOW, LATER)
    for version, hours in (("1", 0), ("1", 5), ("2", 6)):
        users.accept(subject, Consent(version=version, accepted_at=NOW + timedelta(hours=hours)))
    user = users.get(subject)
    assert user is not None
    assert [(c.version, c.accepted_at - NOW) for c in user.consents] == [
        ("1", timedelta()), ("2", timedelta(hours=6))
    ]  # fmt: skip


def test_an_erased_user_is_gone_but_for_the_mark_and_comes_to_nothing_again(users: UserStore, subject: str) -> None:
    users.see(subject, NOW, LATER)
    users.accept(subject, Consent(version="1", accepted_at=NOW))
    users.erase(subject, NOW)
    assert users.see(subject, NOW, LATER) is None
    assert users.accept(subject, Consent(version="2", accepted_at=NOW)) is None
    gone = users.get(subject)
    assert gone is not None
    assert (gone.erased_at, gone.expires_at, gone.consents) == (NOW, NOW + REMEMBERED_ERASED, ())


def test_one_who_was_never_seen_can_be_erased_and_more_than_once(users: UserStore, subject: str) -> None:
    users.erase(subject, NOW)
    users.erase(subject, NOW)
    assert users.see(subject, NOW, LATER) is None
