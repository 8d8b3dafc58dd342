"""The contract of `ObjectStore`, on the fake and on an S3 that is strict."""

from pathlib import Path

import pytest
import urllib3
from marquee.adapters.objects import S3Objects
from marquee.domain.errors import NotFound, TransientError
from marquee.domain.ports import ObjectStore, PreconditionFailed

from local.s3 import S3Store
from tests.fakes_media import MemoryObjects

pytestmark = pytest.mark.contract
TEXT = "text/plain"


@pytest.fixture(params=["memory", "s3"])
def objects(request: pytest.FixtureRequest) -> ObjectStore:
    if request.param == "memory":
        return MemoryObjects()
    request.getfixturevalue("storage")
    return S3Objects()


def test_what_is_put_is_read_back(objects: ObjectStore) -> None:
    etag = objects.put("media", "a/b", b"body", content_type=TEXT, cache_control="no-store")
    stored, head = objects.get("media", "a/b"), objects.head("media", "a/b")

    assert stored is not None
    assert head is not None
    assert (stored.body, stored.etag) == (b"body", etag)
    assert (head.key, head.size_bytes, head.etag) == ("a/b", 4, etag)


def test_what_is_not_there_is_none(objects: ObjectStore) -> None:
    assert objects.get("media", "none") is None
    assert objects.head("media", "none") is None
    objects.delete("media", "none")


def test_a_conditional_write_only_replaces_what_was_read(objects: ObjectStore) -> None:
    first = objects.put("media", "list", b"1", content_type=TEXT, if_none_match=True)
    objects.put("media", "list", b"2", content_type=TEXT, if_match=first)

    with pytest.raises(PreconditionFailed):
        objects.put("media", "list", b"3", content_type=TEXT, if_match=first)
    with pytest.raises(PreconditionFailed):
        objects.put("media", "list", b"3", content_type=TEXT, if_none_match=True)
    with pytest.raises(PreconditionFailed):
        objects.put("media", "gone", b"3", content_type=TEXT, if_match=first)
    stored = objects.get("media", "list")
    assert stored is not None
    assert stored.body == b"2"


def test_a_prefix_is_listed_in_order_and_removed_whole(objects: ObjectStore) -> None:
    names = ["a/2", "a/1", "a/deep/3", "b/1"]
    for name in names:
        objects.put("media", name, b"x", content_type=TEXT)

    assert [head.key for head in objects.list("media", "a/")] == ["a/1", "a/2", "a/deep/3"]
    assert objects.delete_prefix("media", "a/") == 3
    assert [head.key for head in objects.list("media", "")] == ["b/1"]


def test_an_object_is_read_into_a_file(objects: ObjectStore, tmp_path: Path) -> None:
    target = tmp_path / "out"
    objects.put("media", "film", b"film" * 1000, content_type="video/mp4")
    objects.download_to("media", "film", target)

    assert target.read_bytes() == b"film" * 1000
    with pytest.raises(NotFound):
        objects.download_to("media", "none", target)


def test_a_presigned_address_reads_ranges_without_credentials(storage: S3Store) -> None:
    objects = S3Objects()
    objects.put("media", "film", b"0123456789", content_type="video/mp4")
    url = objects.presign_get("media", "film", expires_seconds=60)
    answer = urllib3.request("GET", url, headers={"Range": "bytes=2-4"}, timeout=10)

    assert (answer.status, answer.data) == (206, b"234")


def test_an_empty_prefix_is_never_removed(storage: S3Store) -> None:
    with pytest.raises(ValueError, match="whole bucket"):
        S3Objects().delete_prefix("media", "")


def test_storage_that_is_away_is_transient(aws: pytest.MonkeyPatch, free_port: int) -> None:
    aws.setenv("AWS_ENDPOINT_URL_S3", f"http://127.0.0.1:{free_port}")
    with pytest.raises(TransientError):
        S3Objects().head("media", "film")
