"""Puts an asset's files into a bucket, as CDK's BucketDeployment does when the stacks are deployed."""

from __future__ import annotations

import fnmatch
import hashlib
import mimetypes
import zipfile
from collections.abc import Iterator
from pathlib import Path, PurePosixPath

from local.assembly import Assembly
from local.model import Deployment
from local.resources import Resource
from local.s3 import S3Store
from local.s3.listing import list_objects
from local.s3.model import Attributes, ObjectInfo

# types that the standard library does not know everywhere
_TYPES = {".js": "text/javascript", ".mjs": "text/javascript", ".wasm": "application/wasm", ".vtt": "text/vtt"}


def deploy(deployment: Deployment, store: S3Store) -> int:
    """Makes the bucket hold the files; unchanged ones are left alone. Returns how many were written. Blocks."""
    written = 0
    wanted: set[str] = set()
    for source in deployment.sources:
        for name, content in _files(source):
            if not _included(deployment, name):
                continue
            key = f"{deployment.prefix}/{name}".lstrip("/")
            wanted.add(key)
            written += _put(deployment, store, key, content)
    if deployment.prune:
        _prune(deployment, store, wanted)
    return written


def _files(source: Path) -> Iterator[tuple[str, bytes]]:
    if source.is_dir():
        for path in sorted(source.rglob("*")):
            if path.is_file():
                yield path.relative_to(source).as_posix(), path.read_bytes()
        return
    with zipfile.ZipFile(source) as archive:
        for entry in archive.infolist():
            if not entry.is_dir():
                yield entry.filename, archive.read(entry)


def _included(deployment: Deployment, name: str) -> bool:
    if any(fnmatch.fnmatch(name, pattern) for pattern in deployment.include):
        return True
    return not any(fnmatch.fnmatch(name, pattern) for pattern in deployment.exclude)


def _put(deployment: Deployment, store: S3Store, key: str, content: bytes) -> bool:
    etag = hashlib.md5(content, usedforsecurity=False).hexdigest()
    headers = {"content-type": deployment.content_type or _content_type(key)}
    if deployment.cache_control:
        headers["cache-control"] = deployment.cache_control
    existing = store.head(deployment.bucket, key)
    if existing is not None and existing.etag == etag and dict(existing.attributes.headers) == headers:
        return False
    writer = store.blobs.create()
    try:
        writer.write(content)
        writer.finish()
    except BaseException:
        writer.abandon()
        raise
    pieces = [(writer.name, len(content))]
    store.put(deployment.bucket, key, pieces, etag, Attributes(headers=headers), event="ObjectCreated:Put")
    return True


def _content_type(key: str) -> str:
    suffix = PurePosixPath(key).suffix
    return _TYPES.get(suffix) or mimetypes.guess_type(key)[0] or "binary/octet-stream"


def _prune(deployment: Deployment, store: S3Store, wanted: set[str]) -> None:
    prefix = f"{deployment.prefix}/" if deployment.prefix else ""
    for key in _keys(store, deployment.bucket, prefix):
        if key not in wanted:
            store.delete(deployment.bucket, key)


def _keys(store: S3Store, bucket: str, prefix: str) -> list[str]:
    keys: list[str] = []
    while True:
        after = keys[-1] if keys else ""
        page = list_objects(store.index, bucket, prefix=prefix, delimiter="", after=after, limit=1000)
        keys += [entry.key for entry in page.entries if isinstance(entry, ObjectInfo)]
        if not page.is_truncated:
            return keys


def read_deployment(resource: Resource, assembly: Assembly) -> Deployment:
    """What a resource of type Custom::CDKBucketDeployment says."""
    properties = resource.properties
    metadata = properties.get("SystemMetadata", {})
    return Deployment(
        bucket=properties["DestinationBucketName"],
        prefix=properties.get("DestinationBucketKeyPrefix", "").strip("/"),
        sources=tuple(assembly.asset(key).path for key in properties["SourceObjectKeys"]),
        prune=str(properties.get("Prune", "true")).lower() == "true",
        cache_control=metadata.get("cache-control"),
        content_type=metadata.get("content-type"),
        include=tuple(properties.get("Include", ())),
        exclude=tuple(properties.get("Exclude", ())),
    )
