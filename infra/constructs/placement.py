"""A place in the network: where something runs and as whom it speaks."""

from __future__ import annotations

from dataclasses import dataclass

from aws_cdk import aws_ec2 as ec2


@dataclass(frozen=True)
class Placement:
    """Subnets and the security group of what runs there. `public_address`: it needs one to get out."""

    vpc: ec2.Vpc
    subnets: ec2.SubnetSelection
    security_group: ec2.SecurityGroup
    public_address: bool = False
