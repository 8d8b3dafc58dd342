"""Remembers who is signed in where: one file a site, readable by its owner alone."""

from __future__ import annotations

import hashlib
import json
import os
from pathlib import Path

from pydantic import BaseModel, ValidationError


class SignedIn(BaseModel):
    """`endpoint` and `client_id` are where the tokens came from; `expires_at` in seconds since 1970."""

    site: str
    username: str
    endpoint: str
    client_id: str
    access_token: str
    refresh_token: str
    expires_at: float


class KeptTokens:
    """Sign-ins by site."""

    def __init__(self, folder: Path | None = None) -> None:
        self._folder = (folder or _state_home()) / "tokens"

    def recall(self, site: str) -> SignedIn | None:
        try:
            return SignedIn.model_validate_json(self._file(site).read_text())
        except (OSError, ValidationError):
            return None

    def keep(self, signed_in: SignedIn) -> None:
        self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        target = self._file(signed_in.site)
        partial = target.with_suffix(f".{os.getpid()}")
        # made with its mode, not given it afterwards
        with os.fdopen(os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
            json.dump(signed_in.model_dump(), file)
        partial.replace(target)

    def forget(self, site: str) -> None:
        self._file(site).unlink(missing_ok=True)

    def _file(self, site: str) -> Path:
        return self._folder / f"{hashlib.sha256(site.rstrip('/').encode()).hexdigest()[:32]}.json"


def _state_home() -> Path:
    """Where programs keep what is theirs (override: MARQUEE_CLI_STATE)."""
    own = os.environ.get("MARQUEE_CLI_STATE")
    if own:
        return Path(own)
    home = os.environ.get("XDG_STATE_HOME")
    return (Path(home) if home else Path.home() / ".local" / "state") / "marquee"
