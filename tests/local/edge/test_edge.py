"""The edge answers from the site's bucket as CloudFront does."""

from __future__ import annotations

import gzip
from typing import Any

import pytest

from tests.local.conftest import RunningCloud
from tests.local.test_gateway import request
from tests.local.tiny_code import SITE_HTML

HTML = SITE_HTML.encode()


def test_the_root_is_the_default_object(tiny: RunningCloud) -> None:
    response, content = request(tiny, "GET", "/")
    assert (response.status, content) == (200, HTML)
    assert response.headers["Content-Type"] == "text/html"
    assert response.headers["Cache-Control"] == "max-age=60"
    assert response.headers["X-Content-Type-Options"] == "nosniff"


def test_head_has_the_headers_and_no_body(tiny: RunningCloud) -> None:
    response, content = request(tiny, "HEAD", "/index.html")
    assert (response.status, content) == (200, b"")
    assert int(response.headers["Content-Length"]) == len(HTML)


def test_text_is_compressed_for_those_who_accept_it(tiny: RunningCloud) -> None:
    response, content = request(tiny, "GET", "/index.html", {"Accept-Encoding": "br, gzip"})
    assert response.headers["Content-Encoding"] == "gzip"
    assert response.headers["Vary"] == "Accept-Encoding"
    assert response.headers["ETag"].startswith('W/"')
    assert gzip.decompress(content) == HTML
    response, content = request(tiny, "GET", "/index.html", {"Accept-Encoding": "gzip;q=0"})
    assert "Content-Encoding" not in response.headers
    assert content == HTML


def test_a_film_is_not_compressed(tiny: RunningCloud) -> None:
    response, _ = request(tiny, "GET", "/film.mp4", {"Accept-Encoding": "gzip"})
    assert "Content-Encoding" not in response.headers


@pytest.mark.parametrize(
    ("span", "status", "content", "said"),
    [
        ("bytes=2-4", 206, b"234", "bytes 2-4/10"),
        ("bytes=7-", 206, b"789", "bytes 7-9/10"),
        ("bytes=-2", 206, b"89", "bytes 8-9/10"),
        ("bytes=4-99", 206, b"456789", "bytes 4-9/10"),
        ("bytes=0-1,3-4", 200, b"0123456789", None),
    ],
)
def test_a_range_is_a_part(tiny: RunningCloud, span: str, status: int, content: bytes, said: str | None) -> None:
    response, got = request(tiny, "GET", "/film.mp4", {"Range": span})
    assert (response.status, got, response.headers["Content-Range"]) == (status, content, said)


def test_a_range_outside_is_refused(tiny: RunningCloud) -> None:
    assert request(tiny, "GET", "/film.mp4", {"Range": "bytes=10-"})[0].status == 416


def test_what_the_client_has_is_not_sent_again(tiny: RunningCloud) -> None:
    first, _ = request(tiny, "GET", "/film.mp4")
    tag, date = first.headers["ETag"], first.headers["Last-Modified"]
    for header in ({"If-None-Match": tag}, {"If-None-Match": f"W/{tag}"}, {"If-Modified-Since": date}):
        response, content = request(tiny, "GET", "/film.mp4", header)
        assert (response.status, content) == (304, b"")
        assert response.headers["ETag"] == tag
    assert request(tiny, "GET", "/film.mp4", {"If-Match": '"other"'})[0].status == 412


def test_a_range_of_another_version_is_everything(tiny: RunningCloud) -> None:
    headers = {"Range": "bytes=0-0", "If-Range": '"other"'}
    response, content = request(tiny, "GET", "/film.mp4", headers)
    assert (response.status, content) == (200, b"0123456789")


def test_a_missing_page_has_the_distributions_own(tiny: RunningCloud) -> None:
    response, content = request(tiny, "GET", "/nowhere")
    assert (response.status, content) == (404, b"<p>gone</p>")


def test_a_missing_object_is_403_where_the_edge_may_not_list(tiny: RunningCloud) -> None:
    assert request(tiny, "GET", "/media/nothing.m4s")[0].status == 403


def test_objects_are_read_as_they_are_now(tiny: RunningCloud) -> None:
    s3 = tiny.client("s3")
    for text in (b"one", b"three"):
        s3.put_object(Bucket="tiny-media", Key="media/live.m3u8", Body=text)
        assert request(tiny, "GET", "/media/live.m3u8")[1] == text


def test_an_object_in_many_parts_is_one(tiny: RunningCloud) -> None:
    s3 = tiny.client("s3")
    where: Any = {"Bucket": "tiny-media", "Key": "media/long.mp4"}
    upload = s3.create_multipart_upload(**where)["UploadId"]
    size = 5 * 1024 * 1024
    parts = []
    for number, letter in ((1, b"a"), (2, b"b")):
        etag = s3.upload_part(**where, UploadId=upload, PartNumber=number, Body=letter * size)["ETag"]
        parts.append({"PartNumber": number, "ETag": etag})
    s3.complete_multipart_upload(**where, UploadId=upload, MultipartUpload={"Parts": parts})
    span = {"Range": f"bytes={size - 2}-{size + 1}"}
    assert request(tiny, "GET", "/media/long.mp4", span)[1] == b"aabb"


@pytest.mark.parametrize(("method", "path"), [("PUT", "/index.html"), ("DELETE", "/media/x"), ("OPTIONS", "/media/x")])
def test_methods_that_a_behaviour_does_not_allow_are_refused(tiny: RunningCloud, method: str, path: str) -> None:
    assert request(tiny, method, path)[0].status == 403


def test_a_preflight_is_answered_by_the_policy(tiny: RunningCloud) -> None:
    ask = {"Access-Control-Request-Method": "GET", "Access-Control-Request-Headers": "range"}
    response, _ = request(tiny, "OPTIONS", "/film.mp4", {**ask, "Origin": "https://other.example"})
    assert response.status == 200
    assert response.headers["Access-Control-Allow-Origin"] == "https://other.example"
    assert response.headers["Access-Control-Allow-Headers"] == "range"
    assert request(tiny, "OPTIONS", "/film.mp4", {**ask, "Origin": "https://evil.example"})[0].status == 403


def test_cors_headers_go_to_the_allowed_origin_only(tiny: RunningCloud) -> None:
    response, _ = request(tiny, "GET", "/film.mp4", {"Origin": "https://other.example"})
    assert response.headers["Access-Control-Allow-Origin"] == "https://other.example"
    response, _ = request(tiny, "GET", "/film.mp4", {"Origin": "https://evil.example"})
    assert "Access-Control-Allow-Origin" not in response.headers


def test_a_path_cannot_leave_the_bucket(tiny: RunningCloud) -> None:
    for path in ("/../tiny-media/items.json", "/%2e%2e/secrets.json", "/media/..%2f..%2findex.sqlite3"):
        assert request(tiny, "GET", path)[0].status in {403, 404}
