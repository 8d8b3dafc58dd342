"""A thousand viewers report every ten seconds while the flush runs every minute, and is killed now and then.

Players and Valkey and the database are real processes on this machine; the flush is a process of its own. In the
end what the database has is compared with what each player remembers. Exit code 1: something was lost or doubled,
or the database was written outside of a flush.
"""

from __future__ import annotations

import argparse
import random
import subprocess
import sys
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass, field

from marquee.domain.metrics import UNCOUNTED
from marquee.domain.watch_stores import WatchKey
from marquee.services.flush_progress import LEASE_SECONDS, FlushReport
from marquee.services.record_progress import RecordProgress
from pymongo import monitoring
from rich.console import Console
from rich.table import Table

from benchmarks.progress.players import EVERY_SECONDS, Player
from benchmarks.progress.stores import Addresses, WriteCount, running_stores

THREADS = 4
KILLED_WITHIN_SECONDS = 0.15


@dataclass
class Flushes:
    """Runs one every `period` seconds; every `kill_every`-th is killed at a random moment of its work."""

    addresses: Addresses
    period: float
    kill_every: int
    reports: list[FlushReport] = field(default_factory=list)
    killed: int = 0

    def run_until(self, over: threading.Event) -> None:
        number = 0
        while not over.wait(self.period):
            number += 1
            self.run(kill=self.kill_every > 0 and number % self.kill_every == 0)

    def run(self, *, kill: bool = False) -> None:
        command = [sys.executable, "-m", "benchmarks.progress.flush", self.addresses.valkey, self.addresses.database]
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
            assert process.stdout is not None
            process.stdout.readline()
            if kill:
                time.sleep(random.uniform(0, KILLED_WITHIN_SECONDS))  # noqa: S311  # any moment is tried
                process.kill()
            said = process.stdout.read()
        if said:
            self.reports.append(FlushReport.model_validate_json(said))
        else:
            self.killed += 1


@dataclass
class Load:
    """Every player reports once in ten seconds, spread evenly; each is played by one thread."""

    players: Sequence[Player]
    addresses: Addresses
    until: float
    milliseconds: list[float] = field(default_factory=list)
    news: int = 0
    late_seconds: float = 0.0

    def run(self) -> None:
        parts = [Load(self.players[n::THREADS], self.addresses, self.until) for n in range(THREADS)]
        threads = [threading.Thread(target=part.play) for part in parts]
        for thread in threads:
            thread.start()
        for thread, part in zip(threads, parts, strict=True):
            thread.join()
            self.milliseconds += part.milliseconds
            self.news += part.news
            self.late_seconds = max(self.late_seconds, part.late_seconds)

    def play(self) -> None:
        store = self.addresses.store()
        record = RecordProgress(self.addresses.live(), lambda: store, UNCOUNTED)
        pause, due = EVERY_SECONDS / len(self.players), time.monotonic()
        while True:
            for player in self.players:
                time.sleep(max(0.0, due - time.monotonic()))
                if time.monotonic() >= self.until:
                    return
                self.late_seconds = max(self.late_seconds, time.monotonic() - due)
                due += pause
                self._send(record, player)

    def _send(self, record: RecordProgress, player: Player) -> None:
        for report in player.reports():
            begun = time.perf_counter()
            answer = record(player.viewer, player.movie, report)
            self.milliseconds.append((time.perf_counter() - begun) * 1000)
            self.news += answer.recorded


def differences(players: Sequence[Player], addresses: Addresses) -> list[str]:
    """Players of whom the database knows something else than they do."""
    keys = [WatchKey(player.viewer, player.movie) for player in players]
    kept, wrong = addresses.store().read(keys), []
    for key, player in zip(keys, players, strict=True):
        state = kept[key].state if key in kept else None
        current = state.current if state is not None else None
        found = None if state is None or current is None else (current.session_id, current.position_seconds)
        ends = None if state is None else state.times_completed
        if found != (player.session, round(player.position, 3)) or ends != player.ends:
            wrong.append(f"{key}: {found}, {ends} ends instead of {player.session, player.position}, {player.ends}")
    return wrong


def measure(arguments: argparse.Namespace, addresses: Addresses, console: Console) -> bool:
    """Whether nothing was lost, doubled or written beside the flushes."""
    outside = WriteCount()
    monitoring.register(outside)
    players = [Player(n, random.Random(n)) for n in range(arguments.viewers)]  # noqa: S311  # the same each time
    flushes = Flushes(addresses, arguments.flush_seconds, arguments.kill_every)
    load = Load(players, addresses, time.monotonic() + arguments.minutes * 60)
    over = threading.Event()
    flusher = threading.Thread(target=flushes.run_until, args=(over,))
    flusher.start()
    begun = time.monotonic()
    with console.status(f"{arguments.viewers} viewers watch for {arguments.minutes:g} minutes"):
        load.run()
        seconds = time.monotonic() - begun
        over.set()
        flusher.join()
        flushes.run()
        time.sleep(LEASE_SECONDS + 1 if flushes.killed else 0)  # what a killed one had claimed is free again
        flushes.run()
    memory = dict(addresses.client().info("memory"))["used_memory_peak_human"]  # type: ignore[arg-type]
    wrong = differences(players, addresses)
    console.print(_table(load, flushes, outside, seconds, len(wrong), str(memory)))
    for line in wrong[:10]:
        console.print(line)
    return not wrong and outside.commands == 0


def _table(load: Load, flushes: Flushes, outside: WriteCount, seconds: float, wrong: int, memory: str) -> Table:
    ordered = sorted(load.milliseconds)
    written = sum(report.written for report in flushes.reports)
    slowest = max(report.seconds for report in flushes.reports)
    table = Table("what", "measured", title="Watch progress")
    rows = {
        "viewers": f"{len(load.players)}",
        "reports": f"{len(ordered)} in {seconds:.0f} s, {len(ordered) / seconds:.1f} a second",
        "of these news": f"{load.news}",
        "a report takes (p50 · p95 · p99 · most)": " · ".join(
            f"{ordered[min(len(ordered) - 1, int(len(ordered) * p))]:.2f} ms" for p in (0.5, 0.95, 0.99, 1.0)
        ),
        "players behind their time, at most": f"{load.late_seconds:.2f} s",
        "write commands to the database outside of flushes": f"{outside.commands}",
        "flushes": f"{len(flushes.reports)}, and {flushes.killed} killed half-way",
        "states that those wrote": f"{written}: one for {load.news / max(1, written):.1f} reports",
        "the longest flush": f"{slowest:.2f} s",
        "Valkey's memory, at most": memory,
        "viewers whose progress was lost or doubled": f"{wrong}",
    }
    for what, value in rows.items():
        table.add_row(what, value)
    return table


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks progress", description=__doc__)
    parser.add_argument("--minutes", type=float, default=10, help="how long they watch")
    parser.add_argument("--viewers", type=int, default=1000, help="each reports every ten seconds")
    parser.add_argument("--flush-seconds", type=float, default=60, help="between two flushes")
    parser.add_argument("--kill-every", type=int, default=3, help="which flushes are killed half-way; 0: none")
    arguments = parser.parse_args()
    console = Console()
    with running_stores() as addresses:
        good = measure(arguments, addresses, console)
    raise SystemExit(0 if good else 1)


main()
