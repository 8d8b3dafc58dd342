"""The HTTP API and the functions that answer it."""

from __future__ import annotations

from aws_cdk import Stack
from aws_cdk.aws_apigatewayv2_authorizers import HttpUserPoolAuthorizer
from constructs import Construct

from infra.constructs.canary import CanaryRollout
from infra.constructs.http_api import ServiceApi
from infra.constructs.origin_verify import OriginVerify
from infra.constructs.playback_keys import PlaybackKeys
from infra.constructs.python_function import FunctionPlatform
from infra.environments import Environment
from infra.functions.accounts import create_account_functions
from infra.functions.catalogue import create_catalogue_functions
from infra.functions.films import Machines, create_film_functions
from infra.functions.operations import create_operations_functions
from infra.functions.platform import ApiPlatform
from infra.functions.playback import create_playback_functions
from infra.functions.upkeep import create_upkeep_functions
from infra.functions.watching import create_watching_functions
from infra.functions.webhooks import create_webhook_functions
from infra.routes import routes_of
from infra.sources import Sources
from infra.stacks.data import DataStack
from infra.stacks.identity import IdentityStack
from infra.stacks.network import NetworkStack


class ApiStack(Stack):
    """`api` serves everything below `/api/v1` to whoever sends `origin`'s secret."""

    api: ServiceApi
    identity: IdentityStack
    origin: OriginVerify
    playback_keys: PlaybackKeys

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        environment: Environment,
        sources: Sources,
        network: NetworkStack,
        data: DataStack,
        identity: IdentityStack,
        machines: Machines,
    ) -> None:
        super().__init__(scope, construct_id)
        self.identity = identity
        functions = FunctionPlatform(
            self,
            "Platform",
            environment=environment,
            sources=sources,
            placement=network.functions,
            database=data.database,
            cache=data.cache,
        )
        self.origin = OriginVerify(self, "OriginVerify")
        platform = ApiPlatform(scope=self, environment=environment, data=data, functions=functions, origin=self.origin)
        self.playback_keys = PlaybackKeys(
            self, "PlaybackKeys", platform=functions, generation=environment.playback.key_generation, key=data.key
        )
        create_upkeep_functions(platform)
        functions_by_name = {
            **create_film_functions(platform, machines),
            **create_catalogue_functions(platform),
            **create_playback_functions(platform, self.playback_keys),
            **create_watching_functions(platform),
            **create_operations_functions(platform),
            **create_webhook_functions(platform),
            **create_account_functions(platform, identity),
        }
        self.api = ServiceApi(
            self,
            "Http",
            environment=environment,
            routes=routes_of(
                open_metrics=environment.api.open_metrics,
                open_playback=environment.playback.access == "open",
            ),
            functions=functions_by_name,
            otherwise="health",
            tokens=HttpUserPoolAuthorizer(
                "Tokens", identity.pool, user_pool_clients=identity.clients, authorizer_name="tokens"
            ),
        )
        if environment.rollout.canary_minutes:
            CanaryRollout(self, "Rollout", rollout=environment.rollout, functions=functions_by_name, api=self.api)
