"""Films of TMDB as services get them: cached, old, degraded or none, and each said so."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from marquee.adapters.breaker import LocalBreaker, SharedBreaker
from marquee.adapters.bucket import LocalBucket, SharedBucket
from marquee.adapters.cache import ServingCache
from marquee.adapters.cache_entries import MemoryEntries
from marquee.adapters.cache_valkey import ValkeyEntries
from marquee.adapters.movie_source import CachedMovieSource, OwnFilmsAlone
from marquee.adapters.tmdb import TmdbClient
from marquee.adapters.tmdb_token import Token
from marquee.adapters.tmdb_transport import Urllib3Transport
from marquee.adapters.valkey_attempts import Attempts
from marquee.domain.breaker import BreakerPolicy
from marquee.domain.cache import POLICIES
from marquee.domain.movie_source import MovieSource, Sourced

from local.tmdb import TOKEN, TmdbServer
from tests.layers.adapters.conftest import Connected, running_valkey
from tests.tmdb_site import running_tmdb

METROPOLIS, NOBODY = 900_015, 1


class Time:
    def __init__(self) -> None:
        self.now = 1_800_000_000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture(scope="module")
def site() -> Iterator[tuple[TmdbServer, str]]:
    with running_tmdb(TOKEN) as running:
        yield running


@pytest.fixture
def server(site: tuple[TmdbServer, str]) -> Iterator[TmdbServer]:
    yield site[0]
    site[0].faults.mode = None
    site[0].calls.clear()


@pytest.fixture
def time() -> Time:
    return Time()


@pytest.fixture
def source(site: tuple[TmdbServer, str], server: TmdbServer, time: Time) -> CachedMovieSource:
    del server
    return source_of(site[1], ServingCache(MemoryEntries(), clock=time))


def source_of(url: str, cache: ServingCache, token: str = TOKEN) -> CachedMovieSource:
    client = TmdbClient(
        f"{url}/3",
        Token(lambda: token),
        transport=Urllib3Transport(),
        breaker=LocalBreaker(BreakerPolicy()),
        bucket=LocalBucket(1000),
    )
    return CachedMovieSource(client, cache)


def test_a_film_comes_from_tmdb_and_then_from_the_cache(source: CachedMovieSource, server: TmdbServer) -> None:
    first, second = source.details(METROPOLIS), source.details(METROPOLIS)

    assert (first.source, second.source) == ("tmdb", "cache")
    assert first.value == second.value
    assert first.value is not None
    assert (first.value.movie_id, first.value.year) == ("tmdb-900015", 1927)
    assert first.value.poster_url() == "/images/tmdb/w342/p900015.jpg"
    assert len(server.calls) == 1


def test_searches_that_mean_the_same_share_an_answer(source: CachedMovieSource, server: TmdbServer) -> None:
    assert [movie.title for movie in source.search("  The   GENERAL ").value] == ["The General"]
    assert source.search("the general").source == "cache"
    assert source.search("the general", year=1926).source == "tmdb"
    assert source.search("   ") == Sourced([], "tmdb")
    assert len(server.calls) == 2


def test_a_film_that_is_not_there_is_asked_for_once(source: CachedMovieSource, server: TmdbServer) -> None:
    assert source.details(NOBODY) == Sourced(None, "tmdb")
    assert source.details(NOBODY) == Sourced(None, "cache")
    assert len(server.calls) == 1


@pytest.mark.parametrize("mode", ["429", "500", "garbage", "shape", "401"])
def test_in_an_outage_the_old_answer_serves_and_says_so(
    source: CachedMovieSource, server: TmdbServer, time: Time, mode: str
) -> None:
    source.popular()
    server.faults.mode, server.faults.retry_after = mode, 9  # too long to be waited for
    time.now += POLICIES["tmdb_popular"].fresh * 1.2

    again = source.popular()
    assert (again.source, again.degraded, len(again.value)) == ("stale", True, 20)
    assert source.search("metropolis") == Sourced([], "tmdb", degraded=True)
    assert source.details(METROPOLIS) == Sourced(None, "tmdb", degraded=True)

    server.faults.mode = None
    assert source.details(METROPOLIS).source == "tmdb"


def test_without_a_token_there_are_our_own_films_and_nothing_is_missing(site: tuple[TmdbServer, str]) -> None:
    for source in (source_of(site[1], ServingCache(MemoryEntries()), token=""), OwnFilmsAlone()):
        answers: MovieSource = source
        assert answers.search("metropolis") == Sourced([], "tmdb")
        assert answers.details(METROPOLIS) == Sourced(None, "tmdb")
        assert answers.popular() == Sourced([], "tmdb")


@pytest.mark.contract
def test_valkey_s_death_is_not_noticed_in_the_answers(
    tmp_path: Path, site: tuple[TmdbServer, str], server: TmdbServer, connected: Connected
) -> None:
    with running_valkey(tmp_path) as (process, endpoint):
        valkey, attempts = connected(endpoint), Attempts()
        client = TmdbClient(
            f"{site[1]}/3",
            Token(lambda: TOKEN),
            transport=Urllib3Transport(),
            breaker=SharedBreaker(valkey, "tmdb", attempts=attempts),
            bucket=SharedBucket(valkey, "tmdb", size=20, attempts=attempts),
        )
        source = CachedMovieSource(client, ServingCache(ValkeyEntries(valkey, attempts)))
        before = source.details(METROPOLIS)
        process.kill()
        process.wait(10)

        assert source.details(METROPOLIS) == Sourced(before.value, "cache")
        assert source.search("nosferatu").source == "tmdb"
        assert source.search("nosferatu").source == "cache"
        server.faults.mode = "500"
        assert source.search("charade") == Sourced([], "tmdb", degraded=True)
