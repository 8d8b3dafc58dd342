"""A Marquee in trouble, for those who rehearse the runbooks: a bad release of it, and the pages' commands run there."""

from __future__ import annotations

import dataclasses
import json
import re
import shlex
import shutil
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from string import Template
from types import MappingProxyType
from typing import Any

import urllib3
from marquee.adapters.limits import ValkeyLimits
from marquee.adapters.valkey_connection import connect
from marquee.domain.abuse import THRESHOLD_POINTS, Suspicion
from typer.testing import CliRunner

from benchmarks.people import new_token
from benchmarks.service import MarqueeService
from cli.endpoint import Endpoint, EndpointError, Json
from cli.follow import wait_for_job
from cli.main import app
from cli.transfer import Transfer, Uploader
from tests.e2e.storage import aws
from tests.films import film
from tools.runbooks import blocks

ROOT = Path(__file__).resolve().parents[2]
BROKEN = ("ingest", "probe")
BROKEN_HANDLER = """def lambda_handler(event, context):
    raise RuntimeError("a bad release")
"""
PATIENCE_SECONDS = 90.0
VALKEY_PORT_OFFSET = 3
# What stands on many pages and changes nothing.
LOOKS = ("marquee top --json", "marquee api GET /health", "marquee logs --level ERROR --since 1h")
NOTHING: Mapping[str, Any] = MappingProxyType({})
BEGUN, STOPPED_AT = "2026-11-21T12:00:00Z", 2.5


def bad_release(folder: Path) -> Path:
    """An assembly of the app in which two functions are broken, and the signing keys go on by a generation."""
    from infra.build import build_app
    from infra.environments import DEV
    from infra.sources import Sources

    sources = Sources.in_repository(ROOT)
    functions = folder / "functions"
    shutil.copytree(sources.functions, functions)
    for name in BROKEN:
        (functions / name / "handler.py").write_text(BROKEN_HANDLER)
    playback = DEV.playback.model_copy(update={"key_generation": DEV.playback.key_generation + 1})
    changed = DEV.model_copy(update={"playback": playback})
    build_app([changed], dataclasses.replace(sources, functions=functions), outdir=folder / "assembly").synth()
    return folder / "assembly"


@dataclasses.dataclass
class Viewer:
    """Somebody who has opened a film and stopped in it, before anything went wrong."""

    endpoint: Endpoint
    session: Json
    movie_id: str

    def cookies(self) -> str:
        return header_of(self.session["cookies"])


class Rehearsal:
    """`service` runs the bad release; `film`, its `viewer` and all that was before are from the release before."""

    def __init__(self, service: MarqueeService) -> None:
        self.service = service
        self.film = self.upload(seconds=4.0, title="Before")
        self.ended(self.film)
        self.viewer = self._viewer()
        self.released_at = datetime.now(UTC)
        self._typed: set[str] = set()
        self._environment = {
            "MARQUEE_ENV": "local",
            "MARQUEE_ENDPOINT": service.endpoint.site,
            "MARQUEE_CLI_STATE": service.variables["MARQUEE_CLI_STATE"],
        }

    def upload(self, *, seconds: float, title: str) -> Transfer:
        return Uploader(self.service.endpoint).send(film("tiny", seconds=seconds), title=title)

    def ended(self, transfer: Transfer) -> Json:
        return wait_for_job(self.service.endpoint, transfer.job_id, until=time.monotonic() + PATIENCE_SECONDS)

    def job(self, transfer: Transfer) -> Json:
        return self.service.endpoint.get(f"/jobs/{transfer.job_id}")

    def follow(
        self, page: str, variables: Mapping[str, str] = NOTHING, before: Mapping[str, Callable[[], object]] = NOTHING
    ) -> None:
        """Type what a page says, line by line; a line that fails fails the test.

        `before`: what happens just before a line that begins so; it may still change `variables`.
        """
        for block in blocks(page):
            for line in [] if block.at_aws else block.text.splitlines():
                for happens in [call for words, call in before.items() if line.startswith(words)]:
                    happens()
                if not self._seen(line):
                    self.typed(line, variables, page)

    def typed(self, line: str, variables: Mapping[str, str] = NOTHING, page: str = "") -> str:
        """What a command prints, typed by an operator of this cloud.

        The shell's part (quotes, variables, `!`) is done here, and the command runs in this process: to start a new
        one for each would take longer than all else.
        """
        words = [Template(word).substitute(variables) for word in _words(line)]
        refusal = words[0] == "!"
        assert words[refusal] == "marquee", f"{page}: {line}"
        done = CliRunner(env=self._environment).invoke(app, words[refusal + 1 :])
        assert (done.exit_code == 0) is not refusal, f"{page}: {line}\n{done.output}\n{done.exception!r}"
        return done.stdout

    def _seen(self, line: str) -> bool:
        """Whether it only looks, at what it has looked at before on another page."""
        if line not in LOOKS:
            return False
        seen = line in self._typed
        self._typed.add(line)
        return seen

    def shut_out(self, address: str) -> None:
        """Somebody floods from this address."""
        port = int(self.service.endpoint.site.rpartition(":")[2]) + VALKEY_PORT_OFFSET
        limits = ValkeyLimits(connect(f"127.0.0.1:{port}", tls=False))
        assert limits.report(address, Suspicion(THRESHOLD_POINTS * 2, "scanning")) is not None

    def until(self, holds: Callable[[], bool], what: str) -> None:
        deadline = time.monotonic() + PATIENCE_SECONDS
        while not holds():
            assert time.monotonic() < deadline, f"never: {what}"
            time.sleep(0.2)

    def media(self, path: str, cookies: str) -> int:
        """The status of an address at the edge, asked for with these cookies."""
        address = f"{self.service.endpoint.site}{path}"
        return urllib3.request("GET", address, headers={"cookie": cookies}, timeout=30, retries=False).status

    def key_ids(self) -> dict[str, str]:
        """The edge's names of the signing keys by generation, as a process of `streaming` has been told them."""
        for pid in self.service.processes("streaming.handler"):
            given = Path(f"/proc/{pid}/environ").read_text().split("\0")
            found = dict(line.split("=", 1) for line in given if "=" in line)
            if "SIGNING_KEY_IDS" in found:
                return dict(json.loads(found["SIGNING_KEY_IDS"]))
        raise AssertionError("streaming does not run")

    @contextmanager
    def impatient_ingest(self) -> Iterator[None]:
        """A message that failed comes again at once instead of after minutes; nobody has that time here."""
        sqs = aws(self.service, "sqs")
        (queue,) = (url for url in sqs.list_queues()["QueueUrls"] if "Ingest" in url and "DeadLetters" not in url)
        found = sqs.get_queue_attributes(QueueUrl=queue, AttributeNames=["VisibilityTimeout"])
        sqs.set_queue_attributes(QueueUrl=queue, Attributes={"VisibilityTimeout": "0"})
        yield
        sqs.set_queue_attributes(QueueUrl=queue, Attributes=found["Attributes"])

    def _viewer(self) -> Viewer:
        token = new_token(self.service)
        endpoint = Endpoint(self.service.endpoint.site, token=lambda: token)
        movie_id = self.film.asset_id  # a film that is linked to no movie is its own
        report = {"session_id": "one", "session_started_at": BEGUN, "client_time": BEGUN, "device": "tests"}
        endpoint.post(
            f"/streaming/progress/{movie_id}", {**report, "position_seconds": STOPPED_AT, "duration_seconds": 4}
        )
        return Viewer(endpoint, endpoint.post("/streaming/sessions", {"asset_id": self.film.asset_id}), movie_id)


def _words(line: str) -> list[str]:
    """As a shell splits it; within single quotes a `$` is one."""
    quoted = re.sub(r"'[^']*'", lambda part: part[0].replace("$", "$$"), line)
    return shlex.split(quoted)


def header_of(cookies: Mapping[str, str]) -> str:
    return "; ".join(f"{name}={value}" for name, value in cookies.items())


def refused(call: Callable[[], Any]) -> str:
    """The code with which the API refuses."""
    try:
        call()
    except EndpointError as error:
        return error.code
    return "not refused"
