"""The client of TMDB: by a clock that is moved by hand, and against the local TMDB."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Iterator, Mapping

import pytest
from marquee.adapters.breaker import LocalBreaker
from marquee.adapters.bucket import LocalBucket
from marquee.adapters.tmdb import ATTEMPTS, CALL_SECONDS, TmdbClient, TooManyCalls
from marquee.adapters.tmdb_answers import GarbledAnswer, read_details, read_page
from marquee.adapters.tmdb_token import NoToken, Token
from marquee.adapters.tmdb_transport import NoAnswer, Response, Urllib3Transport
from marquee.domain.breaker import BreakerPolicy
from marquee.domain.deadline import Deadline
from marquee.domain.errors import TransientError

from local.tmdb import TmdbServer
from local.tmdb.faults import MODES
from local.tmdb.films import FILMS
from tests.tmdb_site import running_tmdb

TOKEN = "a-secret-token"
FILM = b'{"id": 603, "title": "The Film", "release_date": "1999-03-30", "genres": [{"id": 28, "name": "Akcja"}]}'


class World:
    """TMDB as a list of answers, and the time. An answer None is no answer: it takes all the time given."""

    def __init__(self, *answers: Response | None, token: Callable[[], str] = lambda: TOKEN) -> None:
        self.now = 0.0
        self.answers = list(answers)
        self.seconds_per_answer = 0.0
        self.given: list[float] = []
        self.tokens: list[str] = []
        self.breaker = LocalBreaker(BreakerPolicy(), clock=self.time)
        self.client = TmdbClient(
            "https://tmdb.test/3",
            Token(token, monotonic=self.time),
            transport=self,
            breaker=self.breaker,
            bucket=LocalBucket(20, clock=self.time),
            monotonic=self.time,
            sleep=self.sleep,
        )

    def time(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.now += seconds

    def get(self, url: str, *, headers: Mapping[str, str], timeout_seconds: float) -> Response:
        self.given.append(timeout_seconds)
        self.tokens.append(headers["Authorization"])
        answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        self.now += timeout_seconds if answer is None else min(self.seconds_per_answer, timeout_seconds)
        if answer is None:
            raise NoAnswer("nothing")
        return answer

    def details(self, seconds: float = 10.0) -> object:
        return self.client.details(603, deadline=Deadline(seconds, monotonic=self.time))


def test_a_film_is_read_with_the_names_of_genres_that_filters_know() -> None:
    movie = World(Response(200, FILM)).details()

    assert movie is not None
    assert movie.model_dump(include={"tmdb_id", "title", "genres", "runtime_minutes"}) == {  # type: ignore[attr-defined]
        "tmdb_id": 603,
        "title": "The Film",
        "genres": ("Action",),
        "runtime_minutes": None,
    }


@pytest.mark.parametrize("picture", [None, "", "/p603.jpg"])
def test_a_film_may_have_no_pictures(picture: str | None) -> None:
    film = {**json.loads(FILM), "poster_path": picture, "backdrop_path": picture}
    page = {"page": 1, "results": [{**film, "genre_ids": []}]}

    movie = read_details(film)
    assert movie is not None
    assert [m.poster_path for m in (movie, *read_page(page))] == [picture or None] * 2


@pytest.mark.parametrize(
    "answer",
    [None, Response(500), Response(429, retry_after="1"), Response(429, retry_after="9"), Response(200, b"<html>")],
    ids=["nothing", "500", "429", "429 for long", "garbage"],
)
@pytest.mark.parametrize("slowness", [0.0, 0.9])
def test_whatever_ails_it_a_call_ends_in_its_time(answer: Response | None, slowness: float) -> None:
    world = World(answer)
    world.seconds_per_answer = slowness
    with pytest.raises(TransientError):
        world.details()

    assert world.now <= CALL_SECONDS
    assert len(world.given) <= ATTEMPTS
    assert all(0 < seconds <= CALL_SECONDS for seconds in world.given)


def test_one_who_asks_alone_leaves_a_server_that_hangs_alone_too() -> None:
    world = World(None)
    for _ in range(6):
        with pytest.raises(TransientError):
            world.details()

    assert (world.breaker.phase, len(world.given)) == ("open", BreakerPolicy().failures)


def test_a_caller_with_little_time_gets_no_more() -> None:
    world = World(None)
    with pytest.raises(TransientError):
        world.details(seconds=0.3)

    assert world.now <= 0.3
    assert world.given == [0.3]


def test_an_error_is_tried_again_and_retry_after_is_waited_for() -> None:
    world = World(Response(429, retry_after="1"), Response(503), Response(200, FILM))
    assert world.details() is not None

    assert 1 <= world.now < CALL_SECONDS
    assert len(world.given) == 3


def test_waiting_longer_than_there_is_time_is_not_begun() -> None:
    world = World(Response(429, retry_after="3"))
    with pytest.raises(TransientError):
        world.details()

    assert (world.now, len(world.given)) == (0, 1)


def test_a_film_that_tmdb_has_not_is_an_answer_and_no_failure() -> None:
    world = World(Response(404, b"{}"))
    assert [world.details() for _ in range(10)] == [None] * 10
    assert world.breaker.phase == "closed"


@pytest.mark.parametrize(
    "body", [b"", b"[]", b"{}", b'{"id": "603", "title": "x"}', b'{"id": 1, "title": 5}', b"[" * 9999]
)
def test_garbage_is_an_error_that_the_breaker_counts(body: bytes) -> None:
    world = World(Response(200, body))
    for _ in range(5):
        with pytest.raises(GarbledAnswer):
            world.details()

    assert world.breaker.phase == "open"
    asked = len(world.given)
    with pytest.raises(TransientError):
        world.details()
    assert len(world.given) == asked


def test_after_an_outage_it_is_asked_again_without_a_restart() -> None:
    world = World(Response(400))
    for _ in range(5):
        with pytest.raises(TransientError):
            world.details()
    world.answers = [Response(200, FILM)]
    world.now += 5

    assert world.details() is not None
    assert world.details() is not None
    assert world.breaker.phase == "closed"


def test_a_refused_token_is_read_again_and_used_at_once() -> None:
    tokens = iter(["old", "new"])
    world = World(Response(401), Response(200, FILM), token=lambda: next(tokens))

    assert world.details() is not None
    assert world.details() is not None
    assert world.tokens == ["Bearer old", "Bearer new", "Bearer new"]


def test_a_token_that_stays_refused_is_not_read_at_every_call() -> None:
    reads = []
    world = World(Response(401), token=lambda: reads.append(1) or "wrong")  # type: ignore[func-returns-value]
    for _ in range(4):
        with pytest.raises(TransientError):
            world.details()

    assert len(reads) == 2


def test_without_a_token_nothing_is_asked_and_nobody_blamed() -> None:
    world = World(Response(200, FILM), token=lambda: "")
    for _ in range(10):
        with pytest.raises(NoToken):
            world.details()

    assert (world.given, world.breaker.phase) == ([], "closed")


def test_our_own_limit_is_waited_for_or_told_but_not_held_against_tmdb() -> None:
    world = World(Response(200, FILM))
    for _ in range(20):
        world.details()
    with pytest.raises(TooManyCalls):
        world.details(seconds=0.5)
    assert world.details(seconds=1.5) is not None
    assert (world.now, world.breaker.phase) == (1.0, "closed")


@pytest.fixture(scope="module")
def site() -> Iterator[tuple[TmdbServer, str]]:
    with running_tmdb(TOKEN) as running:
        yield running


@pytest.fixture
def client(site: tuple[TmdbServer, str]) -> Iterator[TmdbClient]:
    server, url = site
    yield TmdbClient(
        f"{url}/3",
        Token(lambda: TOKEN),
        transport=Urllib3Transport(),
        breaker=LocalBreaker(BreakerPolicy(failures=1000)),
        bucket=LocalBucket(1000),
    )
    server.faults.mode = None


def test_search_details_and_popular_are_read_from_the_local_tmdb(client: TmdbClient) -> None:
    hits = client.search("metropo", page=1, year=1927, language=None, deadline=Deadline(10))
    assert [(hit.title, hit.genres) for hit in hits] == [("Metropolis", ("Drama", "Science Fiction"))]
    details = client.details(hits[0].tmdb_id, deadline=Deadline(10))
    assert details is not None
    assert (details.runtime_minutes, details.poster_path) == (153, f"/p{hits[0].tmdb_id}.jpg")

    first, second = (client.popular(page=page, deadline=Deadline(10)) for page in (1, 2))
    assert (len(first), len(second)) == (20, 19)
    assert [movie.popularity for movie in first + second] == sorted(
        (m.popularity for m in first + second), reverse=True
    )
    assert client.details(1, deadline=Deadline(10)) is None


@pytest.mark.parametrize("mode", MODES)
def test_every_fault_is_one_error_of_ours(site: tuple[TmdbServer, str], client: TmdbClient, mode: str) -> None:
    site[0].faults.mode = mode
    with pytest.raises(TransientError):
        client.details(900_001, deadline=Deadline(0.5))

    site[0].faults.mode = None
    assert client.details(900_001, deadline=Deadline(10)) is not None


def test_every_film_of_the_local_tmdb_can_be_read(client: TmdbClient) -> None:
    found = [client.details(film_id, deadline=Deadline(10)) for film_id in FILMS]
    assert [film.tmdb_id for film in found if film is not None] == list(FILMS)


def test_a_connection_is_used_again(site: tuple[TmdbServer, str], client: TmdbClient) -> None:
    transport = client._transport
    assert isinstance(transport, Urllib3Transport)
    for _ in range(5):
        client.details(900_001, deadline=Deadline(10))

    host = transport._pool.connection_from_url(site[1])
    assert (host.num_connections, host.num_requests) == (1, 5)


def test_the_token_is_in_no_log_and_no_error(site: tuple[TmdbServer, str], caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    world = World(Response(500))
    with pytest.raises(TransientError) as raised:
        world.details()
    refused = TmdbClient(
        "http://127.0.0.1:1/3",
        Token(lambda: TOKEN),
        transport=Urllib3Transport(),
        breaker=world.breaker,
        bucket=LocalBucket(20),
    )
    with pytest.raises(TransientError) as unreachable:
        refused.details(1, deadline=Deadline(1))

    assert TOKEN not in f"{caplog.text}{raised.value!r}{unreachable.value!r}{unreachable.value.__cause__!r}"
