"""Where films of others come from is decided by two variables."""

from __future__ import annotations

import pytest
from marquee.adapters.movie_source import CachedMovieSource, OwnFilmsAlone
from marquee.entry.settings import TmdbSettings
from marquee.entry.tmdb_wiring import TmdbWiring

VARIABLES = {"ENVIRONMENT": "dev", "POWERTOOLS_SERVICE_NAME": "f", "VALKEY_ENDPOINT": "127.0.0.1:1"}


def wiring_of(monkeypatch: pytest.MonkeyPatch, **more: str) -> TmdbWiring[TmdbSettings]:
    for name, value in {**VARIABLES, **more}.items():
        monkeypatch.setenv(name, value)
    return TmdbWiring(TmdbSettings)


@pytest.mark.parametrize("url", ["", "local"])
def test_without_a_tmdb_there_are_our_own_films(monkeypatch: pytest.MonkeyPatch, url: str) -> None:
    assert isinstance(wiring_of(monkeypatch, TMDB_URL=url).movie_source, OwnFilmsAlone)


def test_with_an_address_tmdb_is_asked_through_the_cache(monkeypatch: pytest.MonkeyPatch) -> None:
    wiring = wiring_of(monkeypatch, TMDB_URL="https://tmdb.test/3", TMDB_SECRET_ARN="arn")
    assert isinstance(wiring.movie_source, CachedMovieSource)
