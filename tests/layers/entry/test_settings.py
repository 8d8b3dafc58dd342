"""What a process is told by its environment."""

import pytest
from jobs.settings import Settings
from pydantic import ValidationError

WHOLE = {
    "ENVIRONMENT": "dev",
    "POWERTOOLS_SERVICE_NAME": "jobs",
    "DATABASE_SECRET_ARN": "arn:secret",
    "VALKEY_ENDPOINT": "cache:6379",
    "MEDIA_BUCKET": "media",
    "STATE_MACHINE_ARN": "arn:machine",
    "ENRICH_MACHINE_ARN": "arn:enrich",
    "WEBHOOKS_QUEUE_URL": "https://sqs/queue",
}


def test_variables_become_fields_and_the_rest_is_ignored() -> None:
    settings = Settings.read({**WHOLE, "PATH": "/bin", "VALKEY_TLS": "false"})

    assert (settings.media_bucket, settings.valkey_tls, settings.database_name) == ("media", False, "marquee")


def test_the_cache_is_spoken_to_in_secret_unless_told_otherwise() -> None:
    assert Settings.read(WHOLE).valkey_tls is True


@pytest.mark.parametrize("missing", sorted(WHOLE))
def test_a_missing_variable_stops_the_process(missing: str) -> None:
    with pytest.raises(ValidationError, match=missing):
        Settings.read({name: value for name, value in WHOLE.items() if name != missing})


def test_what_is_required_is_known_without_reading() -> None:
    assert Settings.required_variables() == set(WHOLE)
    assert Settings.variables() >= Settings.required_variables() | {"VALKEY_TLS", "DATABASE_NAME"}
