"""`expire_revocations` takes away what no living session is under."""

import time

from expire_revocations.handler import lambda_handler
from expire_revocations.wiring import wiring
from marquee.services.revoke_sessions import DropEndedRevocations

from tests.fakes_playback import MemoryRevocations
from tests.platform import CONTEXT, Platform


def test_only_what_has_ended_leaves_the_list(platform: Platform) -> None:
    revoked = MemoryRevocations()
    now = int(time.time())
    revoked.entries = {"viewer:1": now - 10, "viewer:2": now + 1000}
    with platform.within(wiring, drop_ended=DropEndedRevocations(revoked)):
        assert lambda_handler({}, CONTEXT) == {"entries": 1}
    assert list(revoked.entries) == ["viewer:2"]
