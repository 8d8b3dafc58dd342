"""Headers that every answer of the distribution has, whatever its origin says."""

from __future__ import annotations

from aws_cdk import Duration
from aws_cdk import aws_cloudfront as cloudfront

HTTPS_FOR = Duration.days(365)
# What the page does not use, nothing that gets into it may use either.
_PERMISSIONS = {
    **dict.fromkeys(("camera", "microphone", "geolocation", "payment", "usb", "serial", "hid", "midi"), "()"),
    **dict.fromkeys(("display-capture", "browsing-topics", "publickey-credentials-get"), "()"),
    **dict.fromkeys(("autoplay", "fullscreen", "picture-in-picture"), "(self)"),
}


def security_headers(
    content_security_policy: str, *, override: bool = True, framed: bool = False
) -> cloudfront.ResponseSecurityHeadersBehavior:
    return cloudfront.ResponseSecurityHeadersBehavior(
        content_security_policy=cloudfront.ResponseHeadersContentSecurityPolicy(
            content_security_policy=content_security_policy, override=override
        ),
        content_type_options=cloudfront.ResponseHeadersContentTypeOptions(override=True),
        frame_options=None
        if framed
        else cloudfront.ResponseHeadersFrameOptions(frame_option=cloudfront.HeadersFrameOption.DENY, override=True),
        referrer_policy=cloudfront.ResponseHeadersReferrerPolicy(
            referrer_policy=cloudfront.HeadersReferrerPolicy.STRICT_ORIGIN_WHEN_CROSS_ORIGIN, override=True
        ),
        strict_transport_security=cloudfront.ResponseHeadersStrictTransportSecurity(
            access_control_max_age=HTTPS_FOR, include_subdomains=True, override=True
        ),
    )


def page_headers() -> cloudfront.ResponseCustomHeadersBehavior:
    """What only a page needs: which features of the browser it may use, and that no other page holds on to it."""
    headers = {
        "Permissions-Policy": ", ".join(f"{name}={whom}" for name, whom in _PERMISSIONS.items()),
        "Cross-Origin-Opener-Policy": "same-origin",
    }
    return cloudfront.ResponseCustomHeadersBehavior(
        custom_headers=[
            cloudfront.ResponseCustomHeader(header=name, value=value, override=True) for name, value in headers.items()
        ]
    )
