"""Pictures of a film: which frames may stand for it, and which one does."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from marquee.domain import keys
from marquee.domain.model import Model

ImageFormat = Literal["webp", "jpg"]
PosterSource = Literal["measured", "candidate", "uploaded"]

CANDIDATES = 3
# The widths a poster is offered in besides its own, and the formats.
SIZES = (160, 320, 640, 1280)
FORMATS: tuple[ImageFormat, ...] = ("webp", "jpg")
# What was chosen for an asset outlives its versions, which count from 1: it lies where version 0 would.
OF_NO_VERSION = 0


class PosterCandidate(Model):
    """A frame that may be the poster, and why: measures from 0 to 1, higher is better. Sizes in pixels.

    `name` is relative to the media prefix. `at_seconds`: about when it is shown. `sharpness` is measured on a
    small copy, so that noise does not count. `faces`: how many look into the camera; None: not looked for.
    """

    name: str
    at_seconds: float | None
    width: int
    height: int
    score: float
    sharpness: float
    exposure: float
    contrast: float
    faces: int | None = None


class ImagesSummary(Model):
    """What `images` published (`keys.images_summary_key`); keys relative to the media prefix, None: there is none.

    `poster` is the first of the `candidates`, which stand best first.
    """

    poster: str | None
    candidates: tuple[PosterCandidate, ...] = ()
    preview: str | None = None
    storyboard_vtt: str | None
    storyboard_json: str | None = None
    interval_seconds: float
    tile_count: int
    filled_tiles: int = 0  # tiles that were missing and show the nearest earlier picture


class ChosenPoster(Model):
    """What somebody chose in place of the measured poster: a candidate, or a picture of his own.

    `name` is relative to the media prefix of version `OF_NO_VERSION`.
    """

    name: str
    width: int
    height: int
    source: PosterSource
    chosen_at: datetime


class ImageAddress(Model):
    """A size of a published picture as it is asked for: `{stem}-{width}.{format}`."""

    stem: str
    width: int
    format: ImageFormat

    @property
    def name(self) -> str:
        return f"{self.stem}-{self.width}.{self.format}"


def image_url(asset_id: str, version: int, address: ImageAddress) -> str:
    """Root-relative; what is there never changes."""
    return f"/api/v1/images/{asset_id}/{version}/{address.name}"


def poster_stem(name: str) -> str:
    """`poster-{digest}` of a poster's name. What is named by its content may be kept for ever."""
    return name.removeprefix(keys.IMAGES_FOLDER).removesuffix(".jpg")
