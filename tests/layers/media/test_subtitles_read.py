"""Subtitle files as people have them become plain cues; ours are read back as they were."""

import pytest
from marquee.domain.errors import InvalidRequest
from marquee.domain.text_tracks import Cue
from marquee.media.subtitles_read import decode_text, read_cues
from marquee.media.subtitles_srt import parse_srt, render_srt
from marquee.media.subtitles_vtt import parse_vtt, render_vtt

HARD = [
    Cue(start_seconds=0.0, end_seconds=1.25, text="Tom & Jerry <3 each other"),
    Cue(start_seconds=3600.5, end_seconds=3602.0, text="x --> y\n- No!"),
    Cue(start_seconds=4000.0, end_seconds=4001.0, text="&amp; is how it is written\n\u05e9\u05dc\u05d5\u05dd, grüße"),
]


def cue(start: float, end: float, text: str) -> Cue:
    return Cue(start_seconds=start, end_seconds=end, text=text)


def test_what_is_written_as_webvtt_is_read_back_the_same() -> None:
    written = render_vtt(HARD)

    assert written.startswith("WEBVTT\n\n00:00:00.000 --> 00:00:01.250\nTom &amp; Jerry &lt;3 each other\n")
    assert "x --&gt; y" in written
    assert parse_vtt(written) == HARD
    assert read_cues(written) == HARD


def test_what_is_written_as_subrip_has_the_same_times_and_no_text_that_reads_as_times_or_tags() -> None:
    written = render_srt(HARD)

    assert written.startswith("1\n00:00:00,000 --> 00:00:01,250\n")
    read = parse_srt(written)
    assert [(c.start_seconds, c.end_seconds) for c in read] == [(c.start_seconds, c.end_seconds) for c in HARD]
    assert read[0].text == "Tom & Jerry ‹3 each other"
    assert read[1].text == "x → y\n- No!"
    assert read[2].text == HARD[2].text


def test_webvtt_is_read_without_notes_styles_settings_and_tags() -> None:
    text = (
        "\ufeffWEBVTT - a title\r\nKind: captions\r\n\r\nSTYLE\r\n::cue { color: red }\r\n\r\n"
        "NOTE 00:01.000 --> 00:02.000\r\nnot shown\r\n\r\n"
        "intro\r\n00:01.000 --> 00:02.500 align:start line:0%\r\n"
        "<v Anna><i>Hello</i>, <c.loud>world</c> &amp; all<00:02.000>!\r\n\r\n"
        "00:03.000 --> 00:04.000\r\n{\\an8}2 &lt; 3\r\n"
    )

    assert read_cues(text) == [cue(1.0, 2.5, "Hello, world & all!"), cue(3.0, 4.0, "2 < 3")]


def test_webvtt_without_empty_lines_between_cues_and_with_odd_identifiers_is_read() -> None:
    text = (
        "WEBVTT\n00:01.000 --> 00:02.000\nA\n00:03.000 --> 00:04.000\nB\n\n"
        "NOTES-7\n00:05.000 --> 00:06.000\nC\n\nNOTE\n00:07.000 --> 00:08.000\nnot shown\n"
    )

    assert read_cues(text) == [cue(1.0, 2.0, "A"), cue(3.0, 4.0, "B"), cue(5.0, 6.0, "C")]


def test_subrip_is_read_however_it_was_typed() -> None:
    text = (
        '1\n00:00:01,000 --> 00:00:02,500 X1:0\n<font color="#fff">Hello</font>\n\n<b>there</b>\n'
        "2\n0:0:3.5 -> 0:0:4,25\n42\n\n\n3\n00:00:05,000 --> 00:00:06,000\n{\\an8}&amp; stays\n"
    )

    assert read_cues(text) == [cue(1.0, 2.5, "Hello\nthere"), cue(3.5, 4.25, "42"), cue(5.0, 6.0, "&amp; stays")]


def test_numbers_are_not_taken_for_what_is_said() -> None:
    text = (
        "1\n00:00:01,000 --> 00:00:02,000\n7\n\n2\n00:00:03,000 --> 00:00:04,000\n\n3\n00:00:05,000 --> 00:00:06,000\n8"
    )

    assert [c.text for c in read_cues(text)] == ["7", "", "8"]


def test_ass_gives_its_words_and_no_drawings_or_comments() -> None:
    text = (
        "[Script Info]\nTitle: x\n\n[V4+ Styles]\nFormat: Name, Fontname\nStyle: Default,Arial\n\n[Events]\n"
        "Format: Layer, Start, End, Style, Name, MarginL, MarginR, MarginV, Effect, Text\n"
        "Dialogue: 0,0:00:01.00,0:00:02.50,Default,,0,0,0,,{\\i1}Hello,{\\i0} you\\Nthere\\hnow\n"
        "Comment: 0,0:00:02.00,0:00:03.00,Default,,0,0,0,,not shown\n"
        "Dialogue: 0,0:00:03.00,0:00:04.00,Default,,0,0,0,,{\\p1}m 0 0 l 10 10{\\p0}\n"
        "Dialogue: 0,nonsense,0:00:04.00,Default,,0,0,0,,lost\n"
    )

    assert read_cues(text) == [cue(1.0, 2.5, "Hello, you\nthere now"), cue(3.0, 4.0, "")]


@pytest.mark.parametrize("text", ["", "hello", "<html>1 --> 2</html>", "[1, 2]", "\x00\x01\x02"])
def test_what_is_no_subtitle_file_is_refused(text: str) -> None:
    with pytest.raises(InvalidRequest) as refused:
        read_cues(text)

    assert refused.value.code == "unknown_subtitles"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_letters_survive_any_usual_encoding(encoding: str) -> None:
    assert decode_text("Grüße, Zoë".encode(encoding)) == "Grüße, Zoë"


def test_control_characters_never_reach_a_cue() -> None:
    (found,) = read_cues("WEBVTT\n\n00:01.000 --> 00:02.000\nA\x00B\x1b[31mC\tD \u200e\n")

    assert found.text == "AB[31mC D \u200e"
