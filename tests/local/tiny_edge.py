"""The tiny app's HTTP API and distribution."""

from __future__ import annotations

from typing import Any


def api() -> dict[str, Any]:
    def route(key: str) -> dict[str, Any]:
        return {
            "Type": "AWS::ApiGatewayV2::Route",
            "Properties": {
                "ApiId": {"Ref": "Api"},
                "RouteKey": key,
                "Target": {"Fn::Join": ["", ["integrations/", {"Ref": "Integration"}]]},
            },
        }

    return {
        "Api": {"Type": "AWS::ApiGatewayV2::Api", "Properties": {"ProtocolType": "HTTP"}},
        "Integration": {
            "Type": "AWS::ApiGatewayV2::Integration",
            "Properties": {
                "ApiId": {"Ref": "Api"},
                "IntegrationUri": {"Fn::GetAtt": ["Http", "Arn"]},
                "PayloadFormatVersion": "2.0",
                "TimeoutInMillis": 2000,
            },
        },
        "Stage": {
            "Type": "AWS::ApiGatewayV2::Stage",
            "Properties": {
                "ApiId": {"Ref": "Api"},
                "StageName": "$default",
                "DefaultRouteSettings": {"ThrottlingRateLimit": 1000, "ThrottlingBurstLimit": 1000},
                "RouteSettings": {"GET /api/scarce": {"ThrottlingRateLimit": 0.001, "ThrottlingBurstLimit": 2}},
            },
        },
        "RouteAny": route("ANY /api/{proxy+}"),
        "RouteThing": route("GET /api/things/{thing_id}"),
        "RouteScarce": route("GET /api/scarce"),
    }


def delivery() -> dict[str, Any]:
    api_domain = {"Fn::Select": [2, {"Fn::Split": ["/", {"Fn::GetAtt": ["Api", "ApiEndpoint"]}]}]}
    all_methods = ["GET", "HEAD", "OPTIONS", "PUT", "PATCH", "POST", "DELETE"]
    secret = "{{resolve:secretsmanager:Tiny-Data-Token:SecretString:::}}"
    return {
        "Site": {"Type": "AWS::S3::Bucket", "Properties": {}},
        "SitePolicy": {
            "Type": "AWS::S3::BucketPolicy",
            "Properties": {
                "Bucket": {"Ref": "Site"},
                "PolicyDocument": {
                    "Statement": [
                        {
                            "Effect": "Allow",
                            "Action": ["s3:GetObject", "s3:ListBucket"],
                            "Principal": {"Service": "cloudfront.amazonaws.com"},
                        }
                    ]
                },
            },
        },
        "Publish": {
            "Type": "Custom::CDKBucketDeployment",
            "Properties": {
                "DestinationBucketName": {"Ref": "Site"},
                "SourceObjectKeys": ["sitehash.zip"],
                "SystemMetadata": {"cache-control": "max-age=60"},
            },
        },
        "Headers": {
            "Type": "AWS::CloudFront::ResponseHeadersPolicy",
            "Properties": {
                "ResponseHeadersPolicyConfig": {
                    "Name": "h",
                    "SecurityHeadersConfig": {"ContentTypeOptions": {"Override": True}},
                    "CorsConfig": {
                        "AccessControlAllowCredentials": False,
                        "AccessControlAllowHeaders": {"Items": ["*"]},
                        "AccessControlAllowMethods": {"Items": ["GET", "HEAD"]},
                        "AccessControlAllowOrigins": {"Items": ["https://other.example"]},
                        "OriginOverride": True,
                    },
                }
            },
        },
        "Edge": {
            "Type": "AWS::CloudFront::Distribution",
            "Properties": {
                "DistributionConfig": {
                    "DefaultRootObject": "index.html",
                    "DefaultCacheBehavior": {
                        "TargetOriginId": "site",
                        "Compress": True,
                        "CachePolicyId": "658327ea-f89d-4fab-a63d-7e88639e58f6",
                        "AllowedMethods": ["GET", "HEAD", "OPTIONS"],
                        "ResponseHeadersPolicyId": {"Ref": "Headers"},
                        "ViewerProtocolPolicy": "redirect-to-https",
                    },
                    "CacheBehaviors": [
                        {
                            "PathPattern": "/api/*",
                            "TargetOriginId": "api",
                            "AllowedMethods": all_methods,
                            "CachePolicyId": "4135ea2d-6df8-44a3-9df3-4b5a84be39ad",
                            "ViewerProtocolPolicy": "https-only",
                        },
                        {
                            "PathPattern": "/media/*",
                            "TargetOriginId": "media",
                            "CachePolicyId": "658327ea-f89d-4fab-a63d-7e88639e58f6",
                            "ViewerProtocolPolicy": "https-only",
                        },
                    ],
                    "CustomErrorResponses": [{"ErrorCode": 404, "ResponseCode": 404, "ResponsePagePath": "/oops.html"}],
                    "Origins": [
                        {"Id": "site", "DomainName": {"Fn::GetAtt": ["Site", "RegionalDomainName"]}},
                        {
                            "Id": "media",
                            "DomainName": "tiny-media.s3.us-east-1.amazonaws.com",
                            "S3OriginConfig": {},
                        },
                        {
                            "Id": "api",
                            "DomainName": api_domain,
                            "OriginCustomHeaders": [{"HeaderName": "X-Origin-Verify", "HeaderValue": secret}],
                        },
                    ],
                }
            },
        },
    }
