from __future__ import annotations

import pytest
from marquee.media.sniff import DEMUXERS, HEAD_BYTES, declared_size, sniff

from tests.films import film
from tests.spoiled_films import spoiled


def head(name: str) -> bytes:
    return film(name).read_bytes()[:HEAD_BYTES]


@pytest.mark.parametrize(
    ("name", "container"),
    [
        ("h264_25", "mp4"),
        ("mov_prores", "mp4"),
        ("fragmented", "mp4"),
        ("mkv", "matroska"),
        ("webm", "matroska"),
        ("mpegts", "mpegts"),
        ("avi", "avi"),
    ],
)
def test_tells_a_film_by_its_first_bytes(name: str, container: str) -> None:
    assert sniff(head(name)) == container
    assert container in DEMUXERS


def test_tells_a_transport_stream_with_timestamps_before_its_packets() -> None:
    packets = head("mpegts")
    stamped = b"".join(b"\0\0\0\0" + packets[at : at + 188] for at in range(0, 940, 188))
    assert sniff(stamped) == "mpegts"


@pytest.mark.parametrize("name", ["text", "playlist", "mpd", "svg", "concat"])
def test_knows_nothing_that_only_points_elsewhere(name: str) -> None:
    assert sniff(spoiled(name).read_bytes()[:HEAD_BYTES]) is None


@pytest.mark.parametrize("noise", [b"", b"G", b"\0" * 1024, b"RIFF\0\0\0\0WAVE", b"\xff" * 1024])
def test_noise_is_no_container(noise: bytes) -> None:
    assert sniff(noise) is None


@pytest.mark.parametrize("name", ["mkv", "webm", "avi"])
def test_a_finished_container_says_how_long_it_is(name: str) -> None:
    container = sniff(head(name))
    assert container is not None
    assert declared_size(container, head(name)) == film(name).stat().st_size


def test_a_live_or_damaged_matroska_header_says_nothing() -> None:
    live = b"\x1aE\xdf\xa3\x80" + b"\x18\x53\x80\x67" + b"\x01" + b"\xff" * 7
    assert declared_size("matroska", live) is None
    assert declared_size("matroska", live[:7]) is None
    assert declared_size("mpegts", head("mpegts")) is None
