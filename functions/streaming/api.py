"""Where the routes of `streaming` are gathered."""

from marquee.entry.http import Api

from streaming.wiring import wiring

api = Api(wiring)
