"""Trigger: HTTP, /api/v1/streaming/progress and /api/v1/me/continue-watching. Effect: where a viewer is in a movie
is taken, shown and offered to go on with."""

from typing import Annotated

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.event_handler.openapi.params import Path
from marquee.entry.access import signed_in
from marquee.entry.http import PREFIX, Api, Cursor, Limit
from marquee.services.continue_watching import ContinuePage
from marquee.services.paging import DEFAULT_LIMIT
from marquee.services.record_progress import MOVIE_ID, NewProgress, ProgressRecorded
from marquee.services.show_progress import ProgressAnswer
from marquee.services.signed_in_user import subject_of

from progress.wiring import wiring

api = Api(wiring)
lambda_handler = api.handle

MovieId = Annotated[str, Path(pattern=MOVIE_ID)]


@api.post(f"{PREFIX}/streaming/progress/<movie_id>", middlewares=[signed_in])
def record_progress(movie_id: MovieId, body: NewProgress) -> Response[ProgressRecorded]:
    """Where the viewer is now; sent every ten seconds while a film plays."""
    return api.accepted(wiring.record_progress(subject_of(api.principal), movie_id, body))


@api.get(f"{PREFIX}/streaming/progress/<movie_id>", middlewares=[signed_in])
def show_progress(movie_id: MovieId) -> Response[ProgressAnswer]:
    """Where the viewer stopped."""
    return api.ok(wiring.show_progress(subject_of(api.principal), movie_id))


@api.get(f"{PREFIX}/me/continue-watching", middlewares=[signed_in])
def continue_watching(limit: Limit = DEFAULT_LIMIT, cursor: Cursor = None) -> Response[ContinuePage]:
    """Movies that the viewer has begun and not finished, latest first."""
    return api.ok(wiring.continue_watching(subject_of(api.principal), limit, cursor))
