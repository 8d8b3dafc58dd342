"""The timeline of the DASH manifest."""

import xml.etree.ElementTree as ET
from fractions import Fraction

from marquee.domain.media import EncodedSegment, EncodedTrack, Rendition
from marquee.media.dash import NAMESPACE, render_manifest
from marquee.media.variants import Rates, VideoVariant

RUNG = Rendition(name="v360", width=640, height=360, crf=23, max_rate=1, buffer_size=1)
VARIANT = VideoVariant(RUNG, "avc1.64001F", Fraction(30000, 1001), Rates(800_000, 400_000))


def manifest(spans: list[tuple[int, int]], timescale: int) -> ET.Element:
    segments = tuple(
        EncodedSegment(number=n, uri=f"{n:05d}.m4s", start=start, duration=length, samples=1, size_bytes=1)
        for n, (start, length) in enumerate(spans)
    )
    track = EncodedTrack(
        name="v360", codecs="x", timescale=timescale, init_sha256="", init_size_bytes=1, segments=segments
    )
    return ET.fromstring(render_manifest([(VARIANT, track)], [], segment_seconds=6))  # noqa: S314 - our own text


def timeline(spans: list[tuple[int, int]], timescale: int = 1000) -> list[dict[str, str]]:
    return [s.attrib for s in manifest(spans, timescale).iter(f"{{{NAMESPACE}}}S")]


def test_equal_neighbours_are_one_entry() -> None:
    assert timeline([(0, 2000), (2000, 2000), (4000, 2000), (6000, 500)]) == [
        {"t": "0", "d": "2000", "r": "2"},
        {"t": "6000", "d": "500"},
    ]


def test_a_late_start_and_a_gap_are_kept() -> None:
    assert timeline([(500, 2000), (2600, 2000)]) == [{"t": "500", "d": "2000"}, {"t": "2600", "d": "2000"}]


def test_rates_and_lengths_are_exact() -> None:
    root = manifest([(0, 180180), (180180, 1001)], 30000)

    assert root.get("mediaPresentationDuration") == "PT6.039367S"
    representation = next(root.iter(f"{{{NAMESPACE}}}Representation"))
    assert representation.get("frameRate") == "30000/1001"
    assert representation.get("bandwidth") == "800000"
