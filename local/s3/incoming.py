"""One request as S3 sees it: path style, decoded exactly once, never normalised.

aiohttp's parsed URL collapses dot segments and re-quotes; a key may hold any of that, so the raw target is read.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from urllib.parse import unquote_to_bytes, urlsplit

from aiohttp import web
from multidict import CIMultiDict, CIMultiDictProxy

from local.s3.errors import S3Error

_SIGNATURE_PARAMETERS = frozenset(
    (
        *("x-amz-algorithm", "x-amz-credential", "x-amz-date", "x-amz-expires", "x-amz-signedheaders"),
        *("x-amz-signature", "x-amz-security-token", "x-amz-content-sha256"),
    )
)


def decode_once(text: str) -> str:
    """Percent-decoded UTF-8; raises InvalidURI."""
    try:
        return unquote_to_bytes(text.encode("utf-8", "surrogateescape")).decode("utf-8")
    except UnicodeDecodeError as error:
        raise S3Error("InvalidURI") from error


def parse_query(raw_query: str) -> tuple[tuple[str, str], ...]:
    """Decoded pairs in their order; a name without `=` has the value ``""``; `+` is a space, as S3 takes it."""
    pairs = []
    for item in raw_query.split("&"):
        if item:
            name, _, value = item.partition("=")
            pairs.append((decode_once(name.replace("+", " ")), decode_once(value.replace("+", " "))))
    return tuple(pairs)


@dataclass(frozen=True)
class S3Request:
    """`bucket` and `key` are None where the path names none; `path` is the decoded path they come from."""

    method: str
    path: str
    bucket: str | None
    key: str | None
    query: tuple[tuple[str, str], ...]
    headers: CIMultiDictProxy[str]
    http: web.BaseRequest

    # `headers` also holds what a presigned URL carries of them in its query, as SDKs that hoist them expect;
    # what was sent as a header, which is what a signature covers as one, is in `http.headers`

    @classmethod
    def read(cls, request: web.BaseRequest) -> "S3Request":
        """Raises InvalidURI, KeyTooLongError."""
        target = request.raw_path
        if not target.startswith("/"):
            parts = urlsplit(target)
            target = f"{parts.path or '/'}?{parts.query}"
        raw_path, _, raw_query = target.partition("?")
        path = decode_once(raw_path)
        bucket, _, key = path.removeprefix("/").partition("/")
        if len(key.encode()) > 1024:
            raise S3Error("KeyTooLongError", Size=str(len(key.encode())), MaxSizeAllowed="1024")
        query = parse_query(raw_query)
        headers = CIMultiDict(request.headers)
        for name, value in query:
            if name.lower().startswith("x-amz-") and name.lower() not in _SIGNATURE_PARAMETERS:
                headers.setdefault(name, value)
        return cls(request.method, path, bucket or None, key or None, query, CIMultiDictProxy(headers), request)

    def param(self, name: str) -> str | None:
        """First value of a query parameter, None when absent."""
        return next((value for key, value in self.query if key == name), None)

    def has(self, name: str) -> bool:
        return any(key == name for key, _ in self.query)

    def number(self, name: str, default: int, *, lowest: int = 0, highest: int = 2**31 - 1) -> int:
        """A whole number in the query; raises InvalidArgument when it is none or out of bounds."""
        return whole_number(name, self.param(name), default, lowest=lowest, highest=highest)

    @property
    def content_length(self) -> int | None:
        value = self.headers.get("Content-Length")
        return None if value is None else whole_number("Content-Length", value, 0, highest=2**63)


def whole_number(name: str, value: str | None, default: int, *, lowest: int = 0, highest: int = 2**31 - 1) -> int:
    if value is None or value == "":
        return default
    if not (value.isascii() and value.isdigit()) or not lowest <= int(value) <= highest:
        raise S3Error("InvalidArgument", f"Argument {name} must be an integer between {lowest} and {highest}")
    return int(value)


def pick(headers: Mapping[str, str], names: Iterable[str]) -> dict[str, str]:
    """The headers of these (lower-case) names that are present."""
    return {name: headers[name] for name in names if name in headers}
