"""Sealed secrets: open for their owner and nobody else, also after the key was changed."""

from __future__ import annotations

import pytest
from marquee.adapters.sealing import CURRENT, PREVIOUS, AesSealer
from marquee.domain.errors import PermanentError, TransientError


def passwords(current: str, previous: str | None = None) -> AesSealer:
    def read(stage: str) -> str:
        known = {CURRENT: current, PREVIOUS: previous}[stage]
        if known is None:
            raise TransientError("There is none.")
        return known

    return AesSealer(read)


def test_a_secret_opens_again_and_is_not_to_be_seen() -> None:
    sealer = passwords("one")
    sealed = [sealer.seal("whsec_abc", owner="whe_1") for _ in range(2)]
    assert [passwords("one").open(text, owner="whe_1") for text in sealed] == ["whsec_abc"] * 2
    assert sealed[0] != sealed[1]
    assert "abc" not in sealed[0]


def test_a_secret_moved_to_another_endpoint_does_not_open() -> None:
    sealed = passwords("one").seal("whsec_abc", owner="whe_1")
    with pytest.raises(PermanentError):
        passwords("one").open(sealed, owner="whe_2")


def test_a_changed_byte_does_not_open() -> None:
    sealed = passwords("one").seal("whsec_abc", owner="whe_1")
    changed = sealed[:-6] + ("A" if sealed[-6] != "A" else "B") + sealed[-5:]
    with pytest.raises(PermanentError):
        passwords("one").open(changed, owner="whe_1")


def test_what_was_sealed_before_the_key_was_changed_opens_with_the_previous_one() -> None:
    sealed = passwords("one").seal("whsec_abc", owner="whe_1")
    warm = passwords("two", "one")
    warm.seal("another", owner="whe_1")
    assert warm.open(sealed, owner="whe_1") == "whsec_abc"
    with pytest.raises(PermanentError) as raised:
        passwords("three", "two").open(sealed, owner="whe_1")
    assert raised.value.code == "secret_unreadable"


def test_a_warm_process_learns_of_a_new_key() -> None:
    stages = {CURRENT: "one", PREVIOUS: "none"}
    warm = AesSealer(lambda stage: stages[stage])
    warm.seal("x", owner="whe_1")
    stages.update({CURRENT: "two", PREVIOUS: "one"})
    sealed_elsewhere = passwords("two").seal("whsec_new", owner="whe_1")
    assert warm.open(sealed_elsewhere, owner="whe_1") == "whsec_new"
