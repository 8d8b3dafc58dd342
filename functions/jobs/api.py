"""Where the routes of `jobs` are gathered."""

from marquee.entry.http import Api

from jobs.wiring import wiring

api = Api(wiring)
