"""Addresses in AWS that pages are allowed to call, and where the same answers on this machine."""

from __future__ import annotations

from local.model import System
from local.references import Platform


def addresses_here(system: System, platform: Platform) -> dict[str, str]:
    """What to write in place of each in a content security policy: buckets, and where people sign in."""
    suffixes = (f"s3.{platform.region}.amazonaws.com", "s3.amazonaws.com")
    buckets = [f"https://{bucket.name}.{suffix}" for bucket in system.buckets for suffix in suffixes]
    sign_in = [f"https://cognito-idp.{platform.region}.amazonaws.com"] if system.user_pools else []
    return dict.fromkeys([*buckets, *sign_in], platform.aws_endpoint)
