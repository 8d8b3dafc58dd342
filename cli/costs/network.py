"""Ways out, and what stands at them."""

from __future__ import annotations

from collections.abc import Iterator

from cli.costs.assembly import Properties, Resource
from cli.costs.lines import Line
from cli.costs.prices import Assumptions, Prices


def machines(resource: Resource, prices: Prices, _: Assumptions) -> Iterator[Line]:
    """Of a group that has always `MinSize` of them: hours, disks and public addresses."""
    count = float(resource.properties["MinSize"])
    template = resource.referred(resource.properties["LaunchTemplate"]["LaunchTemplateId"])["LaunchTemplateData"]
    kind, spot = template["InstanceType"], _is_spot(template)
    hourly = prices.by_the_hour("ec2", "spot_hour" if spot else "instance_hour", kind)
    yield Line("EC2", f"{kind} on Spot" if spot else kind, count, "machines", hourly)
    for disk in template.get("BlockDeviceMappings", []):
        yield Line("EC2", "disks", count * disk["Ebs"]["VolumeSize"], "GB", prices.of("ec2", "disk_gb_month"))
    public = [one for one in template.get("NetworkInterfaces", []) if one.get("AssociatePublicIpAddress")]
    if public:
        yield _addresses(count * len(public), prices)


def address(_: Resource, prices: Prices, __: Assumptions) -> Iterator[Line]:
    yield _addresses(1, prices)


def nat_gateway(_: Resource, prices: Prices, __: Assumptions) -> Iterator[Line]:
    yield Line("VPC", "NAT gateways", 1, "gateways", prices.by_the_hour("ec2", "nat_gateway_hour"))


def endpoint(resource: Resource, prices: Prices, _: Assumptions) -> Iterator[Line]:
    """One in each subnet. Those of S3 and DynamoDB are routes and cost nothing."""
    if resource.properties.get("VpcEndpointType", "Gateway") == "Gateway":
        return
    zones = len(resource.properties["SubnetIds"])
    yield Line("VPC", "interface endpoints", zones, "endpoints", prices.by_the_hour("ec2", "endpoint_hour"))


def _addresses(count: float, prices: Prices) -> Line:
    return Line("VPC", "public addresses", count, "addresses", prices.by_the_hour("ec2", "public_address_hour"))


def _is_spot(template: Properties) -> bool:
    return bool(template.get("InstanceMarketOptions", {}).get("MarketType") == "spot")
