"""A film that the real worker encoded, published and packaged: read by ffmpeg and an independent parser."""

from __future__ import annotations

import io
import subprocess
import xml.etree.ElementTree as ET
from collections import Counter
from pathlib import Path

import av
import imageio_ffmpeg
import m3u8
import pytest
from marquee.media.timeline import film_segments

from tests.encoded_films import EncodedFilm
from tests.films import frame_number


@pytest.fixture(scope="module")
def film(tmp_path_factory: pytest.TempPathFactory) -> EncodedFilm:
    film = EncodedFilm.prepare(tmp_path_factory.mktemp("film"))
    film.finish_all()
    return film


def frames_of(path: Path) -> Counter[str]:
    """Decoded frames by stream, read as strictly as ffmpeg can; fails on any warning."""
    command = [imageio_ffmpeg.get_ffmpeg_exe(), "-hide_banner", "-nostdin", "-v", "warning", "-xerror"]
    command += ["-i", str(path), "-map", "0", "-f", "framecrc", "-"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    return Counter(line.partition(",")[0] for line in done.stdout.splitlines() if not line.startswith("#"))


def test_ffmpeg_reads_all_variants_and_the_sound_without_a_warning(film: EncodedFilm) -> None:
    # 10 s of 25 frames in two renditions; 480000 samples are 468.75 access units.
    assert sorted(frames_of(film.path("main.m3u8")).values()) == [250, 250, 469]


@pytest.mark.parametrize("name", ["v480", "v360", "a0"])
def test_ffmpeg_reads_each_playlist_without_a_warning(film: EncodedFilm, name: str) -> None:
    assert list(frames_of(film.path(f"{name}/index.m3u8")).values()) == [469 if name == "a0" else 250]


@pytest.mark.parametrize("name", ["v480", "v360"])
def test_every_entry_of_an_iframe_playlist_is_a_picture(film: EncodedFilm, name: str) -> None:
    playlist = m3u8.load(str(film.path(f"{name}/iframes.m3u8")))
    init = film.path(f"{name}/init.mp4").read_bytes()

    shown = []
    for segment in playlist.segments:
        length, _, start = segment.byterange.partition("@")
        part = film.path(f"{name}/{segment.uri}").read_bytes()[int(start) :][: int(length)]
        with av.open(io.BytesIO(init + part)) as container:
            shown.append(frame_number(next(container.decode(video=0))))
    assert shown == [segment.start_pts // 512 for segment in film_segments(film.plan)]  # 512 ticks a frame


def test_stated_rates_are_those_of_the_files(film: EncodedFilm) -> None:
    for variant in m3u8.load(str(film.path("main.m3u8"))).playlists:
        tracks = [variant.uri.partition("/")[0], "a0"]
        sizes = [path.stat().st_size for track in tracks for path in film.path(track).glob("*.m4s")]
        assert variant.stream_info.average_bandwidth == pytest.approx(sum(sizes) * 8 / 10, rel=0.01)
        assert variant.stream_info.bandwidth >= variant.stream_info.average_bandwidth


def test_lengths_are_those_of_the_source(film: EncodedFilm) -> None:
    for name in ("v480", "v360", "a0"):
        playlist = m3u8.load(str(film.path(f"{name}/index.m3u8")))
        assert sum(segment.duration for segment in playlist.segments) == pytest.approx(10, abs=0.022)


def test_the_manifest_counts_every_segment_once(film: EncodedFilm) -> None:
    root = ET.fromstring(film.path("manifest.mpd").read_text())  # noqa: S314 - our own text
    space = {"d": "urn:mpeg:dash:schema:mpd:2011"}

    assert root.get("mediaPresentationDuration") == "PT10S"
    for representation in root.iterfind(".//d:Representation", space):
        template = representation.find("d:SegmentTemplate", space)
        assert template is not None
        times = [
            (int(s.get("t", "")), int(s.get("d", "")), int(s.get("r", "0"))) for s in template.iter() if s.get("d")
        ]
        assert sum(repeats + 1 for _, _, repeats in times) == len(film_segments(film.plan))
        ends = [start + length * (repeats + 1) for start, length, repeats in times]
        assert [start for start, _, _ in times] == [0, *ends[:-1]]
        assert ends[-1] == 10 * int(template.get("timescale", ""))
        name = template.get("media", "").replace("$RepresentationID$", representation.get("id", ""))
        assert film.path(name.replace("$Number%05d$", "00003")).exists()
