"""Who reaches whom: pairs of security groups, nothing from outside."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from infra.build import build_app
from infra.environments import DEV, Environment, Network
from infra.identity import Identity
from infra.playback import Playback
from infra.sources import Sources
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


def test_no_security_group_lets_in_the_internet(templates: Templates) -> None:
    for _, _, group in templates.resources("AWS::EC2::SecurityGroup"):
        assert not group.get("SecurityGroupIngress")
    for _, _, rule in templates.resources("AWS::EC2::SecurityGroupIngress"):
        assert "SourceSecurityGroupId" in rule
        assert "CidrIp" not in rule


def test_functions_and_workers_go_out_by_https_only(templates: Templates) -> None:
    outward = {
        logical_id.rstrip("0123456789ABCDEF"): [(r["IpProtocol"], r.get("FromPort"), r.get("ToPort")) for r in rules]
        for _, logical_id, group in templates.resources("AWS::EC2::SecurityGroup")
        if (rules := group["SecurityGroupEgress"])
    }
    assert outward["Functions"] == outward["Workers"] == [("tcp", 443, 443)]


def test_functions_reach_both_stores_and_workers_only_valkey(templates: Templates) -> None:
    pairs = {("Functio", "Database"), ("Functio", "ValkeySe"), ("Workers", "ValkeySe")}
    assert opened(templates, kind="Ingress", other="SourceSecurityGroupId") == pairs
    assert opened(templates, kind="Egress", other="DestinationSecurityGroupId") == pairs


def test_films_never_pass_a_nat_gateway(templates: Templates) -> None:
    gateways = [e for _, _, e in templates.resources("AWS::EC2::VPCEndpoint") if e.get("VpcEndpointType") == "Gateway"]
    assert ["s3" in plain(gateway["ServiceName"]) for gateway in gateways] == [True]


def test_without_nat_there_are_endpoints_for_what_functions_call(sources: Sources, tmp_path: Path) -> None:
    choices = {name: getattr(DEV, name) for name in Environment.model_fields}
    choices |= {"network": Network(nat="none"), "identity": Identity(domain=False), "playback": Playback(access="open")}
    build_app([Environment(**choices)], sources, outdir=tmp_path).synth()
    closed = Templates.load(tmp_path, "dev")
    assert not list(closed.resources("AWS::EC2::NatGateway"))
    endpoints = [e for _, _, e in closed.resources("AWS::EC2::VPCEndpoint") if e.get("VpcEndpointType") == "Interface"]
    called = {plain(e["ServiceName"]).rsplit(".", 1)[1] for e in endpoints}
    assert called == {"secretsmanager", "states", "sqs", "lambda", "events", "cognito-idp"}
    assert all(len(e["SubnetIds"]) == 1 for e in endpoints)
    address, subnets = subnets_of_workers(closed)
    assert address == "ENABLED"
    assert all("public" in subnet for subnet in subnets)


def test_prod_goes_out_through_two_nat_gateways(prod: Templates) -> None:
    assert len(list(prod.resources("AWS::EC2::NatGateway"))) == 2
    address, subnets = subnets_of_workers(prod)
    assert address == "DISABLED"
    assert not any("public" in subnet for subnet in subnets)


def test_refused_connections_are_logged(templates: Templates) -> None:
    assert templates.one("AWS::EC2::FlowLog")["TrafficType"] == "REJECT"
