"""The phases of all shared breakers (`domain.operations.Breakers`), read without touching them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import cast

import valkey

from marquee.adapters.breaker import breaker_key
from marquee.domain.breaker import BreakerPhase
from marquee.domain.errors import TransientError


class ValkeyBreakers:
    """`names` are those that the service may use; one that nobody has used is not there."""

    def __init__(self, client: valkey.Valkey, names: Sequence[str]) -> None:
        self._client = client
        self._names = tuple(names)

    def phases(self) -> Mapping[str, BreakerPhase]:
        try:
            pipeline = self._client.pipeline(transaction=False)
            for name in self._names:
                pipeline.hget(breaker_key(name), "phase")
            found = pipeline.execute()  # type: ignore[no-untyped-call]
        except valkey.ValkeyError as error:
            raise TransientError("The breakers cannot be read.") from error
        return {name: cast(BreakerPhase, phase) for name, phase in zip(self._names, found, strict=True) if phase}
