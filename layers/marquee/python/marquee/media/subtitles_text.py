"""The text of cues: made plain on its way in, made safe for each format on its way out. Pure.

Inside Marquee a cue's text is plain: lines separated by `\\n`, no markup, no entities, no empty lines (which would end
a cue in every format).
"""

from __future__ import annotations

import html
import re
import unicodedata

# Tags of WebVTT and SubRip: `<i>`, `</c.loud>`, `<v Anna>`, `<00:01.000>`, `<font color="#fff">`. A lone `<` is text.
_TAG = re.compile(r"</?[A-Za-z][^<>\n]{0,200}>|<\d[\d:.]{0,20}>|<>|</>")
_OVERRIDE = re.compile(r"\{\\[^{}]*\}")
_ENTITY = re.compile(r"&(?:amp|lt|gt|nbsp|lrm|rlm|quot|apos|#\d{1,7}|#x[0-9A-Fa-f]{1,6});")


def plain_text(text: str) -> str:
    """`text` without control characters, surrounding blanks and empty lines, in composed Unicode."""
    composed = unicodedata.normalize("NFC", text.replace("\r\n", "\n").replace("\r", "\n"))
    lines = (" ".join(_printable(line).split(" ")).strip() for line in composed.split("\n"))
    return "\n".join(line for line in lines if line)


def without_markup(text: str, *, entities: bool) -> str:
    """Plain text out of WebVTT's (`entities`) or SubRip's. SubRip knows no entities: there `&amp;` is what is said."""
    bare = _TAG.sub("", _OVERRIDE.sub("", text))
    return plain_text(_ENTITY.sub(lambda found: html.unescape(found[0]), bare) if entities else bare)


def vtt_text(text: str) -> str:
    """Plain text as a cue's payload in WebVTT."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def srt_text(text: str) -> str:
    """Plain text in SubRip, which knows no escapes: what would read as a time line or a tag is written otherwise."""
    return text.replace("-->", "→").replace("<", "‹")


def _printable(line: str) -> str:
    """Without control, surrogate and unassigned characters; marks that turn the writing's direction stay."""
    return "".join(" " if c == "\t" else c for c in line if c == "\t" or unicodedata.category(c) not in _REMOVED)


_REMOVED = frozenset({"Cc", "Cs", "Cn", "Co"})
