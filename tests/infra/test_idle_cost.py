"""What an environment costs while nothing happens: every resource is thought of, and dev stays small."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from marquee.media.ladder import RUNGS
from marquee.media.planner import DEFAULT_POLICY

from cli.costs.assembly import Assembly, Resource
from cli.costs.estimate import Month, estimate
from cli.costs.idle import idle_lines
from cli.costs.lines import total
from cli.costs.prices import Assumptions, Prices, Unpriced
from infra.environments import ENVIRONMENTS

FLOOR_OF_DEV = 45.0
# Everything of dev that costs something, and how much of it there is.
PARTS_OF_DEV = {
    "DocumentDB: capacity at its least": 0.5,
    "DocumentDB: storage": 1,
    "ElastiCache: Valkey at its least": 0.1,
    "VPC: public addresses": 1,
    "EC2: t4g.nano on Spot": 1,
    "EC2: disks": 8,
    "Secrets Manager: secrets": 5,
    "CloudWatch: metrics under alarm": 15,
    "X-Ray: traces": pytest.approx(0.133, abs=0.001),
    "ECR: images of the workers": pytest.approx(0.9),
}
# Priced for who chooses it: a NAT instance that is not on Spot.
NOT_CHOSEN = {"ec2.instance_hour"}
PRICES, ASSUMED = Prices.read(), Assumptions.read()


@pytest.fixture(scope="session")
def dev_assembly(assembly: Path) -> Assembly:
    return Assembly.load(assembly, "dev")


class Asked(dict[str, Any]):
    """A table that keeps which of its rows were asked for."""

    def __init__(self, name: str, rows: Mapping[str, Any], asked: set[str]) -> None:
        super().__init__(rows)
        self._name, self._asked = name, asked

    def __getitem__(self, row: str) -> Any:
        self._asked.add(f"{self._name}.{row}")
        return super().__getitem__(row)

    def get(self, row: str, default: Any = None) -> Any:
        self._asked.add(f"{self._name}.{row}")
        return super().get(row, default)


def with_one_more(assembly: Assembly, resource_type: str, **properties: Any) -> Assembly:
    more = Resource("Network", "OneMore", resource_type, properties, {})
    return replace(assembly, resources=(*assembly.resources, more))


def floor(assembly: Assembly) -> float:
    return total(idle_lines(assembly, PRICES, ASSUMED))


def test_dev_costs_at_most_45_dollars_a_month_while_nothing_happens(dev_assembly: Assembly) -> None:
    assert floor(dev_assembly) <= FLOOR_OF_DEV


def test_the_parts_of_dev_that_cost_something_are_these(dev_assembly: Assembly) -> None:
    lines = idle_lines(dev_assembly, PRICES, ASSUMED)
    assert {f"{line.service}: {line.what}": line.quantity for line in lines if line.dollars} == PARTS_OF_DEV


@pytest.mark.parametrize(
    ("kind", "properties"),
    [
        ("AWS::EC2::NatGateway", {}),
        ("AWS::EC2::VPCEndpoint", {"VpcEndpointType": "Interface", "SubnetIds": ["one"]}),
        ("AWS::EC2::EIP", {}),
        ("AWS::KMS::Key", {}),
        ("AWS::WAFv2::WebACL", {"Rules": []}),
    ],
)
def test_one_more_of_what_costs_by_the_hour_is_too_much_for_dev(
    kind: str, properties: dict[str, Any], dev_assembly: Assembly
) -> None:
    assert floor(with_one_more(dev_assembly, kind, **properties)) > FLOOR_OF_DEV


def test_a_gateway_endpoint_costs_nothing(dev_assembly: Assembly) -> None:
    more = with_one_more(dev_assembly, "AWS::EC2::VPCEndpoint", VpcEndpointType="Gateway")
    assert floor(more) == floor(dev_assembly)


def test_a_resource_that_nobody_has_priced_stops_the_estimate(dev_assembly: Assembly) -> None:
    with pytest.raises(Unpriced, match="Network/OneMore: AWS::MSK::Cluster"):
        floor(with_one_more(dev_assembly, "AWS::MSK::Cluster"))
    with pytest.raises(Unpriced, match="provisioned concurrency"):
        floor(with_one_more(dev_assembly, "AWS::Lambda::Alias", ProvisionedConcurrencyConfig={}))


@pytest.mark.parametrize("name", list(ENVIRONMENTS))
def test_a_budget_is_above_what_its_environment_costs_by_merely_being_there(name: str, assembly: Path) -> None:
    assert floor(Assembly.load(assembly, name)) < ENVIRONMENTS[name].observability.monthly_budget_usd


@pytest.mark.parametrize("name", list(ENVIRONMENTS))
def test_more_films_and_viewers_cost_more_and_the_sum_is_that_of_its_parts(name: str, assembly: Path) -> None:
    templates = Assembly.load(assembly, name)
    idle = estimate(templates, PRICES, ASSUMED, Month())
    busy = estimate(templates, PRICES, ASSUMED, Month(films=200, hours=1.5, viewers=5000, watched_hours=1.5))
    assert idle.dollars == pytest.approx(floor(templates))
    assert busy.dollars == pytest.approx(idle.dollars + busy.making + busy.keeping + busy.watching)
    assert min(busy.making, busy.keeping, busy.watching) > 0


def test_a_month_of_few_viewers_has_its_delivery_for_nothing_and_pays_the_rest(assembly: Path) -> None:
    month = Month(viewers=100, watched_hours=1)
    found = estimate(Assembly.load(assembly, "dev"), PRICES, ASSUMED, month)
    at_the_edge = sum(line.dollars for line in found.viewer_hour if line.service == "CloudFront")
    assert found.watching == pytest.approx((total(found.viewer_hour) - at_the_edge) * 100)


def test_every_price_and_every_assumption_is_reckoned_with(assembly: Path) -> None:
    asked: set[str] = set()
    prices = replace(PRICES, tables={name: Asked(name, table, asked) for name, table in PRICES.tables.items()})
    values = Asked("", ASSUMED.values, asked)
    for name in ENVIRONMENTS:
        estimate(Assembly.load(assembly, name), prices, replace(ASSUMED, values=values), Month(1, 1.5, 1, 1.5))
    written = {f"{name}.{price}" for name, table in PRICES.tables.items() for price in table if price != "source"}
    written |= {f".{name}" for name in ASSUMED.values}
    assert written - asked == NOT_CHOSEN


def test_an_environment_that_asks_amazon_pays_for_it_and_others_do_not(assembly: Path) -> None:
    services = {
        name: {line.service for line in estimate(Assembly.load(assembly, name), PRICES, ASSUMED, Month()).film_minute}
        for name in ("dev", "prod")
    }
    assert {"Transcribe", "Rekognition", "Bedrock"} <= services["prod"]
    assert not {"Transcribe", "Rekognition", "Bedrock"} & services["dev"]


def test_what_is_assumed_of_a_film_is_what_the_planner_does() -> None:
    assert ASSUMED.ladder_mbit == tuple(rung.max_rate / 1e6 for rung in RUNGS)
    assert ASSUMED["segment_seconds"] == DEFAULT_POLICY.segment
    assert ASSUMED["shard_seconds"] == DEFAULT_POLICY.shard
    assert ASSUMED["head_seconds"] == DEFAULT_POLICY.head + sum(DEFAULT_POLICY.bridge)
