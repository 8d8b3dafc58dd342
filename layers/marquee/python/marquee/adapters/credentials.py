"""The credentials of this process: in its environment on Lambda, from the task's own address on Fargate."""

from __future__ import annotations

import json
import os
import threading
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

import urllib3

from marquee.adapters.sigv4 import Credentials
from marquee.domain.errors import TransientError

# Where ECS answers, for the path in the variable.
CONTAINER_HOST = "http://169.254.170.2"
CONTAINER_PATH = "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI"
TIMEOUT_SECONDS = 2.0
ATTEMPTS = 3
# New ones are asked for while the old still work.
BEFORE_EXPIRY = timedelta(minutes=5)


class ProcessCredentials:
    """Callable; safe to use from several threads. Raises `TransientError` when ECS gives none."""

    def __init__(self, environment: Mapping[str, str] | None = None, host: str = CONTAINER_HOST) -> None:
        self._environment = os.environ if environment is None else environment
        self._host = host
        self._lock = threading.Lock()
        self._of_task: tuple[Credentials, datetime] | None = None

    def __call__(self) -> Credentials:
        key = self._environment.get("AWS_ACCESS_KEY_ID")
        if key:
            secret = self._environment["AWS_SECRET_ACCESS_KEY"]
            return Credentials(key, secret, self._environment.get("AWS_SESSION_TOKEN") or None)
        with self._lock:
            if self._of_task is None or datetime.now(UTC) >= self._of_task[1] - BEFORE_EXPIRY:
                self._of_task = self._ask()
            return self._of_task[0]

    def _ask(self) -> tuple[Credentials, datetime]:
        path = self._environment.get(CONTAINER_PATH)
        if not path:
            raise RuntimeError("there are no credentials: neither AWS_ACCESS_KEY_ID nor a container's")
        retries = urllib3.Retry(ATTEMPTS - 1, backoff_factor=0.1, backoff_jitter=0.2, status_forcelist=(429, 500, 503))
        try:
            answer = urllib3.request("GET", self._host + path, timeout=TIMEOUT_SECONDS, retries=retries)
            found = json.loads(answer.data)
            credentials = Credentials(found["AccessKeyId"], found["SecretAccessKey"], found["Token"])
            return credentials, datetime.fromisoformat(found["Expiration"].replace("Z", "+00:00"))
        except (urllib3.exceptions.HTTPError, ValueError, KeyError) as error:
            raise TransientError("The task's credentials cannot be read.") from error
