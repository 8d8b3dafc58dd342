"""Prometheus' text format 0.0.4 and OpenMetrics 1.0 from the series of `domain.metrics`.

Sources: https://prometheus.io/docs/instrumenting/exposition_formats and the OpenMetrics specification.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from marquee.domain.metrics import BUCKETS

PREFIX = "marquee_"

_LE = re.compile(r'(?:^|,)le="([^"]*)"')
_HELP = {
    "http_requests": "Requests by route and status.",
    "http_request_duration_seconds": "Time from a function's start of a request to its answer.",
    "function_duration_seconds": "Time of a function's answers.",
    "function_failures": "Answers of a function that were a failure of ours.",
    "dependency_up": "Whether a dependency answers (1) or not (0).",
    "dependency_answer_seconds": "How long a dependency took to answer just now.",
}


@dataclass(frozen=True, slots=True)
class Format:
    """A way to write the same series. `bare_counters`: a counter's family is named without `_total`."""

    media_type: str
    bare_counters: bool
    end: str


PROMETHEUS = Format("text/plain; version=0.0.4; charset=utf-8", bare_counters=False, end="")
OPENMETRICS = Format("application/openmetrics-text; version=1.0.0; charset=utf-8", bare_counters=True, end="# EOF\n")

Sample = tuple[str, float]


def exposition(found: Mapping[str, float], form: Format) -> str:
    """`found`: value by series, buckets of histograms each with its own share only."""
    families: dict[str, list[Sample]] = defaultdict(list)
    for name, value in sorted(found.items()):
        families[_family(name)].append((name, value))
    return "".join(_written(family, samples, form) for family, samples in sorted(families.items())) + form.end


def _family(name: str) -> str:
    """`http_requests_total{…}` → `http_requests`, `x_seconds_bucket{…}` and `x_seconds_sum` → `x_seconds`."""
    bare = name.partition("{")[0]
    return next((bare.removesuffix(end) for end in ("_total", "_bucket", "_sum") if bare.endswith(end)), bare)


def _written(family: str, samples: list[Sample], form: Format) -> str:
    bare = samples[0][0].partition("{")[0]
    kind = "counter" if bare.endswith("_total") else "gauge" if bare == family else "histogram"
    named = f"{PREFIX}{family}" + ("_total" if kind == "counter" and not form.bare_counters else "")
    lines = _histogram(family, samples) if kind == "histogram" else samples
    head = f"# HELP {named} {_HELP.get(family, 'Counted while serving.')}\n# TYPE {named} {kind}\n"
    return head + "".join(f"{PREFIX}{name} {_number(value)}\n" for name, value in lines)


def _histogram(family: str, samples: Iterable[Sample]) -> Iterator[Sample]:
    """Each set of labels with its buckets added up, from the narrowest to all."""
    buckets: dict[str, dict[str, float]] = defaultdict(dict)
    sums: dict[str, float] = {}
    for name, value in samples:
        labels = name.partition("{")[2].rstrip("}")
        bound = _LE.search(labels)
        if bound is None:
            sums[labels] = value
        else:
            buckets[_LE.sub("", labels).lstrip(",")][bound[1]] = value
    for labels, by_bound in sorted(buckets.items()):
        count = 0.0
        for bound_text in sorted({*by_bound, *map(str, BUCKETS), "+Inf"}, key=float):
            count += by_bound.get(bound_text, 0.0)
            yield _labelled(f"{family}_bucket", labels, f'le="{bound_text}"'), count
        yield _labelled(f"{family}_sum", labels), sums.get(labels, 0.0)
        yield _labelled(f"{family}_count", labels), count


def _labelled(name: str, *labels: str) -> str:
    inner = ",".join(label for label in labels if label)
    return f"{name}{{{inner}}}" if inner else name


def _number(value: float) -> str:
    return str(int(value)) if value == int(value) else repr(value)
