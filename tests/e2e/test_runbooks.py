"""Each runbook is followed, command by command, on a local cloud in its trouble; afterwards nothing is lost.

The cloud was well, a film was watched on it; then somebody deployed a release in which `ingest` and `probe` are broken.
The tests are one story and go in its order.
"""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from benchmarks.service import MarqueeService
from cli.transfer import Transfer
from tests.e2e.rehearsal import STOPPED_AT, Rehearsal, bad_release, header_of, refused
from tests.e2e.storage import database, published, signing_key
from tests.local.edge.signing import cookies, policy
from tools.runbooks import pages

pytestmark = pytest.mark.e2e

# Those with a trouble of their own; the rest only look.
STORIES = (
    "signing-keys.md",
    "failed-deploy.md",
    "dead-letter-queue.md",
    "failed-job.md",
    "cost-spike.md",
    "stuck-job.md",
    "takedown.md",
    "restore.md",
)


@pytest.fixture(scope="module")
def rehearsal(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Rehearsal]:
    with MarqueeService() as service:
        rehearsal = Rehearsal(service)
        service.stop()
        service.assembly = bad_release(tmp_path_factory.mktemp("release"))
        service.start()
        yield rehearsal


@pytest.fixture(scope="module")
def rescued(rehearsal: Rehearsal) -> Transfer:
    """A film that comes while `ingest` is broken."""
    with rehearsal.impatient_ingest():
        transfer = rehearsal.upload(seconds=4.0, title="Meanwhile")
        rehearsal.until(lambda: letters(rehearsal) > 0, "the film's message is a dead letter")
    return transfer


def letters(rehearsal: Rehearsal) -> int:
    return sum(
        int(queue["waiting"])
        for queue in rehearsal.service.endpoint.get("/operations")["queues"]
        if queue["name"] == "ingest dead letters"
    )


def test_keys_are_turned_over_and_nobody_is_thrown_out(rehearsal: Rehearsal) -> None:
    """signing-keys.md, the first part: the release brought the next generation."""
    segment = f"/media/{rehearsal.film.asset_id}/1/main.m3u8"
    assert rehearsal.media(segment, rehearsal.viewer.cookies()) == 200
    opened = rehearsal.viewer.endpoint.post("/streaming/sessions", {"asset_id": rehearsal.film.asset_id})
    assert rehearsal.media(segment, header_of(opened["cookies"])) == 200

    key = load_pem_private_key(signing_key(rehearsal.service).encode(), None)
    assert isinstance(key, ec.EllipticCurvePrivateKey)
    ids = rehearsal.key_ids()
    assert sorted(ids) == ["1", "2"]
    everything = f"https://{rehearsal.service.endpoint.site.partition('//')[2]}/media/{rehearsal.film.asset_id}/*"
    signed = cookies(key, ids["2"], policy(everything, int(time.time()) + 60, DateGreaterThan=1))
    assert rehearsal.media(segment, header_of(signed)) == 200


def test_a_bad_release_is_taken_back_and_what_it_dropped_is_done(rehearsal: Rehearsal, rescued: Transfer) -> None:
    assert rehearsal.job(rescued)["status"] == "pending"
    versions = {one["name"]: one["live"] for one in json.loads(rehearsal.typed("marquee versions --json"))}
    assert versions["Ingest"] == 2

    # step 2 of failed-deploy.md, for the function alone: the state machine's release is found to be bad later
    rehearsal.typed("marquee rollback Ingest")
    rehearsal.follow("dead-letter-queue.md")
    assert letters(rehearsal) == 0
    rehearsal.until(lambda: rehearsal.job(rescued)["status"] != "pending", "the job has begun")


def test_a_job_that_failed_by_a_bad_release_is_run_again(rehearsal: Rehearsal, rescued: Transfer) -> None:
    failed = rehearsal.ended(rescued)
    assert (failed["status"], failed["error"]["code"]) == ("failed", "internal_error")
    moment = rehearsal.released_at.strftime("%Y-%m-%dT%H:%M:%SZ")
    rehearsal.follow("failed-deploy.md", {"FUNCTION": "Transcode", "RELEASED_AT": moment})

    rehearsal.follow("failed-job.md", {"JOB_ID": rescued.job_id})
    assert rehearsal.job(rescued)["status"] == "completed"
    assert published(rehearsal.service, rescued.asset_id)


def test_a_job_is_stopped_and_begins_again_from_its_source(rehearsal: Rehearsal) -> None:
    variables = {"JOB_ID": rehearsal.film.job_id}

    def running() -> None:
        rehearsal.until(lambda: status() == "running", "the job has begun")

    def begin() -> None:
        variables["JOB_ID"] = rehearsal.upload(seconds=40.0, title="Long").job_id
        running()

    def begin_again() -> None:
        rehearsal.service.endpoint.post(f"/jobs/{variables['JOB_ID']}/retry")
        running()

    def status() -> str:
        return str(rehearsal.service.endpoint.get(f"/jobs/{variables['JOB_ID']}")["status"])

    rehearsal.follow("cost-spike.md", variables, {"marquee cancel": begin})
    assert status() == "canceled"
    rehearsal.follow("stuck-job.md", variables, {"marquee cancel": begin_again})
    assert status() == "completed"


def test_pages_that_only_look_can_be_followed_in_any_trouble(rehearsal: Rehearsal) -> None:
    variables = {
        "JOB_ID": rehearsal.film.job_id,
        "REQUEST_ID": "00000000-0000-0000-0000-000000000000",
        "ADDRESS": "203.0.113.7",
        "WORDS": "before",
    }
    rehearsal.shut_out(variables["ADDRESS"])
    for page in sorted(set(pages()) - set(STORIES)):
        rehearsal.follow(page, variables)


def test_a_database_that_lost_its_library_is_what_it_was_again(rehearsal: Rehearsal, tmp_path: Path) -> None:
    def lose() -> None:
        with database(rehearsal.service) as stored:
            for name in ("assets", "jobs", "movies", "uploads", "watch_progress", "users"):
                stored[name].delete_many({})
        assert refused(lambda: rehearsal.job(rehearsal.film)) == "not_found"

    before = everything(rehearsal)
    port = rehearsal.service.endpoint.site.rpartition(":")[2]
    variables = {"FILE": str(tmp_path / "library"), "PORT": port, "STATE": str(rehearsal.service.state)}
    rehearsal.follow("restore.md", variables, {"marquee restore": lose})
    assert before <= everything(rehearsal)


def everything(rehearsal: Rehearsal) -> set[tuple[str, str]]:
    """All documents, by collection and id. Some come by themselves: places in films are written once a minute."""
    with database(rehearsal.service) as stored:
        return {
            (name, str(document["_id"]))
            for name in ("assets", "jobs", "movies", "uploads", "watch_progress", "users")
            for document in stored[name].find().sort("_id", 1)
        }


def test_sessions_are_ended_and_a_film_is_taken_away(rehearsal: Rehearsal, rescued: Transfer) -> None:
    segment = f"/media/{rehearsal.film.asset_id}/1/main.m3u8"
    viewer = str(rehearsal.viewer.endpoint.get("/me")["subject"])
    rehearsal.follow("signing-keys.md", {"ASSET_ID": rehearsal.film.asset_id, "VIEWER": viewer})
    assert rehearsal.media(segment, rehearsal.viewer.cookies()) == 403
    assert refused(lambda: rehearsal.viewer.endpoint.get(f"/assets/{rehearsal.film.asset_id}")) == "not refused"

    rehearsal.follow("takedown.md", {"ASSET_ID": rescued.asset_id, "WORDS": "meanwhile"})
    assert published(rehearsal.service, rescued.asset_id) == []


def test_after_all_this_nothing_of_before_is_lost(rehearsal: Rehearsal) -> None:
    place = rehearsal.viewer.endpoint.get(f"/streaming/progress/{rehearsal.viewer.movie_id}")
    assert place["position_seconds"] == STOPPED_AT
    titles = {asset["title"] for asset in rehearsal.service.endpoint.get("/assets")["items"]}
    assert titles == {"Before", "Long"}
    assert letters(rehearsal) == 0

    def watches() -> bool:
        opened = rehearsal.viewer.endpoint.post("/streaming/sessions", {"asset_id": rehearsal.film.asset_id})
        playlist = f"/media/{rehearsal.film.asset_id}/1/main.m3u8"
        return rehearsal.media(playlist, header_of(opened["cookies"])) == 200

    # those of the second in which sessions were ended are ended, too
    rehearsal.until(watches, "who opens the film anew watches it")
