"""`pictures` through its real entry, over stores in memory."""

import base64
import io
from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

import pytest
from marquee.domain import keys
from marquee.domain.clock import utc_now
from marquee.domain.enrichment import ModerationHold
from marquee.domain.images import ImagesSummary, PosterCandidate
from marquee.domain.media import PackageSummary
from marquee.services.show_asset import ShowAsset
from pictures.handler import lambda_handler
from pictures.wiring import wiring
from PIL import Image

from tests.platform import CONTEXT, MEDIA, Answer, Platform, http_event

BASE = "/api/v1"
SHADES = (60, 120, 180)


@pytest.fixture(autouse=True)
def _wired(platform: Platform) -> Iterator[None]:
    platform.caller = "admin"
    with platform.within(wiring):
        yield


def picture(shade: int, size: tuple[int, int] = (1280, 720), kind: str = "JPEG") -> bytes:
    out = io.BytesIO()
    Image.new("RGB", size, (shade, shade, shade)).save(out, kind)
    return out.getvalue()


def shade_of(picture: bytes) -> int:
    with Image.open(io.BytesIO(picture)) as image:
        seen = image.convert("L").getpixel((image.width // 2, image.height // 2))
    assert isinstance(seen, int)
    return seen


def candidate(number: int) -> PosterCandidate:
    return PosterCandidate(
        name=keys.poster_name(f"{number:016x}"),
        at_seconds=number * 2.0,
        width=1280,
        height=720,
        score=0.9 - number / 10,
        sharpness=0.9,
        exposure=1.0,
        contrast=1.0,
        faces=number,
    )


@pytest.fixture
def asset_id(platform: Platform) -> str:
    """A finished film with three candidates."""
    job = platform.running()
    platform.packaged(job)
    for number, shade in enumerate(SHADES):
        key = keys.media_prefix(job.asset_id, 1) + candidate(number).name
        platform.objects.put(MEDIA, key, picture(shade), content_type="image/jpeg")
    stored = platform.objects.get(MEDIA, keys.package_summary_key(job.id))
    assert stored is not None
    images = ImagesSummary(
        poster=candidate(0).name,
        candidates=tuple(candidate(number) for number in range(3)),
        preview=keys.preview_name("0" * 16),
        storyboard_vtt=keys.STORYBOARD_VTT,
        storyboard_json=keys.STORYBOARD_JSON,
        interval_seconds=2,
        tile_count=5,
    )
    package = PackageSummary.model_validate_json(stored.body)
    platform.assets.publish(job.asset_id, 1, package, images, utc_now())
    return job.asset_id


def put(platform: Platform, asset_id: str, body: object, kind: str = "application/json") -> Answer:
    return platform.call(lambda_handler, "PUT", f"{BASE}/assets/{asset_id}/poster", body, {"content-type": kind})


def image(path: str) -> SimpleNamespace:
    """A picture as a browser is sent it."""
    answer: dict[str, Any] = lambda_handler(http_event("GET", path), CONTEXT)
    body = base64.b64decode(answer["body"]) if answer.get("isBase64Encoded") else answer["body"]
    headers = {name.lower(): value for name, value in answer["headers"].items()}
    return SimpleNamespace(status=answer["statusCode"], headers=headers, body=body)


def shown(platform: Platform, url: str) -> bytes:
    stored = platform.objects.get(MEDIA, url.removeprefix("/"))
    assert stored is not None, url
    return stored.body


def test_an_asset_says_what_stands_for_it_and_what_else_could(platform: Platform, asset_id: str) -> None:
    asset = ShowAsset(platform.assets)(asset_id)
    root = f"/media/{asset_id}/1/images"

    assert asset.poster is not None
    assert (asset.poster.source, asset.poster.url) == ("measured", f"{root}/poster-{'0' * 16}.jpg")
    assert asset.poster_url == asset.poster.url
    assert [one.url for one in asset.poster_candidates] == [f"{root}/poster-{n:016x}.jpg" for n in range(3)]
    assert [one.faces for one in asset.poster_candidates] == [0, 1, 2]
    assert asset.preview_url == f"{root}/preview-{'0' * 16}.webp"
    assert asset.storyboard is not None
    assert asset.storyboard.json_url == f"{root}/storyboard.json"


def test_a_candidate_is_chosen_and_given_up_again(platform: Platform, asset_id: str) -> None:
    chosen = put(platform, asset_id, {"candidate": 2})

    assert chosen.status == 200
    poster = chosen.body["poster"]
    assert (poster["source"], poster["width"], poster["height"]) == ("candidate", 1280, 720)
    assert chosen.body["poster_url"] == poster["url"]
    assert shade_of(shown(platform, poster["url"])) == pytest.approx(SHADES[2], abs=3)

    again = platform.call(lambda_handler, "DELETE", f"{BASE}/assets/{asset_id}/poster")
    assert (again.status, again.body["poster"]["source"]) == (200, "measured")


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_a_picture_of_ones_own_is_the_poster(platform: Platform, asset_id: str, kind: str) -> None:
    sent = picture(33, (800, 450), kind)

    answer = put(platform, asset_id, sent, f"image/{kind.lower()}")

    assert answer.status == 200
    poster = answer.body["poster"]
    assert (poster["source"], poster["width"], poster["height"]) == ("uploaded", 800, 450)
    kept = shown(platform, poster["url"])
    assert kept != sent
    assert shade_of(kept) == pytest.approx(33, abs=4)
    assert [size["width"] for size in poster["sizes"]] == [160, 320, 640]


def test_a_picture_may_come_as_json(platform: Platform, asset_id: str) -> None:
    answer = put(platform, asset_id, {"picture": base64.b64encode(picture(99)).decode()})
    assert (answer.status, answer.body["poster"]["source"]) == (200, "uploaded")


def test_of_what_is_held_back_no_picture_is_named(platform: Platform, asset_id: str) -> None:
    put(platform, asset_id, {"candidate": 1})
    hold = ModerationHold(asset_version=1, state="held", verdict="flagged")
    platform.assets.moderate(asset_id, hold, utc_now())

    asset = ShowAsset(platform.assets)(asset_id)

    assert (asset.poster, asset.poster_url, asset.preview_url, asset.storyboard) == (None, None, None, None)
    assert asset.poster_candidates == ()


def test_a_chosen_poster_stays_when_pictures_are_made_again(platform: Platform, asset_id: str) -> None:
    url = put(platform, asset_id, {"candidate": 1}).body["poster_url"]
    images = platform.assets.kept[asset_id].images
    assert images is not None
    platform.assets.note_images(asset_id, 1, images.model_copy(update={"poster": "images/other.jpg"}), utc_now())
    assert ShowAsset(platform.assets)(asset_id).poster_url == url


@pytest.mark.parametrize(
    ("body", "kind", "status", "code"),
    [
        ({"candidate": 3}, "application/json", 422, "invalid_request"),
        ({}, "application/json", 422, "invalid_request"),
        ({"candidate": 0, "picture": "AAAA"}, "application/json", 422, "invalid_request"),
        (b"GIF89a", "image/png", 422, "not_a_picture"),
        (b"x" * (4 * 1024 * 1024 + 3), "image/png", 413, "body_too_large"),
        (b"GIF89a", "image/gif", 415, "unsupported_media_type"),
        (b"GIF89a\xff\x00", "image/gif", 415, "unsupported_media_type"),
        (b"\xff\xd8\xff", "application/octet-stream", 415, "unsupported_media_type"),
        (b"\xff\xd8\xff", "application/json", 400, "malformed_json"),
    ],
)
def test_what_is_neither_is_refused(
    platform: Platform, asset_id: str, body: object, kind: str, status: int, code: str
) -> None:
    answer = put(platform, asset_id, body, kind)
    assert (answer.status, answer.body["code"]) == (status, code)
    assert platform.assets.kept[asset_id].chosen_poster is None


def test_a_candidate_of_a_film_that_has_none_is_refused(platform: Platform) -> None:
    job = platform.running()
    assert put(platform, job.asset_id, {"candidate": 0}).body["code"] == "no_such_candidate"


def test_only_administrators_choose(platform: Platform, asset_id: str) -> None:
    for caller, status in (("viewer", 403), (None, 401)):
        platform.caller = caller
        assert put(platform, asset_id, {"candidate": 0}).status == status


def test_an_unknown_asset_is_a_404(platform: Platform) -> None:
    assert put(platform, "ast_none", {"candidate": 0}).status == 404
    assert platform.call(lambda_handler, "DELETE", f"{BASE}/assets/ast_none/poster").status == 404


def test_posters_are_sent_in_the_sizes_that_the_asset_names_and_kept(platform: Platform, asset_id: str) -> None:
    platform.caller = None
    poster = ShowAsset(platform.assets)(asset_id).poster
    assert poster is not None
    assert [size.width for size in poster.sizes] == [160, 320, 640, 1280]
    for size in poster.sizes:
        for url, kind in ((size.webp_url, "webp"), (size.jpg_url, "jpeg")):
            sent = image(url)
            assert (sent.status, sent.headers["content-type"]) == (200, f"image/{kind}")
            assert sent.headers["cache-control"] == "public, max-age=31536000, immutable"
            with Image.open(io.BytesIO(sent.body)) as shown_image:
                assert (shown_image.format, shown_image.width) == (kind.upper(), size.width)
            assert image(url).body == sent.body
    sized = keys.sized_image_key(asset_id, 1, "")
    assert len(list(platform.objects.list(MEDIA, sized))) == 8


@pytest.mark.parametrize(
    "path",
    [
        "1/poster-0000000000000000-321.webp",
        "1/poster-0000000000000000-320.gif",
        "1/poster-000000000000ffff-320.webp",
        "1/storyboard-0-320.webp",
        "2/poster-0000000000000000-320.webp",
        "1/..%2Fmain.m3u8",
    ],
)
def test_there_are_no_other_pictures(asset_id: str, path: str) -> None:
    assert image(f"{BASE}/images/{asset_id}/{path}").status == 404


def test_what_is_sent_again_is_not_sent_twice(asset_id: str, platform: Platform) -> None:
    url = f"{BASE}/images/{asset_id}/1/poster-{'0' * 16}-160.webp"
    tag = image(url).headers["etag"]
    answer = lambda_handler(http_event("GET", url, None, {"if-none-match": tag}), CONTEXT)
    assert answer["statusCode"] == 304
