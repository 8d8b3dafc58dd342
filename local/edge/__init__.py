"""CloudFront: one distribution from the template, in front of buckets and the HTTP API."""

from local.edge.compose import compose_edge
from local.edge.server import Edge

__all__ = ["Edge", "compose_edge"]
