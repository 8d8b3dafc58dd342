"""`tracks` through its real entry, over stores in memory."""

from collections.abc import Iterator

import pytest
from marquee.domain import keys
from marquee.domain.clock import utc_now
from marquee.domain.media import PackageSummary
from tracks.handler import lambda_handler
from tracks.wiring import wiring

from tests.platform import MEDIA, Answer, Platform

VTT = "WEBVTT\n\n00:01.000 --> 00:02.500\nHello &amp; goodbye\n"
SRT = "1\n00:00:01,000 --> 00:00:02,500\n<i>Hello</i>\n\n2\n00:00:02,400 --> 00:00:04,000\nthere\n"
MAIN = '#EXTM3U\n#EXT-X-STREAM-INF:BANDWIDTH=1,CODECS="avc1.64001e",CLOSED-CAPTIONS=NONE\nv360/index.m3u8\n'
MANIFEST = """<MPD>
  <Period id="0">
    <AdaptationSet id="0" contentType="video">
    </AdaptationSet>
  </Period>
</MPD>
"""


@pytest.fixture(autouse=True)
def _wired(platform: Platform) -> Iterator[None]:
    platform.caller = "admin"
    with platform.within(wiring):
        yield


@pytest.fixture
def asset_id(platform: Platform) -> str:
    """A finished film of ten seconds."""
    job = platform.running()
    platform.packaged(job)
    for name, text in (("main.m3u8", MAIN), ("manifest.mpd", MANIFEST)):
        platform.objects.put(MEDIA, f"{prefix(job.asset_id)}{name}", text.encode(), content_type="x")
    stored = platform.objects.get(MEDIA, keys.package_summary_key(job.id))
    assert stored is not None
    platform.assets.publish(job.asset_id, 1, PackageSummary.model_validate_json(stored.body), None, utc_now())
    return job.asset_id


def prefix(asset_id: str) -> str:
    return keys.media_prefix(asset_id, 1)


def main_playlist(platform: Platform, asset_id: str) -> str:
    stored = platform.objects.get(MEDIA, f"{prefix(asset_id)}main.m3u8")
    assert stored is not None
    return stored.body.decode()


class Client:
    """Calls the routes of one asset."""

    def __init__(self, platform: Platform, asset_id: str) -> None:
        self._platform = platform
        self._base = f"/api/v1/assets/{asset_id}/tracks"

    def __call__(self, method: str, path: str = "", body: object = None, **headers: str) -> Answer:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return self._platform.call(lambda_handler, method, self._base + path, body, named)

    def bring(self, text: str = VTT, language: str = "en", **more: object) -> Answer:
        return self("POST", body={"text": text, "language": language, **more})


@pytest.fixture
def tracks(platform: Platform, asset_id: str) -> Client:
    return Client(platform, asset_id)


def test_a_file_that_is_brought_is_offered_to_players(tracks: Client, platform: Platform, asset_id: str) -> None:
    answer = tracks.bring(language="pt-BR", sdh=True, kind="captions", default=True)

    assert answer.status == 201
    assert (answer.body["id"], answer.body["label"], answer.body["version"]) == ("tpt-BR-sdh", "Portuguese (SDH)", 1)
    assert (answer.body["source"], answer.body["draft"], answer.body["notes"]) == ("sidecar", False, [])
    main = main_playlist(platform, asset_id)
    assert 'LANGUAGE="pt-BR",NAME="Portuguese (SDH)",DEFAULT=YES,AUTOSELECT=YES,FORCED=NO' in main
    assert f'URI="{answer.body["url"].removeprefix(f"/{prefix(asset_id)}")}"' in main
    for name in ("url", "vtt_url", "srt_url"):
        assert platform.objects.head(MEDIA, answer.body[name].removeprefix("/")) is not None


def test_tracks_are_listed_for_everybody_and_their_text_is_for_administrators(
    tracks: Client, platform: Platform
) -> None:
    tracks.bring()
    platform.caller = None

    assert [track["id"] for track in tracks("GET").body["items"]] == ["ten-subtitles"]
    assert tracks("GET", "/ten-subtitles").status == 401
    platform.caller = "viewer"
    assert tracks("GET", "/ten-subtitles").status == 403


def test_what_is_mended_is_said(tracks: Client) -> None:
    answer = tracks.bring(SRT)

    assert answer.body["notes"] == ["1 cues were cut where the next one begins."]
    shown = tracks("GET", "/ten-subtitles").body
    assert [(c["start_seconds"], c["end_seconds"], c["text"]) for c in shown["cues"]] == [
        (1.0, 2.4, "Hello"),
        (2.4, 4.0, "there"),
    ]


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("not a subtitle file", "unknown_subtitles"),
        ("WEBVTT\n\n", "no_cues"),
        ("WEBVTT\n\n00:50.000 --> 00:52.000\nfar beyond the end\n", "broken_cues"),
        ("WEBVTT\n\n00:02.000 --> 00:01.000\nbackwards\n", "broken_cues"),
    ],
)
def test_what_cannot_be_mended_is_refused_with_a_sentence_and_changes_nothing(
    tracks: Client, platform: Platform, asset_id: str, text: str, code: str
) -> None:
    answer = tracks.bring(text)

    assert (answer.status, answer.body["code"]) == (422, code)
    assert answer.body["detail"].endswith(".")
    assert main_playlist(platform, asset_id) == MAIN
    assert tracks("GET").body["items"] == []


@pytest.mark.parametrize(
    "body",
    [
        {"text": VTT},
        {"text": VTT, "language": "english"},
        {"text": VTT, "language": 'en"'},
        {"text": VTT, "language": "en", "label": "a\nb"},
        {"text": VTT, "language": "en", "kind": "metadata"},
        {"text": "", "language": "en"},
        {"text": VTT, "language": "en", "colour": "red"},
    ],
)
def test_only_what_makes_a_track_is_taken(tracks: Client, body: dict[str, object]) -> None:
    assert tracks("POST", body=body).status == 422


def test_a_file_of_more_than_a_megabyte_is_refused(tracks: Client) -> None:
    assert tracks.bring("WEBVTT\n\n" + "x" * (1 << 20)).status == 413


def test_a_second_file_of_the_same_kind_is_refused_but_other_kinds_are_not(tracks: Client) -> None:
    assert tracks.bring().status == 201
    second = tracks.bring()
    assert (second.status, second.body["code"]) == (409, "track_exists")
    assert tracks.bring(forced=True).body["id"] == "ten-forced"
    assert tracks.bring(language="de").status == 201


def test_a_track_is_edited_by_cues_or_by_a_file_in_the_version_that_was_read(
    tracks: Client, platform: Platform, asset_id: str
) -> None:
    tracks.bring()
    read = tracks("GET", "/ten-subtitles")
    assert read.headers["etag"] == '"1"'

    cues = [{"start_seconds": 3, "end_seconds": 4, "text": "a < b"}]
    edited = tracks("PUT", "/ten-subtitles", {"cues": cues}, if_match='"1"')
    assert (edited.status, edited.body["version"], edited.body["source"]) == (200, 2, "edited")
    assert edited.headers["etag"] == '"2"'
    late = tracks("PUT", "/ten-subtitles", {"cues": cues}, if_match='"1"')
    assert (late.status, late.body["code"]) == (412, "outdated")

    by_file = tracks("PUT", "/ten-subtitles", VTT, content_type="text/vtt; charset=utf-8", if_match='"2"')
    assert (by_file.status, by_file.body["version"]) == (200, 3)
    assert tracks("GET", "/ten-subtitles").body["cues"][0]["text"] == "Hello & goodbye"
    by_bytes = tracks("PUT", "/ten-subtitles", SRT.encode(), content_type="application/x-subrip")
    assert (by_bytes.status, by_bytes.body["cue_count"]) == (200, 2)
    assert by_bytes.body["url"].removeprefix(f"/{prefix(asset_id)}") in main_playlist(platform, asset_id)


@pytest.mark.parametrize("encoding", ["utf-16", "cp1252"])
def test_letters_of_a_file_survive_whatever_it_is_written_in(tracks: Client, encoding: str) -> None:
    tracks.bring()
    sent = "1\n00:00:01,000 --> 00:00:02,000\nGrüße é\n".encode(encoding)

    assert tracks("PUT", "/ten-subtitles", sent, content_type="application/x-subrip").status == 200
    assert [cue["text"] for cue in tracks("GET", "/ten-subtitles").body["cues"]] == ["Grüße é"]


def test_every_version_can_be_read_again(tracks: Client) -> None:
    tracks.bring()
    tracks("PUT", "/ten-subtitles", {"text": SRT})

    versions = tracks("GET", "/ten-subtitles/versions").body["items"]
    assert [(v["version"], v["source"], v["cue_count"]) for v in versions] == [(2, "edited", 2), (1, "sidecar", 1)]
    assert tracks("GET", "/ten-subtitles?version=1").body["cues"][0]["text"] == "Hello & goodbye"
    assert tracks("GET", "/ten-subtitles?version=9").status == 404


@pytest.mark.parametrize("body", [{}, {"cues": [], "text": VTT}, {"cues": [{"start_seconds": 1}]}, {"label": "x"}])
def test_an_edit_has_cues_or_a_file(tracks: Client, body: dict[str, object]) -> None:
    tracks.bring()
    assert tracks("PUT", "/ten-subtitles", body).status == 422


def test_a_label_and_the_default_stay_unless_they_are_sent(tracks: Client) -> None:
    tracks.bring(label="For all", default=True)
    assert tracks("PUT", "/ten-subtitles", {"text": SRT}).body["label"] == "For all"
    changed = tracks("PUT", "/ten-subtitles", {"text": SRT, "label": "Others", "default": False}).body
    assert (changed["label"], changed["default"]) == ("Others", False)


def test_a_track_that_is_removed_is_gone_with_all_its_versions(
    tracks: Client, platform: Platform, asset_id: str
) -> None:
    tracks.bring()
    tracks.bring(forced=True)
    tracks("PUT", "/ten-subtitles", {"text": SRT})

    assert tracks("DELETE", "/ten-subtitles", if_match='"1"').status == 412
    assert tracks("DELETE", "/ten-subtitles", if_match='"2"').status == 204
    assert tracks("DELETE", "/ten-subtitles").status == 404
    assert "ten-subtitles" not in main_playlist(platform, asset_id)
    left = [head.key for head in platform.objects.list(MEDIA, prefix(asset_id)) if "/ten" in head.key]
    assert left
    assert all("/ten-forced" in key for key in left)


def test_a_film_that_cannot_be_watched_takes_no_text_yet(platform: Platform) -> None:
    job = platform.running()
    answer = Client(platform, job.asset_id).bring()

    assert (answer.status, answer.body["code"]) == (409, "not_playable")


def test_what_is_not_there_is_a_404(tracks: Client, platform: Platform) -> None:
    nowhere = Client(platform, "ast_none")
    assert nowhere("GET").status == nowhere.bring().status == 404
    for method, body in (("GET", None), ("PUT", {"text": VTT}), ("DELETE", None)):
        assert tracks(method, "/ten", body).status == 404
    assert tracks("GET", "/ten/versions").status == 404
