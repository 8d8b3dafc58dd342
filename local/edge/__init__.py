"""CloudFront: one distribution from the template, in front of buckets and the HTTP API."""

from local.edge.server import Edge

__all__ = ["Edge"]
