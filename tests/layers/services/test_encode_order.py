"""Orders of a real small film: stored as they grow, reported last, done once, and never from a spoiled source."""

from __future__ import annotations

import json
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from marquee.domain import keys
from marquee.domain.errors import InvalidMedia, InvalidRequest, NotFound, OutputMismatch, TransientError
from marquee.domain.media import EncodeResult, OrderKind, Plan

from tests.encoding import (
    BUCKET,
    JOB,
    PREFIX,
    Board,
    LocalObjects,
    encode_film,
    encoder,
    order,
    plan_of,
    put_plan,
    tool,
)
from tests.films import film
from tests.layers.services.cut_server import serving
from tests.spoiled_films import spoiled


@pytest.fixture(scope="module")
def path() -> Path:
    return film("tiny")


@pytest.fixture(scope="module")
def plan(path: Path) -> Plan:
    return plan_of(path, sides=(96,))


@pytest.fixture
def store(path: Path, plan: Plan) -> LocalObjects:
    made = LocalObjects(path)
    put_plan(made, plan)
    return made


def read_report(store: LocalObjects, kind: OrderKind, index: int) -> EncodeResult:
    stored = store.get(BUCKET, keys.result_key(JOB, kind, index))
    assert stored is not None
    return EncodeResult.model_validate_json(stored.body)


def writes(store: LocalObjects) -> list[str]:
    """Keys in the order of their first writing."""
    return [key for key in store.history if not key.endswith("plan.json")]


def test_everything_the_report_names_is_stored_and_the_report_comes_last(store: LocalObjects) -> None:
    result = encoder(store).encode_order(order("video", 1))
    assert read_report(store, "video", 1) == result
    assert writes(store)[-1] == keys.result_key(JOB, "video", 1)
    (track,) = result.tracks
    assert [segment.uri for segment in track.segments] == ["00002.m4s", "00003.m4s"]
    for name, size in [("init.mp4", track.init_size_bytes), *((s.uri, s.size_bytes) for s in track.segments)]:
        head = store.head(BUCKET, f"{PREFIX}{track.name}/{name}")
        assert head is not None
        assert head.size_bytes == size
        assert store.types[head.key] == ("video/mp4", "public, max-age=31536000, immutable")


def test_the_report_says_what_it_cost_and_where(store: LocalObjects) -> None:
    result = encoder(store).encode_order(order("video", 0))
    assert result.ran_on == "test"
    assert result.cpu_seconds > 0
    assert result.wall_seconds > 0


def test_an_order_that_is_done_is_not_done_again(store: LocalObjects) -> None:
    first = encoder(store).encode_order(order("video", 0))
    before, board = {key: len(versions) for key, versions in store.history.items()}, Board()
    assert encoder(store, board).encode_order(order("video", 0)) == first
    assert {key: len(versions) for key, versions in store.history.items()} == before
    assert board.reports == [("video", 0, 1.0)]


@pytest.mark.parametrize("lost", ["init.mp4", "00000.m4s", "00001.m4s"])
def test_an_order_whose_segments_were_lost_is_done_again(store: LocalObjects, lost: str) -> None:
    encoder(store).encode_order(order("video", 0))
    store.delete(BUCKET, f"{PREFIX}v96/{lost}")
    encoder(store).encode_order(order("video", 0))
    assert store.head(BUCKET, f"{PREFIX}v96/{lost}") is not None


def test_two_workers_write_the_same_bytes(store: LocalObjects) -> None:
    encoder(store).encode_order(order("video", 0))
    encoder(store).encode_order(order("audio", 0))
    for kind in ("video", "audio"):
        store.delete(BUCKET, keys.result_key(JOB, kind, 0))
    encoder(store).encode_order(order("video", 0))
    encoder(store).encode_order(order("audio", 0))
    media = {key: versions for key, versions in store.history.items() if key.startswith(PREFIX)}
    assert {len(versions) for versions in media.values()} == {2}
    assert all(first == second for first, second in media.values())


def test_sound_is_told_while_it_grows(store: LocalObjects) -> None:
    result = encoder(store).encode_order(order("audio", 0))
    key = keys.partial_result_key(JOB, "audio", 0)
    partial = [EncodeResult.model_validate_json(body) for body in store.history[key]]
    whole = result.tracks[0]
    counts = [len(report.tracks[0].segments) for report in partial]
    assert counts == sorted(set(counts))
    assert set(counts) <= {1, 2}
    for report in partial:
        row = report.tracks[0]
        assert row.segments == whole.segments[: len(row.segments)]
        assert row.init_sha256 == whole.init_sha256
    assert writes(store).index(f"{PREFIX}a0/init.mp4") < writes(store).index(key)


def test_progress_rises_to_one_only_at_the_end(store: LocalObjects) -> None:
    board = Board()
    encoder(store, board).encode_order(order("video", 0))
    fractions = [fraction for _, _, fraction in board.reports]
    assert fractions[-1] == 1.0
    assert all(fraction < 1.0 for fraction in fractions[:-1])


def test_nothing_is_left_in_the_scratch_folder(store: LocalObjects, tmp_path: Path) -> None:
    encoder(store, scratch=tmp_path).encode_order(order("video", 0))
    assert list(tmp_path.iterdir()) == []


def test_an_order_beyond_the_plan_is_refused(store: LocalObjects) -> None:
    with pytest.raises(InvalidRequest):
        encoder(store).encode_order(order("video", 99))


def test_an_order_without_a_plan_is_refused(path: Path) -> None:
    with pytest.raises(NotFound):
        encoder(LocalObjects(path)).encode_order(order("video", 0))


@pytest.mark.parametrize("name", ["truncated", "bit_flipped"])
def test_a_spoiled_source_fails_and_says_why(name: str) -> None:
    good = film("h264_25" if name == "truncated" else "moov_at_end")
    store = LocalObjects(spoiled(name))
    put_plan(store, plan_of(good, sides=(96,)))
    last = len(plan_of(good).shards) - 1
    with pytest.raises(InvalidMedia) as caught:
        encoder(store).encode_order(order("video", last))
    assert caught.value.code == "corrupt_source"
    failure = store.get(BUCKET, keys.failure_key(JOB))
    assert failure is not None
    assert json.loads(failure.body) == {"code": "corrupt_source", "message": caught.value.message}
    assert store.get(BUCKET, keys.result_key(JOB, "video", last)) is None


def test_truncated_sound_is_noticed_by_its_length() -> None:
    store = LocalObjects(spoiled("truncated"))
    put_plan(store, plan_of(film("h264_25"), sides=(96,)))
    with pytest.raises((OutputMismatch, InvalidMedia)):
        encoder(store).encode_order(order("audio", 0))
    assert store.get(BUCKET, keys.result_key(JOB, "audio", 0)) is None


def test_the_first_failure_of_a_job_is_the_one_that_is_told(store: LocalObjects) -> None:
    store.put(BUCKET, keys.failure_key(JOB), b"first", content_type="application/json")
    store.source = spoiled("text")
    with pytest.raises(InvalidMedia):
        encoder(store).encode_order(order("video", 0))
    assert store.history[keys.failure_key(JOB)] == [b"first"]


def test_fewer_frames_than_planned_are_never_reported(store: LocalObjects, plan: Plan) -> None:
    shards = [shard.model_copy(update={"frame_count": (shard.frame_count or 0) + 1}) for shard in plan.shards]
    put_plan(store, plan.model_copy(update={"shards": tuple(shards)}))
    with pytest.raises(OutputMismatch):
        encoder(store).encode_order(order("video", 0))
    assert store.get(BUCKET, keys.result_key(JOB, "video", 0)) is None


def test_a_seek_that_leads_past_the_first_frame_is_made_good(store: LocalObjects, plan: Plan) -> None:
    astray = plan.shards[1].model_copy(update={"seek_seconds": 5.0})
    put_plan(store, plan.model_copy(update={"shards": (plan.shards[0], astray, *plan.shards[2:])}))
    result = encoder(store).encode_order(order("video", 1))
    assert sum(segment.samples for segment in result.tracks[0].segments) == astray.frame_count


@pytest.mark.parametrize("kind", ["video", "audio"])
def test_a_source_over_http_gives_the_same_segments(path: Path, plan: Plan, kind: OrderKind) -> None:
    from_file = encode_film(path, plan)
    with serving(path) as url:
        store = LocalObjects(path, url)
        put_plan(store, plan)
        result = encoder(store).encode_order(order(kind, 0))
    reported = from_file.video[0] if kind == "video" else from_file.audio[0]
    assert result.tracks == reported.tracks
    assert store.downloads == 0


def test_a_source_over_https_is_read_from_a_store_that_proves_itself(path: Path, plan: Plan, tmp_path: Path) -> None:
    with serving(path, tls=certified(tmp_path)) as url:
        store = LocalObjects(path, url)
        put_plan(store, plan)
        trusting = replace(encoder(store), tool=replace(tool(), ca_file=str(tmp_path / "certificate.pem")))
        trusting.encode_order(order("video", 0))
        assert store.downloads == 0
        # Nobody vouches for this certificate: not a byte is read from there, only our own copy.
        encoder(store).encode_order(order("video", 1))
        assert store.downloads == 1


def certified(folder: Path) -> ssl.SSLContext:
    """A server's side of TLS, with its certificate in `folder`."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "store")])
    address = x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))])
    today = datetime.now(UTC)
    made = x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
    made = made.not_valid_before(today - timedelta(1)).not_valid_after(today + timedelta(1))
    made = made.add_extension(address, critical=False)
    pem = (serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    (folder / "key.pem").write_bytes(key.private_bytes(*pem))
    certificate = made.sign(key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM)
    (folder / "certificate.pem").write_bytes(certificate)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(folder / "certificate.pem", folder / "key.pem")
    return context


@pytest.mark.parametrize("kind", ["video", "audio"])
def test_a_read_that_breaks_off_is_tried_again_from_a_copy(path: Path, plan: Plan, kind: OrderKind) -> None:
    with serving(path, cut_after=path.stat().st_size // 2) as url:
        store = LocalObjects(path, url)
        put_plan(store, plan)
        index = len(plan.shards) - 1 if kind == "video" else 0
        result = encoder(store).encode_order(order(kind, index))
    assert store.downloads == 1
    assert result.tracks[0].segments


def test_storage_that_fails_ends_the_encode(store: LocalObjects) -> None:
    with failing_puts(store), pytest.raises(TransientError, match="away"):
        encoder(store).encode_order(order("video", 0))
    assert store.get(BUCKET, keys.failure_key(JOB)) is None


@contextmanager
def failing_puts(store: LocalObjects) -> Iterator[None]:
    """Storage that takes nothing."""

    def refuse(*_: object, **__: object) -> str:
        raise TransientError("storage is away")

    store.put = refuse  # type: ignore[method-assign]
    try:
        yield
    finally:
        del store.put  # type: ignore[method-assign]
