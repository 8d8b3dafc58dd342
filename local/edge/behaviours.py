"""A distribution's configuration as types: which behaviour answers a path, and from which origin."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Literal

from local.edge.functions import EdgeFunction
from local.edge.signed import TrustedKeys
from local.intrinsics import TemplateError
from local.model import Distribution

# CloudFront's own cache policies that turn compression on (all but CachingDisabled, and those of Elemental)
CACHING_DISABLED = "4135ea2d-6df8-44a3-9df3-4b5a84be39ad"
_MANAGED_COMPRESSING = frozenset(
    {
        "658327ea-f89d-4fab-a63d-7e88639e58f6",  # CachingOptimized
        "83da9c7e-98b4-4e11-a168-04f0df8e2c65",  # UseOriginCacheControlHeaders
        "4cc15a8a-d715-48a4-82b8-cc0b614638fe",  # UseOriginCacheControlHeaders-QueryStrings
    }
)
_DEFAULT_METHODS = ("GET", "HEAD")


@dataclass(frozen=True)
class Origin:
    """`target` is a bucket's name, an API's id or the address of a server elsewhere.

    `headers` are added to requests (dynamic references included).
    """

    kind: Literal["bucket", "api", "outside"]
    target: str
    path: str
    headers: Mapping[str, str]


@dataclass(frozen=True)
class Behaviour:
    """How requests for one path pattern are answered."""

    pattern: re.Pattern[str]
    methods: frozenset[str]
    origin: Origin
    compress: bool
    response_headers: Mapping[str, Any] | None
    trusted: TrustedKeys | None
    on_request: EdgeFunction | None


@dataclass(frozen=True)
class ErrorResponse:
    """What is answered in place of an origin's error. `page` None: the origin's own body."""

    status: int
    page: str | None


@dataclass(frozen=True)
class Site:
    """A distribution, read."""

    behaviours: tuple[Behaviour, ...]
    root_object: str
    errors: Mapping[int, ErrorResponse]

    def behaviour(self, path: str) -> Behaviour:
        """The first whose pattern matches; the last is the default."""
        return next(b for b in self.behaviours if b.pattern.fullmatch(path))


def read_site(
    distribution: Distribution,
    buckets: frozenset[str],
    apis: frozenset[str],
    functions: Mapping[str, EdgeFunction] = MappingProxyType({}),
    outside: Mapping[str, str] = MappingProxyType({}),
) -> Site:
    """`functions` by ARN; `outside` says for domains elsewhere where they are asked.

    Raises TemplateError for an origin that is neither a bucket nor an API of this assembly, nor in `outside`.
    """
    config = distribution.config
    origins = {origin["Id"]: _origin(origin, buckets, apis, outside) for origin in config["Origins"]}
    behaviours = [*config.get("CacheBehaviors", ()), {**config["DefaultCacheBehavior"], "PathPattern": "*"}]
    return Site(
        behaviours=tuple(_behaviour(b, origins, distribution.policies, functions) for b in behaviours),
        root_object=config.get("DefaultRootObject", "").lstrip("/"),
        errors={
            int(e["ErrorCode"]): ErrorResponse(
                status=int(e.get("ResponseCode", e["ErrorCode"])), page=e.get("ResponsePagePath")
            )
            for e in config.get("CustomErrorResponses", ())
        },
    )


def _origin(
    origin: Mapping[str, Any], buckets: frozenset[str], apis: frozenset[str], outside: Mapping[str, str]
) -> Origin:
    domain = origin["DomainName"]
    headers = {h["HeaderName"]: h["HeaderValue"] for h in origin.get("OriginCustomHeaders", ())}
    path = origin.get("OriginPath", "")
    bucket = domain.split(".s3.", 1)[0]
    if bucket in buckets:
        return Origin("bucket", bucket, path, headers)
    api = domain.split(".execute-api.", 1)[0]
    if api in apis:
        return Origin("api", api, path, headers)
    if domain in outside:
        return Origin("outside", outside[domain], path, headers)
    raise TemplateError(f"the distribution's origin {domain} is neither a bucket nor an API of this app")


def _behaviour(
    behaviour: Mapping[str, Any],
    origins: Mapping[str, Origin],
    policies: Mapping[str, Mapping[str, Any]],
    functions: Mapping[str, EdgeFunction],
) -> Behaviour:
    origin = origins[behaviour["TargetOriginId"]]
    trusted = _trusted(behaviour.get("TrustedKeyGroups", ()), policies)
    if trusted is not None and origin.kind == "api":
        raise TemplateError("the local edge guards buckets by signatures, not APIs: their query would reach the API")
    policy_id = behaviour.get("ResponseHeadersPolicyId")
    if policy_id is not None and policy_id not in policies:
        raise TemplateError(f"the response headers policy {policy_id} is not defined in this app")
    return Behaviour(
        pattern=_pattern(behaviour["PathPattern"]),
        methods=frozenset(behaviour.get("AllowedMethods", _DEFAULT_METHODS)),
        origin=origin,
        compress=bool(behaviour.get("Compress")) and _compresses(behaviour.get("CachePolicyId"), policies),
        response_headers=policies[policy_id] if policy_id is not None else None,
        trusted=trusted,
        on_request=_on_request(behaviour, functions),
    )


def _trusted(groups: Sequence[str], policies: Mapping[str, Mapping[str, Any]]) -> TrustedKeys | None:
    """The keys of all groups; None where everybody may ask."""
    if not groups:
        return None
    try:
        ids = [key_id for group in groups for key_id in policies[group]["Items"]]
        return TrustedKeys({key_id: policies[key_id]["EncodedKey"] for key_id in ids})
    except KeyError as error:
        raise TemplateError(f"a behaviour trusts {error}, which is not defined in this app") from error
    except ValueError as error:
        raise TemplateError(f"a behaviour trusts what is no public key: {error}") from error


def _on_request(behaviour: Mapping[str, Any], functions: Mapping[str, EdgeFunction]) -> EdgeFunction | None:
    if behaviour.get("LambdaFunctionAssociations"):
        raise TemplateError("the local edge runs no Lambda@Edge: use a CloudFront Function instead")
    found = None
    for association in behaviour.get("FunctionAssociations", ()):
        if association["EventType"] != "viewer-request":
            raise TemplateError("the local edge runs functions on viewer requests only")
        found = functions.get(association["FunctionARN"])
        if found is None:
            raise TemplateError(f"{association['FunctionARN']} is not a function of this app")
    return found


def _compresses(policy_id: str | None, policies: Mapping[str, Mapping[str, Any]]) -> bool:
    """CloudFront compresses only where the cache policy lets it store a compressed copy."""
    if policy_id is not None and policy_id in policies:
        parameters = policies[policy_id].get("ParametersInCacheKeyAndForwardedToOrigin", {})
        return bool(parameters.get("EnableAcceptEncodingGzip"))
    return policy_id in _MANAGED_COMPRESSING


def _pattern(text: str) -> re.Pattern[str]:
    """`*` stands for any characters, also slashes; `?` for one."""
    text = text if text.startswith(("/", "*")) else f"/{text}"
    return re.compile(re.escape(text).replace(r"\*", ".*").replace(r"\?", "."), re.DOTALL)
