"""What is known of the text that a container holds."""

from __future__ import annotations

from marquee.domain.model import Model


class SubtitleInfo(Model):
    """One track of text, or of pictures of text, that the container holds. `text`: there are letters to be had."""

    stream_index: int
    codec: str
    text: bool
    language: str | None = None  # RFC 5646
    title: str | None = None
    default: bool = False
    forced: bool = False
    sdh: bool = False  # also tells sounds
