"""Where the routes of `tracks` are gathered."""

from marquee.entry.http import Api

from tracks.wiring import wiring

api = Api(wiring)
