"""Who asks TMDB, and by whom where there is no way out."""

from __future__ import annotations

from aws_cdk import Duration

from infra.constructs.findings import accept_of
from infra.constructs.python_function import PythonFunction
from infra.constructs.tmdb import API
from infra.functions.platform import ApiPlatform

ASKED_WITHIN = Duration.seconds(10)


def let_ask_tmdb(platform: ApiPlatform, function: PythonFunction) -> None:
    """Tell a function where TMDB is. In a network without NAT it has `ask_tmdb` ask, which is outside of it."""
    platform.data.tmdb.tell(function)
    environment = platform.environment
    if environment.tmdb != "live" or environment.network.nat != "none":
        return
    errands = _errands(platform)
    function.add_environment("TMDB_FUNCTION_NAME", errands.function_name)
    errands.grant_invoke(function)
    accept_of(function, "Versions of a function: a release makes new ones.", "AwsSolutions-IAM5[Resource::<any>:*]")


def _errands(platform: ApiPlatform) -> PythonFunction:
    made = platform.scope.node.try_find_child("AskTmdb")
    if isinstance(made, PythonFunction):
        return made
    return PythonFunction(
        platform.scope,
        "AskTmdb",
        folder="ask_tmdb",
        description="Asks TMDB, and nobody else, from outside of our network",
        platform=platform.functions,
        timeout=ASKED_WITHIN,
        variables={"TMDB_URL": API},
        outside=True,
    )
