"""The routes of the HTTP API and the function that answers each: one table, compared with the handlers by a test."""

from __future__ import annotations

from typing import Literal, NamedTuple

PREFIX = "/api/v1"

Method = Literal["GET", "POST", "PUT", "PATCH", "DELETE"]
Access = Literal["public", "signed_in", "admin"]


class Route(NamedTuple):
    """`path` in API Gateway's notation, below the prefix.

    `access`: whom the handler lets in; API Gateway asks for a token on every route that is not public.
    """

    method: Method
    path: str
    function: str
    access: Access = "public"


def routes_of(*, open_metrics: bool, open_playback: bool) -> tuple[Route, ...]:
    """The table, with the counters and playback sessions open to everybody where an environment has them so."""
    opened = {"/metrics": open_metrics, "/streaming/sessions": open_playback}
    return tuple(route._replace(access="public") if opened.get(route.path) else route for route in ROUTES)


ROUTES: tuple[Route, ...] = (
    Route("POST", "/uploads", "uploads", "admin"),
    Route("POST", "/uploads/{upload_id}/parts", "uploads", "admin"),
    Route("GET", "/uploads/{upload_id}", "uploads", "admin"),
    Route("POST", "/uploads/{upload_id}/complete", "uploads", "admin"),
    Route("DELETE", "/uploads/{upload_id}", "uploads", "admin"),
    Route("GET", "/jobs", "jobs", "admin"),
    Route("GET", "/jobs/{job_id}", "jobs", "admin"),
    Route("POST", "/jobs/{job_id}/cancel", "jobs", "admin"),
    Route("POST", "/jobs/{job_id}/retry", "jobs", "admin"),
    Route("POST", "/jobs/{job_id}/tasks/{name}/retry", "jobs", "admin"),
    Route("GET", "/assets", "assets"),
    Route("GET", "/assets/{asset_id}", "assets"),
    Route("GET", "/assets/{asset_id}/analysis", "assets", "admin"),
    Route("PATCH", "/assets/{asset_id}", "assets", "admin"),
    Route("DELETE", "/assets/{asset_id}", "assets", "admin"),
    Route("PUT", "/assets/{asset_id}/poster", "pictures", "admin"),
    Route("DELETE", "/assets/{asset_id}/poster", "pictures", "admin"),
    Route("GET", "/images/{asset_id}/{version}/{name}", "pictures"),
    Route("GET", "/assets/{asset_id}/tracks", "tracks"),
    Route("POST", "/assets/{asset_id}/tracks", "tracks", "admin"),
    Route("GET", "/assets/{asset_id}/tracks/{track_id}", "tracks", "admin"),
    Route("PUT", "/assets/{asset_id}/tracks/{track_id}", "tracks", "admin"),
    Route("DELETE", "/assets/{asset_id}/tracks/{track_id}", "tracks", "admin"),
    Route("GET", "/assets/{asset_id}/tracks/{track_id}/versions", "tracks", "admin"),
    Route("GET", "/assets/{asset_id}/transcript", "tracks", "admin"),
    Route("PUT", "/assets/{asset_id}/transcript", "tracks", "admin"),
    Route("POST", "/streaming/sessions", "streaming", "signed_in"),
    Route("POST", "/streaming/sessions/public", "streaming"),
    Route("POST", "/streaming/sessions/{session_id}/renew", "streaming", "signed_in"),
    Route("DELETE", "/streaming/sessions/{session_id}", "revocations", "signed_in"),
    Route("POST", "/streaming/revocations", "revocations", "admin"),
    Route("GET", "/streaming/playlists/{session_id}/{version}/{name}", "streaming"),
    Route("GET", "/streaming/playlists/{session_id}/{version}/{track}/{name}", "streaming"),
    Route("GET", "/streaming/sources/{movie_id}", "sources"),
    Route("GET", "/streaming/embed/{movie_id}", "sources"),
    Route("POST", "/streaming/progress/{movie_id}", "progress", "signed_in"),
    Route("GET", "/streaming/progress/{movie_id}", "progress", "signed_in"),
    Route("GET", "/me/continue-watching", "progress", "signed_in"),
    Route("GET", "/movies/search", "movies"),
    Route("GET", "/me/search", "movies", "signed_in"),
    Route("GET", "/movies/statistics", "movies", "admin"),
    Route("GET", "/movies", "movies"),
    Route("POST", "/movies", "movies", "admin"),
    Route("GET", "/movies/{movie_id}", "movies"),
    Route("GET", "/movies/{movie_id}/related", "movies"),
    Route("PATCH", "/movies/{movie_id}", "movies", "admin"),
    Route("DELETE", "/movies/{movie_id}", "movies", "admin"),
    Route("GET", "/health", "health"),
    Route("GET", "/health/live", "health"),
    Route("GET", "/metrics", "health", "admin"),
    Route("GET", "/operations", "operations", "admin"),
    Route("GET", "/openapi.json", "reference"),
    Route("GET", "/docs", "reference"),
    Route("GET", "/abuse/blocks", "abuse", "admin"),
    Route("DELETE", "/abuse/blocks/{address}", "abuse", "admin"),
    Route("GET", "/identity", "me"),
    Route("GET", "/me", "me", "signed_in"),
    Route("DELETE", "/me", "me", "signed_in"),
    Route("POST", "/me/terms", "me", "signed_in"),
    Route("GET", "/me/export", "me", "signed_in"),
    Route("POST", "/webhooks", "webhooks", "admin"),
    Route("GET", "/webhooks", "webhooks", "admin"),
    Route("GET", "/webhooks/{endpoint_id}", "webhooks", "admin"),
    Route("PATCH", "/webhooks/{endpoint_id}", "webhooks", "admin"),
    Route("DELETE", "/webhooks/{endpoint_id}", "webhooks", "admin"),
    Route("POST", "/webhooks/{endpoint_id}/rotate", "webhooks", "admin"),
    Route("POST", "/webhooks/{endpoint_id}/test", "webhooks", "admin"),
    Route("GET", "/webhooks/{endpoint_id}/deliveries", "webhooks", "admin"),
    Route("POST", "/webhooks/deliveries/{delivery_id}/replay", "webhooks", "admin"),
)
