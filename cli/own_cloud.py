"""Signs this machine's command line in at the Marquee that it runs, as `marquee login` would."""

from __future__ import annotations

from collections.abc import Sequence

from local.identity import DemoUser

from cli.endpoint import Endpoint, EndpointError, option_for
from cli.identity import Identity, endpoint_of


class OwnCloud:
    """`state` says who is signed in, or why nobody is and what to do."""

    def __init__(self, site: str, provider: str) -> None:
        """`provider`: the address where people sign in."""
        self._identity = Identity(site)
        self._provider = provider
        self.state = "nobody is signed in"

    @property
    def endpoint(self) -> Endpoint:
        """The API as this process calls it: signed in even when that could not be kept for others."""
        return endpoint_of(self._identity)

    def sign_in(self, users: Sequence[DemoUser]) -> None:
        """As the administrator among `users`. A Marquee that nobody could sign in to runs nevertheless."""
        admin = next((user for user in users if user.group == "admin"), None)
        if admin is None or admin.client_id is None:
            return
        try:
            self._identity.sign_in(self._provider, admin.client_id, admin.email, admin.password, _no_questions)
        except EndpointError as error:
            self.state = f"not signed in: {error.message} ({error.code})"
        else:
            self.state = f"signed in as {admin.email}: `marquee upload FILE{option_for(self._identity.site)}`"


def _no_questions(field: str, sentence: str) -> str:
    raise EndpointError(f"The demo's account asks for more than its password ({field}).", code="unknown_challenge")
