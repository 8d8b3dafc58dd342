"""The gate: what is remembered of whom, and who is shut out for it."""

from __future__ import annotations

import json

import pytest

from tests.layers.entry.door import ADMIN, Door, viewer


def test_who_looks_for_what_is_not_there_is_shut_out() -> None:
    door = Door(status=404)
    answers = [door.knock(f"/api/v1/secret-{n}") for n in range(51)]
    refused = answers[50]
    problem = json.loads(refused["body"])

    assert [answer["statusCode"] for answer in answers] == [404] * 50 + [429]
    assert (problem["code"], problem["type"].rsplit("#")[1]) == ("blocked", "abnormal-usage-detected")
    assert refused["headers"]["Retry-After"] == "300"
    assert door.reached == 50
    assert door.metrics.kept['addresses_blocked_total{reason="scanning"}'] == 1
    assert door.metrics.kept["requests_blocked_total"] == 1


@pytest.mark.parametrize(
    "path", ["/wp-login.php", "/.env", "/api/v1/.git/config", "/cgi-bin/x", "/api/v1/assets/%2e%2e/%2e%2e/etc/passwd"]
)
def test_who_knocks_where_only_scanners_knock_is_shut_out_at_once(path: str) -> None:
    door = Door(status=404)
    for _ in range(4):
        door.knock(path)
    assert door.knock("/api/v1/movies")["statusCode"] == 429


def test_who_guesses_tokens_is_shut_out() -> None:
    door = Door(status=401)
    for _ in range(25):
        door.knock("/api/v1/me")
    assert [block.reason for block in door.limits.blocks(5)] == ["guessing"]


def test_polling_for_what_was_deleted_shuts_nobody_out() -> None:
    door = Door(status=404)
    for _ in range(600):
        door.knock("/api/v1/jobs/job_gone")
        door.now_ms += 1_000
    assert door.limits.blocks(5) == []


def test_good_answers_and_our_own_faults_are_not_held_against_anybody() -> None:
    for status in (200, 304, 500, 503):
        door = Door(status=status)
        door.knock()
        assert door.limits.records == {}


def test_a_trusted_network_is_neither_suspected_nor_shut_out_but_limited() -> None:
    door = Door(status=404, trusted="127.0.0.0/8, ::1/128")
    for n in range(200):
        assert door.knock(f"/api/v1/jobs/{n}", address="127.0.0.1")["statusCode"] == 404
        door.knock(f"/api/v1/jobs/{n}", address="::1")
    assert door.limits.records == {}
    assert {door.knock(address="127.0.0.1")["statusCode"] for _ in range(60)} == {404}
    assert door.knock(address="127.0.0.1")["statusCode"] == 429


def test_an_administrator_gets_in_from_a_blocked_address_and_others_do_not() -> None:
    door = Door(status=404)
    for n in range(50):
        door.knock(f"/api/v1/secret-{n}")
    assert door.knock(claims=ADMIN)["statusCode"] == 404
    assert door.knock(claims=viewer("ann", "[premium]"))["statusCode"] == 429


def test_a_block_ends_by_itself() -> None:
    door = Door(status=404)
    for n in range(50):
        door.knock(f"/api/v1/secret-{n}")
    door.now_ms += 300_000
    assert door.knock()["statusCode"] == 404
