"""What an environment chooses about its network: `infra/environments.py` holds the choices themselves."""

from __future__ import annotations

from typing import Literal, Self

from pydantic import Field, model_validator

from infra.choice import Choice


class NatInstance(Choice):
    """A machine of our own that does what a NAT gateway does, for a fifth of its price and with nobody's promise.

    `spot`: cheaper still; it may be taken away, and another one is there two minutes later.
    """

    instance_type: str = Field(default="t4g.nano", pattern=r"^[a-z]\d[a-z]*g[a-z]*\.[a-z0-9]+$")  # its image is for arm
    spot: bool = False


class Network(Choice):
    """Where functions and workers live, and how they reach AWS.

    `nat`: how functions get out. `gateway`: through NAT gateways. `instance`: through one machine of our own.
    `none`: not at all; they reach AWS through interface endpoints.

    `worker_egress`: what the tasks that open strangers' films reach besides S3 and Valkey. `isolated`: the registry
    of images and the log, through endpoints, and nothing else. `https`: whatever speaks HTTPS, through the NAT or,
    where there is none, from public subnets with an address of their own and closed ingress; no hourly price.
    """

    zone_count: int = Field(default=2, ge=2, le=3)
    nat: Literal["none", "instance", "gateway"]
    nat_gateway_count: int = Field(default=0, ge=0, le=3)
    nat_instance: NatInstance = NatInstance()
    worker_egress: Literal["isolated", "https"] = "isolated"
    endpoint_zone_count: int = Field(default=1, ge=1, le=3)

    @model_validator(mode="after")
    def _counts_fit(self) -> Self:
        if (self.nat == "gateway") != (self.nat_gateway_count > 0):
            raise ValueError("nat_gateway_count is for nat='gateway', and needs at least one there")
        if max(self.nat_gateway_count, self.endpoint_zone_count) > self.zone_count:
            raise ValueError("no more NAT gateways and endpoints than zones")
        return self
