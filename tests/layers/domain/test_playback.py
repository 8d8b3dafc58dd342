"""Policies say one asset, one time and one viewer, whatever is put into them."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st
from marquee.domain.errors import InvalidRequest, NotFound
from marquee.domain.playback import PlaybackSession, mark_of, names_of, policy_of, resource_of, session_of

SITE = "https://films.example"
SESSION = PlaybackSession("ast_1", 123_456_789, 2_000_000_000)


def test_a_policy_is_written_as_cloudfront_wants_it() -> None:
    assert policy_of(SESSION, resource_of(SITE, "ast_1"), "192.0.2.7") == (
        b'{"Statement":[{"Resource":"https://films.example/media/ast_1/*","Condition":{"DateLessThan":'
        b'{"AWS:EpochTime":2000000000},"DateGreaterThan":{"AWS:EpochTime":123456789},'
        b'"IpAddress":{"AWS:SourceIp":"192.0.2.7/32"}}}]}'
    )


def test_one_version_can_be_meant() -> None:
    assert resource_of(SITE, "ast_1", 3) == "https://films.example/media/ast_1/3/*"


@pytest.mark.parametrize(
    "asset_id", ["*", "a?", "a/b", "..", '","Resource":"*', "a%2fb", "", "a\nb", "ast_1/*", "a b", "ä"]
)
def test_an_asset_s_name_says_no_more_than_itself(asset_id: str) -> None:
    with pytest.raises(InvalidRequest):
        resource_of(SITE, asset_id)


@pytest.mark.parametrize(
    "site", ["https://*", "http*://films.example", "https://films.example/", "ftp://x", 'https://a"', "https://a?b"]
)
def test_a_site_is_one_host(site: str) -> None:
    with pytest.raises(InvalidRequest):
        resource_of(site, "ast_1")


@pytest.mark.parametrize("address", ["nowhere", '1.2.3.4","x":"', "1.2.3.4/99"])
def test_an_address_is_an_address(address: str) -> None:
    with pytest.raises(InvalidRequest):
        policy_of(SESSION, resource_of(SITE, "ast_1"), address)


@given(
    st.from_regex(r"[A-Za-z0-9_]{1,40}", fullmatch=True),
    st.one_of(st.none(), st.text(max_size=50)),
    st.integers(1, 2**32 - 1),
)
def test_a_session_is_found_again_by_its_id(asset_id: str, subject: str | None, ends_at: int) -> None:
    session = PlaybackSession(asset_id, mark_of(subject), ends_at)
    assert session_of(session.id) == session
    policy = json.loads(policy_of(session, resource_of(SITE, asset_id)))
    condition = policy["Statement"][0]["Condition"]
    # long ago: it marks the viewer and refuses nobody
    assert 0 < condition["DateGreaterThan"]["AWS:EpochTime"] <= 1_000_000_000


@pytest.mark.parametrize("wrong", ["", "ses_", "ses_0_a", "ses_00000001000000020_ast", "ses_zzzzzzzz00000000_a", "a/b"])
def test_what_is_no_session_is_not_found(wrong: str) -> None:
    with pytest.raises(NotFound):
        session_of(wrong)


def test_a_viewer_has_one_mark_and_nobody_a_new_one_each_time() -> None:
    assert mark_of("ann") == mark_of("ann") != mark_of("bob")
    assert mark_of(None) != mark_of(None)


def test_a_session_is_revoked_by_three_names() -> None:
    assert names_of(SESSION) == ("session:123456789:2000000000:ast_1", "viewer:123456789", "asset:ast_1")
