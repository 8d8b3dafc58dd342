"""Posters and backdrops of TMDB through our own address: their server never sees a viewer."""

from __future__ import annotations

from pathlib import Path

from aws_cdk import Duration
from aws_cdk import aws_cloudfront as cloudfront
from aws_cdk.aws_cloudfront_origins import HttpOrigin
from constructs import Construct

from infra.constructs.security_headers import security_headers
from infra.constructs.tmdb import IMAGES

EDGE_CODE = Path(__file__).resolve().parent.parent / "edge"
# A picture never changes under its name. Nothing of TMDB is kept for half a year or longer.
USUALLY = Duration.days(30)
LONGEST = Duration.days(150)


def tmdb_images_behavior(scope: Construct) -> cloudfront.BehaviorOptions:
    """For `/images/tmdb/{size}/{name}`; `scope` holds the policies and the function."""
    return cloudfront.BehaviorOptions(
        origin=HttpOrigin(
            IMAGES,
            origin_path="/t/p",
            protocol_policy=cloudfront.OriginProtocolPolicy.HTTPS_ONLY,
            origin_ssl_protocols=[cloudfront.OriginSslPolicy.TLS_V1_2],
            connection_attempts=2,
            connection_timeout=Duration.seconds(5),
            read_timeout=Duration.seconds(10),
        ),
        viewer_protocol_policy=cloudfront.ViewerProtocolPolicy.REDIRECT_TO_HTTPS,
        # no header, cookie or query of a viewer is part of the key, or sent there
        cache_policy=cloudfront.CachePolicy(
            scope,
            "TmdbImages",
            comment="Pictures of TMDB: long, and never for half a year",
            min_ttl=Duration.days(1),
            default_ttl=USUALLY,
            max_ttl=LONGEST,
        ),
        function_associations=[
            cloudfront.FunctionAssociation(
                event_type=cloudfront.FunctionEventType.VIEWER_REQUEST,
                function=cloudfront.Function(
                    scope,
                    "TmdbImagePath",
                    code=cloudfront.FunctionCode.from_inline((EDGE_CODE / "tmdb_images.js").read_text()),
                    runtime=cloudfront.FunctionRuntime.JS_2_0,
                    comment="The path of a picture as TMDB knows it",
                ),
            )
        ],
        response_headers_policy=cloudfront.ResponseHeadersPolicy(
            scope,
            "TmdbImageHeaders",
            security_headers_behavior=security_headers("default-src 'none'"),
            remove_headers=["server", "x-powered-by", "set-cookie"],
            custom_headers_behavior=cloudfront.ResponseCustomHeadersBehavior(
                custom_headers=[
                    cloudfront.ResponseCustomHeader(
                        header="Cache-Control", value=f"public, max-age={USUALLY.to_seconds()}", override=True
                    )
                ]
            ),
        ),
    )
