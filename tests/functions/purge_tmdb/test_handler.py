"""`purge_tmdb` through its real entry."""

from purge_tmdb.handler import lambda_handler
from purge_tmdb.wiring import wiring

from tests.fakes_tmdb import MemoryMovieSource, MemoryTmdbCopies
from tests.platform import CONTEXT, Platform


def test_a_run_says_what_it_found(platform: Platform) -> None:
    copies = MemoryTmdbCopies()
    copies.give("mov_1", 7, "/p.jpg", None)
    with platform.within(wiring, tmdb_copies=copies, movie_source=MemoryMovieSource()):
        assert lambda_handler({}, CONTEXT) == {"known": 1, "renewed": 0, "purged": 0}
    assert list(copies.ledger) == ["mov_1"]
