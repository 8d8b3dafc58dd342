"""Adapters of the worker, built on first use."""

from __future__ import annotations

import os
import ssl
from functools import cache

from marquee.adapters.objects import S3Objects
from marquee.adapters.progress_reports import ValkeyReports
from marquee.domain.media import Runner
from marquee.media.commands import Tool
from marquee.media.ffmpeg import find_ffmpeg
from marquee.services.encode_order import OrderEncoder

from ffmpeg_worker.settings import Settings

MAX_DECODE_THREADS = 4


@cache
def wire(runner: Runner) -> OrderEncoder:
    """The encoder over the real adapters; one in a process. `runner` is named in its reports."""
    settings = Settings.read()
    tool = Tool(
        ffmpeg=str(find_ffmpeg()),
        decode_threads=min(MAX_DECODE_THREADS, os.cpu_count() or 1),
        ca_file=ssl.get_default_verify_paths().cafile,
    )
    board = ValkeyReports(settings.valkey_endpoint, tls=settings.valkey_tls)
    return OrderEncoder(S3Objects(), board, tool, runner, dollars_per_hour=settings.dollars_per_hour)
