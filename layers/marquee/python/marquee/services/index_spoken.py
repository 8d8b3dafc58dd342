"""Bring what a search finds of an asset in line with its text: called by whoever changed that."""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from pydantic import ValidationError

from marquee.domain import keys
from marquee.domain.analysis import Analysis
from marquee.domain.assets import Asset
from marquee.domain.errors import Conflict, MarqueeError, NotFound
from marquee.domain.ports import ObjectStore
from marquee.domain.search_terms import fold
from marquee.domain.speech import Transcript
from marquee.domain.spoken import PICTURE, Origin, Passage, SpokenStore, Topic, Topics
from marquee.domain.stores import AssetStore
from marquee.domain.text_tracks import TextTrack
from marquee.services.cut_passages import passages_of_pictures, passages_of_track
from marquee.services.embed_passages import EmbedPassages
from marquee.services.track_files import TrackFiles
from marquee.services.word_times import WordTimes

ATTEMPTS = 5
MAX_TOPICS = 40

Text = Mapping[Origin, tuple[Passage, ...]]

logger = logging.getLogger("marquee.spoken")


@dataclass(frozen=True)
class IndexSpoken:
    """May be called again, by several at once, and in any order.

    The asset is read again after the write: of any number of writers the last one writes what the asset has now.
    Whoever is killed in between leaves text that no search shows, as it is not the asset's (`Origin.is_current`).
    """

    assets: AssetStore
    objects: ObjectStore
    spoken: SpokenStore
    media_bucket: str
    embed: EmbedPassages | None = None

    def __call__(self, asset_id: str) -> None:
        """Raises `Conflict` when the text changes all the time."""
        written: Text | None = None
        for _ in range(ATTEMPTS):
            asset = self.assets.get(asset_id)
            if asset is None:
                self.spoken.forget(asset_id)
                return
            analysis = self._analysis(asset)
            text = self._text(asset, analysis)
            if text == written:
                return
            self._write(asset, text, analysis)
            written = text
        raise Conflict("The film's text is changed by others all the time; try again.", code="contended")

    def quietly(self, asset_id: str) -> None:
        """The same, for those whose work is done and must not fail for this: what is missing in the search is
        written with the next change, or when the task is run again."""
        try:
            self(asset_id)
        except Exception:
            # Whatever is wrong with the search, the film and its text are made.
            logger.exception("a film's text cannot be searched yet", extra={"asset_id": asset_id})

    def _write(self, asset: Asset, text: Text, analysis: Analysis | None) -> None:
        passages = [passage for found in text.values() for passage in found]
        self.spoken.put(passages)
        self._embed(asset.id, passages)
        self.spoken.retain(asset.id, text.keys())
        if analysis is not None and asset.analysis is not None:
            version = asset.analysis.asset_version
            self.spoken.describe(Topics(asset_id=asset.id, asset_version=version, topics=topics_of(analysis)))

    def _embed(self, asset_id: str, passages: Sequence[Passage]) -> None:
        """Without vectors it is found by its words."""
        if self.embed is None:
            return
        try:
            self.embed(asset_id, passages)
        except MarqueeError as error:
            logger.warning("no vectors of a film's text: %s", error, extra={"asset_id": asset_id})

    def _text(self, asset: Asset, analysis: Analysis | None) -> Text:
        """Of the version that is watched and of those after it, which will be."""
        first = asset.version_to_play or 0
        tracks = [track for track in asset.text_tracks.values() if track.asset_version >= first]
        found = dict(self._of_tracks(asset, tracks))
        pointer = asset.analysis
        if analysis is not None and pointer is not None and pointer.asset_version >= first:
            origin = _picture_origin(asset.id, pointer.asset_version, analysis)
            found[origin] = passages_of_pictures(origin, analysis.on_screen_text, pointer.language)
        return found

    def _of_tracks(self, asset: Asset, tracks: Sequence[TextTrack]) -> Iterator[tuple[Origin, tuple[Passage, ...]]]:
        files, times = TrackFiles(self.objects, self.media_bucket), dict[int, WordTimes]()
        for track in _one_a_language(tracks):
            origin = Origin(
                asset_id=asset.id, asset_version=track.asset_version, name=track.id, edition=str(track.version)
            )
            try:
                edition = files.edition(asset.id, track.asset_version, track.id, track.version)
            except NotFound:
                continue  # changed or taken away just now: who did that comes here, too
            if track.asset_version not in times:
                times[track.asset_version] = self._times(asset.id, track.asset_version)
            yield origin, passages_of_track(origin, track, edition.cues, times[track.asset_version])

    def _times(self, asset_id: str, version: int) -> WordTimes:
        """When the words are said that somebody heard in this version; nothing where nobody did."""
        stored = self.objects.get(self.media_bucket, keys.transcript_key(asset_id, version))
        if stored is None:
            return WordTimes()
        try:
            return WordTimes(Transcript.model_validate_json(stored.body).words)
        except ValidationError:
            logger.warning("a transcript cannot be read", extra={"asset_id": asset_id})
            return WordTimes()

    def _analysis(self, asset: Asset) -> Analysis | None:
        if asset.analysis is None:
            return None
        key = keys.analysis_key(asset.id, asset.analysis.asset_version)
        stored = self.objects.get(self.media_bucket, key)
        if stored is None:
            return None
        try:
            return Analysis.model_validate_json(stored.body)
        except ValidationError:
            logger.warning("an analysis cannot be read", extra={"asset_id": asset.id})
            return None


def topics_of(analysis: Analysis) -> tuple[Topic, ...]:
    """Keywords and things in the picture; of one name the weightier counts."""
    found: dict[str, float] = {}
    weighed = [(keyword.text, keyword.weight * keyword.confidence) for keyword in analysis.keywords]
    for text, weight in [*weighed, *((label.name, label.confidence) for label in analysis.labels)]:
        name = fold(text)
        if name:
            found[name] = max(weight, found.get(name, 0.0))
    ordered = sorted(found, key=lambda name: (-found[name], name))
    return tuple(Topic(name=name, weight=round(found[name], 3)) for name in ordered[:MAX_TOPICS])


def _picture_origin(asset_id: str, version: int, analysis: Analysis) -> Origin:
    """Its edition is the text itself: an analysis that is made again lies under the same key."""
    seen = "\n".join(f"{text.start_seconds} {text.end_seconds} {text.text}" for text in analysis.on_screen_text)
    edition = hashlib.sha256(seen.encode()).hexdigest()[:12]
    return Origin(asset_id=asset_id, asset_version=version, name=PICTURE, edition=edition)


def _one_a_language(tracks: Sequence[TextTrack]) -> list[TextTrack]:
    """The same words need not be found twice: captions before subtitles, what was read over before drafts, and what
    is shown only where it must be read last."""
    best: dict[tuple[int, str], TextTrack] = {}
    for track in sorted(tracks, key=_rank):
        best.setdefault((track.asset_version, track.language), track)
    return list(best.values())


def _rank(track: TextTrack) -> tuple[bool, bool, bool, str]:
    return (track.kind == "forced", track.draft, track.kind != "captions", track.id)
