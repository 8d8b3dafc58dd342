"""What makes an address suspicious, and for how long it is then shut out.

Every refused request adds points to its address; points halve every two minutes. An address that reaches the
threshold is blocked, each time within a day for longer.
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, Protocol

from marquee.domain.errors import InvalidRequest

Network = ipaddress.IPv4Network | ipaddress.IPv6Network
Reason = Literal["errors", "scanning", "guessing"]

HALF_LIFE_SECONDS = 120
THRESHOLD_POINTS = 100.0
FIRST_BLOCK_SECONDS = 300
BLOCK_GROWTH = 4
LONGEST_BLOCK_SECONDS = 6 * 3600
STRIKES_SECONDS = 24 * 3600

# Nobody who means Marquee asks for these: they are what scanners try everywhere.
_PROBE = re.compile(
    r"\.(php\d?|aspx?|jsp|cgi|env|ini|sql|bak|git|svn|ssh|aws|htaccess|htpasswd)(/|$)"
    r"|/(wp-|phpmyadmin|cgi-bin|actuator|solr|vendor/|etc/passwd|boaform|hnap1|server-status)"
    r"|\.\./|%2e%2e|\$\{jndi:",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Suspicion:
    """What one refused request adds. `path`: counts in full only the first time an address asks for it."""

    points: float
    reason: Reason
    path: str | None = None
    again_points: float = 0.0


@dataclass(frozen=True, slots=True)
class Block:
    """An address that is shut out. `strike`: how often within a day, this time included."""

    address: str
    reason: Reason
    strike: int
    until: datetime


def suspicion_of(status: int, path: str) -> Suspicion | None:
    """What an answer says about who asked; None: nothing."""
    if not 400 <= status < 500:
        return None
    if _PROBE.search(path):
        return Suspicion(25.0, "scanning")
    if status == 404:
        # A client that polls for what was deleted asks for one path; a scanner for many.
        return Suspicion(2.0, "scanning", path, again_points=0.25)
    if status == 401:
        return Suspicion(4.0, "guessing")
    if status == 403:
        return Suspicion(2.0, "guessing")
    # Who is limited has been told so; only who goes on for minutes is shut out.
    return Suspicion(0.1 if status == 429 else 0.5, "errors")


def block_seconds(strike: int) -> int:
    return int(min(FIRST_BLOCK_SECONDS * BLOCK_GROWTH ** (strike - 1), LONGEST_BLOCK_SECONDS))


def counted_address(text: str) -> str:
    """The address as one caller's: an IPv6 client has a whole /64 to choose from.

    Raises `InvalidRequest` for what is no address.
    """
    try:
        address = ipaddress.ip_address(text.strip())
    except ValueError as error:
        raise InvalidRequest("This is not an IP address.", code="invalid_address") from error
    if isinstance(address, ipaddress.IPv4Address):
        return str(address)
    if address.ipv4_mapped is not None:
        return str(address.ipv4_mapped)
    return str(ipaddress.ip_network((int(address), 64), strict=False).network_address)


def networks(text: str) -> tuple[Network, ...]:
    """Networks in a list with commas between them (`127.0.0.0/8,::1/128`)."""
    return tuple(ipaddress.ip_network(part.strip()) for part in text.split(",") if part.strip())


class Watch(Protocol):
    """The memory of who misbehaved."""

    def report(self, address: str, suspicion: Suspicion) -> Block | None:
        """Add points to an address; the block that this brings about, if it does. Never raises."""
        ...

    def blocks(self, limit: int) -> Sequence[Block]:
        """The addresses that are blocked now, those first that are free first.
        Raises `TransientError` when the memory is away."""
        ...

    def unblock(self, address: str) -> bool:
        """Let an address in again and forget its points and strikes; False when it was not blocked.
        Raises `TransientError` when the memory is away."""
        ...
