"""What a list shows of movies, from the real database."""

from __future__ import annotations

import pytest
from marquee.adapters.assets import DatabaseAssets
from marquee.adapters.database import Database
from marquee.adapters.movie_cards import DatabaseMovieCards
from marquee.domain import ids
from marquee.domain.assets import Asset
from marquee.domain.clock import utc_now
from marquee.domain.enrichment import ModerationHold
from marquee.domain.images import ChosenPoster
from marquee.domain.jobs import Problem
from marquee.domain.media import ImagesSummary
from marquee.domain.watch_stores import MovieCard

pytestmark = pytest.mark.contract


def added_asset(database: Database, *, with_poster: bool = True) -> str:
    asset_id, now = ids.new_asset_id(), utc_now()
    images = ImagesSummary(
        poster="images/poster.jpg", storyboard_vtt="images/storyboard.vtt", interval_seconds=2, tile_count=5
    )
    asset = Asset(
        id=asset_id,
        title="A film",
        filename="film.mp4",
        job_id="job_1",
        upload_id="upl_1",
        current_version=2 if with_poster else None,
        images=images if with_poster else None,
        created_at=now,
        updated_at=now,
    )
    DatabaseAssets(database).add(asset)
    return asset_id


def added_movie(database: Database, movie_id: str, asset_id: str | None, poster_path: str | None) -> str:
    movie_id = f"{movie_id}_{ids.new_asset_id()}"
    movie = {"_id": movie_id, "title": movie_id, "asset_id": asset_id, "poster_path": poster_path}
    database.run("movies", lambda movies: movies.insert_one(movie))
    return movie_id


def test_movies_and_assets_have_titles_and_posters(shared_database: Database) -> None:
    cards = DatabaseMovieCards(shared_database)
    with_poster, without = added_asset(shared_database), added_asset(shared_database, with_poster=False)
    own = added_movie(shared_database, "own", with_poster, None)
    pictured = added_movie(shared_database, "pictured", None, "/p.jpg")
    orphaned = added_movie(shared_database, "orphaned", "ast_gone", None)
    poster = f"/media/{with_poster}/2/images/poster.jpg"

    assert cards.cards([with_poster, without, own, pictured, orphaned, "mov_gone"]) == {
        with_poster: MovieCard("A film", poster, with_poster, playable=True),
        without: MovieCard("A film", None, without, playable=False),
        own: MovieCard(own, poster, with_poster, playable=True),
        pictured: MovieCard(pictured, "/images/tmdb/w342/p.jpg", None, playable=False),
        orphaned: MovieCard(orphaned, None, None, playable=False),
    }


def test_what_is_still_being_encoded_can_be_watched_and_what_failed_cannot(shared_database: Database) -> None:
    cards, assets = DatabaseMovieCards(shared_database), DatabaseAssets(shared_database)
    asset_id = added_asset(shared_database, with_poster=False)
    own = added_movie(shared_database, "growing", asset_id, None)

    assets.mark_playable(asset_id, 1, utc_now())
    assert cards.cards([own])[own].playable
    assets.fail(asset_id, Problem(code="cut_off", message="The film is cut off."), utc_now())
    assert not cards.cards([own])[own].playable


def test_nothing_is_asked_for_nothing(shared_database: Database) -> None:
    assert DatabaseMovieCards(shared_database).cards([]) == {}


def test_a_chosen_poster_is_shown_and_none_of_what_is_held_back(shared_database: Database) -> None:
    cards, assets = DatabaseMovieCards(shared_database), DatabaseAssets(shared_database)
    chosen, held = added_asset(shared_database), added_asset(shared_database)
    poster = ChosenPoster(name="images/poster-1.jpg", width=640, height=360, source="uploaded", chosen_at=utc_now())
    assets.choose_poster(chosen, poster, utc_now())
    assets.moderate(held, ModerationHold(asset_version=2, state="held", verdict="flagged"), utc_now())

    found = cards.cards([chosen, held])

    assert found[chosen].poster_url == f"/media/{chosen}/0/images/poster-1.jpg"
    assert found[held].poster_url is None
