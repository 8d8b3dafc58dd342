"""A custom resource answers always, and with public halves only."""

from __future__ import annotations

import json
from typing import Any

import pytest
from marquee.adapters.playback_keys import public_keys, rotated
from marquee.entry.custom_resource import custom_resource
from marquee.services.make_signing_keys import MakeSigningKeys, SigningKeysRequest

from tests.platform import CONTEXT


class MemoryKeys:
    """`services.make_signing_keys.KeyStore`."""

    def __init__(self) -> None:
        self.kept: dict[str, Any] = {}

    def bring_to(self, generation: int) -> dict[str, str]:
        self.kept = rotated(self.kept, generation, 0)
        return public_keys(self.kept)


def asked(keys: MemoryKeys, kind: str, **properties: str) -> dict[str, Any]:
    sent: list[tuple[str, bytes]] = []
    handler = custom_resource(
        SigningKeysRequest, MakeSigningKeys(keys), name="signing-keys", send=lambda url, body: sent.append((url, body))
    )
    event = {
        "RequestType": kind,
        "ResponseURL": "https://answers.example/1",
        "StackId": "stack",
        "RequestId": "request",
        "LogicalResourceId": "Keys",
        "ResourceProperties": {"ServiceToken": "arn", **properties},
    }
    handler(event, CONTEXT)
    ((url, body),) = sent
    assert url == "https://answers.example/1"
    answer: dict[str, Any] = json.loads(body)
    return answer


def test_the_answer_has_the_public_halves_and_nothing_private() -> None:
    answer = asked(MemoryKeys(), "Create", Generation="1")
    assert (answer["Status"], answer["PhysicalResourceId"]) == ("SUCCESS", "signing-keys")
    assert set(answer["Data"]) == {"PublicKey0", "PublicKey1"}
    assert all("BEGIN PUBLIC KEY" in pem for pem in answer["Data"].values())
    assert "PRIVATE" not in json.dumps(answer)


def test_the_next_generation_keeps_the_one_before() -> None:
    keys = MemoryKeys()
    first = asked(keys, "Create", Generation="1")["Data"]
    second = asked(keys, "Update", Generation="2")["Data"]
    assert set(second) == {"PublicKey1", "PublicKey2"}
    assert second["PublicKey1"] == first["PublicKey1"]


@pytest.mark.parametrize("properties", [{"Generation": "7"}, {"Generation": "none"}, {}])
def test_what_cannot_be_made_is_told(properties: dict[str, str]) -> None:
    keys = MemoryKeys()
    asked(keys, "Create", Generation="1")
    answer = asked(keys, "Update", **properties)
    assert answer["Status"] == "FAILED"
    assert answer["Reason"]


def test_deleting_touches_nothing() -> None:
    keys = MemoryKeys()
    asked(keys, "Create", Generation="1")
    before = dict(keys.kept)
    assert asked(keys, "Delete", Generation="1")["Status"] == "SUCCESS"
    assert keys.kept == before
