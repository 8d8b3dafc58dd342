"""A small catalogue to ask for."""

from __future__ import annotations

from benchmarks.service import MarqueeService

TITLES = (
    "The Lighthouse Keeper's Holiday", "Seven Trains North", "A Quiet Arithmetic", "Salt and Paper",
    "The Cartographer", "Winter Orchard", "Ten Thousand Kites", "The Glass Ferry", "Letters to Nowhere",
    "The Last Projectionist", "Harbour Lights", "An Unlikely Meteor", "The Beekeeper's Map", "Night Tram",
)  # fmt: skip
# Also what people mistype, and what only others know.
WORDS = ("lighthouse", "trains", "arithmetic", "salt", "cartografer", "winter", "kites", "ferry", "moon", "metropolis")


def add_movies(service: MarqueeService) -> list[str]:
    """The ids of new movies, one a title."""
    bodies = ({"title": title, "year": 1950 + 5 * number} for number, title in enumerate(TITLES))
    return [str(service.endpoint.post("/movies", body)["id"]) for body in bodies]
