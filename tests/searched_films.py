"""Films whose text can be searched, for tests of those who write it and those who look for it."""

from __future__ import annotations

from collections.abc import Sequence

from marquee.domain import ids, keys
from marquee.domain.analysis import Analysis, AnalysisPointer, Keyword, Moderation, OnScreenText
from marquee.domain.assets import Asset
from marquee.domain.clock import utc_now
from marquee.domain.ports import ObjectStore
from marquee.domain.spoken import SpokenStore
from marquee.domain.text_tracks import Cue
from marquee.services.attach_track import AttachTrack, NewTrack
from marquee.services.index_spoken import IndexSpoken

from tests.fakes_assets import MemoryAssets

BUCKET = "media-bucket"
NOW = utc_now()


def cues_of(*texts: str, every: float = 4.0) -> list[Cue]:
    """One every four seconds, from 0 on."""
    return [
        Cue(start_seconds=index * every, end_seconds=index * every + every - 0.5, text=text)
        for index, text in enumerate(texts)
    ]


class Films:
    """Writes films into the stores as the pipeline does."""

    def __init__(self, assets: MemoryAssets, objects: ObjectStore, spoken: SpokenStore) -> None:
        self.assets, self.objects, self.spoken = assets, objects, spoken
        self.index = IndexSpoken(assets, objects, spoken, BUCKET)
        self.attach = AttachTrack(assets, objects, BUCKET, changed=self.index)

    def film(self, *said: str, title: str = "A film", **fields: object) -> Asset:
        """A film that can be watched, with English captions if anything is said in it."""
        asset = Asset(
            id=ids.new_asset_id(),
            title=title,
            filename="f",
            job_id="j",
            upload_id="u",
            created_at=NOW,
            updated_at=NOW,
            duration_seconds=60.0,
        )
        asset = asset.model_copy(update={"status": "ready", "listed": True, "current_version": 1, **fields})
        self.assets.add(asset)
        if said:
            self.caption(asset.id, *said)
        return asset

    def known(self, asset_id: str) -> Asset:
        return self.assets.kept[asset_id]

    def change(self, asset_id: str, **fields: object) -> None:
        self.assets.kept[asset_id] = self.known(asset_id).model_copy(update=fields)

    def caption(self, asset_id: str, *said: str, language: str = "en", version: int = 1) -> None:
        new = NewTrack(language=language, kind="captions", source="sidecar")
        self.attach(asset_id, version, new, cues_of(*said))

    def analyze(self, asset_id: str, *, seen: Sequence[str] = (), about: Sequence[str] = (), version: int = 1) -> None:
        """`seen` stands in the picture, every ten seconds; `about`: keywords, the first weighs most."""
        analysis = Analysis(
            provider="local",
            duration_seconds=60.0,
            on_screen_text=tuple(
                OnScreenText(
                    source="tesseract", confidence=0.9, start_seconds=10.0 * i, end_seconds=10.0 * i + 5, text=text
                )
                for i, text in enumerate(seen)
            ),
            keywords=tuple(
                Keyword(source="yake", confidence=1.0, text=text, weight=1 / (i + 1)) for i, text in enumerate(about)
            ),
            moderation=Moderation(source="none", confidence=0, state="not_examined"),
        )
        key = keys.analysis_key(asset_id, version)
        self.objects.put(BUCKET, key, analysis.model_dump_json().encode(), content_type="application/json")
        pointer = AnalysisPointer(asset_version=version, key=key, schema_version=1, provider="local", language="en")
        self.assets.note_analysis(asset_id, pointer, (), NOW)
        self.index(asset_id)
