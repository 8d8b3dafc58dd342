"""A strict, disk-backed S3 for the local cloud: what AWS would refuse is refused here, what is acknowledged is kept."""

from local.s3.endpoint import SERVER_OPTIONS, S3Endpoint
from local.s3.errors import S3Error
from local.s3.lifecycle import apply_lifecycle
from local.s3.model import ObjectInfo
from local.s3.sending import send_object
from local.s3.store import OpenObject, S3Store

__all__ = [
    "SERVER_OPTIONS",
    "ObjectInfo",
    "OpenObject",
    "S3Endpoint",
    "S3Error",
    "S3Store",
    "apply_lifecycle",
    "send_object",
]
