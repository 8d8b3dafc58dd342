"""TMDB from a network without a way out: by a function outside of it, which asks nobody else."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from urllib.parse import quote

from pydantic import ValidationError

from marquee.adapters.aws import Endpoint, Requests
from marquee.adapters.tmdb_transport import NoAnswer, Response
from marquee.domain.errands import Errand, Found
from marquee.domain.errors import TransientError

# What the call itself takes of the time that an answer has.
CALL_SECONDS = 0.3


class FunctionTransport:
    """`adapters.tmdb_transport.Transport`. One attempt a call: the client tries again itself."""

    def __init__(self, function_name: str) -> None:
        endpoint = Endpoint.of("LAMBDA", "lambda")
        self._address = f"{endpoint.url}/2015-03-31/functions/{quote(function_name, safe='')}/invocations"
        self._endpoint = endpoint

    def get(self, url: str, *, headers: Mapping[str, str], timeout_seconds: float) -> Response:
        errand = Errand(url=url, headers=headers, seconds=max(0.1, timeout_seconds - CALL_SECONDS))
        requests = Requests("Asking TMDB", "lambda", self._endpoint, attempts=1, read_timeout_seconds=timeout_seconds)
        try:
            answer = requests.send("POST", self._address, body=errand.model_dump_json().encode())
            if answer.status != 200 or "X-Amz-Function-Error" in answer.headers:
                raise NoAnswer("TMDB was not asked.")
            found = Found.model_validate_json(answer.data)
        except (TransientError, ValidationError) as error:
            raise NoAnswer("TMDB did not answer.") from error
        if found.status == 0:
            raise NoAnswer("TMDB did not answer.")
        return Response(found.status, base64.b64decode(found.body), found.retry_after)
