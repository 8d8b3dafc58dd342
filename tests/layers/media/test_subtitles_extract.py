"""Text that comes within a film is found by the probe and taken out of it, by a process that has no rights."""

from pathlib import Path

import pytest
from marquee.domain.errors import InvalidMedia, TransientError
from marquee.domain.media import MediaInfo
from marquee.media.probe import probe
from marquee.media.probe_limits import ProbeLimits
from marquee.media.subtitles_ass import event_text
from marquee.media.subtitles_extract import cues_of, extract_text, has_text

from tests.captioned_films import ERASE, pop_on, with_captions, with_tracks
from tests.films import film

SPOKEN = [(1.0, pop_on("Hello\nthere")), (4.0, [ERASE, ERASE])]
TEXTS = [(1.0, 2.5, "Hello & welcome"), (3.0, 4.0, "Second\nline")]
SIGNS = [(1.0, 2.5, "Hallo, {du}"), (3.0, 4.0, "Zweite\nZeile")]


def probed(path: Path) -> MediaInfo:
    return probe(str(path), size_bytes=path.stat().st_size)


def texts(path: Path, media: MediaInfo) -> list[list[tuple[float, float, str]]]:
    found = extract_text(str(path), media)
    return [[(round(c.start_seconds, 3), round(c.end_seconds, 3), c.text) for c in track.cues] for track in found]


def test_an_mp4_tells_language_and_purpose_of_its_text() -> None:
    media = probed(with_tracks(".mp4"))

    assert [(s.codec, s.language, s.forced, s.text) for s in media.subtitles] == [
        ("mov_text", "en", False, True),
        ("mov_text", "de", True, True),
    ]
    assert texts(with_tracks(".mp4"), media) == [TEXTS, SIGNS]


def test_a_matroska_file_gives_subrip_ass_and_webvtt() -> None:
    media = probed(with_tracks(".mkv"))

    assert [(s.language, s.title, s.forced, s.sdh) for s in media.subtitles] == [
        ("en", None, False, False),
        ("de", "Schilder", True, False),
        ("fr", None, False, True),
    ]
    assert texts(with_tracks(".mkv"), media) == [TEXTS, SIGNS, TEXTS]


@pytest.mark.parametrize("suffix", [".mp4", ".ts", ".mkv"])
def test_captions_within_the_pictures_are_found_without_decoding_them(suffix: str) -> None:
    source = with_captions(SPOKEN, suffix=suffix)
    media = probed(source)

    assert (media.closed_captions, media.subtitles) == (True, ())
    # One pair a picture: what was loaded from 1.0 s on is shown with the thirteenth.
    origin = float(media.video.start_pts * media.video.time_base)
    ((cue,),) = texts(source, media)
    assert cue[:2] == pytest.approx((origin + 1.48, origin + 4.0))
    assert cue[2] == "Hello\nthere"


def test_words_beside_a_drawing_are_kept() -> None:
    assert event_text(r"Here {\p1}m 0 0 l 100 0{\p0}and there") == "Here and there"
    assert event_text(r"{\pos(1,2)\p2}m 0 0 l 100 0") == ""


def test_texts_whose_end_nobody_says_stand_until_the_next_and_never_long() -> None:
    events: list[tuple[int, float, float | None, str]] = [(2, n // 2, None, f"{n}") for n in range(20_000)]
    events += [(3, 0.5, 0.7, "of another track"), (2, 20_000, None, "last")]

    found = list(cues_of(events, 2))

    assert [(c.start_seconds, c.end_seconds) for c in found[:3]] == [(0, 1), (0, 1), (1, 2)]
    assert [(c.start_seconds, c.end_seconds) for c in found[-2:]] == [(9999, 10_006), (20_000, 20_007)]


def test_a_film_without_text_has_none() -> None:
    media = probed(film("h264_25"))

    assert not has_text(media)
    assert extract_text(str(film("h264_25")), media) == []


def test_a_file_that_breaks_off_gives_the_text_until_there(tmp_path: Path) -> None:
    whole, cut = with_tracks(".mkv"), tmp_path / "cut.mkv"
    cut.write_bytes(whole.read_bytes()[: whole.stat().st_size // 2])

    found = texts(cut, probed(whole))

    assert len(found) == 3
    assert all(track == all_of[: len(track)] for track, all_of in zip(found, [TEXTS, SIGNS, TEXTS], strict=True))


def test_a_file_that_is_something_else_by_now_is_refused(tmp_path: Path) -> None:
    media, other = probed(with_tracks(".mp4")), tmp_path / "other.mp4"
    other.write_bytes(b"#EXTM3U\nhttp://127.0.0.1:1/x\n" * 100)

    assert all(track == [] for track in texts(other, media))


def test_what_takes_too_long_is_given_up() -> None:
    media = probed(with_tracks(".mkv"))

    with pytest.raises((InvalidMedia, TransientError)):
        extract_text(str(with_tracks(".mkv")), media, ProbeLimits(wall_seconds=0.01))
