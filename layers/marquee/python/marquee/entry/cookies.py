"""A playback session as an answer: its cookies come with it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.shared.cookies import Cookie, SameSite

from marquee.domain.keys import asset_prefix
from marquee.services.open_session import Session


@dataclass(frozen=True)
class CookieRules:
    """`secure`: only over TLS, which there is everywhere but on one's own machine."""

    secure: bool = True


def with_cookies(answered: Callable[[Session], Response[Any]], rules: CookieRules, session: Session) -> Response[Any]:
    """They go to the asset's address alone, and are gone when what they open has ended. No script reads them."""
    answer = answered(session)
    for name, value in session.cookies.items():
        answer.cookies.append(
            Cookie(
                name=name,
                value=value,
                path=f"/{asset_prefix(session.asset_id)}",
                expires=session.expires_at,
                secure=rules.secure,
                http_only=True,
                same_site=SameSite.LAX_MODE,
            )
        )
    return answer
