"""`post_webhook` through its real entry, to a real receiver."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from post_webhook.handler import lambda_handler
from post_webhook.settings import Settings
from post_webhook.wiring import wiring

from tests.platform import CONTEXT
from tests.receivers import receiver


@contextmanager
def settings(**given: str) -> Iterator[None]:
    before = dict(vars(wiring))
    known = {"ENVIRONMENT": "dev", "POWERTOOLS_SERVICE_NAME": "post_webhook"}
    vars(wiring).pop("post", None)
    vars(wiring)["settings"] = Settings.read({**known, **given})
    try:
        yield
    finally:
        vars(wiring).clear()
        vars(wiring).update(before)


def order(url: str) -> dict[str, object]:
    return {"url": url, "headers": {"webhook-id": "evt_1"}, "body": "{}"}


def test_an_order_is_posted_where_the_environment_allows_it() -> None:
    with receiver() as there, settings(WEBHOOKS_LOOPBACK="true"):
        answered = lambda_handler(order(there.url), CONTEXT)
    assert (answered["status_code"], answered["error"], len(there.came)) == (204, None, 1)


@pytest.mark.parametrize("given", [{}, {"WEBHOOKS_LOOPBACK": "false"}])
def test_nothing_is_posted_to_the_loopback_elsewhere(given: dict[str, str]) -> None:
    with receiver() as there, settings(**given):
        answered = lambda_handler(order(there.url), CONTEXT)
    assert (answered["error"], there.connections) == ("forbidden_target", 0)


def test_the_runtime_that_gives_us_work_is_nobody_s_receiver() -> None:
    with receiver() as there, settings(WEBHOOKS_LOOPBACK="true", AWS_LAMBDA_RUNTIME_API=f"127.0.0.1:{there.port}"):
        answered = lambda_handler(order(there.url), CONTEXT)
    assert (answered["error"], there.connections) == ("forbidden_target", 0)
