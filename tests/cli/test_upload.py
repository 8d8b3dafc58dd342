"""`marquee upload` against a site that loses, refuses and remembers parts."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from typer.testing import CliRunner

from cli.endpoint import Endpoint, EndpointError
from cli.main import app
from cli.resume import UnfinishedUploads
from cli.transfer import Uploader
from tests.cli.site import Site, job

FILM = os.urandom(4500)  # five parts of at most 1000 bytes


@pytest.fixture
def site() -> Iterator[Site]:
    site = Site()
    yield site
    site.close()


@pytest.fixture
def film(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("MARQUEE_CLI_STATE", str(tmp_path / "state"))
    monkeypatch.setattr("cli.transfer.pause_before", lambda attempt: 0.0)
    monkeypatch.setattr("cli.endpoint.pause_before", lambda attempt: 0.0)
    film = tmp_path / "film.mp4"
    film.write_bytes(FILM)
    return film


def upload(site: Site, film: Path, *options: str) -> tuple[int, dict[str, object]]:
    result = CliRunner().invoke(app, ["upload", str(film), "--endpoint", site.url, "--json", *options])
    return result.exit_code, json.loads(result.stdout)


def stored(site: Site) -> bytes:
    return b"".join(site.parts[number] for number in sorted(site.parts))


def test_every_part_arrives_once_and_in_order(site: Site, film: Path) -> None:
    code, outcome = upload(site, film)
    assert (code, outcome["job_id"], outcome["error"]) == (0, "job_1", None)
    assert stored(site) == FILM
    assert site.completed is not None
    assert [part["part_number"] for part in site.completed] == [1, 2, 3, 4, 5]
    assert set(site.puts.values()) == {1}


@pytest.mark.parametrize(("name", "media_type"), [("film.mp4", "video/mp4"), ("film.txt", "application/octet-stream")])
def test_an_ending_that_says_no_film_says_nothing(site: Site, film: Path, name: str, media_type: str) -> None:
    assert upload(site, film.rename(film.with_name(name)))[0] == 0
    assert site.content_type == media_type


def test_who_may_watch_is_said_with_the_film(site: Site, film: Path) -> None:
    assert upload(site, film, "--visibility", "premium", "--title", "Heat")[0] == 0
    assert site.described == {"visibility": "premium", "title": "Heat"}


def test_captions_and_analysis_are_chosen_for_one_film(site: Site, film: Path) -> None:
    assert upload(site, film, "--no-captions", "--analysis")[0] == 0
    assert site.described == {"captions": False, "analysis": True}


def test_a_part_that_fails_is_sent_again(site: Site, film: Path) -> None:
    site.fail_parts = {2: [503, 500], 4: [403]}
    code, _ = upload(site, film)
    assert code == 0
    assert stored(site) == FILM
    assert (site.puts[2], site.puts[4]) == (3, 2)


def test_a_refused_part_ends_the_upload_and_the_next_try_goes_on_from_there(site: Site, film: Path) -> None:
    site.fail_parts = {5: [400]}
    code, outcome = upload(site, film)
    assert code == 1
    assert outcome["error"] == {"code": "part_refused", "message": "The storage refused a part with status 400."}
    sent_before = sum(site.puts.values())
    arrived = len(site.parts)
    code, _ = upload(site, film)
    assert code == 0
    assert stored(site) == FILM
    assert sum(site.puts.values()) == sent_before + 5 - arrived
    assert site.created == 1


def test_a_received_part_that_differs_from_the_file_is_sent_again(site: Site, film: Path) -> None:
    site.fail_parts = {5: [400]}
    upload(site, film)
    site.parts[1] = b"x" * 1000
    upload(site, film)
    assert stored(site) == FILM


def test_a_changed_file_is_a_new_upload(site: Site, film: Path) -> None:
    site.fail_parts = {5: [400]}
    upload(site, film)
    film.write_bytes(FILM[::-1])
    os.utime(film, ns=(1, 1))
    upload(site, film)
    assert site.created == 2
    assert stored(site) == FILM[::-1]


def test_progress_counts_every_byte_once_even_when_parts_start_over(site: Site, film: Path) -> None:
    site.fail_parts = {1: [500], 3: [500]}
    counts: list[int] = []
    Uploader(Endpoint(site.url), UnfinishedUploads(film.parent)).send(film, progress=counts.append)
    assert sum(counts) == len(FILM)


def test_a_failed_job_is_told_and_is_the_exit_code(site: Site, film: Path) -> None:
    error = {"code": "no_video", "message": "The file has no picture."}
    site.jobs = [job("running", 0.2), job("failed", 0.2, error)]
    code, outcome = upload(site, film, "--wait")
    assert code == 1
    assert outcome == {
        "asset_id": "ast_1", "job_id": "job_1", "status": "failed", "playback_url": None, "error": error
    }  # fmt: skip


def test_waiting_gives_the_absolute_playlist(site: Site, film: Path) -> None:
    site.jobs = [job("running", 0.5), job("completed", 1.0)]
    code, outcome = upload(site, film, "--wait")
    assert code == 0
    assert outcome["playback_url"] == f"{site.url}/media/ast_1/1/main.m3u8"


def test_a_busy_api_is_asked_again(site: Site, film: Path) -> None:
    site.answers = [503, 429]
    code, _ = upload(site, film)
    assert code == 0


def test_an_upload_goes_on_when_its_token_has_ended_on_the_way(site: Site, film: Path) -> None:
    site.answers = [401]
    tokens = iter(["old"])
    endpoint = Endpoint(site.url, token=lambda: next(tokens, "new"), renewed=lambda refused: "new")
    Uploader(endpoint).send(film)
    assert stored(site) == FILM
    assert site.created == 1


def test_an_upload_that_cannot_be_remembered_is_sent_nevertheless(
    site: Site, film: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MARQUEE_CLI_STATE", str(film))
    warnings: list[str] = []
    Uploader(Endpoint(site.url), warn=warnings.append).send(film)
    assert stored(site) == FILM
    assert "begin anew" in warnings[0]


def test_nobody_there_is_one_sentence_that_says_what_to_do(film: Path) -> None:
    with pytest.raises(EndpointError) as raised:
        Endpoint("http://127.0.0.1:9").get("/health")
    assert raised.value.code == "unreachable"
    assert "marquee up" in raised.value.message


@pytest.mark.parametrize("address", ["films.example", "ftp://films.example", ""])
def test_what_is_no_address_is_told_before_anybody_is_asked(address: str) -> None:
    with pytest.raises(EndpointError) as raised:
        Endpoint(address).get("/health")
    assert raised.value.code == "no_address"


def test_a_missing_file_is_told_as_json(site: Site, film: Path) -> None:
    code, outcome = upload(site, film.with_name("other.mp4"))
    assert code == 1
    assert outcome["error"]["code"] == "no_such_file"  # type: ignore[index]


def test_jobs_are_listed_for_programs(site: Site) -> None:
    result = CliRunner().invoke(app, ["jobs", "--endpoint", site.url, "--json"])
    assert json.loads(result.stdout)[0]["id"] == "job_1"
