"""The server: TMDB's search, details, popular, genres, configuration and images; faults on demand."""

from __future__ import annotations

import hmac
import re
import unicodedata
from collections.abc import Iterable
from typing import Any

from aiohttp import web

from local.tmdb.faults import MODES, Faults, faulty
from local.tmdb.films import FILMS, GENRES, Film
from local.tmdb.pictures import WIDTHS, picture

TOKEN = "local-tmdb-not-a-secret"  # noqa: S105  (opens nothing outside 127.0.0.1)
MAX_FAULTS_BYTES = 4096  # the largest body that it takes
PAGE_SIZE = 20
_LAST_PAGE = 500
_IMAGE_SECONDS = 30 * 86_400


class TmdbServer:
    """`GET /3/…` with the bearer token, `GET /t/p/{size}/{name}` without, and `/faults`: what ails it (GET, PUT,
    DELETE) and how often it was asked."""

    def __init__(self, token: str = TOKEN) -> None:
        self._token = token
        self.faults = Faults()
        self.calls: list[str] = []  # path and query of every call of the API

    async def handle(self, request: web.Request) -> web.StreamResponse:
        path = request.path
        if path == "/faults":
            return await self._administer(request)
        if image := re.fullmatch(r"/t/p/([a-z0-9]+)/([A-Za-z0-9_-]+\.jpg)", path):
            return _image(image[1], image[2])
        if path.startswith("/3/") and request.method == "GET":
            return await self._call(request, path.removeprefix("/3"))
        return _refused(404, 34, "The resource you requested could not be found.")

    async def _administer(self, request: web.Request) -> web.Response:
        if request.method == "PUT":
            wanted = await request.json()
            if wanted.get("mode") not in (*MODES, None):
                return _refused(400, 5, f"A mode is one of {', '.join(MODES)}.")
            self.faults.mode = wanted.get("mode")
            self.faults.retry_after = int(wanted.get("retry_after", 1))
        elif request.method == "DELETE":
            self.faults = Faults()
            self.calls.clear()
        return web.json_response({**vars(self.faults), "calls": len(self.calls)})

    async def _call(self, request: web.Request, path: str) -> web.StreamResponse:
        self.calls.append(request.path_qs)
        mode, retry_after = self.faults.of(request)
        given = request.headers.get("Authorization", "")
        if mode == "401" or not hmac.compare_digest(given.encode(), f"Bearer {self._token}".encode()):
            return _refused(401, 7, "Invalid API key: You must be granted a valid key.")
        if mode is not None:
            return await faulty(request, mode, retry_after)
        if details := re.fullmatch(r"/movie/(\d{1,10})", path):
            return _details(int(details[1]))
        answer = {
            "/search/movie": _search,
            "/movie/popular": _popular,
            "/genre/movie/list": _genres,
            "/configuration": _configuration,
        }.get(path)
        return answer(request) if answer else _refused(404, 34, "The resource you requested could not be found.")


def _search(request: web.Request) -> web.Response:
    words = _words(request.query.get("query", ""))
    year = request.query.get("year")
    hits = [
        film
        for film in FILMS.values()
        if words
        and all(
            any(there.startswith(word) for there in _words(f"{film.title} {film.original_title}")) for word in words
        )
        and (not year or film.release_date[:4] == year)
    ]
    return _page(request, hits)


def _popular(request: web.Request) -> web.Response:
    return _page(request, (film for film in FILMS.values() if film.release_date))


def _page(request: web.Request, films: Iterable[Film]) -> web.Response:
    page = request.query.get("page", "1")
    if not page.isdigit() or not 1 <= int(page) <= _LAST_PAGE:
        return _refused(400, 22, "Invalid page: Pages start at 1 and max at 500. They are expected to be an integer.")
    ordered = sorted(films, key=lambda film: (-film.popularity, film.id))
    start = (int(page) - 1) * PAGE_SIZE
    return web.json_response(
        {
            "page": int(page),
            "results": [{**_film(film), "genre_ids": list(film.genres)} for film in ordered[start : start + PAGE_SIZE]],
            "total_pages": -(-len(ordered) // PAGE_SIZE),
            "total_results": len(ordered),
        }
    )


def _details(number: int) -> web.Response:
    film = FILMS.get(number)
    if film is None:
        return _refused(404, 34, "The resource you requested could not be found.")
    return web.json_response(
        {
            **_film(film),
            "genres": [{"id": genre, "name": GENRES[genre]} for genre in film.genres],
            "runtime": film.runtime,
            "tagline": "",
            "status": "Released" if film.release_date else "Planned",
            "imdb_id": None,
            "budget": 0,
            "revenue": 0,
            "homepage": "",
            "spoken_languages": [{"english_name": "", "iso_639_1": film.language, "name": ""}],
        }
    )


def _genres(request: web.Request) -> web.Response:
    del request
    return web.json_response({"genres": [{"id": number, "name": name} for number, name in GENRES.items()]})


def _configuration(request: web.Request) -> web.Response:
    base = f"http://{request.host}/t/p/"
    sizes = list(WIDTHS)
    images = {"base_url": base, "secure_base_url": base, "poster_sizes": sizes, "backdrop_sizes": sizes}
    return web.json_response({"images": images, "change_keys": []})


def _film(film: Film) -> dict[str, Any]:
    return {
        "adult": False,
        "backdrop_path": film.backdrop_path,
        "id": film.id,
        "original_language": film.language,
        "original_title": film.original_title,
        "overview": film.overview,
        "popularity": film.popularity,
        "poster_path": film.poster_path,
        "release_date": film.release_date,
        "title": film.title,
        "video": False,
        "vote_average": film.vote_average,
        "vote_count": film.vote_count,
    }


def _image(size: str, name: str) -> web.Response:
    body = picture(size, name)
    if body is None:
        return web.Response(status=404, text="File Not Found")
    return web.Response(
        body=body, content_type="image/jpeg", headers={"Cache-Control": f"public, max-age={_IMAGE_SECONDS}"}
    )


def _refused(status: int, code: int, message: str) -> web.Response:
    return web.json_response({"success": False, "status_code": code, "status_message": message}, status=status)


def _words(text: str) -> list[str]:
    plain = unicodedata.normalize("NFKD", text.casefold())
    return re.findall(r"\w+", "".join(letter for letter in plain if not unicodedata.combining(letter)))
