"""The confined half of the probe: `python -m marquee.media.probe_child`.

Reads `{url, size_bytes, limits}` as JSON from standard input and answers `{"info": …}` or
`{"refusal": {code, sentence, transient}}` on standard output. It binds itself with resource limits before
it touches the source; hostile bytes are only ever parsed here.
"""

from __future__ import annotations

from typing import Any

from marquee.media.confined_work import end, serve
from marquee.media.probe_film import examine_film
from marquee.media.probe_limits import ProbeLimits, Refusal
from marquee.media.probe_source import open_source


def examine(order: dict[str, Any], limits: ProbeLimits) -> dict[str, Any]:
    """`{"info": the fields of MediaInfo}`, or Refusal."""
    size_bytes = int(order["size_bytes"])
    if size_bytes == 0:
        raise Refusal("empty_file", "The file is empty.")
    source = open_source(order["url"], size_bytes=size_bytes, timeout_seconds=limits.read_timeout_seconds)
    return {"info": examine_film(source, size_bytes, limits)}


if __name__ == "__main__":
    end(serve(examine))
