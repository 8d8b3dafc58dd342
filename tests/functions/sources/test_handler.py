"""`sources` through its real entry: ours first, then providers that are well; a page to be framed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import pytest
import urllib3
from marquee.adapters.breaker import LocalBreaker
from marquee.adapters.provider_health import CheckedProviders
from marquee.domain.breaker import BreakerPolicy
from marquee.domain.cache import CacheKey, Found
from marquee.domain.clock import utc_now
from marquee.domain.movies import Movie
from marquee.domain.providers import Provider
from marquee.services.list_sources import ListSources
from marquee.services.show_embed import ShowEmbed
from sources.handler import lambda_handler
from sources.wiring import wiring

from tests.platform import Platform
from tests.viewers import ask, said

FRAMED = Provider(name="framed", kind="embed", url='https://films.example/{tmdb_id}?a="1"', priority=1)
LATE = Provider(name="late", kind="hls", url="https://late.example/{tmdb_id}.m3u8", priority=50)
SICK = Provider(name="sick", kind="hls", url="https://sick.example/{tmdb_id}", health_url="https://sick.example/ok")


class MemoryMovies:
    def __init__(self, *movies: Movie) -> None:
        self._movies = movies

    def get(self, movie_id: str) -> Movie | None:
        return next((movie for movie in self._movies if movie.id == movie_id), None)

    def of_tmdb(self, tmdb_ids: Sequence[int]) -> Sequence[Movie]:
        return [movie for movie in self._movies if movie.tmdb_id in tmdb_ids]


class NoCache:
    """Asks every time."""

    def read(self, key: CacheKey, load: Any, *, tags: Sequence[str] = ()) -> Found:
        return Found(load(), "loaded")

    def invalidate(self, *tags: str) -> None:
        return None


class Asked:
    """A provider's health check that is down."""

    def __init__(self) -> None:
        self.times = 0

    def __call__(self, url: str) -> int:
        self.times += 1
        raise urllib3.exceptions.ConnectTimeoutError("down")


@pytest.fixture
def asked() -> Asked:
    return Asked()


@pytest.fixture(autouse=True)
def movie(platform: Platform, asked: Asked) -> Iterator[Movie]:
    job = platform.running()
    platform.assets.mark_playable(job.asset_id, 1, utc_now())
    movie = Movie(
        id="mov_1", title="A <b>", tmdb_id=12, asset_id=job.asset_id, created_at=utc_now(), updated_at=utc_now()
    )
    breaker = LocalBreaker(BreakerPolicy(failures=1, open_seconds=1000))
    health = CheckedProviders(NoCache(), lambda name: breaker, asked)
    sources = ListSources(MemoryMovies(movie), platform.assets, (LATE, SICK, FRAMED), health)
    with platform.within(wiring, list_sources=sources, show_embed=ShowEmbed(sources, ("https://blog.example",))):
        yield movie


def sources_of(movie_id: str) -> tuple[int, Any]:
    return said(ask(lambda_handler, "GET", f"/api/v1/streaming/sources/{movie_id}"))


@pytest.mark.parametrize("movie_id", ["mov_1", "tmdb-12"])
def test_ours_comes_first_and_providers_by_their_priority(movie: Movie, movie_id: str) -> None:
    status, answer = sources_of(movie_id)
    assert status == 200
    assert [source["provider"] for source in answer["sources"]] == ["marquee", "framed", "late"]
    assert answer["sources"][0]["url"] == f"/media/{movie.asset_id}/1/main.m3u8"
    assert answer["sources"][2]["url"] == "https://late.example/12.m3u8"
    assert answer["degraded"] is True  # one is not well


def test_a_film_that_is_not_ours_has_providers_alone() -> None:
    assert [source["provider"] for source in sources_of("tmdb-77")[1]["sources"]] == ["framed", "late"]


@pytest.mark.parametrize("movie_id", ["mov_none", "tmdb-x", "x"])
def test_an_unknown_movie_is_a_404(movie_id: str) -> None:
    assert sources_of(movie_id)[0] == 404


def test_a_provider_that_is_down_is_left_alone(asked: Asked) -> None:
    for _ in range(5):
        sources_of("mov_1")
    assert asked.times == 1


def test_the_page_may_be_framed_by_the_sites_that_are_named(movie: Movie) -> None:
    answer = ask(lambda_handler, "GET", "/api/v1/streaming/embed/mov_1")
    headers = {name.lower(): value for name, value in answer["headers"].items()}
    policy = headers["content-security-policy"]
    assert "frame-ancestors https://blog.example" in policy
    assert "default-src 'none'" in policy
    assert "unsafe-inline" not in policy
    assert headers["content-type"].startswith("text/html")
    assert f'data-asset="{movie.asset_id}"' in answer["body"]
    assert "<title>A &lt;b&gt;</title>" in answer["body"]


def test_a_provider_s_page_is_framed_and_cannot_break_out() -> None:
    answer = ask(lambda_handler, "GET", "/api/v1/streaming/embed/tmdb-77")
    assert 'src="https://films.example/77?a=&quot;1&quot;"' in answer["body"]
    headers = {name.lower(): value for name, value in answer["headers"].items()}
    assert "frame-src https://films.example;" in headers["content-security-policy"]


def test_there_is_no_page_for_nothing() -> None:
    assert ask(lambda_handler, "GET", "/api/v1/streaming/embed/mov_none")["statusCode"] == 404
