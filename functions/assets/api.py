"""Where the routes of `assets` are gathered."""

from marquee.entry.http import Api

from assets.wiring import wiring

api = Api(wiring)
