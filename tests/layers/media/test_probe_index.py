"""The tables of a long MP4 tell the same times as its packets, or are not believed."""

from __future__ import annotations

import struct
from pathlib import Path
from typing import Any

import pytest
from marquee.media import probe_timing
from marquee.media.probe_film import examine_film
from marquee.media.probe_limits import ProbeLimits, Refusal
from marquee.media.probe_packets import FrameTimes
from marquee.media.probe_source import SourceFile

from tests.films import RECIPES, film
from tests.spoiled_films import SPOILED, spoiled

MANY = 1 << 30


class InMemory:
    """A source's bytes."""

    def __init__(self, data: bytes) -> None:
        self.data = data

    def read_at(self, start: int, length: int) -> bytes:
        return self.data[start : start + length]


def examined(path: Path) -> dict[str, Any] | str:
    """What the probe's child would say in this process."""
    data = path.read_bytes()
    try:
        return examine_film(SourceFile(InMemory(data), len(data)), len(data), ProbeLimits())
    except Refusal as refusal:
        return refusal.code


def by_tables_and_by_packets(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> tuple[list[FrameTimes | None], dict[str, Any] | str, dict[str, Any] | str]:
    """What the tables said of the times, and what was made of the film with and without them."""
    believed: list[FrameTimes | None] = []
    read_index = probe_timing.read_index

    def note(*arguments: Any) -> FrameTimes | None:
        believed.append(read_index(*arguments))
        return believed[-1]

    monkeypatch.setattr(probe_timing, "read_index", note)
    monkeypatch.setattr(probe_timing, "MANY_FRAMES", 0)
    by_tables = examined(path)
    monkeypatch.setattr(probe_timing, "MANY_FRAMES", MANY)
    return believed, by_tables, examined(path)


@pytest.mark.parametrize("name", sorted(RECIPES))
def test_every_film_is_the_same_by_tables_as_by_packets(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    _, by_tables, by_packets = by_tables_and_by_packets(film(name), monkeypatch)
    assert by_tables == by_packets


@pytest.mark.parametrize("name", ["tiny", "b_frames", "open_gop", "phone", "late_video", "moov_at_end", "mov_prores"])
def test_tables_of_whole_films_are_believed(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    (times,), _, by_packets = by_tables_and_by_packets(film(name), monkeypatch)
    assert times is not None
    assert isinstance(by_packets, dict)
    assert len(times.pts) == by_packets["video"]["frame_count"]


def test_an_edit_that_hides_frames_is_left_to_the_packets(monkeypatch: pytest.MonkeyPatch) -> None:
    (times,), *_ = by_tables_and_by_packets(film("cut_edit_list"), monkeypatch)
    assert times is None


@pytest.mark.parametrize("name", sorted(SPOILED))
def test_spoiled_films_are_refused_alike(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    _, by_tables, by_packets = by_tables_and_by_packets(spoiled(name), monkeypatch)
    assert by_tables == by_packets


@pytest.mark.parametrize(
    "spoil",
    [
        lambda count, run, offset: (count + 1, run, offset),
        lambda count, run, offset: (count, run + 1, offset),
        lambda count, run, offset: (count, 0xFFFFFFFF, offset),
        lambda count, run, offset: (count, 0, offset),
        lambda count, run, offset: (0, run, offset),
        lambda count, run, offset: (count, run, offset + 1),
        lambda count, run, offset: (0xFFFFFFFF, run, offset),
    ],
)
def test_a_table_that_differs_from_the_packets_changes_nothing(
    spoil: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    data = bytearray(film("b_frames").read_bytes())
    place = data.index(b"ctts") + 8
    struct.pack_into(">IIi", data, place, *spoil(*struct.unpack_from(">IIi", data, place)))
    path = tmp_path / "film.mp4"
    path.write_bytes(data)
    _, by_tables, by_packets = by_tables_and_by_packets(path, monkeypatch)
    assert by_tables == by_packets
