"""What is in the catalogue: search, movies, and their administration."""

from __future__ import annotations

from infra.constructs.embeddings import let_embed
from infra.constructs.python_function import PythonFunction
from infra.functions.platform import ApiPlatform
from infra.functions.tmdb import let_ask_tmdb


def create_catalogue_functions(platform: ApiPlatform) -> dict[str, PythonFunction]:
    choice = platform.environment.playback
    movies = platform.http_function(
        "movies",
        "Searches, shows and changes the catalogue",
        {"PLAYBACK": choice.access, "VISIBILITY": choice.visibility},
    )
    let_embed(movies, platform.environment)
    let_ask_tmdb(platform, movies)
    return {"movies": movies}
