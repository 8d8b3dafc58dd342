"""Which addresses a webhook may be sent to: server-side request forgery ends here.

An address is judged twice: its text when it is registered and again at each attempt (`check_url`), and what its
name means at each attempt (`check_address`), because a name may mean something else every time it is asked.
"""

from __future__ import annotations

import ipaddress
import re
from dataclasses import dataclass
from urllib.parse import urlsplit

from marquee.domain.errors import InvalidRequest

PUBLIC_PORTS = frozenset({443, 8443})
LOWEST_LOOPBACK_PORT = 1024
MAX_URL_LENGTH = 2048

Address = ipaddress.IPv4Address | ipaddress.IPv6Address

# Printable ASCII without what parsers quarrel about: space, quotes, angle brackets, backslash, caret, braces, bar.
_URL = re.compile(r"[!#-;=?-\[\]_a-z~]+", re.ASCII)
_LABEL = re.compile(r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?")
_INNER_SUFFIXES = ("localhost", "local", "internal", "intranet", "lan", "home", "corp", "arpa", "onion", "test")

_FORBIDDEN_4 = tuple(
    ipaddress.IPv4Network(block)
    for block in (
        "0.0.0.0/8",
        "10.0.0.0/8",
        "100.64.0.0/10",  # carriers' NAT, and some clouds' metadata
        "127.0.0.0/8",
        "168.63.129.16/32",  # Azure's wire server, public by its number only
        "169.254.0.0/16",  # link-local, with metadata, X-Ray and task credentials
        "172.16.0.0/12",
        "192.0.0.0/24",
        "192.0.2.0/24",
        "192.88.99.0/24",  # 6to4 relays
        "192.168.0.0/16",
        "198.18.0.0/15",
        "198.51.100.0/24",
        "203.0.113.0/24",
        "224.0.0.0/4",
        "240.0.0.0/4",
    )
)
# Of IPv6 only global unicast, without the parts that stand for IPv4 addresses or are for documents and tests.
# That leaves out mapped (::ffff/96), NAT64 (64:ff9b::/96, 64:ff9b:1::/48), unique local, link-local and multicast.
_GLOBAL_6 = ipaddress.IPv6Network("2000::/3")
_FORBIDDEN_6 = tuple(
    ipaddress.IPv6Network(block)
    for block in (
        "2001::/23",  # Teredo, benchmarks, ORCHID
        "2001:db8::/32",
        "2002::/16",  # 6to4
        "3fff::/20",
    )
)


class ForbiddenTarget(InvalidRequest):
    """Webhooks are not sent there."""

    code = "forbidden_target"


@dataclass(frozen=True, slots=True)
class Target:
    """An address taken apart. `host` in lower case; `path` with its query."""

    scheme: str
    host: str
    port: int
    path: str

    @property
    def is_loopback(self) -> bool:
        return self.scheme == "http"

    @property
    def authority(self) -> str:
        """What the `Host` header says."""
        standard = 443 if self.scheme == "https" else 80
        return self.host if self.port == standard else f"{self.host}:{self.port}"


@dataclass(frozen=True, slots=True)
class TargetPolicy:
    """https to public names; with `loopback` also http to this machine, for developers.

    `closed_ports`: loopback ports that are no receivers in any case, such as the Lambda runtime's own.
    """

    loopback: bool = False
    closed_ports: frozenset[int] = frozenset()

    def check_url(self, url: str) -> Target:
        """Raises `ForbiddenTarget` with the reason."""
        if len(url) > MAX_URL_LENGTH or not _URL.fullmatch(url):
            raise ForbiddenTarget("An address is printable ASCII, without spaces; write a name's letters as xn--….")
        try:
            parts = urlsplit(url)
            host, port = parts.hostname or "", parts.port
        except ValueError as error:
            raise ForbiddenTarget("This is not an address.") from error
        if "@" in parts.netloc or "%" in parts.netloc or parts.fragment or "#" in url:
            raise ForbiddenTarget("An address has no user, no password and no fragment.")
        path = f"{parts.path or '/'}{'?' if parts.query else ''}{parts.query}"
        if parts.scheme == "http" and self.loopback:
            return self._loopback_target(host, 80 if port is None else port, path)
        if parts.scheme != "https":
            raise ForbiddenTarget("Webhooks are sent by https only.")
        _check_name(host)
        port = 443 if port is None else port
        if port not in PUBLIC_PORTS:
            raise ForbiddenTarget(f"Webhooks are sent to ports {', '.join(map(str, sorted(PUBLIC_PORTS)))} only.")
        return Target("https", host, port, path)

    def check_address(self, target: Target, address: Address) -> None:
        """Raises `ForbiddenTarget` unless this is where such a target may be."""
        if target.is_loopback:
            if not (self.loopback and address.is_loopback):
                raise ForbiddenTarget("http is for receivers on this machine.")
        elif not is_public(address):
            raise ForbiddenTarget("The name means an address that is not public.")

    def _loopback_target(self, host: str, port: int, path: str) -> Target:
        if host not in {"localhost", "127.0.0.1"}:
            raise ForbiddenTarget("http is for receivers on this machine.")
        if port < LOWEST_LOOPBACK_PORT or port in self.closed_ports:
            raise ForbiddenTarget("No receiver of yours is at this port.")
        return Target("http", host, port, path)


def is_public(address: Address) -> bool:
    """Whether the address is one host of the public Internet, and no other address in disguise."""
    if isinstance(address, ipaddress.IPv4Address):
        return not any(address in block for block in _FORBIDDEN_4)
    # A zone (`%eth0`) would make it an address of one link.
    inside = address in _GLOBAL_6 and not any(address in block for block in _FORBIDDEN_6)
    return inside and address.scope_id is None


def _check_name(host: str) -> None:
    """A name of the public DNS, and not a number in any of the ways that resolvers read as one."""
    labels = host.split(".")
    if len(host) > 253 or len(labels) < 2 or not all(_LABEL.fullmatch(label) for label in labels):
        raise ForbiddenTarget("The host has to be a name of the public DNS.")
    # No top-level domain begins with a digit; `127.1`, `0x7f.0.0.1` and `2130706433` are read as numbers.
    if not labels[-1][0].isalpha() or labels[-1] in _INNER_SUFFIXES:
        raise ForbiddenTarget("The host has to be a name of the public DNS.")
