"""A key-value store changes by compare-and-set, keeps what it has, and tells who reads it."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest

from local.edge.key_values import KeyValueError, KeyValueStore

ARN = "arn:aws:cloudfront::123456789012:key-value-store/list"


@pytest.fixture
def store(tmp_path: Path) -> KeyValueStore:
    return KeyValueStore(ARN, tmp_path / "list.json")


def refusal(store: KeyValueStore, seen: str | None, puts: Mapping[str, str], deletes: list[str] | None = None) -> str:
    before = dict(store.values)
    with pytest.raises(KeyValueError) as caught:
        store.change(seen, puts, deletes or [])
    assert store.values == before
    return caught.value.code


def test_values_are_there_after_a_restart(store: KeyValueStore, tmp_path: Path) -> None:
    store.change(str(store.version), {"a": "1", "b": "2"}, [])
    store.change(str(store.version), {"a": "3"}, ["b"])
    again = KeyValueStore(ARN, tmp_path / "list.json")
    assert (again.values, again.version) == ({"a": "3"}, store.version)


def test_who_has_not_seen_the_last_change_is_refused(store: KeyValueStore) -> None:
    seen = str(store.version)
    store.change(seen, {"a": "1"}, [])
    assert refusal(store, seen, {"a": "2"}) == "ConflictException"
    assert refusal(store, None, {"a": "2"}) == "ValidationException"


def test_limits_are_cloudfront_s(store: KeyValueStore) -> None:
    seen = str(store.version)
    assert refusal(store, seen, {"k" * 513: "1"}) == "ValidationException"
    assert refusal(store, seen, {"": "1"}) == "ValidationException"
    assert refusal(store, seen, {"k": "v" * 1025}) == "ValidationException"
    assert refusal(store, seen, {}, ["nothing"]) == "ResourceNotFoundException"


def test_readers_are_told_now_and_at_every_change(store: KeyValueStore) -> None:
    told: list[dict[str, str]] = []
    store.watch(lambda values: told.append(dict(values)))
    store.change(str(store.version), {"a": "1"}, [])
    assert told == [{}, {"a": "1"}]
