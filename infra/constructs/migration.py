"""The database is brought to a release's form while that release is deployed."""

from __future__ import annotations

from aws_cdk import Duration, triggers
from constructs import Construct

from infra.constructs.python_function import FunctionPlatform, PythonFunction

# an index over a large collection takes its time; Lambda gives no more
TIMEOUT = Duration.minutes(14)


class Migration(Construct):
    """Runs `migrate` when its code, the layer that it uses or its settings have changed; a failure stops the
    deployment.

    It lies in a stack before the API's, so that the API's new code finds its indexes.
    """

    function: PythonFunction

    def __init__(self, scope: Construct, construct_id: str, *, platform: FunctionPlatform) -> None:
        super().__init__(scope, construct_id)
        self.function = PythonFunction(
            self,
            "Function",
            folder="migrate",
            description="Creates missing indexes and brings documents to the form of this release",
            platform=platform,
            timeout=TIMEOUT,
        )
        self.function.use_database()
        triggers.Trigger(
            self,
            "AtDeployment",
            handler=self.function,
            invocation_type=triggers.InvocationType.REQUEST_RESPONSE,
            timeout=TIMEOUT,
        )
