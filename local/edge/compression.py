"""What CloudFront compresses, and how it marks it."""

from __future__ import annotations

import gzip
from collections.abc import Mapping

# CloudFront compresses bodies of these sizes, in bytes …
SMALLEST = 1_000
LARGEST = 10_000_000

# … and of these types (its documented list)
_TYPE_NAMES = """
application/dash+xml application/eot application/font application/font-sfnt application/javascript
application/json application/opentype application/otf application/pdf application/pkcs7-mime
application/protobuf application/rss+xml application/truetype application/ttf application/vnd.apple.mpegurl
application/vnd.mapbox-vector-tile application/vnd.ms-fontobject application/wasm application/xhtml+xml
application/xml application/x-font-opentype application/x-font-truetype application/x-font-ttf
application/x-httpd-cgi application/x-javascript application/x-mpegurl application/x-opentype
application/x-otf application/x-perl application/x-ttf font/eot font/opentype font/otf font/ttf
image/svg+xml text/css text/csv text/html text/javascript text/js text/plain text/richtext
text/tab-separated-values text/xml text/x-component text/x-java-source text/x-script vnd.apple.mpegurl
"""
_TYPES = frozenset(_TYPE_NAMES.split())


def is_compressible(content_type: str, size: int, headers: Mapping[str, str]) -> bool:
    """Whether an object with these headers is sent compressed to those who accept it."""
    kind = content_type.split(";", 1)[0].strip().lower()
    encoded = any(name.lower() == "content-encoding" for name in headers)
    return kind in _TYPES and SMALLEST <= size <= LARGEST and not encoded


def accepts_gzip(accept_encoding: str) -> bool:
    for part in accept_encoding.split(","):
        name, _, quality = part.strip().partition(";")
        if name.strip().lower() in {"gzip", "*"}:
            return quality.replace(" ", "") not in {"q=0", "q=0.0", "q=0.00", "q=0.000"}
    return False


def compress(body: bytes) -> bytes:
    """The same bytes for the same body, whenever it is made."""
    return gzip.compress(body, compresslevel=6, mtime=0)
