"""What an encoder's end means: the source is corrupt, could not be read, or the machine was too small."""

from __future__ import annotations

import logging
import re
import signal

from marquee.domain.errors import InvalidMedia, TransientError
from marquee.media.process import Exit

logger = logging.getLogger("marquee.encode")

# The only place where texts of FFmpeg are read: it has no other way to tell these apart.
_UNREADABLE = re.compile(
    r"HTTP error|Server returned|Connection (?:refused|reset|timed out)|Network is unreachable|"
    r"Input/output error|Operation timed out|Failed to resolve|Stream ends prematurely|Error opening input.*: I/O",
    re.IGNORECASE,
)
_NO_MEMORY = re.compile(r"Cannot allocate memory|Resource temporarily unavailable", re.IGNORECASE)


class ReadFailed(TransientError):
    """The source could not be read to its end; it may be whole all the same."""

    code = "source_unreachable"


class CorruptSource(InvalidMedia):
    """The source's bytes are not what its container says."""

    code = "corrupt_source"


def raise_for_exit(ended: Exit) -> None:
    """Nothing for exit code 0, else the error that stands for it."""
    if ended.code == 0:
        return
    if ended.spent:
        raise InvalidMedia("The film takes more computing than Marquee allows.", code="too_costly")
    if ended.code < 0:
        name = signal.Signals(-ended.code).name
        raise TransientError(f"the encoder was ended by {name}", code="encoder_ended")
    if _NO_MEMORY.search(ended.stderr):
        raise TransientError("the encoder ran out of memory", code="out_of_memory")
    if _UNREADABLE.search(ended.stderr):
        logger.warning("the source could not be read: %s", without_addresses(ended.stderr))
        raise ReadFailed("the source could not be read to its end")
    logger.warning("the encoder gave up on the source: %s", without_addresses(ended.stderr))
    raise CorruptSource("The film is damaged: it cannot be decoded to its end.")


def without_addresses(text: str) -> str:
    """A presigned address is a secret: it stays out of logs and messages."""
    return re.sub(r"https?://\S+", "(source)", text).strip()
