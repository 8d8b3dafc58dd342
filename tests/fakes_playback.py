"""Playback rights in memory: keys made for the test, and a revocation list that is a dictionary."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from marquee.adapters.playback_keys import KeySigner, rotated
from marquee.domain.clock import Clock, utc_now
from marquee.domain.playback import Visibility
from marquee.services.playback_rights import SignedRights

SITE = "https://films.example"
KEY_IDS = {"0": "KPREVIOUS", "1": "KCURRENT"}


class MemoryRevocations:
    """`domain.playback.RevocationList`."""

    def __init__(self) -> None:
        self.entries: dict[str, int] = {}

    def ends(self, names: tuple[str, ...]) -> Mapping[str, int]:
        return {name: self.entries[name] for name in names if name in self.entries}

    def add(self, name: str, until: int) -> None:
        self.entries[name] = max(until, self.entries.get(name, 0))

    def drop_ended(self, now: int) -> int:
        ended = [name for name, until in self.entries.items() if until < now]
        for name in ended:
            del self.entries[name]
        return len(ended)


def new_keys() -> dict[str, Any]:
    """What the secret holds after the first deployment."""
    return rotated({}, 1, 0)


def signer_of(keys: Mapping[str, Any], key_ids: Mapping[str, str] = KEY_IDS, clock: Clock = utc_now) -> KeySigner:
    return KeySigner(lambda: json.dumps(keys), key_ids, clock)


def signed_rights(
    revoked: MemoryRevocations | None = None,
    *,
    visibility: Visibility = "signed_in",
    site: str = SITE,
    clock: Clock = utc_now,
) -> SignedRights:
    return SignedRights(
        signer_of(new_keys(), clock=clock),
        revoked or MemoryRevocations(),
        lambda: site,
        timedelta(hours=12),
        visibility,
        clock,
    )
