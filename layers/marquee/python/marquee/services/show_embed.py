"""A page with one film and nothing else, for other sites to frame."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from typing import NamedTuple
from urllib.parse import urlsplit

from marquee.domain.errors import NotFound
from marquee.services.list_sources import ListSources, Source

HTML = "text/html; charset=utf-8"
# Opens a session as anybody can: a frame on a foreign site has no cookies, so the addresses are signed.
_SCRIPT = """
const video = document.querySelector('video');
fetch('/api/v1/streaming/sessions/public', {
  method: 'POST',
  headers: {'Content-Type': 'application/json'},
  body: JSON.stringify({asset_id: video.dataset.asset}),
}).then((answer) => answer.ok ? answer.json() : Promise.reject(answer.status)).then(
  (session) => { video.src = session.signed_playback_url || session.playback_url; },
  () => { document.querySelector('p').hidden = false; });
"""
_STYLE = "html,body{margin:0;height:100%;background:#000;color:#fff}video,iframe{width:100%;height:100%;border:0}"


class Embed(NamedTuple):
    """An answer's body, type and headers."""

    text: str
    content_type: str
    headers: dict[str, str]


@dataclass(frozen=True)
class ShowEmbed:
    """`GET /streaming/embed/{movie_id}`: the first source that a page can show. `origins` may frame it."""

    list_sources: ListSources
    origins: Sequence[str]

    def __call__(self, movie_id: str) -> Embed:
        found = self.list_sources(movie_id)
        source = next((one for one in found.sources if one.asset_id or one.kind == "embed"), None)
        if source is None:
            raise NotFound("There is nothing to watch of this movie.")
        body = _own(source) if source.asset_id else _foreign(source)
        title = escape(found.title or "Film")
        page = (
            f'<!doctype html><html lang="en"><meta charset="utf-8"><title>{title}</title>'
            f"<style>{_STYLE}</style>{body}</html>"
        )
        headers = {"Cache-Control": "no-cache", "Content-Security-Policy": self._policy(source)}
        return Embed(page, HTML, headers)

    def _policy(self, source: Source) -> str:
        place = urlsplit(source.url)
        framed = "'none'" if source.asset_id else f"{place.scheme}://{place.netloc}"
        return "; ".join(
            (
                "default-src 'none'",
                f"script-src {_hash(_SCRIPT)}",
                f"style-src {_hash(_STYLE)}",
                "connect-src 'self'",
                "media-src 'self' blob:",
                f"frame-src {framed}",
                "base-uri 'none'",
                "form-action 'none'",
                f"frame-ancestors {' '.join(self.origins) or chr(39) + 'none' + chr(39)}",
            )
        )


def _own(source: Source) -> str:
    return (
        f'<video controls playsinline data-asset="{escape(source.asset_id or "")}"></video>'
        f"<p hidden>This film is not for everybody.</p><script>{_SCRIPT}</script>"
    )


def _foreign(source: Source) -> str:
    return (
        f'<iframe src="{escape(source.url)}" sandbox="allow-scripts allow-same-origin allow-presentation" '
        'referrerpolicy="no-referrer" allowfullscreen></iframe>'
    )


def _hash(text: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"
