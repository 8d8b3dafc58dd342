"""Listing against a model that sorts everything in memory."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from local.s3.listing import after_prefix, list_objects
from local.s3.model import Attributes, ObjectInfo
from local.s3.store import S3Store

KEYS = st.text(alphabet="ab/-é￿🎬", min_size=1, max_size=6)


@pytest.fixture(scope="module")
def shared_store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[S3Store]:
    store = S3Store(Path(tmp_path_factory.mktemp("listing")))
    store.create_bucket("films")
    yield store
    store.close()


def _fill(store: S3Store, keys: set[str]) -> None:
    present = {entry.key for entry in list_objects(
        store.index, "films", prefix="", delimiter="", after="", limit=1000
    ).entries if isinstance(entry, ObjectInfo)}  # fmt: skip
    for key in present - keys:
        store.delete("films", key)
    for key in keys - present:
        store.put("films", key, [], "etag", Attributes(), event="ObjectCreated:Put")


def _model(keys: set[str], prefix: str, delimiter: str, after: str) -> list[str]:
    shown: set[str] = set()
    for key in keys:
        if not key.startswith(prefix):
            continue
        cut = key.find(delimiter, len(prefix)) if delimiter else -1
        shown.add(key if cut < 0 else key[: cut + len(delimiter)])
    return sorted((name for name in shown if name.encode() > after.encode()), key=str.encode)


@settings(max_examples=80, deadline=None)
@given(
    keys=st.sets(KEYS, max_size=12),
    prefix=st.text(alphabet="ab/🎬", max_size=3),
    delimiter=st.sampled_from(["", "/", "-", "ab"]),
    after=st.text(alphabet="ab/-￿🎬", max_size=4),
    limit=st.integers(1, 5),
)
def test_pages_put_together_are_the_sorted_rolled_up_keys(
    shared_store: S3Store, keys: set[str], prefix: str, delimiter: str, after: str, limit: int
) -> None:
    _fill(shared_store, keys)
    found: list[str] = []
    position = after
    while True:
        page = list_objects(
            shared_store.index, "films", prefix=prefix, delimiter=delimiter, after=position, limit=limit
        )
        found += [entry if isinstance(entry, str) else entry.key for entry in page.entries]
        assert len(page.entries) <= limit
        if not page.is_truncated:
            break
        assert page.last is not None
        position = page.last
    assert found == _model(keys, prefix, delimiter, after)


def test_after_prefix_steps_over_the_highest_bytes() -> None:
    assert after_prefix(b"a/") == b"a0"
    assert after_prefix(b"a\xff\xff") == b"b"
    assert after_prefix(b"") is None


def test_the_lists_of_both_versions_page_and_roll_up(s3: Any, store: S3Store) -> None:
    for number in range(25):
        store.put("films", f"media/{number // 10}/s {number:02}+.m4s", [], "e", Attributes(), event="ObjectCreated:Put")
    for operation in ("list_objects_v2", "list_objects"):
        pages = s3.get_paginator(operation).paginate(Bucket="films", PaginationConfig={"PageSize": 10})
        assert [len(page["Contents"]) for page in pages] == [10, 10, 5]
        pages = s3.get_paginator(operation).paginate(
            Bucket="films", Prefix="media/", Delimiter="/", PaginationConfig={"PageSize": 2}
        )
        prefixes = [item["Prefix"] for page in pages for item in page["CommonPrefixes"]]
        assert prefixes == ["media/0/", "media/1/", "media/2/"]
    after = s3.list_objects_v2(Bucket="films", StartAfter="media/2/s 23+.m4s")["Contents"]
    assert [item["Key"] for item in after] == ["media/2/s 24+.m4s"]
    assert s3.list_objects_v2(Bucket="films", MaxKeys=0)["KeyCount"] == 0
