"""What an area's functions are made from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from aws_cdk import Duration
from constructs import Construct

from infra.constructs.origin_verify import OriginVerify
from infra.constructs.python_function import FunctionPlatform, MoreLayer, PythonFunction
from infra.environments import Environment
from infra.stacks.data import DataStack

# API Gateway gives up after 30 s; an answer that comes later reaches nobody.
ANSWER_WITHIN = Duration.seconds(28)


@dataclass(frozen=True)
class ApiPlatform:
    """The stack that functions are defined in, and what they stand on."""

    scope: Construct
    environment: Environment
    data: DataStack
    functions: FunctionPlatform
    origin: OriginVerify

    def http_function(
        self,
        folder: str,
        description: str,
        variables: Mapping[str, str] | None = None,
        *,
        use_database: bool = True,
        memory_mib: int | None = None,
        more: MoreLayer | None = None,
    ) -> PythonFunction:
        """A function that answers requests: it counts and limits in Valkey and, mostly, may use the database."""
        function = PythonFunction(
            self.scope,
            "".join(word.capitalize() for word in folder.split("_")),
            folder=folder,
            description=description,
            platform=self.functions,
            timeout=ANSWER_WITHIN,
            variables={**self._gate_variables(), **(variables or {})},
            memory_mib=memory_mib,
            more=more,
        )
        if use_database:
            function.use_database()
        function.use_cache()
        return function

    def _gate_variables(self) -> dict[str, str]:
        """What the gate before every handler goes by (`marquee.entry.limits`)."""
        protection = self.environment.protection
        return {
            "ORIGIN_SECRET": self.origin.value,
            "TRUSTED_NETWORKS": ",".join(protection.trusted_networks),
            "LIMIT_FACTOR": str(protection.limit_factor),
        }
