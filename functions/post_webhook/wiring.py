"""What `post_webhook` works with, built on first use."""

from functools import cached_property

from marquee.domain.webhook_stores import WebhookPost
from marquee.domain.webhook_targets import TargetPolicy
from marquee.entry.wiring import Wiring

from post_webhook.settings import Settings


class PostWebhookWiring(Wiring[Settings]):
    """One way out."""

    @cached_property
    def post(self) -> WebhookPost:
        from marquee.adapters.webhook_post import HttpWebhookPost

        # On the loopback of a Lambda lives the runtime that gives us work: it is nobody's receiver.
        port = self.settings.aws_lambda_runtime_api.rpartition(":")[2]
        closed = frozenset({int(port)} if port.isdigit() else ())
        return HttpWebhookPost(TargetPolicy(loopback=self.settings.webhooks_loopback, closed_ports=closed))


wiring = PostWebhookWiring(Settings)
