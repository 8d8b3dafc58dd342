"""The local TMDB speaks as TMDB does, and is sick when it is told to be."""

from __future__ import annotations

import json
from collections.abc import Iterator
from io import BytesIO

import pytest
import urllib3
from PIL import Image

from local.tmdb import TOKEN
from local.tmdb.films import FILMS
from tests.tmdb_site import running_tmdb

HTTP = urllib3.PoolManager(retries=False, timeout=10)


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    with running_tmdb(TOKEN) as (_, url):
        yield url
    HTTP.clear()


def ask(url: str, path: str, *, token: str | None = TOKEN, **headers: str) -> urllib3.BaseHTTPResponse:
    given = {} if token is None else {"Authorization": f"Bearer {token}"}
    return HTTP.request(
        "GET", f"{url}/3{path}", headers={**given, **{n.replace("_", "-"): v for n, v in headers.items()}}
    )


def test_a_search_is_a_page_of_hits_with_genres_as_numbers(url: str) -> None:
    page = ask(url, "/search/movie?query=haxan").json()
    assert (page["page"], page["total_pages"], page["total_results"]) == (1, 1, 1)
    assert page["results"][0]["title"] == "Häxan"
    assert page["results"][0]["genre_ids"] == [99, 27]
    assert ask(url, "/search/movie?query=general&year=1999").json()["results"] == []


def test_popular_films_come_in_pages_of_twenty(url: str) -> None:
    pages = [ask(url, f"/movie/popular?page={number}").json() for number in (1, 2, 3)]
    assert [len(page["results"]) for page in pages] == [20, 19, 0]
    assert len({film["id"] for page in pages for film in page["results"]}) == 39
    assert ask(url, "/movie/popular?page=501").status == 400


def test_details_genres_and_configuration_have_their_shapes(url: str) -> None:
    film = ask(url, "/movie/900015").json()
    assert (film["title"], film["runtime"]) == ("Metropolis", 153)
    assert film["genres"] == [{"id": 18, "name": "Drama"}, {"id": 878, "name": "Science Fiction"}]
    assert {"id": 878, "name": "Science Fiction"} in ask(url, "/genre/movie/list").json()["genres"]
    assert "w342" in ask(url, "/configuration").json()["images"]["poster_sizes"]
    assert (ask(url, "/movie/1").status, ask(url, "/nothing").status) == (404, 404)


@pytest.mark.parametrize("token", [None, "", "another"])
def test_without_its_token_nobody_is_answered(url: str, token: str | None) -> None:
    refused = ask(url, "/movie/900015", token=token)
    assert (refused.status, refused.json()["status_code"]) == (401, 7)


@pytest.mark.parametrize(("name", "size"), [("p900001.jpg", (342, 513)), ("b900001.jpg", (342, 192))])
def test_pictures_are_drawn_in_the_size_that_is_asked_for(url: str, name: str, size: tuple[int, int]) -> None:
    answer = HTTP.request("GET", f"{url}/t/p/w342/{name}")
    with Image.open(BytesIO(answer.data)) as image:
        assert (image.format, image.size) == ("JPEG", size)
    assert HTTP.request("GET", f"{url}/t/p/w9/{name}").status == 404


def test_a_film_that_is_not_out_has_no_picture(url: str) -> None:
    (planned,) = (film for film in FILMS.values() if not film.release_date)
    assert planned.poster_path is None
    assert HTTP.request("GET", f"{url}/t/p/w342/p{planned.id}.jpg").status == 404


def test_one_request_or_all_can_be_made_to_fail(url: str) -> None:
    assert ask(url, "/movie/900001", X_Fault="500").status == 500
    limited = ask(url, "/movie/900001", X_Fault="429", X_Fault_Retry_After="7")
    assert (limited.status, limited.headers["Retry-After"]) == (429, "7")

    HTTP.request("PUT", f"{url}/faults", body=json.dumps({"mode": "garbage"}))
    assert ask(url, "/movie/900001").data.startswith(b"<html>")
    assert HTTP.request("PUT", f"{url}/faults", body=json.dumps({"mode": "fire"})).status == 400
    assert HTTP.request("DELETE", f"{url}/faults").json() == {"mode": None, "retry_after": 1, "calls": 0}
    assert ask(url, "/movie/900001").status == 200
    assert HTTP.request("GET", f"{url}/faults").json()["calls"] == 1
