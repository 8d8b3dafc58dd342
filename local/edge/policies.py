"""Response-headers policies: what the edge adds to and takes from an answer."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from multidict import CIMultiDict


def apply_policy(headers: CIMultiDict[str], policy: Mapping[str, Any], origin: str | None) -> None:
    """Changes an answer's headers. `origin` is the request's Origin header; without one CORS adds nothing."""
    for item in policy.get("RemoveHeadersConfig", {}).get("Items", ()):
        headers.popall(item["Header"], None)
    for name, value, override in (*_security(policy.get("SecurityHeadersConfig", {})), *_custom(policy)):
        if override or name not in headers:
            headers[name] = value
    cors = policy.get("CorsConfig")
    if cors and origin:
        _apply_cors(headers, cors, origin)


def preflight(policy: Mapping[str, Any] | None, request_headers: Mapping[str, str]) -> dict[str, str] | None:
    """The answer's headers to a CORS preflight; None when the policy does not allow the origin."""
    cors = (policy or {}).get("CorsConfig")
    origin = request_headers.get("Origin")
    if not cors or not origin or "Access-Control-Request-Method" not in request_headers:
        return None
    allowed = _allowed_origin(cors, origin)
    if allowed is None:
        return None
    wanted = request_headers.get("Access-Control-Request-Headers", "")
    headers = _items(cors, "AccessControlAllowHeaders")
    methods = _items(cors, "AccessControlAllowMethods")
    return {
        "Access-Control-Allow-Origin": allowed,
        "Access-Control-Allow-Methods": "GET, HEAD, OPTIONS, PUT, PATCH, POST, DELETE"
        if "ALL" in methods
        else ", ".join(methods),
        **({"Access-Control-Allow-Headers": wanted if "*" in headers else ", ".join(headers)} if wanted else {}),
        "Access-Control-Max-Age": str(cors.get("AccessControlMaxAgeSec", 600)),
    }


def _apply_cors(headers: CIMultiDict[str], cors: Mapping[str, Any], origin: str) -> None:
    allowed = _allowed_origin(cors, origin)
    if allowed is None or ("Access-Control-Allow-Origin" in headers and not cors.get("OriginOverride")):
        return
    headers["Access-Control-Allow-Origin"] = allowed
    if allowed != "*":
        headers.add("Vary", "Origin")
    if str(cors.get("AccessControlAllowCredentials", False)).lower() == "true":
        headers["Access-Control-Allow-Credentials"] = "true"
    exposed = _items(cors, "AccessControlExposeHeaders")
    if exposed:
        headers["Access-Control-Expose-Headers"] = ", ".join(exposed)


def _allowed_origin(cors: Mapping[str, Any], origin: str) -> str | None:
    origins = _items(cors, "AccessControlAllowOrigins")
    if "*" in origins:
        return "*"
    bare = origin.partition("://")[2]
    return origin if origin in origins or bare in origins else None


def _items(cors: Mapping[str, Any], name: str) -> list[str]:
    return list(cors.get(name, {}).get("Items", ()))


def _security(config: Mapping[str, Any]) -> Iterator[tuple[str, str, bool]]:
    for key, (name, value) in _SECURITY.items():
        if key in config:
            section = config[key]
            yield name, value(section), bool(section.get("Override"))


def _transport_security(section: Mapping[str, Any]) -> str:
    parts = [f"max-age={section['AccessControlMaxAgeSec']}"]
    parts += ["includeSubDomains"] if section.get("IncludeSubdomains") else []
    parts += ["preload"] if section.get("Preload") else []
    return "; ".join(parts)


_SECURITY: Mapping[str, tuple[str, Any]] = {
    "ContentSecurityPolicy": ("Content-Security-Policy", lambda s: s["ContentSecurityPolicy"]),
    "ContentTypeOptions": ("X-Content-Type-Options", lambda s: "nosniff"),
    "FrameOptions": ("X-Frame-Options", lambda s: s["FrameOption"]),
    "ReferrerPolicy": ("Referrer-Policy", lambda s: s["ReferrerPolicy"]),
    "StrictTransportSecurity": ("Strict-Transport-Security", _transport_security),
    "XSSProtection": ("X-XSS-Protection", lambda s: "1; mode=block" if s.get("ModeBlock") else "1"),
}


def _custom(policy: Mapping[str, Any]) -> Iterator[tuple[str, str, bool]]:
    for item in policy.get("CustomHeadersConfig", {}).get("Items", ()):
        yield item["Header"], item["Value"], bool(item.get("Override"))
