"""Free TCP ports for services that are measured or tested."""

from __future__ import annotations

import random
import socket

PORTS = 5  # how many a local cloud takes


def free_ports(count: int = PORTS) -> int:
    """The first of `count` neighbouring ports of 127.0.0.1 that were all free a moment ago.

    Below the range from which the kernel takes ports for outgoing connections: those are taken at any moment.
    """
    for first in random.sample(range(20_000, 32_000 - count), 500):
        if all(_is_free(port) for port in range(first, first + count)):
            return first
    raise RuntimeError(f"There are no {count} free neighbouring ports.")


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
        return True
