"""Puts the edge of one distribution together."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from local.addresses import addresses_here
from local.differences import outside_origins
from local.edge.behaviours import read_site
from local.edge.functions import EdgeFunction
from local.edge.key_values import KeyValueStores
from local.edge.objects import BucketOrigin
from local.edge.server import Edge
from local.gateway import HttpApiServer
from local.model import Distribution, System
from local.references import Platform
from local.s3 import S3Store


def compose_edge(
    distribution: Distribution,
    system: System,
    platform: Platform,
    *,
    store: S3Store,
    apis: Mapping[str, HttpApiServer],
    key_values: KeyValueStores,
    read_secret: Callable[[str], str],
) -> Edge:
    """Raises TemplateError for what this edge cannot do."""
    buckets = system.buckets
    site = read_site(
        distribution,
        frozenset(bucket.name for bucket in buckets),
        frozenset(apis),
        _edge_functions(system, key_values),
        outside_origins(platform),
    )
    return Edge(
        site,
        objects=BucketOrigin(store, frozenset(bucket.name for bucket in buckets if bucket.edge_may_list)),
        apis=apis,
        read_secret=read_secret,
        here=addresses_here(system, platform),
    )


def _edge_functions(system: System, key_values: KeyValueStores) -> dict[str, EdgeFunction]:
    functions = {}
    for code in system.edge_functions:
        functions[code.arn] = EdgeFunction(code.name, code.source, code.runtime)
        if code.store is not None:
            key_values[code.store].watch(functions[code.arn].hold)
    return functions
