"""The one address of a deployed Marquee: `/` the site, `/api/*` the API, `/media/*` the films."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from aws_cdk import Annotations, Aws, Duration
from aws_cdk import aws_cloudfront as cloudfront
from aws_cdk import aws_s3 as s3
from aws_cdk.aws_cloudfront_origins import HttpOrigin, S3BucketOrigin
from constructs import Construct

from infra.constructs.findings import accept
from infra.constructs.http_api import ServiceApi
from infra.constructs.images_behavior import tmdb_images_behavior
from infra.constructs.origin_verify import OriginVerify
from infra.constructs.security_headers import page_headers, security_headers

EDGE_CODE = Path(__file__).resolve().parent.parent / "edge"
# Lists show the posters, and the moving previews, of films that one may not watch.
SHOWN_TO_ALL = ("/media/*/images/poster*", "/media/*/images/preview*")


class ViewerDistribution(cloudfront.Distribution):
    """`media_key_groups` close `/media/*` to all but holders of cookies signed with one of their keys; `media_guard`
    is asked about them before the cache is."""

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        site_bucket: s3.IBucket,
        media_bucket: s3.IBucket,
        uploads_bucket: s3.IBucket,
        api: ServiceApi,
        sign_in_addresses: Sequence[str],
        origin_verify: OriginVerify,
        comment: str,
        web_acl_arn: str | None = None,
        media_key_groups: Sequence[cloudfront.IKeyGroup] = (),
        media_guard: cloudfront.Function | None = None,
    ) -> None:
        policies = Construct(scope, f"{construct_id}Policies")
        of_api = _api_behavior(policies, api, origin_verify)
        of_media = _media_behavior(policies, media_bucket, media_key_groups, media_guard)
        super().__init__(
            scope,
            construct_id,
            comment=comment,
            web_acl_id=web_acl_arn,
            default_root_object="index.html",
            http_version=cloudfront.HttpVersion.HTTP2_AND_3,
            default_behavior=_site_behavior(policies, site_bucket, uploads_bucket, sign_in_addresses),
            additional_behaviors={
                # the first that fits answers
                "/api/v1/streaming/embed/*": _embed_behavior(policies, of_api),
                "/api/v1/images/*": _kept_images_behavior(policies, of_api),
                "/api/*": of_api,
                **({pattern: _unguarded(of_media) for pattern in SHOWN_TO_ALL} if media_key_groups else {}),
                "/media/*": of_media,
                "/images/tmdb/*": tmdb_images_behavior(policies),
            },
        )
        accept(
            self,
            "Films are for everybody who may watch them, wherever they are. Who watched what is nobody's business: "
            "requests to the API and to the buckets are logged, views are not. Without a domain of one's own the "
            "certificate is CloudFront's, and with it the oldest TLS that it offers.",
            "AwsSolutions-CFR1",
            "AwsSolutions-CFR3",
            "AwsSolutions-CFR4",
        )
        if web_acl_arn is None:
            accept(self, "This environment has chosen to have no firewall.", "AwsSolutions-CFR2")
        Annotations.of(self).acknowledge_warning(
            "@aws-cdk/aws-cloudfront-origins:updateImportedBucketPolicyOac",
            "The media bucket's own policy lets distributions of this account read what is published.",
        )


def _site_behavior(
    scope: Construct, bucket: s3.IBucket, uploads: s3.IBucket, sign_in: Sequence[str]
) -> cloudfront.BehaviorOptions:
    return cloudfront.BehaviorOptions(
        origin=S3BucketOrigin.with_origin_access_control(bucket),
        viewer_protocol_policy=cloudfront.ViewerProtocolPolicy.REDIRECT_TO_HTTPS,
        cache_policy=cloudfront.CachePolicy.CACHING_OPTIMIZED,
        compress=True,
        response_headers_policy=cloudfront.ResponseHeadersPolicy(
            scope,
            "SiteHeaders",
            security_headers_behavior=security_headers(_site_policy(uploads, sign_in)),
            custom_headers_behavior=page_headers(),
        ),
    )


def _site_policy(uploads: s3.IBucket, sign_in: Sequence[str]) -> str:
    # The page sends parts straight to the bucket; SDKs sign for its regional or, in us-east-1, its global name.
    bucket = f"https://{uploads.bucket_regional_domain_name} https://{uploads.bucket_name}.s3.amazonaws.com"
    return "; ".join(
        (
            "default-src 'self'",
            f"connect-src 'self' {' '.join([bucket, *sign_in])}",
            "img-src 'self' data:",
            # hls.js feeds Media Source Extensions from blobs and works in a worker made of one
            # hls.js begins each text track with an empty one, as data:
            "media-src 'self' blob: data:",
            "worker-src 'self' blob:",
            "style-src 'self' 'unsafe-inline'",
            "object-src 'none'",
            "base-uri 'none'",
            "form-action 'self'",
            "frame-ancestors 'none'",
        )
    )


def _api_behavior(scope: Construct, api: ServiceApi, verify: OriginVerify) -> cloudfront.BehaviorOptions:
    return cloudfront.BehaviorOptions(
        origin=HttpOrigin(
            f"{api.api_id}.execute-api.{Aws.REGION}.{Aws.URL_SUFFIX}",
            protocol_policy=cloudfront.OriginProtocolPolicy.HTTPS_ONLY,
            origin_ssl_protocols=[cloudfront.OriginSslPolicy.TLS_V1_2],
            read_timeout=Duration.seconds(30),
            # the API refuses what comes past us, and with it past the firewall
            custom_headers={verify.header: verify.value},
        ),
        viewer_protocol_policy=cloudfront.ViewerProtocolPolicy.HTTPS_ONLY,
        allowed_methods=cloudfront.AllowedMethods.ALLOW_ALL,
        cache_policy=cloudfront.CachePolicy.CACHING_DISABLED,
        # API Gateway finds the API by the host name: the viewer's own must not reach it
        origin_request_policy=cloudfront.OriginRequestPolicy.ALL_VIEWER_EXCEPT_HOST_HEADER,
        function_associations=[
            cloudfront.FunctionAssociation(
                event_type=cloudfront.FunctionEventType.VIEWER_REQUEST,
                function=cloudfront.Function(
                    scope,
                    "ViewerAddress",
                    code=cloudfront.FunctionCode.from_inline((EDGE_CODE / "viewer_address.js").read_text()),
                    runtime=cloudfront.FunctionRuntime.JS_2_0,
                    comment="Tells the API who is asking",
                ),
            )
        ],
        response_headers_policy=cloudfront.ResponseHeadersPolicy(
            scope,
            "ApiHeaders",
            # The API says itself what its answers may do: one of them is a page with a style.
            security_headers_behavior=security_headers("default-src 'none'", override=False),
        ),
    )


def _embed_behavior(scope: Construct, of_api: cloudfront.BehaviorOptions) -> cloudfront.BehaviorOptions:
    """The API's pages that other sites frame say themselves which may: X-Frame-Options would forbid it to all."""
    return cloudfront.BehaviorOptions(
        origin=of_api.origin,
        viewer_protocol_policy=of_api.viewer_protocol_policy,
        cache_policy=of_api.cache_policy,
        origin_request_policy=of_api.origin_request_policy,
        function_associations=of_api.function_associations,
        response_headers_policy=cloudfront.ResponseHeadersPolicy(
            scope,
            "EmbedHeaders",
            security_headers_behavior=security_headers("default-src 'none'", override=False, framed=True),
        ),
    )


def _kept_images_behavior(scope: Construct, of_api: cloudfront.BehaviorOptions) -> cloudfront.BehaviorOptions:
    """Pictures that the API makes in sizes: they never change, so each is asked for once. Queries and cookies are
    no part of what they are kept by: nobody can have one made again."""
    return cloudfront.BehaviorOptions(
        origin=of_api.origin,
        viewer_protocol_policy=of_api.viewer_protocol_policy,
        allowed_methods=cloudfront.AllowedMethods.ALLOW_GET_HEAD_OPTIONS,
        cache_policy=cloudfront.CachePolicy.CACHING_OPTIMIZED,
        compress=False,
        origin_request_policy=of_api.origin_request_policy,
        function_associations=of_api.function_associations,
        response_headers_policy=cloudfront.ResponseHeadersPolicy(
            scope,
            "ImageHeaders",
            security_headers_behavior=security_headers("default-src 'none'"),
            # of whoever asked first: they say nothing to the others
            remove_headers=["ratelimit", "ratelimit-policy", "x-request-id", "apigw-requestid"],
        ),
    )


def _media_behavior(
    scope: Construct,
    bucket: s3.IBucket,
    key_groups: Sequence[cloudfront.IKeyGroup],
    guard: cloudfront.Function | None,
) -> cloudfront.BehaviorOptions:
    # By name: the bucket belongs to the stateful stack, which allows distributions of this account itself.
    by_name = s3.Bucket.from_bucket_attributes(
        scope,
        "Media",
        bucket_name=bucket.bucket_name,
        bucket_regional_domain_name=bucket.bucket_regional_domain_name,
    )
    return cloudfront.BehaviorOptions(
        origin=S3BucketOrigin.with_origin_access_control(by_name),
        viewer_protocol_policy=cloudfront.ViewerProtocolPolicy.REDIRECT_TO_HTTPS,
        allowed_methods=cloudfront.AllowedMethods.ALLOW_GET_HEAD_OPTIONS,
        # Segments say they never change, growing playlists that they do: the objects' Cache-Control decides.
        cache_policy=cloudfront.CachePolicy.CACHING_OPTIMIZED,
        compress=True,
        trusted_key_groups=list(key_groups) or None,
        function_associations=None
        if guard is None
        else [cloudfront.FunctionAssociation(function=guard, event_type=cloudfront.FunctionEventType.VIEWER_REQUEST)],
        response_headers_policy=cloudfront.ResponseHeadersPolicy(
            scope,
            "MediaHeaders",
            cors_behavior=cloudfront.ResponseHeadersCorsBehavior(
                access_control_allow_credentials=False,
                access_control_allow_headers=["*"],
                access_control_allow_methods=["GET", "HEAD", "OPTIONS"],
                access_control_allow_origins=["*"],
                access_control_expose_headers=["Content-Length", "Content-Range", "ETag"],
                access_control_max_age=Duration.days(1),
                origin_override=True,
            ),
            security_headers_behavior=security_headers("default-src 'none'"),
        ),
    )


def _unguarded(of_media: cloudfront.BehaviorOptions) -> cloudfront.BehaviorOptions:
    return cloudfront.BehaviorOptions(
        origin=of_media.origin,
        viewer_protocol_policy=of_media.viewer_protocol_policy,
        cache_policy=of_media.cache_policy,
        response_headers_policy=of_media.response_headers_policy,
    )
