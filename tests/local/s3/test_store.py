"""The store itself: what is open stays, what is dropped goes, what was configured is there after a restart."""

import subprocess
import sys
from pathlib import Path

import pytest

from local.s3.errors import S3Error
from local.s3.model import Attributes, ObjectInfo, Piece
from local.s3.store import S3Store


def _blob(store: S3Store, data: bytes) -> Piece:
    writer = store.blobs.create()
    writer.write(data)
    writer.finish()
    return writer.name, writer.size


def _put(store: S3Store, key: str, *parts: bytes) -> ObjectInfo:
    pieces = [_blob(store, part) for part in parts]
    return store.put("films", key, pieces, "etag", Attributes(), event="ObjectCreated:Put")


def test_an_open_object_stays_readable_when_it_is_replaced_or_deleted(store: S3Store) -> None:
    _put(store, "k", b"old ", b"bytes")
    with store.open("films", "k") as opened:
        _put(store, "k", b"new")
        store.delete("films", "k")
        assert b"".join(path.read_bytes() for path, _ in opened.pieces) == b"old bytes"
    assert not any(path.exists() for path, _ in opened.pieces)


def test_spans_cross_the_pieces(store: S3Store) -> None:
    _put(store, "k", b"0123", b"", b"4567", b"89")
    with store.open("films", "k") as opened:
        for start in range(11):
            for count in range(11 - start):
                read = b"".join(path.read_bytes()[at : at + n] for path, at, n in opened.spans(start, count))
                assert read == b"0123456789"[start : start + count]


def test_one_path_holds_an_object_sent_in_parts(store: S3Store) -> None:
    _put(store, "k", b"first ", b"second")
    path = store.open_path("films", "k")
    assert path.read_bytes() == b"first second"
    assert store.open_path("films", "k") == path
    assert store.read("films", "k") == b"first second"


def test_leftovers_of_a_crash_are_swept_and_everything_named_stays(tmp_path: Path) -> None:
    store = S3Store(tmp_path)
    store.create_bucket("films", cors={"CorsRules": [{"AllowedOrigins": ["*"], "AllowedMethods": ["GET"]}]})
    _put(store, "k", b"kept")
    orphan, _ = _blob(store, b"never named")
    half = store.blobs.create()
    half.write(b"half")
    store.close()
    reopened = S3Store(tmp_path)
    assert not reopened.blobs.path(orphan).exists()
    assert not reopened.blobs.path(half.name).exists()
    assert reopened.read("films", "k") == b"kept"
    assert reopened.bucket("films").cors[0].methods == ("GET",)
    half.abandon()
    reopened.close()


def test_closing_waits_for_whoever_reads_and_refuses_whoever_comes_later(tmp_path: Path) -> None:
    """A connection closed under its reader ends the process, so this is run in a process of its own."""
    program = """if True:
        import sys, threading
        from pathlib import Path
        from local.s3.listing import list_objects
        from local.s3.model import Attributes
        from local.s3.store import S3Store
        for turn in range(8):
            store = S3Store(Path(sys.argv[1]) / str(turn))
            store.create_bucket("films")
            for number in range(40):
                store.put("films", f"k{number}", [], "e", Attributes(), event="ObjectCreated:Put")
            started, refusals = threading.Barrier(5), []
            def read():
                started.wait()
                try:
                    while True:
                        list_objects(store.index, "films", prefix="", delimiter="", after="", limit=100)
                except Exception as error:
                    refusals.append(str(error))
            threads = [threading.Thread(target=read) for _ in range(4)]
            for thread in threads:
                thread.start()
            started.wait()
            store.close()
            for thread in threads:
                thread.join()
            assert refusals == ["The index is closed"] * 4, refusals
    """
    command = [sys.executable, "-c", program, str(tmp_path)]
    subprocess.run(command, check=True, timeout=60, cwd=Path(__file__).parents[3])


def test_a_second_store_on_the_same_folder_is_refused(store: S3Store, tmp_path: Path) -> None:
    with pytest.raises(RuntimeError, match="Another process"):
        S3Store(tmp_path / "s3")


def test_a_bucket_takes_the_configuration_it_is_given_last(store: S3Store) -> None:
    _put(store, "k", b"x")
    assert not store.create_bucket("films")
    assert store.bucket("films").cors == ()
    assert store.head("films", "k") is not None
    with pytest.raises(S3Error, match="BucketNotEmpty"):
        store.delete_bucket("films")
    with pytest.raises(S3Error, match="NoSuchBucket"):
        store.put("nowhere", "k", [], "e", Attributes(), event="ObjectCreated:Put")
