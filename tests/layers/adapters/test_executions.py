"""The contract of `Executions`, on the fake and on moto's Step Functions; and the secret's way to the database."""

import json
from collections.abc import Iterator
from contextlib import suppress

import boto3
import pytest
from marquee.adapters.aws import ServiceError
from marquee.adapters.database import secret_uri
from marquee.adapters.executions import StepFunctionsExecutions
from marquee.domain.errors import TransientError
from marquee.domain.ids import new_asset_id
from marquee.domain.messages import SCHEMAS
from marquee.domain.pipeline import EnrichExecution, Execution, Source
from marquee.domain.ports import Executions
from marquee.domain.trace import current_trace, parse_traceparent
from marquee.domain.work import Cause
from moto.moto_server.threaded_moto_server import ThreadedMotoServer

from tests.fakes import MemoryExecutions
from tests.receivers import receiver

pytestmark = pytest.mark.contract
WAITS = {"StartAt": "Wait", "States": {"Wait": {"Type": "Wait", "Seconds": 3600, "End": True}}}


@pytest.fixture
def moto(aws: pytest.MonkeyPatch) -> Iterator[str]:
    server = ThreadedMotoServer("127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    url = f"http://{host}:{port}"
    aws.setenv("AWS_ENDPOINT_URL", url)
    yield url
    server.stop()


@pytest.fixture(params=["memory", "moto"])
def executions(request: pytest.FixtureRequest) -> Executions:
    if request.param == "memory":
        return MemoryExecutions()
    request.getfixturevalue("moto")
    machine = (
        boto3.session.Session()
        .client("stepfunctions")
        .create_state_machine(
            name="pipeline", definition=json.dumps(WAITS), roleArn="arn:aws:iam::123456789012:role/states"
        )
    )
    return StepFunctionsExecutions(machine["stateMachineArn"])


def execution() -> Execution:
    return Execution(
        asset_id=new_asset_id(),
        version=1,
        job_id="job_1",
        attempt=1,
        media_bucket="media",
        source=Source(bucket="films", key="uploads/u/source"),
    )


def test_what_never_started_has_no_status_and_can_be_stopped(executions: Executions) -> None:
    name = execution().name
    executions.stop(name, "no reason")

    assert executions.status(name) is None


def test_starting_twice_is_starting_once(executions: Executions) -> None:
    wanted = execution()
    for _ in range(2):
        executions.start(wanted)

    assert executions.status(wanted.name) == "RUNNING"


def test_what_is_begun_for_a_traced_call_runs_and_knows_it_again(executions: Executions) -> None:
    token = current_trace.set(parse_traceparent("00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"))
    wanted = execution()
    executions.start(wanted)
    current_trace.reset(token)
    executions.start(wanted)

    assert executions.status(wanted.name) == "RUNNING"


def test_a_stopped_execution_is_not_started_again_under_its_name(executions: Executions) -> None:
    wanted = execution()
    executions.start(wanted)
    for _ in range(2):
        executions.stop(wanted.name, "canceled")
    executions.start(wanted)

    assert executions.status(wanted.name) == "ABORTED"


def test_an_execution_that_no_call_starts_belongs_to_the_trace_of_what_caused_it(aws: pytest.MonkeyPatch) -> None:
    trace = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"
    with receiver() as states:
        aws.setenv("AWS_ENDPOINT_URL", f"http://127.0.0.1:{states.port}")
        aws.setenv("_X_AMZN_TRACE_ID", "Root=1-67890abc-0123456789abcdef01234567;Parent=53995c3f42cd8ad8;Sampled=1")
        caused = execution().model_copy(update={"caused_by": Cause(upload_id="upl_1", trace=trace)})
        with suppress(ServiceError):  # it answers nothing
            StepFunctionsExecutions("arn:aws:states:us-east-1:1:stateMachine:m").start(caused)
    (came,) = states.came
    asked = json.loads(came.body)
    assert asked["traceHeader"] == "Root=1-4bf92f35-77b34da6a3ce929d0e0e4736;Parent=00f067aa0ba902b7;Sampled=1"
    assert json.loads(asked["input"])["caused_by"]["upload_id"] == "upl_1"
    # and every call of a function says which trace it is of
    assert came.headers["x-amzn-trace-id"].startswith("Root=1-67890abc-")


def test_an_execution_is_started_by_a_message_that_says_what_it_is(moto: str) -> None:
    states = boto3.session.Session().client("stepfunctions")
    machine = states.create_state_machine(
        name="orders", definition=json.dumps(WAITS), roleArn="arn:aws:iam::123456789012:role/states"
    )
    whole = execution()
    again = EnrichExecution(**whole.model_dump(), task="captions", retry=1)
    given = []
    for wanted in (whole, again):
        StepFunctionsExecutions(machine["stateMachineArn"]).start(wanted)
        arn = f"{machine['stateMachineArn'].replace(':stateMachine:', ':execution:')}:{wanted.name}"
        given.append(json.loads(states.describe_execution(executionArn=arn)["input"]))
    assert given == [
        {"schema": "video.transcode/1", **whole.model_dump()},
        {"schema": "video.generate_subtitles/1", **again.model_dump()},
    ]
    for message in given:
        read = SCHEMAS[message["schema"]].model_validate(message).model_dump()
        assert read == whole.model_dump(exclude={"caused_by"})  # which is for our own log


def test_the_databases_address_comes_from_its_secret(moto: str) -> None:
    secret = (
        boto3.session.Session()
        .client("secretsmanager")
        .create_secret(Name="database", SecretString=json.dumps({"uri": "mongodb://db/"}))
    )

    assert secret_uri(secret["ARN"]) == "mongodb://db/"


def test_a_secret_that_is_not_there_yet_is_transient(moto: str) -> None:
    with pytest.raises(TransientError):
        secret_uri("none")
