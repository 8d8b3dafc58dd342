"""Runs the local cloud for `marquee up` and `marquee demo`."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import Awaitable, Callable
from pathlib import Path

from cli.display import console

Work = Callable[[], Awaitable[int]]
