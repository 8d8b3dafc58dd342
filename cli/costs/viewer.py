"""What an hour of one viewer costs."""

from __future__ import annotations

from collections.abc import Iterator

from cli.costs.assembly import Assembly
from cli.costs.lines import Line, tiered
from cli.costs.prices import Assumptions, Prices

MEGABITS_A_GB = 8000
KB_A_GB = 1e6
DELIVERY = "delivery"
# What of the edge is free each month, by the lines here.
FREE_AT_THE_EDGE = {
    DELIVERY: "free_gb",
    "requests": "free_million_requests",
    "functions at the edge": "free_million_function_runs",
    "looks for ended sessions": "free_million_key_value_reads",
}


def delivered_gb(assumed: Assumptions) -> float:
    """GB of an hour."""
    return assumed["average_mbit"] * 3600 / MEGABITS_A_GB


def viewer_hour_lines(assembly: Assembly, prices: Prices, assumed: Assumptions, hours: float) -> list[Line]:
    """Of each of the month's `hours`; the more of them, the less a GB costs. Without what AWS gives for nothing."""
    gigabytes = delivered_gb(assumed)
    # pictures and sound are segments of their own
    media = (2 * 3600 / assumed["segment_seconds"] + assumed["requests_beside_segments"]) / 1e6
    requests = media + _calls_an_hour(assumed) / 1e6  # those to the API come through the edge, too
    per_gb = tiered(gigabytes * hours, prices.tiers("cloudfront", "gb")) / (gigabytes * hours)
    lines = [
        Line("CloudFront", DELIVERY, gigabytes, "GB", per_gb),
        Line("CloudFront", "requests", requests, "million", prices.of("cloudfront", "million_requests")),
    ]
    if any(assembly.of("AWS::CloudFront::KeyValueStore")):  # each request for media asks whether its session ended
        runs, reads = (
            prices.of("cloudfront", "million_function_runs"),
            prices.of("cloudfront", "million_key_value_reads"),
        )
        lines.append(Line("CloudFront", "functions at the edge", media, "million", runs))
        lines.append(Line("CloudFront", "looks for ended sessions", media, "million", reads))
    if any(assembly.of("AWS::WAFv2::WebACL")):
        lines.append(Line("WAF", "requests", requests, "million", prices.of("waf", "million_requests")))
    return [*lines, *_calls(assembly, prices, assumed)]


def account_line(prices: Prices, viewers: int) -> Line:
    """Of a month in which every viewer signs in."""
    price, free = prices.of("cognito", "user_month"), prices.of("cognito", "free_users")
    return Line("Cognito", "accounts", viewers, "users", price, free)


def _calls(assembly: Assembly, prices: Prices, assumed: Assumptions) -> Iterator[Line]:
    """Of the API: reports of the place in the film, and what the page asks beside."""
    calls = _calls_an_hour(assumed)
    yield Line("API Gateway", "calls", calls / 1e6, "million", prices.of("apigateway", "million_requests"))
    yield Line("Lambda", "calls", calls / 1e6, "million", prices.of("lambda", "million_requests"))
    gib_seconds = calls * assumed["call_seconds"] * _memory_mib(assembly) / 1024
    yield Line("Lambda", "time", gib_seconds, "GiB s", prices.of("lambda", "gib_second"))
    units = calls * assumed["cache_units_a_call"] / 1e6
    yield Line("ElastiCache", "commands", units, "million", prices.of("elasticache", "million_units"))
    pages = assumed["database_pages"] / 1e6
    yield Line("DocumentDB", "reading and writing", pages, "million", prices.of("documentdb", "million_ios"))
    gigabytes = calls * assumed["log_kb_a_call"] / KB_A_GB
    yield Line("CloudWatch", "log", gigabytes, "GB", prices.of("cloudwatch", "log_gb"))


def _calls_an_hour(assumed: Assumptions) -> float:
    return assumed["reports"] + assumed["calls_beside_reports"]


def _memory_mib(assembly: Assembly) -> float:
    for function in assembly.of("AWS::Lambda::Function"):
        variables = function.properties.get("Environment", {}).get("Variables", {})
        if variables.get("POWERTOOLS_SERVICE_NAME") == "progress":
            return float(function.properties["MemorySize"])
    raise LookupError("no function progress")
