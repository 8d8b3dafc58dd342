"""Conditional and partial reads (RFC 9110 §13, §14) as S3 answers them."""

from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from local.s3.errors import S3Error
from local.s3.model import ObjectInfo


def _seconds(value: str | None) -> int | None:
    """An HTTP date, or None for one that cannot be read (it is then ignored)."""
    if value is None:
        return None
    try:
        moment = parsedate_to_datetime(value)
    except ValueError:
        return None
    return int((moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp())


def _names(value: str, info: ObjectInfo) -> bool:
    tags = [tag.strip().removeprefix("W/").strip('"') for tag in value.split(",")]
    return "*" in tags or info.etag in tags


def _fails(info: ObjectInfo, match: str | None, unmodified_since: str | None) -> str | None:
    if match is not None:
        return None if _names(match, info) else "If-Match"
    since = _seconds(unmodified_since)
    return "If-Unmodified-Since" if since is not None and int(info.modified) > since else None


def _is_known(info: ObjectInfo, none_match: str | None, modified_since: str | None) -> bool:
    if none_match is not None:
        return _names(none_match, info)
    since = _seconds(modified_since)
    return since is not None and int(info.modified) <= since


def check_read(headers: Mapping[str, str], info: ObjectInfo) -> None:
    """Raises PreconditionFailed, or NotModified (304) when the client has it already."""
    failed = _fails(info, headers.get("If-Match"), headers.get("If-Unmodified-Since"))
    if failed:
        raise S3Error("PreconditionFailed", Condition=failed)
    if _is_known(info, headers.get("If-None-Match"), headers.get("If-Modified-Since")):
        raise S3Error("NotModified")


def check_copy(headers: Mapping[str, str], info: ObjectInfo) -> None:
    """The same four of a copy's source; all failures are PreconditionFailed."""
    prefix = "x-amz-copy-source-"
    failed = _fails(info, headers.get(f"{prefix}if-match"), headers.get(f"{prefix}if-unmodified-since"))
    if failed:
        raise S3Error("PreconditionFailed", Condition=f"{prefix}{failed}")
    if _is_known(info, headers.get(f"{prefix}if-none-match"), headers.get(f"{prefix}if-modified-since")):
        raise S3Error("PreconditionFailed", Condition=f"{prefix}If-None-Match")


def parse_range(value: str | None, size: int) -> tuple[int, int] | None:
    """`(first byte, count)`, or None where S3 answers with everything (no range, unreadable, several ranges).

    Raises InvalidRange when the range lies outside `size` bytes.
    """
    bounds = _bounds(value)
    if bounds is None:
        return None
    first, last = bounds
    if first is None:
        suffix = last or 0
        first, last = max(0, size - suffix), size - 1 if suffix else -1
    end = size - 1 if last is None else min(last, size - 1)
    if first >= size or end < first:
        raise S3Error("InvalidRange", RangeRequested=value or "", ActualObjectSize=str(size))
    return first, end - first + 1


def _bounds(value: str | None) -> tuple[int | None, int | None] | None:
    unit, _, ranges = (value or "").partition("=")
    first, dash, last = ranges.strip().partition("-")
    if unit.strip().lower() != "bytes" or not dash or not (first or last):
        return None
    if not all(part == "" or (part.isascii() and part.isdigit()) for part in (first, last)):
        return None
    if first and last and int(last) < int(first):
        return None
    return int(first) if first else None, int(last) if last else None


def iso(seconds: float) -> str:
    """As S3 writes times in XML: milliseconds, always .000, UTC."""
    return datetime.fromtimestamp(int(seconds), UTC).strftime("%Y-%m-%dT%H:%M:%S.000Z")
