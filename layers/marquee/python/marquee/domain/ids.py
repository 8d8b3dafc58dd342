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


def _new(prefix: str) -> str:
    number = (int(time.time() * 1000) << 80) | secrets.randbits(80)
    return f"{prefix}_{''.join(_ALPHABET[(number >> 5 * i) & 31] for i in reversed(range(_LENGTH)))}"
