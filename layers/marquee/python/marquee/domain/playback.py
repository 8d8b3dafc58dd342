"""A playback session: a viewer's right to one asset, in the words that CloudFront checks.

The session is its policy. `DateLessThan` is when it ends, and `DateGreaterThan`, a moment long ago that refuses
nobody, is the viewer's mark: so the edge, which has verified the policy's signature, knows whose session it is
without asking anyone, and a session's id says all that its cookies say, but opens nothing.
"""

from __future__ import annotations

import hashlib
import ipaddress
import json
import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, Protocol

from marquee.domain import keys
from marquee.domain.errors import Forbidden, InvalidRequest, NotFound, Unauthenticated
from marquee.domain.identity import Principal

Visibility = Literal["public", "signed_in", "premium"]

COOKIE_PREFIX = "CloudFront-"
# Marks are moments of the years 1970 to 2001.
_MARKS = 1_000_000_000
_SITE = re.compile(r"https?://[A-Za-z0-9.-]{1,253}(:\d{1,5})?")
_NAME = re.compile(r"[A-Za-z0-9_]{1,100}")
_SESSION = re.compile(r"ses_([0-9a-f]{8})([0-9a-f]{8})_([A-Za-z0-9_]{1,100})")


@dataclass(frozen=True, slots=True)
class PlaybackSession:
    """`mark` stands for the viewer; `ends_at` in seconds of Unix time."""

    asset_id: str
    mark: int
    ends_at: int

    @property
    def id(self) -> str:
        return f"ses_{self.mark:08x}{self.ends_at:08x}_{self.asset_id}"


@dataclass(frozen=True, slots=True)
class Signature:
    """`value` is DER, by ECDSA P-256 with SHA-256; `key_id` is CloudFront's name of the public key."""

    key_id: str
    value: bytes


class PlaybackSigner(Protocol):
    def sign(self, policy: bytes) -> Signature:
        """Signed by the current key. Raises `TransientError` when the keys cannot be read."""
        ...

    def verifies(self, policy: bytes, signature: Signature) -> bool:
        """Whether one of our keys has signed it."""
        ...


class RevocationList(Protocol):
    """What the edge refuses: for each name (`names_of`), sessions that end until a moment.

    Raises `TransientError` when the list is away.
    """

    def ends(self, names: tuple[str, ...]) -> Mapping[str, int]:
        """Those of `names` that are on the list, with their moments in seconds of Unix time."""
        ...

    def add(self, name: str, until: int) -> None:
        """Sessions under this name that end at `until` or before are refused. A later moment stays."""
        ...

    def drop_ended(self, now: int) -> int:
        """Takes away what no living session is under; says how many."""
        ...


def session_of(session_id: str) -> PlaybackSession:
    """Raises `NotFound` for what is no session's id."""
    found = _SESSION.fullmatch(session_id)
    if found is None:
        raise NotFound("There is no such session.")
    return PlaybackSession(found[3], int(found[1], 16), int(found[2], 16))


def mark_of(subject: str | None) -> int:
    """The same for all sessions of one viewer; a new one each time for nobody."""
    if subject is None:
        return 1 + secrets.randbelow(_MARKS)
    return 1 + int.from_bytes(hashlib.sha256(subject.encode()).digest()[:8]) % _MARKS


def names_of(session: PlaybackSession) -> tuple[str, str, str]:
    """Under which names a session may be on the revocation list. `edge/revocations.js` builds the same."""
    return (session_name(session), viewer_name(session.mark), asset_name(session.asset_id))


def session_name(session: PlaybackSession) -> str:
    return f"session:{session.mark}:{session.ends_at}:{session.asset_id}"


def viewer_name(mark: int) -> str:
    return f"viewer:{mark}"


def asset_name(asset_id: str) -> str:
    return f"asset:{asset_id}"


def check_may_watch(visibility: Visibility, viewer: Principal) -> None:
    """Raises `Unauthenticated` or `Forbidden`."""
    if visibility == "public" or viewer.is_admin:
        return
    if viewer.subject is None:
        raise Unauthenticated("Sign in to watch this.")
    if visibility == "premium" and viewer.tier != "premium":
        raise Forbidden("This is for premium viewers.", code="premium_only")


@dataclass(frozen=True, slots=True)
class Audience:
    """Whom an environment lets watch what. `visibility`: of assets that say nothing else; None: all may watch all."""

    visibility: Visibility | None

    def lets_in(self, visibility: Visibility | None, viewer: Principal) -> bool:
        """`visibility`: what the asset says."""
        if self.visibility is None:
            return True
        try:
            check_may_watch(visibility or self.visibility, viewer)
        except (Unauthenticated, Forbidden):
            return False
        return True


def resource_of(site: str, asset_id: str, version: int | None = None) -> str:
    """What a session opens: an asset, or one version of it, at one site (`https://host`).

    The host is never a wildcard: `*` also stands for slashes and the query, so `https://*/media/a/*` would open
    `/media/b/…?/media/a/`. Raises `InvalidRequest` for names that could say more than themselves.
    """
    if not _SITE.fullmatch(site) or not _NAME.fullmatch(asset_id):
        raise InvalidRequest("This is no site, or no asset.")
    return f"{site}/{keys.asset_prefix(asset_id)}{'' if version is None else f'{version}/'}*"


def policy_of(session: PlaybackSession, resource: str, address: str | None = None) -> bytes:
    """The custom policy, without white space, as CloudFront wants it. `address`: only from there (CIDR)."""
    condition: dict[str, dict[str, int | str]] = {
        "DateLessThan": {"AWS:EpochTime": session.ends_at},
        "DateGreaterThan": {"AWS:EpochTime": session.mark},
    }
    if address is not None:
        try:
            condition["IpAddress"] = {"AWS:SourceIp": str(ipaddress.ip_network(address))}
        except ValueError as error:
            raise InvalidRequest("This is no address.") from error
    policy = {"Statement": [{"Resource": resource, "Condition": condition}]}
    return json.dumps(policy, separators=(",", ":")).encode()
