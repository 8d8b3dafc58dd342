"""What enrichers write on an asset (`AssetStore`), on the fake and on the real database."""

import pytest
from marquee.adapters.assets import DatabaseAssets
from marquee.domain import ids
from marquee.domain.analysis import AnalysisPointer, Chapter
from marquee.domain.assets import Asset
from marquee.domain.clock import utc_now
from marquee.domain.enrichment import ModerationHold
from marquee.domain.speech import CaptionsSummary
from marquee.domain.stores import AssetStore
from marquee.domain.text_tracks import TextTrack, track_id

from tests.fakes_assets import MemoryAssets

pytestmark = pytest.mark.contract
NOW = utc_now()


@pytest.fixture(params=["memory", "database"])
def assets(request: pytest.FixtureRequest) -> AssetStore:
    if request.param == "memory":
        return MemoryAssets()
    return DatabaseAssets(request.getfixturevalue("shared_database"))


@pytest.fixture
def asset_id(assets: AssetStore) -> str:
    asset = Asset(
        id=ids.new_asset_id(), title="T", filename="f", job_id="j", upload_id="u", created_at=NOW, updated_at=NOW
    )
    assets.add(asset)
    return asset.id


def track(language: str = "en", *, asset_version: int = 1, version: int = 1, default: bool = False) -> TextTrack:
    return TextTrack(
        id=track_id(language),
        asset_version=asset_version,
        kind="captions",
        language=language,
        label=language,
        source="sphinx",
        version=version,
        default=default,
        cue_count=3,
        url="/media/a/1/ten/index.m3u8",
    )


def known(assets: AssetStore, asset_id: str) -> Asset:
    asset = assets.get(asset_id)
    assert asset is not None
    return asset


def test_tracks_of_two_versions_stand_side_by_side(assets: AssetStore, asset_id: str) -> None:
    for one in (track("en"), track("pt-BR", default=True), track("en", asset_version=2)):
        assets.put_text_track(asset_id, one, NOW)
    asset = known(assets, asset_id)
    assert [t.id for t in asset.tracks_of(1)] == ["tpt-BR", "ten"]
    assert asset.tracks_of(2) == (track("en", asset_version=2),)
    assert asset.tracks_of(None) == ()


def test_an_edit_only_replaces_the_one_it_was_made_of(assets: AssetStore, asset_id: str) -> None:
    assert assets.put_text_track(asset_id, track(), NOW, over=0) is not None
    assert assets.put_text_track(asset_id, track(), NOW, over=0) is None
    assert assets.put_text_track(asset_id, track(version=2), NOW, over=1) is not None
    assert assets.put_text_track(asset_id, track(version=2), NOW, over=1) is None
    assert assets.remove_text_track(asset_id, track(), NOW, over=1) is None
    assert assets.remove_text_track(asset_id, track(), NOW, over=2) is not None
    assert known(assets, asset_id).tracks_of(1) == ()


def test_what_an_older_version_says_never_replaces_a_newer_one_s(assets: AssetStore, asset_id: str) -> None:
    chapter = Chapter(source="scdet", confidence=1.0, start_seconds=0.0, end_seconds=9.0)
    for version, chapters in ((2, [chapter]), (1, [])):
        assets.note_captions(asset_id, CaptionsSummary(state="no_speech", asset_version=version), NOW)
        pointer = AnalysisPointer(asset_version=version, key="k", schema_version=1, provider="local")
        assets.note_analysis(asset_id, pointer, chapters, NOW)
    asset = known(assets, asset_id)
    assert asset.captions == CaptionsSummary(state="no_speech", asset_version=2)
    assert asset.analysis is not None
    assert asset.analysis.asset_version == 2
    assert asset.chapters == (chapter,)


def test_a_person_s_decision_outlasts_every_verdict_on_that_version(assets: AssetStore, asset_id: str) -> None:
    def hold(version: int, by: str | None = None) -> ModerationHold:
        return ModerationHold(
            asset_version=version, state="released" if by else "held", verdict="flagged", decided_by=by
        )

    assert assets.moderate(asset_id, hold(1, "ada"), NOW, instead_of="held") is None
    assert assets.moderate(asset_id, hold(1), NOW) is not None
    assert assets.moderate(asset_id, hold(1), NOW) is not None
    assert assets.moderate(asset_id, hold(1, "ada"), NOW, instead_of="held") is not None
    assert assets.moderate(asset_id, hold(1), NOW) is None
    assert assets.moderate(asset_id, hold(2), NOW) is not None
    assert assets.moderate(asset_id, hold(1), NOW) is None
