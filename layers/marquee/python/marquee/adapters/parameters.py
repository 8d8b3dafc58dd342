"""Parameters, from Systems Manager: what one stack knows only after another was deployed."""

from __future__ import annotations

from marquee.adapters.aws import JsonService


def read_parameter(name: str) -> str:
    """The current value. Raises `TransientError` when the parameter store is away."""
    service = JsonService("The parameter store", "ssm", variable="SSM", target="AmazonSSM", version="1.1")
    return str(service.call("GetParameter", Name=name)["Parameter"]["Value"])
