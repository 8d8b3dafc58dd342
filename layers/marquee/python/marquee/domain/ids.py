"""Identifiers: a prefix that says of what, then 26 characters that sort by time of birth.

The characters are Crockford's base 32 of 48 bits of milliseconds and 80 random bits (as in ULID), lower
case, so that ids are safe in URLs, S3 keys and execution names, and a list by id is a list by age.
"""

import secrets
import time

_ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"
_LENGTH = 26


def new_upload_id() -> str:
    return _new("upl")


def new_asset_id() -> str:
    return _new("ast")


def new_job_id() -> str:
    return _new("job")


def new_webhook_endpoint_id() -> str:
    return _new("whe")


def new_delivery_id() -> str:
    return _new("whd")


def delivery_id(milliseconds: int, distinction: int) -> str:
    """The one delivery that 80 bits tell from all others of a moment (milliseconds since 1970)."""
    return _written("whd", milliseconds, distinction)


def new_movie_id() -> str:
    return _new("mov")


def _new(prefix: str) -> str:
    return _written(prefix, int(time.time() * 1000), secrets.randbits(80))


def _written(prefix: str, milliseconds: int, bits: int) -> str:
    number = (milliseconds << 80) | bits
    return f"{prefix}_{''.join(_ALPHABET[(number >> 5 * i) & 31] for i in reversed(range(_LENGTH)))}"
