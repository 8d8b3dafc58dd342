"""Where the routes of `me` are gathered."""

from marquee.entry.http import Api

from me.wiring import wiring

api = Api(wiring)
