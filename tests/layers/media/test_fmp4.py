"""The reader understands what the encoder writes, in pieces of any size, and refuses anything else."""

from __future__ import annotations

import struct
from itertools import pairwise
from pathlib import Path

import pytest
from marquee.domain.errors import OutputMismatch
from marquee.media.boxes import box, full_box, need
from marquee.media.fmp4 import Fragment, FragmentReader, Init, read_fragment, read_init, starting_at

from tests.films import run_ffmpeg

CODECS = {
    "picture": ("-f", "lavfi", "-i", "testsrc2=s=160x90:r=25:d=2", "-c:v", "libx264", "-g", "25", "-bf", "2"),
    "sound": ("-f", "lavfi", "-i", "sine=d=2:r=48000", "-c:a", "aac"),
}


@pytest.fixture(scope="module", params=sorted(CODECS))
def written(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> tuple[str, bytes]:
    folder = tmp_path_factory.mktemp("fmp4")
    muxer = ("-f", "mp4", "-movflags", "+cmaf+skip_trailer+frag_keyframe", "-use_editlist", "0")
    pieces = ("-frag_duration", "500000") if request.param == "sound" else ()
    run_ffmpeg((*CODECS[request.param], *muxer, *pieces, "film.mp4"), folder=folder)
    return request.param, (folder / "film.mp4").read_bytes()


def parts_of(data: bytes, piece: int) -> list[Init | Fragment]:
    reader = FragmentReader()
    parts = [part for at in range(0, len(data), piece) for part in reader.read(data[at : at + piece])]
    reader.finish()
    return parts


@pytest.mark.parametrize("piece", [7, 4096, 1 << 20])
def test_gives_the_same_parts_whatever_the_pieces(written: tuple[str, bytes], piece: int) -> None:
    kind, data = written
    init, *fragments = parts_of(data, piece)
    assert isinstance(init, Init)
    assert init.codecs == {"picture": "avc1.64000B", "sound": "mp4a.40.2"}[kind]
    samples = [sample for f in fragments if isinstance(f, Fragment) for sample in f.samples]
    assert len(samples) == {"picture": 50, "sound": 95}[kind]
    assert [b.dts - a.dts for a, b in pairwise(samples)] == [s.duration for s in samples[:-1]]
    assert len({sample.pts for sample in samples}) == len(samples)


def test_an_output_that_ends_too_early_is_refused(written: tuple[str, bytes]) -> None:
    reader = FragmentReader()
    list(reader.read(written[1][:-10]))
    with pytest.raises(OutputMismatch, match="ends inside a fragment"):
        reader.finish()


@pytest.mark.parametrize(
    "data", [struct.pack(">I4s", 4, b"free"), struct.pack(">I4s", 1 << 30, b"mdat"), box(b"mdat", b"media")]
)
def test_boxes_that_cannot_be_are_refused(data: bytes) -> None:
    with pytest.raises(OutputMismatch):
        list(FragmentReader().read(data))


def test_sizes_that_do_not_add_up_are_refused() -> None:
    traf = box(
        b"traf",
        full_box(b"tfhd", 0, 0x20038, struct.pack(">4I", 1, 10, 5, 0)),
        full_box(b"tfdt", 1, 0, struct.pack(">Q", 0)),
        full_box(b"trun", 0, 0x1, struct.pack(">II", 2, 0)),
    )
    with pytest.raises(OutputMismatch, match="do not add up"):
        read_fragment(box(b"moof", traf), box(b"mdat", bytes(11)))


def test_another_codec_than_planned_is_refused(tmp_path: Path) -> None:
    run_ffmpeg(
        ("-f", "lavfi", "-i", "testsrc2=s=160x90:d=0.1", "-c:v", "mpeg4", "-movflags", "+cmaf", "film.mp4"),
        folder=tmp_path,
    )
    with pytest.raises(OutputMismatch, match="unplanned codec: mp4v"):
        parts_of((tmp_path / "film.mp4").read_bytes(), 4096)


def test_an_edit_list_is_put_behind_the_track_header(written: tuple[str, bytes]) -> None:
    init = parts_of(written[1], 4096)[0]
    assert isinstance(init, Init)
    edited = starting_at(init, 1024)
    again = read_init(edited.body)
    assert (again.codecs, again.timescale) == (init.codecs, init.timescale)
    elst = need(edited.body, b"moov", b"trak", b"edts", b"elst")
    assert struct.unpack_from(">IQq", edited.body, elst.body + 4) == (1, 0, 1024)
