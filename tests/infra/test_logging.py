"""Whose log is kept for how long, and where errors are told besides."""

from __future__ import annotations

import pytest

from infra.constructs.python_function import common_variables
from infra.environments import DEV, ENVIRONMENTS
from infra.observability import Observability
from tests.infra.templates import Templates

DSN = "https://key@sentry.example/7"


def test_every_log_ends_as_its_environment_says(templates: Templates) -> None:
    name = templates.folder.name.rpartition("-")[2]
    kept = {group["RetentionInDays"] for _, _, group in templates.resources("AWS::Logs::LogGroup")}
    assert kept == {ENVIRONMENTS[name].retention.log_days}


def test_errors_are_told_to_sentry_where_an_environment_says_so() -> None:
    assert "SENTRY_DSN" not in common_variables(DEV, "jobs")
    told = DEV.observability.model_copy(update={"sentry_dsn": DSN})
    assert common_variables(DEV.model_copy(update={"observability": told}), "jobs")["SENTRY_DSN"] == DSN


@pytest.mark.parametrize("odd", ["http://key@sentry.example/7", "https://sentry.example/7", "key"])
def test_an_address_of_sentry_that_is_none_is_refused(odd: str) -> None:
    with pytest.raises(ValueError, match="sentry_dsn"):
        Observability(monthly_budget_usd=1, sentry_dsn=odd)
