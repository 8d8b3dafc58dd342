"""The edge asks servers elsewhere for what the distribution says, by the path that its function makes."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer
from marquee.domain.movie_source import TmdbMovie

from local.differences import outside_origins
from local.edge.behaviours import read_site
from local.edge.functions import EdgeFunction
from local.edge.objects import BucketOrigin
from local.edge.server import Edge
from local.intrinsics import TemplateError
from local.model import Distribution
from local.references import Platform
from local.s3 import S3Store
from tests.tmdb_site import running_tmdb

FUNCTION = "arn:aws:cloudfront::1:function/images"
SOURCE = (Path(__file__).resolve().parents[3] / "infra" / "edge" / "tmdb_images.js").read_text()
DISTRIBUTION = Distribution(
    id="D",
    config={
        "Origins": [
            {"Id": "images", "DomainName": "image.tmdb.org", "OriginPath": "/t/p"},
            {"Id": "site", "DomainName": "site.s3.amazonaws.com"},
        ],
        "CacheBehaviors": [
            {
                "PathPattern": "/images/tmdb/*",
                "TargetOriginId": "images",
                "FunctionAssociations": [{"EventType": "viewer-request", "FunctionARN": FUNCTION}],
            }
        ],
        "DefaultCacheBehavior": {"TargetOriginId": "site"},
    },
    policies={},
)


def statuses(store: S3Store, outside: dict[str, str], *paths: str) -> list[tuple[int, str, int]]:
    """Status, type and size of the edge's answers."""
    functions = {FUNCTION: EdgeFunction("images", SOURCE, "cloudfront-js-2.0")}
    site = read_site(DISTRIBUTION, frozenset({"site"}), frozenset(), functions, outside)
    edge = Edge(site, objects=BucketOrigin(store, frozenset()), apis={}, read_secret=str, here={})

    async def ask() -> list[tuple[int, str, int]]:
        app = web.Application()
        app.router.add_route("*", "/{target:.*}", edge.handle)
        async with TestClient(TestServer(app)) as client:
            answers = [await client.get(path) for path in paths]
            return [(answer.status, answer.content_type, len(await answer.read())) for answer in answers]

    return asyncio.run(ask())


@pytest.fixture
def store(tmp_path: Path) -> S3Store:
    store = S3Store(tmp_path)
    store.create_bucket("site")
    return store


def test_posters_come_from_where_tmdb_is_here(store: S3Store) -> None:
    film = TmdbMovie(tmdb_id=900_001, title="A film", poster_path="/p900001.jpg")
    poster = film.poster_url() or ""
    with running_tmdb("token") as (_, url):
        here = {"image.tmdb.org": url}
        (shown, missing, other) = statuses(store, here, poster, "/images/tmdb/w342/none.jpg", "/images/tmdb/../faults")
    assert shown[:2] == (200, "image/jpeg")
    assert shown[2] > 1000
    assert (missing[0], other[0]) == (404, 403)
    store.close()


@pytest.mark.parametrize(
    "path", ["/images/tmdb/w342/p.svg", "/images/tmdb/3/movie/1", "/images/tmdb/w342/%2e%2e/x.jpg"]
)
def test_nothing_else_of_that_server_is_given_out(store: S3Store, path: str) -> None:
    with running_tmdb("token") as (server, url):
        ((status, _, _),) = statuses(store, {"image.tmdb.org": url}, path)
        assert server.calls == []
    assert status in (403, 404)
    store.close()


def test_a_server_that_is_away_is_a_bad_gateway(store: S3Store) -> None:
    assert statuses(store, {"image.tmdb.org": "http://127.0.0.1:1"}, "/images/tmdb/w342/p.jpg")[0][0] == 502
    store.close()


def test_only_servers_that_are_known_may_be_origins(store: S3Store) -> None:
    with pytest.raises(TemplateError, match=r"image\.tmdb\.org"):
        statuses(store, {}, "/")
    store.close()


def test_with_a_token_of_its_own_a_cloud_shows_tmdb_s_own_pictures() -> None:
    ours = Platform(1, 2, 3, 4, tmdb_port=5)
    assert outside_origins(ours) == {"image.tmdb.org": "http://127.0.0.1:5"}
    theirs = Platform(1, 2, 3, 4, tmdb_port=5, tmdb_token="secret")
    assert outside_origins(theirs) == {"image.tmdb.org": "https://image.tmdb.org"}
    assert "secret" not in repr(theirs)
