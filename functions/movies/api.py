"""Where the routes of `movies` are gathered."""

from marquee.entry.http import Api

from movies.wiring import wiring

api = Api(wiring)
