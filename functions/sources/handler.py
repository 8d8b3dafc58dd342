"""Trigger: HTTP, /api/v1/streaming. Effect: a viewer is told where a movie can be watched, or given a page with it."""

from typing import Annotated

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.event_handler.openapi.params import Path
from marquee.entry.http import PREFIX, Api
from marquee.services.list_sources import SourcesAnswer

from sources.wiring import wiring

api = Api(wiring)
lambda_handler = api.handle

MovieId = Annotated[str, Path(max_length=60)]


@api.get(f"{PREFIX}/streaming/sources/<movie_id>")
def list_sources(movie_id: MovieId) -> Response[SourcesAnswer]:
    """Where a movie can be watched, in order of preference: own streams first, then other providers."""
    return api.ok(wiring.list_sources(movie_id))


@api.get(f"{PREFIX}/streaming/embed/<movie_id>")
def show_embed(movie_id: MovieId) -> Response[str]:
    """Where a player of somebody else shows it."""
    return api.text(*wiring.show_embed(movie_id))
