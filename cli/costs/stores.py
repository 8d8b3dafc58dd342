"""Database, cache, keys and secrets while they only stand there."""

from __future__ import annotations

from collections.abc import Iterator

from cli.costs.assembly import Resource
from cli.costs.lines import Line
from cli.costs.prices import Assumptions, Prices

SERVERLESS = "db.serverless"


def cluster(_: Resource, prices: Prices, assumed: Assumptions) -> Iterator[Line]:
    """What it stores, however many instances it has; as much again of backups is free."""
    yield Line(
        "DocumentDB", "storage", assumed["database_storage_gb"], "GB", prices.of("documentdb", "storage_gb_month")
    )


def database_instance(resource: Resource, prices: Prices, _: Assumptions) -> Iterator[Line]:
    kind = resource.properties["DBInstanceClass"]
    if kind != SERVERLESS:
        yield Line("DocumentDB", kind, 1, "instances", prices.by_the_hour("documentdb", "instance_hour", kind))
        return
    scaling = resource.referred(resource.properties["DBClusterIdentifier"])["ServerlessV2ScalingConfiguration"]
    unit = prices.by_the_hour("documentdb", "capacity_unit_hour")
    yield Line("DocumentDB", "capacity at its least", float(scaling["MinCapacity"]), "units", unit)


def cache(_: Resource, prices: Prices, __: Assumptions) -> Iterator[Line]:
    least = prices.of("elasticache", "least_gb")
    yield Line("ElastiCache", "Valkey at its least", least, "GB", prices.by_the_hour("elasticache", "gb_hour"))


def key(_: Resource, prices: Prices, __: Assumptions) -> Iterator[Line]:
    yield Line("KMS", "keys of our own", 1, "keys", prices.of("kms", "key_month"))


def secret(_: Resource, prices: Prices, __: Assumptions) -> Iterator[Line]:
    yield Line("Secrets Manager", "secrets", 1, "secrets", prices.of("secretsmanager", "secret_month"))
