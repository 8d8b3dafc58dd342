"""Remembers who is signed in where: one file a site, readable by its owner alone."""

from __future__ import annotations

import hashlib
import json
import os
from pathlib import Path
from urllib.parse import urlsplit

from pydantic import BaseModel, ValidationError

from cli.state import state_folder


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
        self._own_folder = folder

    def recall(self, site: str) -> SignedIn | None:
        try:
            return SignedIn.model_validate_json(self._file(site).read_text())
        except (OSError, ValidationError):
            return None

    def keep(self, signed_in: SignedIn) -> None:
        """Raises OSError where nothing can be written."""
        target = self._file(signed_in.site)
        target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        partial = target.with_suffix(f".{os.getpid()}")
        # made with its mode, not given it afterwards
        with os.fdopen(os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
            json.dump(signed_in.model_dump(), file)
        partial.replace(target)

    def forget(self, site: str) -> None:
        """Raises OSError where nothing can be removed."""
        self._file(site).unlink(missing_ok=True)

    def _file(self, site: str) -> Path:
        folder = (self._own_folder or state_folder()) / "tokens"
        return folder / f"{hashlib.sha256(_name_of(site).encode()).hexdigest()[:32]}.json"


def _name_of(site: str) -> str:
    """This machine has two names, and is one site by either."""
    address = urlsplit(site.rstrip("/"))
    if address.hostname != "localhost":
        return site.rstrip("/")
    return address._replace(netloc=address.netloc.replace("localhost", "127.0.0.1")).geturl()
