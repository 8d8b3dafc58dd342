"""Real processes against a real receiver and database: whoever delivers is killed in the middle of it."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from datetime import timedelta
from http.server import BaseHTTPRequestHandler
from pathlib import Path

import pytest
from marquee.adapters.database import Database, connect
from marquee.adapters.outbox import DatabaseOutbox
from marquee.adapters.webhooks import DatabaseDeliveries, DatabaseEndpoints
from marquee.domain import ids
from marquee.domain.clock import utc_now
from marquee.domain.events import upload_completed
from marquee.domain.webhook_targets import TargetPolicy
from marquee.domain.webhooks import Delivery
from marquee.services.deliver_webhooks import LEASE
from marquee.services.webhook_deliveries import WebhookDeliveries
from marquee.services.webhook_endpoints import NewEndpoint, WebhookEndpoints
from standardwebhooks import Webhook

from tests.fakes_webhooks import Wakes
from tests.layers.services.deliver_once import sealer
from tests.receivers import no_content, receiver

ROOT = Path(__file__).resolve().parents[3]
PATHS = [ROOT, ROOT / "layers/marquee/python"]


@pytest.fixture
def database(database_uri: str) -> Iterator[Database]:
    name = f"killed_{ids.new_job_id()}"
    database = Database(lambda: database_uri, name)
    yield database
    database.close()
    client = connect(database_uri)
    client.drop_database(name)
    client.close()


def started(database: Database, uri: str, *, skew: timedelta = timedelta(0)) -> subprocess.Popen[bytes]:
    name = database.collection("events").database.name
    return subprocess.Popen(
        [sys.executable, "-m", "tests.layers.services.deliver_once", uri, name, str(int(skew.total_seconds()))],
        env={**os.environ, "PYTHONPATH": os.pathsep.join(map(str, PATHS))},
        cwd=ROOT,
    )


def test_a_deliverer_killed_half_way_delivers_at_least_once_and_the_log_says_so(
    database: Database, database_uri: str
) -> None:
    endpoints, deliveries = DatabaseEndpoints(database), DatabaseDeliveries(database)

    def hold_the_first(request: BaseHTTPRequestHandler) -> None:
        if len(there.came) == 1:
            there.stopping.wait(60)
        else:
            no_content(request)

    with receiver(hold_the_first) as there:
        made = WebhookEndpoints(endpoints, sealer(), TargetPolicy(loopback=True)).create(NewEndpoint(url=there.url))
        event = upload_completed(upload_id="upl_1", asset_id="ast_1", job_id="job_1", at=utc_now())
        DatabaseOutbox(database).put(event)

        dying = started(database, database_uri)
        assert there.received.wait(60)
        dying.kill()
        dying.wait(10)
        assert started(database, database_uri).wait(60) == 0
        assert len(there.came) == 1  # the dead one's lease still holds
        assert started(database, database_uri, skew=LEASE).wait(60) == 0
        there.stopping.set()

    log = WebhookDeliveries(endpoints, deliveries, Wakes(), lambda: utc_now() + LEASE).list(made.id, 10, None)
    (delivery,) = log.items
    assert delivery.status == "delivered"
    assert [(a.number, a.outcome, a.status_code) for a in delivery.attempts] == [
        (1, "interrupted", None),
        (2, "accepted", 204),
    ]
    assert {came.headers["webhook-id"] for came in there.came} == {event.id}
    assert {came.body for came in there.came} == {event.payload()}
    Webhook(made.secret).verify(there.came[0].body, there.came[0].headers)


def test_many_at_once_deliver_each_message_once(database: Database, database_uri: str) -> None:
    endpoints, deliveries = DatabaseEndpoints(database), DatabaseDeliveries(database)
    with receiver() as there:
        made = WebhookEndpoints(endpoints, sealer(), TargetPolicy(loopback=True)).create(NewEndpoint(url=there.url))
        for number in range(60):
            event = upload_completed(upload_id=f"upl_{number}", asset_id="a", job_id="j", at=utc_now())
            DatabaseOutbox(database).put(event)
        rounds = [started(database, database_uri) for _ in range(3)]
        assert [one.wait(120) for one in rounds] == [0, 0, 0]

    log: list[Delivery] = list(deliveries.page(made.id, 100, None))
    assert {d.status for d in log} == {"delivered"}
    assert [len(d.attempts) for d in log] == [1] * 60
    assert len(there.came) == len({came.headers["webhook-id"] for came in there.came}) == 60
