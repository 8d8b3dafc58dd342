"""Trigger: HTTP, /api/v1/abuse. Effect: administrators see who is shut out, and let him in again."""

from aws_lambda_powertools.event_handler import Response
from marquee.entry.access import admins
from marquee.entry.http import PREFIX, Api, Limit
from marquee.services.paging import MAX_LIMIT
from marquee.services.show_blocks import BlocksPage

from abuse.wiring import wiring

api = Api(wiring)
lambda_handler = api.handle


@api.get(f"{PREFIX}/abuse/blocks", middlewares=[admins])
def list_blocks(limit: Limit = MAX_LIMIT) -> Response[BlocksPage]:
    """Addresses that are blocked now."""
    return api.ok(wiring.list_blocks(limit))


@api.delete(f"{PREFIX}/abuse/blocks/<address>", middlewares=[admins])
def lift_block(address: str) -> Response[None]:
    """Lets an address in again and forgets what it did."""
    wiring.lift_block(address)
    return api.no_content()
