"""The boards: whether the service answers, and what stands behind the answers."""

from __future__ import annotations

import json
from pathlib import Path

from tools.grafana.panels import Board, Panel

FOLDER = Path(__file__).resolve().parents[2] / "docs" / "grafana"
# Longer than two scrapes, whatever these are set to.
OVER = "[$__rate_interval]"


def rate(counter: str, by: str, where: str = "") -> str:
    return f"sum by ({by}) (rate({counter}{where}{OVER}))"


def quantile(q: float, histogram: str, by: str) -> str:
    return f"histogram_quantile({q}, sum by (le, {by}) (rate({histogram}_bucket{OVER})))"


def mean(histogram: str, by: str) -> str:
    return f"{rate(f'{histogram}_sum', by)} / {rate(f'{histogram}_count', by)}"


_SLOW = quantile(0.95, "marquee_http_request_duration_seconds", "method, route")
_FAILED = '{status=~"5.."}'
_REQUESTS = "marquee_http_requests_total"
_FOUND = '{outcome=~"hit|coalesced|stale"}'

SERVICE = Board(
    uid="marquee-service",
    title="Marquee: the service",
    panels=[
        Panel("Dependencies that answer", "short", {"{{dependency}}": "marquee_dependency_up"}, kind="stat"),
        Panel("Time of dependencies", "s", {"{{dependency}}": "marquee_dependency_answer_seconds"}),
        Panel("Requests", "reqps", {"{{status}}": rate(_REQUESTS, "status")}),
        Panel(
            "Share of requests that we failed",
            "percentunit",
            {"5xx": f"sum(rate({_REQUESTS}{_FAILED}{OVER})) / sum(rate({_REQUESTS}{OVER}))"},
        ),
        Panel(
            "Slowest routes (95 of 100 are faster)",
            "s",
            {"{{method}} {{route}}": f"topk(10, {_SLOW})"},
        ),
        Panel("Busiest routes", "reqps", {"{{method}} {{route}}": f"topk(10, {rate(_REQUESTS, 'method, route')})"}),
        Panel("Functions", "reqps", {"{{function}}": rate("marquee_function_duration_seconds_count", "function")}),
        Panel("Functions: mean time", "s", {"{{function}}": mean("marquee_function_duration_seconds", "function")}),
        Panel("Functions: failures", "ops", {"{{function}}": rate("marquee_function_failures_total", "function")}),
    ],
)

BEHIND = Board(
    uid="marquee-behind",
    title="Marquee: cache, callers, watch progress",
    panels=[
        Panel(
            "Cache: share answered from it",
            "percentunit",
            {
                "{{area}}": f"{rate('marquee_cache_lookups_total', 'area', _FOUND)}"
                f" / {rate('marquee_cache_lookups_total', 'area')}"
            },
        ),
        Panel("Cache: lookups", "ops", {"{{outcome}}": rate("marquee_cache_lookups_total", "outcome")}),
        Panel(
            "Breakers: changes",
            "ops",
            {"{{breaker}} {{from}} → {{to}}": rate("marquee_breaker_transitions_total", "breaker, from, to")},
        ),
        Panel(
            "Callers over their quota",
            "reqps",
            {"{{tier}} {{class}}": rate("marquee_requests_limited_total", "tier, class")},
        ),
        Panel(
            "Requests of blocked addresses", "reqps", {"blocked": f"sum(rate(marquee_requests_blocked_total{OVER}))"}
        ),
        Panel("Addresses that were blocked", "ops", {"{{reason}}": rate("marquee_addresses_blocked_total", "reason")}),
        Panel("Watch progress: reports", "ops", {"{{into}}": rate("marquee_progress_reports_total", "into")}),
        Panel("Watch progress: flushed", "ops", {"{{what}}": rate("marquee_progress_flush_total", "what")}),
        Panel(
            "Requests past the distribution",
            "reqps",
            {"refused": f"sum(rate(marquee_requests_around_edge_total{OVER}))"},
        ),
    ],
)

BOARDS = {"service": SERVICE, "behind": BEHIND}


def written(board: Board) -> str:
    return json.dumps(board.as_json(), indent=1, ensure_ascii=False) + "\n"
