"""Where an asset's pictures are."""

from __future__ import annotations

from marquee.domain import keys
from marquee.domain.analysis import Chapter
from marquee.domain.assets import Asset
from marquee.domain.images import (
    OF_NO_VERSION,
    SIZES,
    ImageAddress,
    PosterSource,
    image_url,
    poster_stem,
)
from marquee.domain.media import Model


class PosterSize(Model):
    """A poster at another width, in pixels."""

    width: int
    webp_url: str
    jpg_url: str


class CandidateAnswer(Model):
    """A frame that may be the poster, and its measures from 0 to 1; `faces` null: not looked for."""

    url: str
    at_seconds: float | None
    width: int
    height: int
    score: float
    sharpness: float
    exposure: float
    contrast: float
    faces: int | None


class PosterAnswer(Model):
    """What stands for the film. `source`: `measured` to be the best of the candidates, or chosen by somebody."""

    url: str
    source: PosterSource
    width: int | None
    height: int | None
    sizes: tuple[PosterSize, ...]


class StoryboardAnswer(Model):
    """Preview pictures, one every `interval_seconds`."""

    vtt_url: str
    json_url: str | None
    interval_seconds: float
    tile_count: int


class ChapterAnswer(Chapter):
    """`image_url`: a picture of it, for whoever may watch."""

    image_url: str | None


def poster_of(asset: Asset) -> PosterAnswer | None:
    """None where nothing may be seen of the asset yet."""
    version, images, chosen = asset.current_version, asset.images, asset.chosen_poster
    if not _is_shown(asset) or version is None:
        return None
    if chosen is not None:
        return _poster(asset, OF_NO_VERSION, chosen.name, chosen.source, (chosen.width, chosen.height))
    if images is None or images.poster is None:
        return None
    best = next((one for one in images.candidates if one.name == images.poster), None)
    size = (None, None) if best is None else (best.width, best.height)
    return _poster(asset, version, images.poster, "measured", size)


def candidates_of(asset: Asset) -> tuple[CandidateAnswer, ...]:
    """Of the current version, the best first. Everybody may see them, as posters are seen."""
    images = asset.images
    if images is None or asset.current_version is None or not _is_shown(asset):
        return ()
    return tuple(
        CandidateAnswer(
            url=_address(asset, asset.current_version, one.name),
            **one.model_dump(exclude={"name"}),
        )
        for one in images.candidates
    )


def preview_url(asset: Asset) -> str | None:
    """The moving preview of the current version."""
    return published_url(asset, asset.images.preview if asset.images else None)


def storyboard_of(asset: Asset) -> StoryboardAnswer | None:
    images = asset.images
    vtt_url = published_url(asset, images.storyboard_vtt if images else None)
    if images is None or vtt_url is None:
        return None
    return StoryboardAnswer(
        vtt_url=vtt_url,
        json_url=published_url(asset, images.storyboard_json),
        interval_seconds=images.interval_seconds,
        tile_count=images.tile_count,
    )


def chapters_of(asset: Asset) -> tuple[ChapterAnswer, ...]:
    """With the pictures of the version that was examined."""
    version = None if asset.analysis is None or not _is_shown(asset) else asset.analysis.asset_version
    return tuple(
        ChapterAnswer(
            **chapter.model_dump(),
            image_url=None if version is None or chapter.image is None else _address(asset, version, chapter.image),
        )
        for chapter in asset.chapters
    )


def published_url(asset: Asset, name: str | None) -> str | None:
    """Address of an object of the current version, if it may be watched."""
    if asset.current_version is None or name is None or not _is_shown(asset):
        return None
    return _address(asset, asset.current_version, name)


def _is_shown(asset: Asset) -> bool:
    # a version that is held back is not shown by its pictures either
    return asset.version_to_play is not None


def _address(asset: Asset, version: int, name: str) -> str:
    return f"/{keys.media_prefix(asset.id, version)}{name}"


def _poster(
    asset: Asset, version: int, name: str, source: PosterSource, size: tuple[int, int] | tuple[None, None]
) -> PosterAnswer:
    return PosterAnswer(
        url=_address(asset, version, name),
        source=source,
        width=size[0],
        height=size[1],
        sizes=_sizes(asset, version, name, size[0]),
    )


def _sizes(asset: Asset, version: int, name: str, width: int | None) -> tuple[PosterSize, ...]:
    if width is None:
        return ()  # made by an earlier release, under a name that says nothing of its content
    stem = poster_stem(name)
    return tuple(
        PosterSize(
            width=size,
            webp_url=image_url(asset.id, version, ImageAddress(stem=stem, width=size, format="webp")),
            jpg_url=image_url(asset.id, version, ImageAddress(stem=stem, width=size, format="jpg")),
        )
        for size in SIZES
        if size <= width
    )
