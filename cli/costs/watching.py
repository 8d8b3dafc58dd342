"""Alarms, dashboards and firewalls."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from cli.costs.assembly import Resource
from cli.costs.lines import Line
from cli.costs.prices import Assumptions, Prices


def alarm(resource: Resource, prices: Prices, _: Assumptions) -> Iterator[Line]:
    """One that computes has the price of every metric that it looks at."""
    looked_at = [one for one in resource.properties.get("Metrics", []) if "MetricStat" in one]
    price, free = prices.of("cloudwatch", "alarm_month"), prices.of("cloudwatch", "free_alarms")
    yield Line("CloudWatch", "metrics under alarm", max(1, len(looked_at)), "metrics", price, free)


def dashboard(resource: Resource, prices: Prices, _: Assumptions) -> Iterator[Line]:
    """Three are free, of those that show no more than so many metrics."""
    price = prices.of("cloudwatch", "dashboard_month")
    body = json.loads(_text(resource.properties["DashboardBody"]))
    shown = sum(len(widget["properties"].get("metrics", [])) for widget in body["widgets"])
    if shown > prices.of("cloudwatch", "metrics_on_a_free_dashboard"):
        yield Line("CloudWatch", "large dashboards", 1, "dashboards", price)
    else:
        yield Line("CloudWatch", "dashboards", 1, "dashboards", price, prices.of("cloudwatch", "free_dashboards"))


def firewall(resource: Resource, prices: Prices, _: Assumptions) -> Iterator[Line]:
    rules = len(resource.properties.get("Rules", []))
    yield Line("WAF", "access control lists", 1, "lists", prices.of("waf", "acl_month"))
    yield Line("WAF", "rules", rules, "rules", prices.of("waf", "rule_month"))


def _text(value: Any) -> str:
    """A template's text; references to other resources as a letter."""
    if isinstance(value, str):
        return value
    separator, parts = value.get("Fn::Join", ["", ["x"]])
    return str(separator).join(_text(part) for part in parts)
