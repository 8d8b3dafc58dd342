"""The caller's own account."""

from aws_lambda_powertools.event_handler import Response
from marquee.entry.access import signed_in
from marquee.entry.http import PREFIX
from marquee.services.accept_terms import Acceptance
from marquee.services.erase_me import Erased
from marquee.services.export_me import Export
from marquee.services.show_me import Me, TermsAnswer

from me.api import api
from me.wiring import wiring


@api.get(f"{PREFIX}/me", middlewares=[signed_in])
def show_me() -> Response[Me]:
    """Who is signed in, and what he has agreed to."""
    return api.ok(wiring.show_me(api.principal))


@api.post(f"{PREFIX}/me/terms", middlewares=[signed_in])
def accept_terms(body: Acceptance) -> Response[TermsAnswer]:
    """Agree to the terms in force, by their version."""
    return api.ok(wiring.accept_terms(api.principal, body))


@api.get(f"{PREFIX}/me/export", middlewares=[signed_in])
def export_me() -> Response[Export]:
    """Everything that is kept about the caller."""
    return api.ok(wiring.export_me(api.principal))


@api.delete(f"{PREFIX}/me", middlewares=[signed_in])
def erase_me() -> Response[Erased]:
    """Delete the account and what is personal; says what is kept, and why."""
    return api.ok(wiring.erase_me(api.principal))
