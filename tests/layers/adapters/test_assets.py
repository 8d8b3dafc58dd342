"""The contract of `AssetStore`, on the fake and on the real database."""

from datetime import timedelta

import pytest
from marquee.adapters.assets import DatabaseAssets
from marquee.domain import ids
from marquee.domain.assets import Asset
from marquee.domain.clock import utc_now
from marquee.domain.images import ChosenPoster
from marquee.domain.jobs import Problem
from marquee.domain.media import ImagesSummary, PackageSummary, PublishedRendition
from marquee.domain.stores import AssetStore

from tests.fakes_assets import MemoryAssets

pytestmark = pytest.mark.contract
NOW = utc_now()
ODD = Problem(code="odd", message="An odd thing.")
IMAGES = ImagesSummary(poster="images/poster.jpg", storyboard_vtt=None, interval_seconds=2.0, tile_count=0)


@pytest.fixture(params=["memory", "database"])
def assets(request: pytest.FixtureRequest) -> AssetStore:
    if request.param == "memory":
        return MemoryAssets()
    return DatabaseAssets(request.getfixturevalue("shared_database"))


def added(assets: AssetStore) -> Asset:
    asset = Asset(
        id=ids.new_asset_id(),
        title="Ein Film",
        filename="f.mp4",
        job_id="job_1",
        upload_id="upl_1",
        created_at=NOW,
        updated_at=NOW,
    )
    assets.add(asset)
    return asset


def package(asset: Asset, version: int) -> PackageSummary:
    rendition = PublishedRendition(
        name="v360",
        width=640,
        height=360,
        codecs="avc1.64001e",
        bandwidth=9,
        average_bandwidth=6,
        frame_rate=29.97,
        frame_count=250,
        duration_seconds=10.01,
    )
    return PackageSummary(
        asset_id=asset.id,
        version=version,
        duration_seconds=10.01,
        width=640,
        height=360,
        renditions=(rendition,),
        tracks=(),
        size_bytes=1,
    )


def test_what_is_added_is_read_back_whole(assets: AssetStore) -> None:
    asset = added(assets)

    assert assets.get(asset.id) == asset
    assert assets.get("ast_none") is None
    assert list(assets.those([asset.id, "ast_none"])) == [asset]
    assert list(assets.those([])) == []


def test_only_listed_assets_are_paged_newest_first(assets: AssetStore) -> None:
    made = sorted((added(assets) for _ in range(3)), key=lambda a: a.id, reverse=True)
    for asset in (made[0], made[2]):
        assets.list_it(asset.id, NOW)

    assert [a.id for a in assets.page(2, made[0].id + "z")] == [made[0].id, made[2].id]
    assert made[2].id in [a.id for a in assets.page(100, made[0].id)]


def test_publishing_makes_the_version_current_in_one_write(assets: AssetStore) -> None:
    asset = added(assets)
    assets.mark_playable(asset.id, 1, NOW)
    published = assets.publish(asset.id, 1, package(asset, 1), IMAGES, NOW)

    assert published is not None
    assert (published.status, published.current_version, published.playable_version) == ("ready", 1, None)
    assert (published.renditions, published.images) == (package(asset, 1).renditions, IMAGES)
    assert assets.get(asset.id) == published


def test_an_older_version_never_replaces_a_newer(assets: AssetStore) -> None:
    asset = added(assets)
    assets.publish(asset.id, 2, package(asset, 2), None, NOW)

    assert assets.publish(asset.id, 1, package(asset, 1), None, NOW) is None
    assert assets.publish(asset.id, 2, package(asset, 2), None, NOW) is not None


def test_a_current_version_stays_whatever_happens_to_the_next(assets: AssetStore) -> None:
    asset = added(assets)
    published = assets.publish(asset.id, 1, package(asset, 1), IMAGES, NOW)
    assets.mark_processing(asset.id, NOW)
    assets.describe(asset.id, duration_seconds=1, width=2, height=2, now=NOW)
    assets.mark_playable(asset.id, 2, NOW)
    assets.fail(asset.id, ODD, NOW)

    assert assets.get(asset.id) == published


def test_who_may_watch_is_changed_whatever_state_an_asset_is_in(assets: AssetStore) -> None:
    asset = added(assets)
    later = NOW + timedelta(seconds=1)
    for visibility in ("premium", None):
        shown = assets.show_to(asset.id, visibility, later)
        assert shown is not None
        assert (shown.visibility, shown.updated_at) == (visibility, later)
        assert assets.get(asset.id) == shown
        assets.publish(asset.id, 1, package(asset, 1), IMAGES, NOW)
    assert assets.show_to("ast_none", "public", NOW) is None


def test_an_asset_belongs_to_the_movie_that_links_to_it(assets: AssetStore) -> None:
    asset = added(assets)
    later = NOW + timedelta(minutes=1)

    after = assets.belong_to(asset.id, "mov_1", later)

    assert after is not None
    assert (after.movie_id, after.updated_at) == ("mov_1", later)
    assert assets.get(asset.id) == after
    assert assets.belong_to("ast_none", "mov_1", NOW) is None


def test_a_growing_version_is_watched_until_it_fails(assets: AssetStore) -> None:
    asset = added(assets)
    assets.describe(asset.id, duration_seconds=12.5, width=1280, height=720, now=NOW)
    assets.mark_playable(asset.id, 1, NOW)
    growing = assets.get(asset.id)
    assert growing is not None
    assert (growing.status, growing.version_to_play, growing.width) == ("playable", 1, 1280)

    assets.fail(asset.id, ODD, NOW)
    failed = assets.get(asset.id)
    assert failed is not None
    assert (failed.status, failed.version_to_play, failed.error) == ("failed", None, ODD)

    assets.mark_processing(asset.id, NOW)
    again = assets.get(asset.id)
    assert again is not None
    assert (again.status, again.error) == ("processing", None)


def test_a_deleted_asset_is_gone(assets: AssetStore) -> None:
    asset = added(assets)
    assets.delete(asset.id)

    assert assets.get(asset.id) is None
    assert assets.publish(asset.id, 1, package(asset, 1), None, NOW) is None


def test_a_chosen_poster_outlives_versions_until_it_is_given_up(assets: AssetStore) -> None:
    asset = added(assets)
    poster = ChosenPoster(name="images/poster-1.jpg", width=640, height=360, source="uploaded", chosen_at=NOW)

    chosen = assets.choose_poster(asset.id, poster, NOW)
    published = assets.publish(asset.id, 1, package(asset, 1), IMAGES, NOW)
    given_up = assets.choose_poster(asset.id, None, NOW)

    assert chosen is not None
    assert published is not None
    assert given_up is not None
    assert (chosen.chosen_poster, published.chosen_poster, given_up.chosen_poster) == (poster, poster, None)
    assert assets.choose_poster("ast_none", poster, NOW) is None
