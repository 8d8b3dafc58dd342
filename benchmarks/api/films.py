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


def add_movies(service: MarqueeService, admin: str) -> list[str]:
    """The ids of new movies, one a title."""
    authorized = {"authorization": f"Bearer {admin}"}
    bodies = ({"title": title, "year": 1950 + 5 * number} for number, title in enumerate(TITLES))
    answers = (service.endpoint.call("POST", "/movies", body=body, headers=authorized).body for body in bodies)
    return [str(answer["id"]) for answer in answers]
