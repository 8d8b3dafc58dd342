"""Who reaches whom: pairs of security groups, nothing from outside."""

from __future__ import annotations

import re
from typing import Any

from tests.infra.templates import Templates, plain, states


def subnets_of_workers(templates: Templates) -> tuple[str, list[str]]:
    """Whether tasks get a public address, and the subnets they start in."""
    run = next(s for _, s in states(templates.state_machine()) if s.get("Resource", "").endswith("runTask.sync"))
    placement: dict[str, Any] = run["Parameters"]["NetworkConfiguration"]["AwsvpcConfiguration"]
    return placement.get("AssignPublicIp", "DISABLED"), [plain(subnet) for subnet in placement["Subnets"]]


def opened(templates: Templates, *, kind: str, other: str) -> set[tuple[str, str]]:
    """Pairs of `Functions`/`Workers` and the store that a rule of this kind opens between them."""
    pairs = set()
    for stack, _, rule in templates.resources(f"AWS::EC2::SecurityGroup{kind}"):
        if stack == "Data":
            store, process = (
                plain(rule[end]) for end in (("GroupId", other) if kind == "Ingress" else (other, "GroupId"))
            )
            pairs.add((process.removeprefix("FnGetAtt")[:7], store[:8]))
    return pairs


def endpoints(templates: Templates) -> dict[str, dict[str, Any]]:
    """Interface endpoints by the end of their service's name."""
    found = [e for _, _, e in templates.resources("AWS::EC2::VPCEndpoint") if e.get("VpcEndpointType") == "Interface"]
    return {plain(e["ServiceName"]).split(".", 3)[-1]: e for e in found}


def subnets_of(templates: Templates, function: str) -> set[str]:
    """The kind of subnets that a function is in, and the security group that it is a member of."""
    place = templates.functions()[function]["VpcConfig"]
    return {re.sub(r"Subnet\d.*", "", plain(s).split("RefVpc")[-1]) for s in place["SubnetIds"]}


def group_of(templates: Templates, function: str) -> str:
    (group,) = templates.functions()[function]["VpcConfig"]["SecurityGroupIds"]
    return re.sub(r"[0-9A-F]{8}GroupId.*", "", plain(group).removeprefix("FnGetAtt"))


def leads_out(templates: Templates, subnets: str) -> set[str]:
    """Where the default route of these subnets leads: kinds of a route's target."""
    return {
        target
        for _, logical_id, route in templates.resources("AWS::EC2::Route")
        if logical_id.startswith(f"Vpc{subnets}") and route["DestinationCidrBlock"] == "0.0.0.0/0"
        for target in route
        if target.endswith(("Id",)) and target != "RouteTableId"
    }


def test_only_the_nat_is_let_in_to_by_addresses_and_only_by_ours(templates: Templates) -> None:
    for _, logical_id, group in templates.resources("AWS::EC2::SecurityGroup"):
        rules = group.get("SecurityGroupIngress", [])
        assert not rules or logical_id.startswith("NatInside")
        assert all(rule["CidrIp"].startswith("10.0.") and rule["CidrIp"].endswith("/20") for rule in rules)
        assert {(rule["FromPort"], rule["ToPort"]) for rule in rules} <= {(443, 443)}
    for _, _, rule in templates.resources("AWS::EC2::SecurityGroupIngress"):
        assert "SourceSecurityGroupId" in rule
        assert "CidrIp" not in rule


def test_everybody_goes_out_by_https_only(templates: Templates) -> None:
    for _, logical_id, group in templates.resources("AWS::EC2::SecurityGroup"):
        if logical_id.startswith(("Functions", "Workers", "Confined", "Enrichers", "NatOutside")):
            rules = [(r["IpProtocol"], r.get("FromPort"), r.get("ToPort")) for r in group["SecurityGroupEgress"]]
            assert rules == [("tcp", 443, 443)], logical_id


def test_functions_reach_both_stores_and_whatever_opens_films_only_valkey(templates: Templates) -> None:
    valkey = {(who, "ValkeySe") for who in ("Functio", "Workers", "Confine", "Enriche")}
    pairs = {("Functio", "Database"), *valkey}
    assert opened(templates, kind="Ingress", other="SourceSecurityGroupId") == pairs
    assert opened(templates, kind="Egress", other="DestinationSecurityGroupId") == pairs


def test_a_function_that_opens_films_has_no_way_out(templates: Templates) -> None:
    assert (group_of(templates, "encode"), subnets_of(templates, "encode")) == ("Confined", {"workers"})
    assert group_of(templates, "enrich") == "Enrichers"
    assert subnets_of(templates, "enrich") == ({"functions"} if templates.amazon_looks else {"workers"})
    assert leads_out(templates, "workers") == leads_out(templates, "stores") == set()


def test_films_never_pass_a_nat(templates: Templates) -> None:
    gateways = [e for _, _, e in templates.resources("AWS::EC2::VPCEndpoint") if e.get("VpcEndpointType") == "Gateway"]
    assert ["s3" in plain(gateway["ServiceName"]) for gateway in gateways] == [True]
    routed = {re.sub(r"Subnet\d.*", "", plain(table)) for table in gateways[0]["RouteTableIds"]}
    assert routed == {"Vpcfunctions", "Vpcworkers"}


def test_the_way_to_s3_leads_to_our_own_buckets(templates: Templates) -> None:
    (gateway,) = (e for _, _, e in templates.resources("AWS::EC2::VPCEndpoint") if "RouteTableIds" in e)
    ours, images = gateway["PolicyDocument"]["Statement"]
    assert ours["Condition"] == {"StringEquals": {"aws:PrincipalAccount": {"Ref": "AWS::AccountId"}}}
    assert all("s3:::marquee-" in plain(arn) for arn in ours["Resource"])
    assert images["Action"] == "s3:GetObject"
    assert "starport-layer-bucket/*" in plain(images["Resource"])


def test_who_answers_cloudformation_is_outside_of_the_network(templates: Templates) -> None:
    """It takes answers in a bucket that is not ours; one that does not come is waited for for an hour."""
    answering = [
        template["Resources"][resource["Properties"]["ServiceToken"]["Fn::GetAtt"][0]]["Properties"]
        for template in templates.by_stack.values()
        for resource in template["Resources"].values()
        if resource["Type"].startswith("Custom::")
    ]
    assert len(answering) >= 4
    inside = [function["Handler"] for function in answering if "VpcConfig" in function]
    assert not inside


def test_dev_goes_out_through_a_machine_of_our_own(dev: Templates) -> None:
    assert not list(dev.resources("AWS::EC2::NatGateway"))
    assert not endpoints(dev)
    assert leads_out(dev, "functions") == {"NetworkInterfaceId"}
    assert dev.one("AWS::EC2::NetworkInterface")["SourceDestCheck"] is False
    group = dev.one("AWS::AutoScaling::AutoScalingGroup")
    assert (group["MinSize"], group["MaxSize"]) == ("1", "1")


def test_the_nat_s_machine_has_no_key_an_encrypted_disk_and_only_the_new_metadata_service(dev: Templates) -> None:
    machine = dev.one("AWS::EC2::LaunchTemplate")["LaunchTemplateData"]
    assert "KeyName" not in machine
    assert machine["BlockDeviceMappings"][0]["Ebs"]["Encrypted"] is True
    assert machine["MetadataOptions"] == {"HttpTokens": "required", "HttpPutResponseHopLimit": 1}
    assert machine["InstanceMarketOptions"] == {"MarketType": "spot"}


def test_the_nat_s_machine_may_only_take_its_own_interface(dev: Templates) -> None:
    (policy,) = (p for _, i, p in dev.resources("AWS::IAM::Policy") if i.startswith("NatRole"))
    statements = policy["PolicyDocument"]["Statement"]
    assert {statement["Action"] for statement in statements} == {"ec2:AttachNetworkInterface"}
    assert [plain(s["Resource"]).rsplit(":", 1)[1].split("/")[0] for s in statements] == [
        "network-interface",
        "instance",
    ]
    assert "Condition" in statements[1]


def test_isolated_workers_reach_the_registry_and_the_log_and_nothing_else(prod: Templates) -> None:
    address, subnets = subnets_of_workers(prod)
    assert address == "DISABLED"
    assert all("workers" in subnet for subnet in subnets)
    assert set(endpoints(prod)) == {"ecr.api", "ecr.dkr", "logs"}
    for endpoint in endpoints(prod).values():
        (statement,) = endpoint["PolicyDocument"]["Statement"]
        assert statement["Condition"] == {"StringEquals": {"aws:PrincipalAccount": {"Ref": "AWS::AccountId"}}}
        assert len(endpoint["SubnetIds"]) == 2
    admitted = {
        re.sub(r"[0-9A-F]{8}.*", "", plain(rule["SourceSecurityGroupId"]))
        for stack, logical_id, rule in prod.resources("AWS::EC2::SecurityGroupIngress")
        if stack == "Network"
    }
    assert admitted == {"Workers"}


def test_without_nat_there_are_endpoints_for_what_functions_call(without_nat: Templates) -> None:
    assert not list(without_nat.resources("AWS::EC2::NatGateway"))
    assert set(endpoints(without_nat)) == {"secretsmanager", "states", "sqs", "lambda", "events", "cognito-idp"}
    assert all(len(e["SubnetIds"]) == 1 for e in endpoints(without_nat).values())
    assert leads_out(without_nat, "functions") == set()
    address, subnets = subnets_of_workers(without_nat)
    assert address == "ENABLED"
    assert all("public" in subnet for subnet in subnets)


def test_prod_goes_out_through_two_nat_gateways(prod: Templates) -> None:
    assert len(list(prod.resources("AWS::EC2::NatGateway"))) == 2
    assert leads_out(prod, "functions") == {"NatGatewayId"}


def test_every_subnet_of_functions_has_its_way_out(templates: Templates) -> None:
    subnets = [i for _, i, _ in templates.resources("AWS::EC2::Subnet") if i.startswith("Vpcfunctions")]
    routes = [i for _, i, _ in templates.resources("AWS::EC2::Route") if i.startswith("Vpcfunctions")]
    assert len(subnets) == len(routes) == 2


def test_stores_lie_where_no_route_leads(templates: Templates) -> None:
    group, cache = templates.one("AWS::DocDB::DBSubnetGroup"), templates.one("AWS::ElastiCache::ServerlessCache")
    for subnet in (*group["SubnetIds"], *cache["SubnetIds"]):
        assert "Vpcstores" in plain(subnet)
    public = {i[:9] for _, i, s in templates.resources("AWS::EC2::Subnet") if s["MapPublicIpOnLaunch"]}
    assert public == {"Vpcpublic"}


def test_the_vpc_s_own_group_lets_nothing_through(templates: Templates) -> None:
    assert "DefaultSecurityGroupId" in templates.one("Custom::VpcRestrictDefaultSG")


def test_refused_connections_are_logged(templates: Templates) -> None:
    assert templates.one("AWS::EC2::FlowLog")["TrafficType"] == "REJECT"
