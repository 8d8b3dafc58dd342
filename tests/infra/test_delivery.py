"""One distribution: site, API and media each with the right origin, cache and headers."""

from __future__ import annotations

from typing import Any

import pytest

from tests.infra.templates import Templates, plain

CACHING_OPTIMIZED = "658327ea-f89d-4fab-a63d-7e88639e58f6"
CACHING_DISABLED = "4135ea2d-6df8-44a3-9df3-4b5a84be39ad"
ALL_VIEWER_EXCEPT_HOST_HEADER = "b689b0a8-53d0-40ab-baf2-68738e2966ac"


@pytest.fixture
def distribution(templates: Templates) -> dict[str, Any]:
    found: dict[str, Any] = templates.one("AWS::CloudFront::Distribution")["DistributionConfig"]
    return found


def behavior(distribution: dict[str, Any], path: str) -> dict[str, Any]:
    (found,) = (b for b in distribution["CacheBehaviors"] if b["PathPattern"] == path)
    result: dict[str, Any] = found
    return result


def origin_of(distribution: dict[str, Any], behavior: dict[str, Any]) -> dict[str, Any]:
    (found,) = (o for o in distribution["Origins"] if o["Id"] == behavior["TargetOriginId"])
    result: dict[str, Any] = found
    return result


def headers_of(templates: Templates, behavior: dict[str, Any]) -> dict[str, Any]:
    policies = {i: p for _, i, p in templates.resources("AWS::CloudFront::ResponseHeadersPolicy")}
    found: dict[str, Any] = policies[behavior["ResponseHeadersPolicyId"]["Ref"]]["ResponseHeadersPolicyConfig"]
    return found


def test_buckets_are_read_by_signed_requests_only(distribution: dict[str, Any]) -> None:
    media = origin_of(distribution, behavior(distribution, "/media/*"))
    site = origin_of(distribution, distribution["DefaultCacheBehavior"])
    for origin in (media, site):
        assert origin["OriginAccessControlId"]
        assert origin["S3OriginConfig"] == {"OriginAccessIdentity": ""}
    assert "Media" in plain(media["DomainName"])


def test_the_site_begins_with_its_index(distribution: dict[str, Any]) -> None:
    assert distribution["DefaultRootObject"] == "index.html"


def test_answers_of_the_api_are_never_cached_and_see_the_whole_request_but_the_host(
    distribution: dict[str, Any],
) -> None:
    api = behavior(distribution, "/api/*")
    assert api["CachePolicyId"] == CACHING_DISABLED
    assert api["OriginRequestPolicyId"] == ALL_VIEWER_EXCEPT_HOST_HEADER
    assert set(api["AllowedMethods"]) >= {"GET", "POST", "DELETE"}
    origin = origin_of(distribution, api)
    assert ".execute-api." in plain(origin["DomainName"])
    assert origin["CustomOriginConfig"]["OriginProtocolPolicy"] == "https-only"


def test_pictures_in_sizes_are_asked_for_once_whatever_the_query(distribution: dict[str, Any]) -> None:
    images = behavior(distribution, "/api/v1/images/*")
    paths = [b["PathPattern"] for b in distribution["CacheBehaviors"]]
    assert paths.index("/api/v1/images/*") < paths.index("/api/*")
    assert images["CachePolicyId"] == CACHING_OPTIMIZED
    assert images["TargetOriginId"] == behavior(distribution, "/api/*")["TargetOriginId"]


def test_the_edge_leaves_to_the_api_what_its_answers_may_do(templates: Templates, distribution: dict[str, Any]) -> None:
    policy = headers_of(templates, behavior(distribution, "/api/*"))["SecurityHeadersConfig"]["ContentSecurityPolicy"]
    assert policy == {"ContentSecurityPolicy": "default-src 'none'", "Override": False}


def test_media_is_cached_compressed_and_readable_by_players_of_other_sites(
    templates: Templates, distribution: dict[str, Any]
) -> None:
    media = behavior(distribution, "/media/*")
    assert media["CachePolicyId"] == CACHING_OPTIMIZED
    assert media["Compress"] is True
    cors = headers_of(templates, media)["CorsConfig"]
    assert cors["AccessControlAllowOrigins"] == {"Items": ["*"]}
    assert cors["AccessControlAllowCredentials"] is False


def test_nothing_is_served_without_tls(distribution: dict[str, Any]) -> None:
    for found in (distribution["DefaultCacheBehavior"], *distribution["CacheBehaviors"]):
        assert found["ViewerProtocolPolicy"] in {"redirect-to-https", "https-only"}


def test_every_answer_carries_the_security_headers(templates: Templates, distribution: dict[str, Any]) -> None:
    for found in (distribution["DefaultCacheBehavior"], *distribution["CacheBehaviors"]):
        headers = headers_of(templates, found)["SecurityHeadersConfig"]
        assert headers["StrictTransportSecurity"]["AccessControlMaxAgeSec"] == 31_536_000
        # pages made to be framed name the sites that may in their own policy
        framed = found.get("PathPattern") == "/api/v1/streaming/embed/*"
        assert headers.get("FrameOptions", {}).get("FrameOption") == (None if framed else "DENY")
        assert headers["StrictTransportSecurity"]["IncludeSubdomains"] is True
        assert headers["ReferrerPolicy"]["ReferrerPolicy"] == "strict-origin-when-cross-origin"
        assert headers["ContentTypeOptions"] == {"Override": True}
        assert headers["ContentSecurityPolicy"]["ContentSecurityPolicy"]


def test_the_page_runs_its_own_code_and_speaks_to_its_own_servers_alone(
    templates: Templates, distribution: dict[str, Any]
) -> None:
    headers = headers_of(templates, distribution["DefaultCacheBehavior"])["SecurityHeadersConfig"]
    policy = plain(headers["ContentSecurityPolicy"]["ContentSecurityPolicy"])
    allowed = {words[0]: words[1:] for words in (part.split() for part in policy.split("; "))}
    # scripts are what nothing else is said of
    assert allowed["default-src"] == ["'self'"]
    assert "script-src" not in allowed
    own, *others = allowed["connect-src"]
    assert own == "'self'"
    assert all(other.startswith("https://") and "*" not in other for other in others)
    assert allowed["object-src"] == allowed["base-uri"] == allowed["frame-ancestors"] == ["'none'"]
    assert not {"*", "https:", "http:", "'unsafe-eval'"} & {word for words in allowed.values() for word in words}
    assert [kind for kind, words in allowed.items() if "'unsafe-inline'" in words] == ["style-src"]


def test_the_page_may_play_films_and_nothing_else_of_a_browser(
    templates: Templates, distribution: dict[str, Any]
) -> None:
    custom = headers_of(templates, distribution["DefaultCacheBehavior"])["CustomHeadersConfig"]["Items"]
    given = {item["Header"]: item["Value"] for item in custom}
    assert given["Cross-Origin-Opener-Policy"] == "same-origin"
    permissions = dict(part.split("=") for part in given["Permissions-Policy"].split(", "))
    assert {name for name, whom in permissions.items() if whom != "()"} == {
        "autoplay",
        "fullscreen",
        "picture-in-picture",
    }
    assert {"camera", "microphone", "geolocation"} <= set(permissions)


def test_the_site_is_filled_from_the_built_page(templates: Templates) -> None:
    deployment = templates.one("Custom::CDKBucketDeployment")
    assert deployment["Prune"] is True
    (key,) = deployment["SourceObjectKeys"]
    asset = templates.folder.parent / f"asset.{plain(key).removesuffix('.zip')}"
    assert (asset / "index.html").exists()
