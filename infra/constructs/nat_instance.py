"""One machine of our own through which private subnets get out: cheap, and as replaceable as a light bulb."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from aws_cdk import Stack, Tags
from aws_cdk import aws_autoscaling as autoscaling
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_iam as iam
from constructs import Construct

from infra.constructs.findings import accept
from infra.network import NatInstance

SERVICE = Path(__file__).resolve().parent.parent / "machines" / "nat.sh"
DISK_GIB = 8  # what Amazon Linux wants
# With half a gigabyte of memory, installing a package needs more than there is.
SWAP_MIB = 512


class OwnNat(Construct):
    """`subnets` are routed to an interface that stays; whichever machine is there takes it over (`machines/nat.sh`).

    A machine that dies or is taken away is replaced by its group of one. Each deployment brings the newest Amazon
    Linux. Nobody can sign in to it: it has no key, nothing is let in but `ports` of the subnets.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        vpc: ec2.Vpc,
        subnets: Sequence[ec2.ISubnet],
        ports: Sequence[int],
        choice: NatInstance,
    ) -> None:
        super().__init__(scope, construct_id)
        self._vpc = vpc
        self._ports = ports
        self._place = vpc.select_subnets(subnet_type=ec2.SubnetType.PUBLIC).subnets[0]
        self._interface = self._create_interface(subnets)
        group = autoscaling.AutoScalingGroup(
            self,
            "Group",
            vpc=vpc,
            vpc_subnets=ec2.SubnetSelection(subnets=[self._place]),
            launch_template=self._create_template(choice),
            min_capacity=1,
            max_capacity=1,
            # the old one goes first: there is one interface to have
            update_policy=autoscaling.UpdatePolicy.rolling_update(min_instances_in_service=0, max_batch_size=1),
        )
        accept(group, "Its machines come and go by themselves: nobody is to be told.", "AwsSolutions-AS3")
        for subnet in subnets:
            self._route(subnet)

    def _route(self, subnet: ec2.ISubnet) -> None:
        if not isinstance(subnet, ec2.Subnet):
            raise TypeError(f"{subnet.node.path} is no subnet of ours")
        # as Vpc names the route to a gateway: another choice changes it in place
        subnet.add_route(
            "DefaultRoute",
            router_id=self._interface.ref,
            router_type=ec2.RouterType.NETWORK_INTERFACE,
            enables_internet_connectivity=True,
        )

    def _create_interface(self, subnets: Sequence[ec2.ISubnet]) -> ec2.CfnNetworkInterface:
        inside = ec2.SecurityGroup(
            self, "Inside", vpc=self._vpc, description="NAT: from the private subnets", allow_all_outbound=False
        )
        for subnet in subnets:
            for port in self._ports:
                inside.add_ingress_rule(ec2.Peer.ipv4(subnet.ipv4_cidr_block), ec2.Port.tcp(port), "On its way out")
        return ec2.CfnNetworkInterface(
            self,
            "Interface",
            subnet_id=self._place.subnet_id,
            description="Where the private subnets' route leads",
            source_dest_check=False,
            group_set=[inside.security_group_id],
        )

    def _create_template(self, choice: NatInstance) -> ec2.LaunchTemplate:
        outside = ec2.SecurityGroup(
            self, "Outside", vpc=self._vpc, description="NAT: to the internet", allow_all_outbound=False
        )
        for port in self._ports:
            outside.add_egress_rule(ec2.Peer.any_ipv4(), ec2.Port.tcp(port), "What functions call")
        disk = ec2.BlockDeviceVolume.ebs(DISK_GIB, encrypted=True, volume_type=ec2.EbsDeviceVolumeType.GP3)
        template = ec2.LaunchTemplate(
            self,
            "Template",
            instance_type=ec2.InstanceType(choice.instance_type),
            machine_image=ec2.MachineImage.latest_amazon_linux2023(cpu_type=ec2.AmazonLinuxCpuType.ARM_64),
            security_group=outside,
            associate_public_ip_address=True,
            role=self._create_role(),
            block_devices=[ec2.BlockDevice(device_name="/dev/xvda", volume=disk)],
            require_imdsv2=True,
            http_put_response_hop_limit=1,
            spot_options=ec2.LaunchTemplateSpotOptions() if choice.spot else None,
            user_data=self._create_user_data(),
        )
        Tags.of(template).add("Name", "marquee-nat")
        return template

    def _create_role(self) -> iam.Role:
        role = iam.Role(self, "Role", assumed_by=iam.ServicePrincipal("ec2.amazonaws.com"))
        stack = Stack.of(self)
        interface = stack.format_arn(service="ec2", resource="network-interface", resource_name=self._interface.ref)
        instances = stack.format_arn(service="ec2", resource="instance", resource_name="*")
        role.add_to_policy(iam.PolicyStatement(actions=["ec2:AttachNetworkInterface"], resources=[interface]))
        role.add_to_policy(
            iam.PolicyStatement(
                actions=["ec2:AttachNetworkInterface"],
                resources=[instances],
                # machines of this group, which bear its name
                conditions={"StringEquals": {"ec2:ResourceTag/Name": "marquee-nat"}},
            )
        )
        accept(
            role,
            "A machine's id is known when it runs; only those that bear the group's name fit.",
            "AwsSolutions-IAM5[Resource::arn:<AWS::Partition>:ec2:<AWS::Region>:<AWS::AccountId>:instance/*]",
        )
        return role

    def _create_user_data(self) -> ec2.UserData:
        data = ec2.UserData.for_linux()
        ports = ", ".join(str(port) for port in self._ports)
        data.add_commands(
            f"dd if=/dev/zero of=/swap bs=1M count={SWAP_MIB} && chmod 600 /swap && mkswap /swap && swapon /swap",
            "until dnf install -y nftables; do sleep 5; done",
            "cat > /usr/local/sbin/marquee-nat <<'SERVICE'",
            SERVICE.read_text().rstrip(),
            "SERVICE",
            "cat > /etc/systemd/system/marquee-nat.service <<'UNIT'",
            "[Unit]",
            "Description=The way out of the private subnets",
            "After=network-online.target",
            "[Service]",
            f"Environment=INTERFACE={self._interface.ref} ADDRESS={self._interface.attr_primary_private_ip_address}",
            f"Environment=REGION={Stack.of(self).region} VPC_RANGE={self._vpc.vpc_cidr_block} 'PORTS={ports}'",
            "ExecStart=/bin/bash /usr/local/sbin/marquee-nat",
            "Restart=always",
            "[Install]",
            "WantedBy=multi-user.target",
            "UNIT",
            "systemctl daemon-reload && systemctl enable --now marquee-nat",
        )
        return data
