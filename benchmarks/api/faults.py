"""What can be sick while clients ask, each a context: sick inside, well again after it."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass

import urllib3

from benchmarks.service import MarqueeService

KILL_EVERY_SECONDS = 0.2
TMDB_PORT_OFFSET = 4
CATALOGUE = frozenset({"GET /movies", "GET /movies/{id}", "GET /movies/search", "GET /movies/search, unasked"})
WRITES = frozenset({"POST /uploads", "POST /uploads/{id}/parts", "DELETE /uploads/{id}"})
WATCHING = frozenset({"POST /streaming/progress/{id}"})


@dataclass(frozen=True)
class Fault:
    """`still_served`: calls that may not fail meanwhile. `degrades`: whether searches must say so."""

    make: Callable[[MarqueeService], AbstractContextManager[None]]
    still_served: frozenset[str]
    degrades: bool

    def __call__(self, service: MarqueeService) -> AbstractContextManager[None]:
        return self.make(service)


def _tmdb(mode: str) -> Callable[[MarqueeService], AbstractContextManager[None]]:
    @contextmanager
    def sick(service: MarqueeService) -> Iterator[None]:
        url = f"http://127.0.0.1:{int(service.endpoint.site.rpartition(':')[2]) + TMDB_PORT_OFFSET}/faults"
        headers = {"Content-Type": "application/json"}
        urllib3.request("PUT", url, body=json.dumps({"mode": mode}), headers=headers, timeout=5)
        try:
            yield
        finally:
            urllib3.request("PUT", url, body=json.dumps({"mode": None}), headers=headers, timeout=5)

    return sick


def _killed(words: str) -> Callable[[MarqueeService], AbstractContextManager[None]]:
    """`kill -9` of processes with these words in their command line, as often as they come back."""

    @contextmanager
    def sick(service: MarqueeService) -> Iterator[None]:
        well = threading.Event()

        def kill() -> None:
            while not well.wait(KILL_EVERY_SECONDS):
                for pid in service.processes(words):
                    with contextlib.suppress(ProcessLookupError):
                        os.kill(pid, signal.SIGKILL)

        thread = threading.Thread(target=kill)
        thread.start()
        try:
            yield
        finally:
            well.set()
            thread.join()

    return sick


FAULTS = {
    **{
        f"tmdb-{mode}": Fault(_tmdb(mode), CATALOGUE | WRITES | WATCHING, degrades=True)
        for mode in ("429", "500", "garbage", "hang")
    },
    "valkey": Fault(_killed("valkey-server"), CATALOGUE | WRITES | WATCHING, degrades=False),
    # What is own lies in the database: searches that are cached, and reports of where viewers are, go on.
    "database": Fault(_killed("bin/postgres"), WATCHING | {"GET /movies/search"}, degrades=False),
}
