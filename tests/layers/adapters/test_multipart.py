"""The contract of `MultipartStore`, on the fake and on an S3 that is strict."""

import base64
import hashlib
from collections.abc import Callable

import pytest
import urllib3
from marquee.adapters.multipart import S3Multipart
from marquee.adapters.objects import S3Objects
from marquee.domain.ports import MultipartStore, ObjectStore

from local.s3 import S3Store
from tests.fakes import MemoryMultipart
from tests.fakes_media import MemoryObjects

pytestmark = pytest.mark.contract
KEY = "uploads/u/source"
FIRST, LAST = b"x" * (5 << 20), b"y" * 100

Send = Callable[[str, int, bytes], None]


def put(url: str, body: bytes, **headers: str) -> int:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return urllib3.request("PUT", url, body=body, headers=named, timeout=20, retries=False).status


def signed(multipart: MultipartStore, multipart_id: str, number: int, size: int) -> str:
    return multipart.presign_part("films", KEY, multipart_id, number, size_bytes=size, expires_seconds=60)


@pytest.fixture(params=["memory", "s3"])
def stores(request: pytest.FixtureRequest) -> tuple[MultipartStore, ObjectStore, Send]:
    """The store, its objects, and how a client sends a part."""
    if request.param == "memory":
        objects = MemoryObjects()
        memory = MemoryMultipart(objects)

        def keep(multipart_id: str, number: int, body: bytes) -> None:
            memory.send(multipart_id, number, body)

        return memory, objects, keep
    request.getfixturevalue("storage")
    s3 = S3Multipart()

    def send(multipart_id: str, number: int, body: bytes) -> None:
        assert put(signed(s3, multipart_id, number, len(body)), body) == 200

    return s3, S3Objects(), send


def test_parts_are_seen_and_joined_once(stores: tuple[MultipartStore, ObjectStore, Send]) -> None:
    multipart, objects, send = stores
    transfer = multipart.create("films", KEY, "video/mp4")
    assert multipart.parts("films", KEY, transfer) == []
    send(transfer, 2, LAST)
    send(transfer, 1, FIRST)
    parts = multipart.parts("films", KEY, transfer)

    assert parts is not None
    assert [(p.part_number, p.size) for p in parts] == [(1, len(FIRST)), (2, len(LAST))]
    assert parts[1].etag == f'"{hashlib.md5(LAST, usedforsecurity=False).hexdigest()}"'
    assert multipart.complete("films", KEY, transfer, parts)
    stored = objects.get("films", KEY)
    assert stored is not None
    assert stored.body == FIRST + LAST


def test_an_aborted_transfer_is_over(stores: tuple[MultipartStore, ObjectStore, Send]) -> None:
    multipart, objects, send = stores
    transfer = multipart.create("films", KEY, "video/mp4")
    send(transfer, 1, LAST)
    parts = multipart.parts("films", KEY, transfer)
    assert parts is not None
    for _ in range(2):
        multipart.abort("films", KEY, transfer)

    assert multipart.parts("films", KEY, transfer) is None
    assert multipart.complete("films", KEY, transfer, parts) is False
    assert objects.head("films", KEY) is None


@pytest.mark.parametrize("body", [LAST + b"more", LAST[:-1], b""])
def test_a_part_of_another_length_is_refused(storage: S3Store, body: bytes) -> None:
    multipart = S3Multipart()
    transfer = multipart.create("films", KEY, "video/mp4")

    assert 400 <= put(signed(multipart, transfer, 1, len(LAST)), body) < 500
    assert multipart.parts("films", KEY, transfer) == []


def test_a_part_with_a_wrong_digest_is_refused(storage: S3Store) -> None:
    multipart = S3Multipart()
    transfer = multipart.create("films", KEY, "video/mp4")
    url = signed(multipart, transfer, 1, len(LAST))
    wrong, right = (
        base64.b64encode(hashlib.md5(text, usedforsecurity=False).digest()).decode() for text in (b"other", LAST)
    )

    assert put(url, LAST, Content_MD5=wrong) == 400
    assert multipart.parts("films", KEY, transfer) == []
    assert put(url, LAST, Content_MD5=right) == 200


def test_a_tampered_address_is_refused(storage: S3Store) -> None:
    multipart = S3Multipart()
    transfer = multipart.create("films", KEY, "video/mp4")
    url = signed(multipart, transfer, 1, len(LAST))

    assert put(url.replace("partNumber=1", "partNumber=2"), LAST) == 403
