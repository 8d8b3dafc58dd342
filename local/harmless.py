"""Resource types that need nothing to run on one machine: who may do what, networks, logs, alarms.

A type that is neither here nor known to `local.system` stops the start with its name: what cannot be run must
not be passed over in silence.
"""

# whole services, by the word after `AWS::`
SERVICES = frozenset(
    {
        "ApplicationAutoScaling",  # one machine has one size
        "AutoScaling",  # the way out of a network that is none here
        "Backup",
        "Budgets",
        "CDK",  # metadata
        "CodeDeploy",  # here an alias moves at once
        "CloudWatch",  # alarms and dashboards: logs lie in the state folder
        "EC2",  # networks and security groups: everything is on 127.0.0.1
        "ECR",
        "IAM",  # no process here is confined by roles; synth tests check the grants
        "KMS",  # the state folder is as private as its owner keeps it
        "Logs",
        "RAM",
        "ResourceGroups",
        "SNS",  # alarm topics
        "Synthetics",
        "WAFv2",
        "XRay",
    }
)

TYPES = frozenset(
    {
        "AWS::ApiGatewayV2::ApiMapping",
        "AWS::ApiGatewayV2::DomainName",
        "AWS::CertificateManager::Certificate",
        "AWS::CloudFront::CloudFrontOriginAccessIdentity",
        "AWS::CloudFront::MonitoringSubscription",
        "AWS::CloudFront::OriginAccessControl",  # the edge is the only reader, and only reads
        "AWS::Cognito::UserPoolIdentityProvider",  # no foreign account leads to this machine
        "AWS::Cognito::UserPoolResourceServer",  # its scopes are named by the clients that may have them
        "AWS::DocDB::DBClusterParameterGroup",
        "AWS::DocDB::DBInstance",  # the cluster is one engine here
        "AWS::DocDB::DBSubnetGroup",
        "AWS::ECS::ClusterCapacityProviderAssociations",
        "AWS::ElastiCache::SubnetGroup",
        "AWS::ElastiCache::User",
        "AWS::ElastiCache::UserGroup",
        "AWS::Lambda::EventInvokeConfig",
        "AWS::Lambda::Permission",
        "AWS::Route53::RecordSet",
        "AWS::S3::BucketPolicy",  # only this machine's programs have the keys
        "AWS::SQS::QueuePolicy",
        "AWS::SecretsManager::ResourcePolicy",
        "AWS::SecretsManager::RotationSchedule",
        "AWS::SecretsManager::SecretTargetAttachment",
        "AWS::Scheduler::ScheduleGroup",
        "Custom::CloudFrontOriginAccessControl",
        "Custom::LogRetention",
        "Custom::S3AutoDeleteObjects",  # `marquee` keeps its state folder until its owner removes it
        "Custom::VpcRestrictDefaultSG",
    }
)


def is_harmless(resource_type: str) -> bool:
    parts = resource_type.split("::")
    return resource_type in TYPES or (len(parts) > 1 and parts[0] == "AWS" and parts[1] in SERVICES)
