"""Expiring looks at the list alone."""

from marquee.entry.playback_wiring import RevocationSettings


class Settings(RevocationSettings):
    """Settings of the `expire_revocations` function."""
