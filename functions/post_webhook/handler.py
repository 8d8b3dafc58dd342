"""Trigger: `deliver_webhooks`, once an attempt. Effect: one HTTP POST to somebody else's address.

Lives outside of our network and may do nothing but this: whatever a receiver could talk it into, nothing of ours
is within its reach.
"""

from marquee.domain.webhooks import Answered, Order
from marquee.entry.steps import step

from post_webhook.wiring import wiring


@step(Order)
def lambda_handler(order: Order) -> Answered:
    return wiring.post(order.url, order.headers, order.body)
