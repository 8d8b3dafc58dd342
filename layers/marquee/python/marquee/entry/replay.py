"""`Idempotency-Key`: a call that is sent twice is done once, and answered the same."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

from pydantic import BaseModel

from marquee.domain.clock import Clock, utc_now
from marquee.domain.errors import InvalidRequest
from marquee.domain.stores import AnswerStore
from marquee.entry.scope import scope

MAX_KEY_LENGTH = 255

Request = TypeVar("Request", bound=BaseModel)
Answer = TypeVar("Answer", bound=BaseModel)


@dataclass(frozen=True)
class Replay:
    """Calls by their key; without a key every call is new."""

    answers: AnswerStore
    clock: Clock = utc_now

    def once(
        self,
        key: str | None,
        operation: Callable[[Request], Answer],
        request: Request,
        answer_type: type[Answer],
    ) -> Answer:
        """The operation's answer, or the stored one of an earlier call with this key and body.

        Callers share no keys, nor do addresses. Raises `IdempotencyMismatch` when the key came with another
        body, `IdempotencyRunning` while the first call runs."""
        if key is None:
            return operation(request)
        _check(key)
        current = scope()
        scoped = f"{current.caller.subject or 'nobody'}:{current.target}:{key}"
        stored = self.answers.begin(scoped, fingerprint(request), self.clock())
        if stored is not None:
            current.replayed = True
            return answer_type.model_validate(stored)
        try:
            answer = operation(request)
        except Exception:
            self.answers.forget(scoped)
            raise
        self.answers.finish(scoped, answer.model_dump(mode="json"), self.clock())
        return answer


def fingerprint(request: BaseModel) -> str:
    """A digest of what was asked for, to tell a replay from another request."""
    return hashlib.sha256(json.dumps(request.model_dump(mode="json"), sort_keys=True).encode()).hexdigest()


def _check(key: str) -> None:
    if not key or len(key) > MAX_KEY_LENGTH or not key.isprintable():
        raise InvalidRequest(
            f"An Idempotency-Key has 1 to {MAX_KEY_LENGTH} printable characters.", code="invalid_idempotency_key"
        )
