"""What a client needs to sign somebody in."""

from aws_lambda_powertools.event_handler import Response
from marquee.entry.http import PREFIX
from marquee.services.show_sign_in import SignIn

from me.api import api
from me.wiring import wiring


@api.get(f"{PREFIX}/identity")
def show_sign_in() -> Response[SignIn]:
    """What a client needs to know to sign a user in."""
    return api.ok(wiring.show_sign_in())
