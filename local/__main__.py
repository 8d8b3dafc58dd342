"""`python -m local [--port P] [--state DIR]`: the local cloud, plainly, until Ctrl-C. `marquee up` is nicer."""

from __future__ import annotations

import argparse
import asyncio
import logging
import signal
import sys
from pathlib import Path

from local.cloud import LocalCloud, Options


def _options() -> Options:
    parser = argparse.ArgumentParser(prog="python -m local", description=__doc__)
    parser.add_argument("--port", type=int, default=8080, help="the site's port; the three above are used too")
    parser.add_argument("--state", type=Path, default=Path(".marquee"), help="the folder that holds everything")
    parser.add_argument("--assembly", type=Path, default=Path("cdk.out"), help="the synthesized app")
    parser.add_argument("--environment", default="dev", help="which environment of the app to run")
    given = parser.parse_args()
    return Options(
        port=given.port,
        state_dir=given.state,
        assembly_dir=given.assembly,
        environment=given.environment,
        progress=lambda step: print(step, flush=True),
    )


async def _run(options: Options) -> None:
    stopping = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stopping.set)
    async with LocalCloud(options) as cloud:
        print(f"{cloud.url} (AWS: {cloud.aws_url})", flush=True)
        await stopping.wait()


def main() -> int:
    logging.basicConfig(level=logging.WARNING, format="%(asctime)s %(name)s %(levelname)s %(message)s")
    asyncio.run(_run(_options()))
    return 0


if __name__ == "__main__":
    sys.exit(main())
