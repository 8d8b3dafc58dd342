"""Where the routes of `webhooks` are gathered."""

from marquee.entry.http import Api

from webhooks.wiring import wiring

api = Api(wiring)
