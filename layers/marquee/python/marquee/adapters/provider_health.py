"""Whether foreign providers are well (`domain.providers.ProviderHealth`)."""

from __future__ import annotations

from collections.abc import Callable

import urllib3

from marquee.domain.breaker import CircuitBreaker
from marquee.domain.cache import Cache, CacheKey
from marquee.domain.errors import TransientError
from marquee.domain.providers import Provider

TIMEOUT = urllib3.Timeout(connect=1.0, read=1.0)
WELL_BELOW = 500  # a page that is not there is still an answer

Ask = Callable[[str], int]


def status_of(url: str) -> int:
    """One try: the next look comes soon. Raises `urllib3.exceptions.HTTPError`."""
    return urllib3.request("HEAD", url, timeout=TIMEOUT, retries=False, redirect=False).status


class CheckedProviders:
    """Asked through a breaker of its own each, its answer kept for a while. `breaker_of` makes one by name."""

    def __init__(self, cache: Cache, breaker_of: Callable[[str], CircuitBreaker], ask: Ask = status_of) -> None:
        self._cache = cache
        self._breaker_of = breaker_of
        self._ask = ask

    def is_well(self, provider: Provider) -> bool:
        url = provider.health_url
        if url is None:
            return True
        try:
            key = CacheKey.of("sources", "health", provider.name)
            return bool(self._cache.read(key, lambda: {"well": self._looked(provider.name, url)}).value["well"])
        except TransientError:
            return False

    def _looked(self, name: str, url: str) -> bool:
        breaker = self._breaker_of(f"provider-{name}")
        permit = breaker.admit()
        if permit is None:
            return False
        try:
            well = self._ask(url) < WELL_BELOW
        except urllib3.exceptions.HTTPError:
            well = False
        breaker.record(permit, ok=well)
        return well
