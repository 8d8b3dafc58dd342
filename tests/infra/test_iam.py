"""The evaluator decides as IAM does, and refuses to guess."""

from __future__ import annotations

from typing import Any

import pytest

from tests.infra.iam import Call, UnknownRule, allows

READ = {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::media/media/*"}
FILM = Call("s3:GetObject", "arn:aws:s3:::media/media/a/1/main.m3u8")


def statement(**changes: Any) -> dict[str, Any]:
    return READ | changes


def test_what_nobody_allows_is_not_allowed() -> None:
    assert allows([READ], FILM)
    assert not allows([], FILM)
    assert not allows([READ], Call("s3:PutObject", FILM.resource))
    assert not allows([READ], Call("s3:GetObject", "arn:aws:s3:::media/work/a"))


def test_a_denial_outweighs_whatever_allows() -> None:
    no_plain = statement(Effect="Deny", Condition={"Bool": {"aws:SecureTransport": "false"}})
    assert allows([READ, no_plain], FILM)
    assert not allows([READ, no_plain], Call(FILM.action, FILM.resource, {"aws:SecureTransport": "false"}))


def test_wildcards_stand_for_any_text_in_actions_whatever_their_case() -> None:
    assert allows([statement(Action="S3:get*", Resource="*")], FILM)
    assert not allows([statement(Action="s3:Get?")], FILM)


def test_all_conditions_have_to_hold_and_a_key_that_is_missing_fits_none() -> None:
    both = {"StringEquals": {"aws:SourceAccount": "1"}, "ArnLike": {"aws:SourceArn": "arn:*:distribution/*"}}
    guarded = [statement(Condition=both)]
    there = {"AWS:SourceAccount": "1", "aws:SourceArn": "arn:aws:cloudfront::1:distribution/E1"}
    assert allows(guarded, Call(FILM.action, FILM.resource, there))
    assert not allows(guarded, Call(FILM.action, FILM.resource, there | {"AWS:SourceAccount": "2"}))
    assert not allows(guarded, FILM)


def test_a_thing_s_own_policy_is_for_whom_it_names() -> None:
    own = [statement(Principal={"Service": "cloudfront.amazonaws.com"})]
    assert allows([], FILM, resource=own, who="cloudfront.amazonaws.com")
    assert not allows([], FILM, resource=own, who="lambda.amazonaws.com")


@pytest.mark.parametrize(
    "strange",
    [
        {"NotAction": "s3:*"},
        {"NotResource": "*"},
        {"Condition": {"StringEqualsIfExists": {"aws:SourceVpc": "vpc-1"}}},
    ],
)
def test_what_it_does_not_know_is_an_error_and_no_answer(strange: dict[str, Any]) -> None:
    with pytest.raises(UnknownRule):
        allows([statement(**strange)], Call(FILM.action, FILM.resource, {"aws:SourceVpc": "vpc-1"}))
