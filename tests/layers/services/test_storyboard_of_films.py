"""Pictures of real films, all the way: encoded, composed, cut out again and compared with what the source shows."""

from __future__ import annotations

import io
import json
from pathlib import Path

import av
import numpy as np
import pytest
from marquee.domain import keys
from marquee.domain.images import ImagesSummary
from marquee.media.storyboard import StoryboardDocument
from marquee.services.make_images import make_images
from marquee.services.poster_faces import face_finder
from numpy.typing import NDArray
from PIL import Image

from tests.encoding import Encoding, encode_film, plan_of
from tests.fakes_media import BUCKET, JOB, RecordedMarks
from tests.films import film
from tests.made_up_assets import assets_with

SKETCH = (80, 46)
Sketch = NDArray[np.float64]


class Pictured:
    """A film with its pictures."""

    def __init__(self, path: Path, interval_seconds: float) -> None:
        self.encoding: Encoding = encode_film(path, plan_of(path, interval_seconds=interval_seconds))
        store = self.encoding.store
        self.summary: ImagesSummary = make_images(
            JOB, BUCKET, store, RecordedMarks(), assets_with("asset-1"), face_finder()
        )
        self.frames = frames_of(path, float(self.encoding.plan.origin_seconds))

    def document(self) -> StoryboardDocument:
        return StoryboardDocument.model_validate(json.loads(self.encoding.object(keys.STORYBOARD_JSON)))

    def picture(self, name: str) -> Image.Image:
        return Image.open(io.BytesIO(self.encoding.object(name))).convert("RGB")

    def shown_at(self, picture: Image.Image) -> float:
        """The moment of the source whose frame is most like it, in seconds on the player's timeline."""
        wanted = sketch(picture)
        return min(self.frames, key=lambda seconds: float(np.abs(self.frames[seconds] - wanted).mean()))


def sketch(picture: Image.Image) -> Sketch:
    return np.asarray(picture.convert("L").resize(SKETCH, Image.Resampling.BOX), dtype=np.float64)


def frames_of(path: Path, origin: float) -> dict[float, Sketch]:
    with av.open(str(path)) as container:
        return {
            float(frame.pts * frame.time_base) - origin: sketch(frame.to_image())
            for frame in container.decode(video=0)
            if frame.pts is not None and frame.time_base is not None
        }


@pytest.fixture(scope="module", params=[("h264_25", 0.5), ("mkv", 0.37)], ids=["25 a second", "23.976 a second"])
def pictured(request: pytest.FixtureRequest) -> Pictured:
    name, interval = request.param
    return Pictured(film(name), interval)


def test_the_storyboard_shows_at_each_time_the_frame_of_that_time(pictured: Pictured) -> None:
    board = pictured.document()
    sheets = [pictured.picture(f"{keys.IMAGES_FOLDER}{name}") for name in board.sheets]

    assert pictured.summary.filled_tiles == 0
    assert len(board.tiles) == pictured.encoding.plan.storyboard.tile_count
    for tile in board.tiles:
        box = (tile.x, tile.y, tile.x + board.tile_width, tile.y + board.tile_height)
        seen = pictured.shown_at(sheets[tile.sheet].crop(box))
        assert abs(seen - tile.start) <= board.interval, tile


def test_candidates_are_frames_of_about_the_time_that_they_say(pictured: Pictured) -> None:
    summary = pictured.summary
    assert len(summary.candidates) == 3
    assert summary.poster == summary.candidates[0].name
    for candidate in summary.candidates:
        picture = pictured.picture(candidate.name)
        assert (candidate.width, candidate.height) == picture.size
        assert candidate.at_seconds is not None
        assert abs(pictured.shown_at(picture) - candidate.at_seconds) <= 0.5


def test_the_preview_moves_through_the_film(pictured: Pictured) -> None:
    assert pictured.summary.preview is not None
    with Image.open(io.BytesIO(pictured.encoding.object(pictured.summary.preview))) as preview:
        moments = []
        for number in range(preview.n_frames):  # type: ignore[attr-defined]
            preview.seek(number)
            moments.append(pictured.shown_at(preview.convert("RGB")))
    assert len(moments) >= 8
    assert moments == sorted(moments)
    assert moments[-1] - moments[0] >= 4
