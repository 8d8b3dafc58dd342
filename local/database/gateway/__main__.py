"""`python -m local.database.gateway --postgres CONNINFO --port PORT`: the gateway as a process."""

from __future__ import annotations

import argparse
import logging
import signal
import sys
from collections.abc import Sequence
from types import FrameType

from local.database.gateway.server import LOOPBACK, Gateway


def main(arguments: Sequence[str] | None = None) -> int:
    """Serves until SIGTERM or SIGINT."""
    parser = argparse.ArgumentParser(prog="python -m local.database.gateway", description=__doc__)
    parser.add_argument("--postgres", required=True, help="how libpq reaches PostgreSQL")
    parser.add_argument("--port", type=int, default=0, help="0 takes a free one")
    options = parser.parse_args(arguments)
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(message)s")
    gateway = Gateway(options.postgres, port=options.port)

    def stop(number: int, frame: FrameType | None) -> None:
        gateway.close()

    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, stop)
    logging.info("serving mongodb://%s:%d", LOOPBACK, gateway.port)
    gateway.serve()
    return 0


if __name__ == "__main__":
    sys.exit(main())
