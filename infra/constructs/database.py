"""The document database, or the secret of one that is elsewhere."""

from __future__ import annotations

import json

from aws_cdk import Acknowledgment, Duration, RemovalPolicy, Validations
from aws_cdk import aws_docdb as docdb
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_kms as kms
from aws_cdk import aws_secretsmanager as secretsmanager
from constructs import Construct

from infra.constructs.findings import accept
from infra.constructs.retention import RetainedLogs, removal_policy
from infra.databases import ExternalDatabase, InstanceDatabase, ServerlessDatabase
from infra.environments import Environment, Retention

ENGINE_VERSION = "8.0.0"  # text and partial indexes also on serverless
ENGINE_FAMILY = "docdb8.0"
PORT = 27017
USER = "marquee"
SERVERLESS_CLASS = "db.serverless"
UNKNOWN_CLASS = "E3620"
CERTIFICATES = "/opt/certificates/rds-global-bundle.pem"  # in the dependencies layer


class Database(Construct):
    """`secret` holds all that a client needs: `{"uri"}`, or `{username, password, host, port, tls_ca_file}`."""

    secret: secretsmanager.ISecret
    _cluster: docdb.DatabaseCluster | None
    _port: ec2.Port

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        environment: Environment,
        vpc: ec2.IVpc,
        subnets: ec2.SubnetSelection,
        key: kms.IKey | None,
    ) -> None:
        super().__init__(scope, construct_id)
        self._key = key
        choice = environment.database
        if isinstance(choice, ExternalDatabase):
            self._cluster = None
            self._port = ec2.Port.tcp(choice.port)
            self.secret = secretsmanager.Secret.from_secret_name_v2(self, "Secret", choice.secret_name)
            return
        self._port = ec2.Port.tcp(PORT)
        credentials = self._create_credentials()
        self._cluster = self._create_cluster(environment, choice, credentials, vpc, subnets)
        self.secret = credentials.attach(self._cluster)  # which adds host and port

    @property
    def elsewhere(self) -> bool:
        """Whether it is somebody else's, and its secret, too."""
        return self._cluster is None

    @property
    def cluster_name(self) -> str | None:
        """By which CloudWatch knows it; None for one that is elsewhere."""
        return None if self._cluster is None else self._cluster.cluster_identifier

    def open_to(self, security_group: ec2.ISecurityGroup) -> None:
        """Let members of `security_group` reach the port."""
        if self._cluster is None:
            security_group.add_egress_rule(ec2.Peer.any_ipv4(), self._port, "Database elsewhere")
        else:
            self._cluster.connections.allow_default_port_from(security_group)

    def _create_credentials(self) -> secretsmanager.Secret:
        known = {"username": USER, "tls_ca_file": CERTIFICATES}
        secret = secretsmanager.Secret(
            self,
            "Credentials",
            description="Marquee's document database: everything a client needs to connect",
            encryption_key=self._key,
            generate_secret_string=secretsmanager.SecretStringGenerator(
                secret_string_template=json.dumps(known),
                generate_string_key="password",
                password_length=40,
                exclude_characters='/@"',  # DocumentDB refuses these
            ),
        )
        accept(secret, "It is rotated monthly, from the stack that has the functions.", "AwsSolutions-SMG4")
        return secret

    def _create_cluster(
        self,
        environment: Environment,
        choice: ServerlessDatabase | InstanceDatabase,
        credentials: secretsmanager.Secret,
        vpc: ec2.IVpc,
        subnets: ec2.SubnetSelection,
    ) -> docdb.DatabaseCluster:
        capacity = instance_type = None
        if isinstance(choice, ServerlessDatabase):
            capacity = docdb.ServerlessV2ScalingConfiguration(
                min_capacity=choice.minimum_units, max_capacity=choice.maximum_units
            )
        else:
            instance_type = ec2.InstanceType(choice.instance_type)
        removal = removal_policy(environment.retention)
        cluster = docdb.DatabaseCluster(
            self,
            "Cluster",
            engine_version=ENGINE_VERSION,
            master_user=docdb.Login(username=USER, password=credentials.secret_value_from_json("password")),
            vpc=vpc,
            vpc_subnets=subnets,
            port=PORT,
            instances=choice.instance_count,
            instance_type=instance_type,
            serverless_v2_scaling_configuration=capacity,
            storage_encrypted=True,
            kms_key=self._key,
            parameter_group=docdb.ClusterParameterGroup(
                self,
                "Parameters",
                family=ENGINE_FAMILY,
                description="Marquee: who signed in and what was changed in form is written to the log",
                parameters={"audit_logs": "enabled", "tls": "enabled"},
            ),
            deletion_protection=environment.retention.protect,
            removal_policy=RemovalPolicy.SNAPSHOT if removal == RemovalPolicy.RETAIN else removal,
            copy_tags_to_snapshot=True,
            backup=docdb.BackupProps(retention=Duration.days(choice.backup_days)),
            export_profiler_logs_to_cloud_watch=True,
            export_audit_logs_to_cloud_watch=True,
        )
        if isinstance(choice, ServerlessDatabase):
            _add_serverless_instances(cluster, choice.instance_count)
        _let_logs_end(cluster, choice.instance_count, environment.retention)
        accept(
            cluster,
            "Who reaches it is decided by security groups, not by an unusual port; its password is in a secret, and "
            "the name beside it is none; signing in and changes of form are in the audit log, which is exported.",
            "AwsSolutions-DOC2",
            "AwsSolutions-DOC3",
            "AwsSolutions-DOC5[<any>]",
        )
        return cluster


def _add_serverless_instances(cluster: docdb.DatabaseCluster, count: int) -> None:
    """The CDK makes none for a cluster that scales by itself, and without one nothing answers at its address.

    They are named as those of a fixed size would be: who changes to these changes them in place.
    """
    for number in range(1, count + 1):
        instance = docdb.CfnDBInstance(
            cluster,
            f"Instance{number}",
            db_cluster_identifier=cluster.cluster_identifier,
            db_instance_class=SERVERLESS_CLASS,
        )
        instance.apply_removal_policy(RemovalPolicy.DESTROY)  # what there is to keep is the cluster's
        _say_that_the_class_exists(instance)


def _let_logs_end(cluster: docdb.DatabaseCluster, count: int, retention: Retention) -> None:
    """The instances write to groups of these names, and make those that are not there without an end."""
    for kind in ("audit", "profiler"):
        group = RetainedLogs(
            cluster,
            f"{kind.capitalize()}Logs",
            retention=retention,
            name=f"/aws/docdb/{cluster.cluster_identifier}/{kind}",
        )
        for number in range(1, count + 1):
            cluster.node.find_child(f"Instance{number}").node.add_dependency(group)


def _say_that_the_class_exists(instance: docdb.CfnDBInstance) -> None:
    """The lists of classes that the CDK and cfn-lint carry are of before DocumentDB had one that scales by itself."""
    reason = "https://docs.aws.amazon.com/documentdb/latest/developerguide/docdb-serverless.html"
    Validations.of(instance).acknowledge(Acknowledgment(id=f"CloudFormation Validate::{UNKNOWN_CLASS}", reason=reason))
    instance.add_metadata("cfn-lint", {"config": {"ignore_checks": [UNKNOWN_CLASS]}})
