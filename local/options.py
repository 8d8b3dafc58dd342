"""What a user of the local cloud may choose."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from local.references import Platform

if TYPE_CHECKING:
    from local.identity import DemoUser


def _silent(step: str) -> None:
    del step


def _nothing(users: Sequence[DemoUser]) -> None:
    del users


@dataclass(frozen=True)
class Options:
    """How to run. `port` is the site's; the four above it are taken too.

    `slots` is how many encodes run at once; `progress` is told each step of the start. `before_serving` is told
    who can sign in, when they can and the site does not answer yet; it may block. With a `tmdb_token`, by
    default the variable TMDB_TOKEN, films of others come from TMDB itself instead of the local one.
    """

    port: int = 8080
    state_dir: Path = Path(".marquee")
    assembly_dir: Path = Path("cdk.out")
    environment: str = "dev"
    slots: int = field(default_factory=lambda: os.cpu_count() or 2)
    warm: bool = True
    tmdb_token: str | None = field(default_factory=lambda: os.environ.get("TMDB_TOKEN") or None, repr=False)
    progress: Callable[[str], None] = _silent
    before_serving: Callable[[Sequence[DemoUser]], None] = _nothing

    @property
    def platform(self) -> Platform:
        return Platform(
            aws_port=self.port + 1,
            edge_port=self.port,
            database_port=self.port + 2,
            valkey_port=self.port + 3,
            tmdb_port=self.port + 4,
            tmdb_token=self.tmdb_token,
        )
