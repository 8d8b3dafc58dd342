"""`python -m local.s3 --root DIR [--port N] [--bucket NAME …]`: the endpoint alone, for foreign clients."""

import argparse
import asyncio
import os
import signal
from pathlib import Path

from aiohttp import web

from local.s3.endpoint import SERVER_OPTIONS, S3Endpoint
from local.s3.store import S3Store


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m local.s3", description=__doc__)
    parser.add_argument("--root", type=Path, required=True, help="folder that keeps the objects")
    parser.add_argument("--port", type=int, default=0, help="0 picks a free one")
    parser.add_argument("--region", default=os.environ.get("AWS_REGION", "us-east-1"))
    parser.add_argument("--bucket", action="append", default=[], help="make this bucket if it is not there")
    return parser.parse_args()


async def _serve(arguments: argparse.Namespace) -> None:
    access_key = os.environ.get("AWS_ACCESS_KEY_ID", "local")
    credentials = {access_key: os.environ.get("AWS_SECRET_ACCESS_KEY", "local")}
    store = S3Store(arguments.root)
    for name in arguments.bucket:
        store.create_bucket(name)
    endpoint = S3Endpoint(store, credentials, arguments.region)
    app = web.Application()
    app.router.add_route("*", "/{target:.*}", endpoint.handle)
    runner = web.AppRunner(app, access_log=None, **SERVER_OPTIONS)
    await runner.setup()
    await endpoint.start()
    stopping = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stopping.set)
    try:
        await web.TCPSite(runner, "127.0.0.1", arguments.port).start()
        host, port = runner.addresses[0][:2]
        print(f"http://{host}:{port}", flush=True)
        await stopping.wait()
    finally:
        await endpoint.stop()
        await runner.cleanup()
        store.close()


if __name__ == "__main__":
    asyncio.run(_serve(_arguments()))
