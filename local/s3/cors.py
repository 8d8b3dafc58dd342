"""Cross-origin answers from the bucket's rules."""

from aiohttp import web

from local.s3.configuration import BucketConfiguration, CorsRule
from local.s3.errors import S3Error
from local.s3.incoming import S3Request

_VARY = "Origin, Access-Control-Request-Headers, Access-Control-Request-Method"


def _allowed(rule: CorsRule, origin: str, methods: str) -> dict[str, str]:
    is_any = "*" in rule.origins
    headers = {
        "Access-Control-Allow-Origin": "*" if is_any else origin,
        "Access-Control-Allow-Methods": methods,
        "Vary": _VARY,
    }
    if not is_any:
        headers["Access-Control-Allow-Credentials"] = "true"
    if rule.exposed_headers:
        headers["Access-Control-Expose-Headers"] = ", ".join(rule.exposed_headers)
    if rule.max_age_seconds is not None:
        headers["Access-Control-Max-Age"] = str(rule.max_age_seconds)
    return headers


def answer_headers(request: S3Request, configuration: BucketConfiguration | None) -> dict[str, str]:
    """What every answer to a cross-origin request carries, refusals too, or the page could not read them."""
    origin = request.headers.get("Origin")
    if origin is None or configuration is None:
        return {}
    for rule in configuration.cors:
        if rule.allows(origin, request.method):
            return _allowed(rule, origin, ", ".join(rule.methods))
    return {}


def preflight(request: S3Request, configuration: BucketConfiguration | None) -> web.Response:
    """The answer to OPTIONS, which nobody signs; raises AccessDenied when no rule allows it."""
    origin = request.headers.get("Origin")
    method = request.headers.get("Access-Control-Request-Method")
    if origin is None or method is None:
        raise S3Error("InvalidRequest", "Insufficient information. Origin request header needed.")
    asked = [name.strip() for name in request.headers.get("Access-Control-Request-Headers", "").split(",")]
    names = [name for name in asked if name]
    for rule in configuration.cors if configuration else ():
        if rule.allows(origin, method, names):
            headers = _allowed(rule, origin, ", ".join(rule.methods))
            if names:
                headers["Access-Control-Allow-Headers"] = ", ".join(name.lower() for name in names)
            return web.Response(headers=headers)
    raise S3Error("AccessDenied", "CORSResponse: This CORS request is not allowed.", Method=method)
