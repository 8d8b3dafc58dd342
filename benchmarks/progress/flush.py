"""One flush in a process of its own, as the schedule starts it: `python -m benchmarks.progress.flush VALKEY DATABASE`.

Says `begun` once it is connected, then its report as JSON.
"""

from __future__ import annotations

import sys

from marquee.domain.metrics import UNCOUNTED
from marquee.services.flush_progress import FlushProgress

from benchmarks.progress.stores import Addresses


def main() -> None:
    addresses = Addresses(*sys.argv[1:3])
    live, store = addresses.live(), addresses.store()
    live.forgotten()
    store.written_directly(1)
    print("begun", flush=True)
    print(FlushProgress(live, store, UNCOUNTED)().model_dump_json(), flush=True)


main()
