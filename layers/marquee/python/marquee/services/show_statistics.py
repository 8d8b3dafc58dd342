"""Counts over the catalogue."""

from __future__ import annotations

from dataclasses import dataclass

from marquee.domain.movie_store import CatalogueStatistics
from marquee.services.catalogue import Catalogue


class StatisticsAnswer(CatalogueStatistics):
    """`degraded`: the database is away, and these may be old."""

    degraded: bool


@dataclass(frozen=True)
class ShowStatistics:
    """`GET /movies/statistics`. Counted at most once a minute."""

    catalogue: Catalogue

    def __call__(self) -> StatisticsAnswer:
        counted, degraded = self.catalogue.statistics()
        return StatisticsAnswer(**counted.model_dump(), degraded=degraded)
