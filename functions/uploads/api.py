"""Where the routes of `uploads` are gathered."""

from marquee.entry.http import Api

from uploads.wiring import wiring

api = Api(wiring)
