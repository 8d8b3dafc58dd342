"""Plays a film as a viewer's player does: a session, its playlists, the first segments of every kind."""

from __future__ import annotations

import re
from urllib.parse import urljoin

import urllib3

from cli.endpoint import Endpoint, EndpointError, Json

TIMEOUT = urllib3.Timeout(connect=5, read=35)
RETRIES = urllib3.Retry(total=4, status_forcelist=(429, 502, 503, 504), backoff_factor=0.5, backoff_jitter=0.5,
                        raise_on_status=False)  # fmt: skip
# Of the film's length and its playlists': a frame more or less is no fault.
SLACK_SECONDS = 0.2
_AUDIO = re.compile(r'^#EXT-X-MEDIA:TYPE=AUDIO.*URI="([^"]+)"', re.MULTILINE)
_VARIANT = re.compile(r"^#EXT-X-STREAM-INF:.*\n([^#\n]+)", re.MULTILINE)
_MAP = re.compile(r'^#EXT-X-MAP:URI="([^"]+)"', re.MULTILINE)
_SEGMENT = re.compile(r"^#EXTINF:([0-9.]+),.*\n(?:#.*\n)*([^#\n]+)", re.MULTILINE)


class Viewer:
    def __init__(self, site: Endpoint) -> None:
        self._site = site
        self._pool = urllib3.PoolManager(timeout=TIMEOUT, retries=RETRIES)
        self._cookies = ""

    def play(self, job: Json, seconds: float) -> None:
        """Every rendition and audio track of a finished job's film, whole by its playlists' lengths.

        Raises `EndpointError` for what a player would stop at.
        """
        session = self._site.post("/streaming/sessions", {"asset_id": job["asset_id"]})
        self._cookies = "; ".join(f"{name}={value}" for name, value in session.get("cookies", {}).items())
        address = urljoin(self._site.site + "/", session["playback_url"])
        master = self._playlist(address)
        variants = _VARIANT.findall(master)
        if not variants:
            raise EndpointError(f"{address} lists no renditions.", code="unplayable")
        for uri in [*variants, *_AUDIO.findall(master)]:
            self._play_one(urljoin(address, uri.strip()), seconds)

    def _play_one(self, address: str, seconds: float) -> None:
        playlist = self._playlist(address)
        segments = _SEGMENT.findall(playlist)
        length = sum(float(duration) for duration, _ in segments)
        if abs(length - seconds) > SLACK_SECONDS or "#EXT-X-ENDLIST" not in playlist:
            raise EndpointError(f"{address} lasts {length:.2f} s of {seconds:g} s.", code="unplayable")
        for uri, kind in ((_MAP.findall(playlist)[0], b"ftyp"), (segments[0][1], b"moof")):
            part = self._get(urljoin(address, uri.strip()))
            if kind not in part[:4096]:
                raise EndpointError(f"{uri} of {address} is no {kind.decode()}.", code="unplayable")

    def _playlist(self, address: str) -> str:
        text = self._get(address).decode(errors="replace")
        if not text.startswith("#EXTM3U"):
            raise EndpointError(f"{address} is no playlist.", code="unplayable")
        return text

    def _get(self, address: str) -> bytes:
        try:
            answer = self._pool.request("GET", address, headers={"cookie": self._cookies} if self._cookies else {})
        except urllib3.exceptions.HTTPError as error:
            raise EndpointError(f"{address} does not answer: {error}", code="unreachable") from error
        if answer.status != 200:
            raise EndpointError(f"{address} answers {answer.status}.", code="unplayable", status=answer.status)
        return bytes(answer.data)
