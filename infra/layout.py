"""Where environments live: accounts and regions, from the key `layout` of cdk.json's context.

    "layout": {"staging": {"account": "111111111111", "region": "eu-west-1"}, "prod": {"account": "222222222222"}}

An environment that is not named goes wherever the credentials point: so all may share one account, or each has its own.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from pydantic import BaseModel, ConfigDict, TypeAdapter

from infra.environments import Environment, EnvironmentName

KEY = "layout"


class Place(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    account: str | None = None
    region: str | None = None


_LAYOUT = TypeAdapter(dict[EnvironmentName, Place])


def placed(environments: Iterable[Environment], context: Mapping[str, object]) -> tuple[Environment, ...]:
    """The environments in their accounts and regions. Raises ValueError for a layout that cannot be."""
    layout = _LAYOUT.validate_python(context.get(KEY, {}))
    return tuple(
        Environment.model_validate({**dict(environment), **dict(layout[environment.name])})
        if environment.name in layout
        else environment
        for environment in environments
    )
