"""`GET /movies/search?in=transcript` and `GET /me/search` through the real entry, over stores in memory."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from marquee.domain.enrichment import ModerationHold
from marquee.services.attach_track import AttachTrack
from marquee.services.embed_passages import EmbedPassages
from marquee.services.find_meanings import FindMeanings
from marquee.services.index_spoken import IndexSpoken
from marquee.services.search_spoken import MOMENTS_A_FILM
from movies.handler import lambda_handler
from movies.wiring import wiring

from tests.fakes_spoken import WordEmbeddings
from tests.functions.movies.films import BASE, get, own
from tests.platform import Platform
from tests.searched_films import BUCKET, NOW, Films


@pytest.fixture
def films(platform: Platform) -> Films:
    return Films(platform.assets, platform.objects, platform.spoken)


@pytest.fixture(autouse=True)
def _wired(platform: Platform) -> Iterator[None]:
    with platform.within(wiring, find_meanings=None):
        yield


def search(platform: Platform, q: str, more: str = "") -> dict[str, Any]:
    found: dict[str, Any] = get(platform, f"/search?in=transcript&q={q}{more}")
    return found


def seconds(found: dict[str, Any]) -> list[float]:
    return [item["start_seconds"] for item in found["items"]]


def test_what_is_said_is_found_with_its_second_and_the_address_that_plays_it(platform: Platform, films: Films) -> None:
    asset = films.film("Good evening.", "The ship sails at dawn.", "Nobody knows.", title="Harbour")

    found = search(platform, "ship sails")

    (item,) = found["items"]
    assert (item["asset_id"], item["title"], item["movie_id"]) == (asset.id, "Harbour", None)
    assert (item["start_seconds"], item["end_seconds"], item["line"]) == (4.0, 7.5, "The ship sails at dawn.")
    assert (item["at_seconds"], item["url"]) == (4.0, f"/#/watch/{asset.id}?t=4")
    assert (item["kind"], item["language"], item["draft"], item["found_by"]) == ("said", "en", False, "words")
    assert (found["next_cursor"], found["degraded"]) == (None, False)


def test_misspelt_words_are_found_and_what_nobody_says_is_not(platform: Platform, films: Films) -> None:
    films.film("The ship sails at dawn.")

    assert seconds(search(platform, "shipp sials")) == [0.0]
    assert search(platform, "submarine")["items"] == []
    assert search(platform, " ")["items"] == []


def test_text_in_the_picture_is_found_too_and_can_be_asked_for_alone(platform: Platform, films: Films) -> None:
    asset = films.film("Welcome to Casablanca.")
    films.analyze(asset.id, seen=["RICK'S CAFE", "CASABLANCA 1941"])

    assert {item["kind"] for item in search(platform, "casablanca")["items"]} == {"said", "seen"}
    assert seconds(search(platform, "casablanca", "&kind=seen")) == [10.0]
    assert seconds(search(platform, "casablanca", "&kind=said")) == [0.0]


def test_the_movie_of_a_film_names_it_and_what_it_is_narrows_the_search(platform: Platform, films: Films) -> None:
    asset, other = films.film("A telegram arrived."), films.film("A telegram was lost.")
    movie = own(platform, "The Telegram", asset_id=asset.id, year=1941, genres=("Drama",))

    (item,) = search(platform, "telegram", "&year=1941&genre=drama")["items"]
    assert (item["movie_id"], item["title"], item["asset_id"]) == (movie.id, "The Telegram", asset.id)
    assert {item["asset_id"] for item in search(platform, "telegram")["items"]} == {asset.id, other.id}


def test_a_language_narrows_what_is_said(platform: Platform, films: Films) -> None:
    asset = films.film("The telephone.")
    films.caption(asset.id, "Das Telephone.", language="de-AT")

    assert [item["language"] for item in search(platform, "telephone", "&language=de")["items"]] == ["de-AT"]


@pytest.mark.parametrize("query", ["black bird", "blakc brid", "black bir"])
def test_words_together_come_before_words_apart(platform: Platform, films: Films, query: str) -> None:
    films.film("Black is the old bird.", title="apart")
    films.film("A black bird.", title="together")

    assert [item["title"] for item in search(platform, query)["items"]] == ["together", "apart"]


def test_a_slip_of_the_finger_may_be_a_word_that_somebody_says(platform: Platform, films: Films) -> None:
    films.film("A horse in the rain.")
    films.film("The house in the snow.", title="meant")

    assert [item["title"] for item in search(platform, "horse snow")["items"]] == ["meant"]


def test_writing_without_spaces_is_found_by_a_part_of_it(platform: Platform, films: Films) -> None:
    asset = films.film()
    films.caption(asset.id, "今日は晴れ", "電車が来ます", language="ja")

    assert seconds(search(platform, "電車")) == [4.0]


def test_pages_follow_each_other_and_hold_every_moment_once(platform: Platform, films: Films) -> None:
    for number in range(5):
        films.film(f"The lighthouse number {number}.", "A pause.", title=str(number))

    titles: list[str] = []
    more = "&limit=2"
    for _ in range(3):
        page = search(platform, "lighthouse", more)
        titles += [item["title"] for item in page["items"]]
        more = f"&limit=2&cursor={page['next_cursor']}"
    assert (sorted(titles), page["next_cursor"]) == (["0", "1", "2", "3", "4"], None)


def test_a_cursor_is_good_for_its_own_question_alone(platform: Platform, films: Films) -> None:
    for _ in range(2):
        films.film("The lighthouse.")
    cursor = search(platform, "lighthouse", "&limit=1")["next_cursor"]

    for query in (f"in=transcript&q=house&cursor={cursor}", f"q=lighthouse&cursor={cursor}"):
        assert platform.call(lambda_handler, "GET", f"{BASE}/search?{query}").status == 422


def test_one_film_does_not_hide_the_others(platform: Platform, films: Films) -> None:
    films.film(*["Echo." for _ in range(200)], title="loud")
    films.film("Echo.", title="quiet")

    titles = [item["title"] for item in search(platform, "echo", "&limit=100")["items"]]
    assert (titles.count("loud"), titles.count("quiet")) == (MOMENTS_A_FILM, 1)


def test_what_the_viewer_may_not_watch_he_does_not_find(platform: Platform, films: Films) -> None:
    for visibility in ("public", "signed_in", "premium"):
        films.film("The password is swordfish.", title=visibility, visibility=visibility)

    def found(path: str, caller: str | None) -> list[str]:
        platform.caller = caller
        answer = platform.call(lambda_handler, "GET", path)
        assert answer.status == 200, answer.body
        return sorted(item["title"] for item in answer.body["items"])

    public, mine = f"{BASE}/search?in=transcript&q=swordfish", "/api/v1/me/search?q=swordfish"
    assert found(public, None) == ["public"]
    assert found(mine, "free") == ["public", "signed_in"]
    assert found(mine, "premium") == found(mine, "admin") == ["premium", "public", "signed_in"]
    platform.caller = None
    assert platform.call(lambda_handler, "GET", mine).status == 401


def test_films_that_are_held_processing_or_gone_are_not_found(platform: Platform, films: Films) -> None:
    held, deleted = films.film("Unspeakable things."), films.film("Unspeakable things.")
    films.film("Unspeakable things.", current_version=None, status="processing")
    platform.assets.moderate(held.id, ModerationHold(asset_version=1, state="held", verdict="flagged"), NOW)
    platform.assets.delete(deleted.id)

    assert search(platform, "unspeakable")["items"] == []


def test_text_that_is_no_longer_the_film_s_is_not_shown(platform: Platform, films: Films) -> None:
    """As when a writer died after the edit and before what is searched was written."""
    asset = films.film("An old mistake.")
    films.attach = AttachTrack(films.assets, films.objects, BUCKET)
    films.caption(asset.id, "Corrected.")

    assert search(platform, "mistake")["items"] == []


def test_without_its_database_the_search_says_to_try_again(platform: Platform, films: Films) -> None:
    platform.spoken.away = True

    assert platform.call(lambda_handler, "GET", f"{BASE}/search?in=transcript&q=x1").status == 503


class TestByMeaning:
    """Where the environment has somebody to make vectors."""

    @pytest.fixture
    def maker(self) -> WordEmbeddings:
        return WordEmbeddings(frozenset({"boat", "ship", "vessel"}), frozenset({"bread", "cake"}))

    @pytest.fixture(autouse=True)
    def _by_meaning(self, platform: Platform, films: Films, maker: WordEmbeddings, _wired: None) -> None:
        films.index = IndexSpoken(
            films.assets, films.objects, platform.spoken, BUCKET, EmbedPassages(platform.spoken, maker)
        )
        vars(wiring)["find_meanings"] = FindMeanings(platform.spoken, maker)

    def spoken_of(self, films: Films, text: str) -> str:
        asset = films.film(text)
        films.index(asset.id)
        return asset.id

    def test_other_words_for_the_same_come_after_the_words_themselves(self, platform: Platform, films: Films) -> None:
        other = self.spoken_of(films, "The vessel left.")
        same = self.spoken_of(films, "The boat left.")
        self.spoken_of(films, "Bread was eaten.")

        items = search(platform, "boat")["items"]
        assert [(item["asset_id"], item["found_by"]) for item in items] == [(same, "words"), (other, "meaning")]
        assert (items[0]["similarity"], items[1]["similarity"]) == (None, 1.0)

    def test_words_alone_are_searched_while_the_maker_of_vectors_is_away(
        self, platform: Platform, films: Films, maker: WordEmbeddings
    ) -> None:
        same = self.spoken_of(films, "The boat left.")
        self.spoken_of(films, "The vessel left.")
        maker.away = True

        found = search(platform, "boat")
        assert ([item["asset_id"] for item in found["items"]], found["degraded"]) == ([same], True)

    def test_kind_and_language_and_rights_hold_for_meanings_too(self, platform: Platform, films: Films) -> None:
        hidden = self.spoken_of(films, "The vessel left.")
        films.change(hidden, visibility="premium")
        self.spoken_of(films, "A ship came.")

        assert [item["text"] for item in search(platform, "boat")["items"]] == ["A ship came."]
        assert search(platform, "boat", "&kind=seen")["items"] == []
        assert search(platform, "boat", "&language=fr")["items"] == []
