"""Films that go with a film: of the same kind, about the same things, or of nearly the same title."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field

from marquee.domain.assets import Asset
from marquee.domain.errors import TransientError
from marquee.domain.identity import Principal
from marquee.domain.media import Model
from marquee.domain.movie_source import TMDB_ATTRIBUTION
from marquee.domain.movies import Movie, MovieFilter
from marquee.domain.playback import Audience
from marquee.domain.search_terms import asked_grams, grams
from marquee.domain.spoken import SpokenStore, Topics
from marquee.domain.stores import AssetStore
from marquee.services.catalogue import Catalogue, Entry
from marquee.services.movie_answers import MovieAnswer, own_answer
from marquee.services.show_movie import ShowMovie

# Looked at of each genre, of similar titles, and of those with the same topics.
CANDIDATES = 60
MAX_RELATED = 20
# What weighs how much; a decade apart is worth half of one year apart.
_GENRE, _TOPIC, _TITLE, _LANGUAGE, _YEAR = 1.0, 2.0, 1.5, 0.2, 0.3
_DECADE = 10.0
# Titles share a word or two of several, not a few letters.
_SIMILAR_TITLE = 0.6


class RelatedFilm(Model):
    """`shared`: the genres and topics that both have; empty when it is the title that is alike."""

    movie: MovieAnswer
    score: float
    shared: tuple[str, ...]


class RelatedFilms(Model):
    """The nearest first. `degraded`: the database is away, and there may be more."""

    items: tuple[RelatedFilm, ...]
    degraded: bool
    attribution: str | None


@dataclass
class _Candidate:
    movie: Movie
    score: float = 0.0
    shared: list[str] = field(default_factory=list)

    def add(self, weight: float, names: Iterable[str] = ()) -> None:
        self.score += weight
        self.shared += [name for name in names if name not in self.shared]


@dataclass(frozen=True)
class ListRelated:
    """`GET /movies/{id}/related`: films of ours, for a film of ours or of TMDB."""

    catalogue: Catalogue
    show_movie: ShowMovie
    assets: AssetStore
    spoken: SpokenStore
    audience: Audience

    def __call__(self, movie_id: str, viewer: Principal) -> RelatedFilms:
        """Raises `NotFound`."""
        film = self.show_movie(movie_id).answer
        try:
            ranked = self._ranked(film, viewer)
        except TransientError:
            return RelatedFilms(items=(), degraded=True, attribution=None)
        entries = self.catalogue.entries_of([candidate.movie for candidate in ranked])
        items = tuple(_answer(entry, candidate) for entry, candidate in zip(entries, ranked, strict=True))
        credit = TMDB_ATTRIBUTION if any(item.movie.attribution for item in items) else None
        return RelatedFilms(items=items, degraded=film.degraded, attribution=credit)

    def _ranked(self, film: MovieAnswer, viewer: Principal) -> list[_Candidate]:
        found: dict[str, _Candidate] = {}
        self._by_genre(film, found)
        self._by_title(film, found)
        self._by_topics(film, viewer, found)
        found.pop(film.id, None)
        for candidate in found.values():
            candidate.add(_nearness(film, candidate.movie))
        ordered = sorted(found.values(), key=lambda one: (-one.score, -one.movie.popularity, one.movie.id))
        return ordered[:MAX_RELATED]

    def _by_genre(self, film: MovieAnswer, found: dict[str, _Candidate]) -> None:
        of_each: dict[str, list[str]] = defaultdict(list)
        for genre in film.genres:
            for movie in self.catalogue.movies.like("", MovieFilter(genre=genre), CANDIDATES):
                found.setdefault(movie.id, _Candidate(movie))
                of_each[movie.id].append(genre)
        for movie_id, genres in of_each.items():
            either = len({genre.casefold() for genre in (*film.genres, *found[movie_id].movie.genres)})
            found[movie_id].add(_GENRE * len(genres) / either, genres)

    def _by_title(self, film: MovieAnswer, found: dict[str, _Candidate]) -> None:
        mine = asked_grams(film.title)
        for movie in self.catalogue.movies.like(film.title, MovieFilter(), CANDIDATES):
            theirs = grams(movie.title)
            alike = len(mine & theirs) / max(1, min(len(mine), len(theirs)))
            if alike >= _SIMILAR_TITLE:
                found.setdefault(movie.id, _Candidate(movie)).add(_TITLE * alike)

    def _by_topics(self, film: MovieAnswer, viewer: Principal, found: dict[str, _Candidate]) -> None:
        mine = None if film.asset_id is None else self.spoken.topics_of(film.asset_id)
        if mine is None:
            return
        names = [topic.name for topic in mine.topics]
        others = [other for other in self.spoken.sharing(names, CANDIDATES) if other.asset_id != mine.asset_id]
        ids = [other.asset_id for other in others]
        movies = {movie.asset_id: movie for movie in self.catalogue.movies.of_assets(ids)}
        assets = {asset.id: asset for asset in self.assets.those([mine.asset_id, *ids])}
        may_know = {asset_id for asset_id, asset in assets.items() if self._may_know(asset, viewer)}
        for other in others:
            movie, asset = movies.get(other.asset_id), assets.get(other.asset_id)
            if movie is None or asset is None or asset.version_to_play != other.asset_version:
                continue
            shared = _shared(mine, other)
            weight = _TOPIC * sum(shared.values()) / _total(mine, other)
            told = {mine.asset_id, other.asset_id} <= may_know
            found.setdefault(movie.id, _Candidate(movie)).add(weight, shared if told else ())

    def _may_know(self, asset: Asset, viewer: Principal) -> bool:
        """What a film is about was read out of it: who may not watch it is not told."""
        return self.audience.lets_in(asset.visibility, viewer)


def _shared(one: Topics, other: Topics) -> dict[str, float]:
    """Topics of both with the smaller of their weights, the weightiest first."""
    weights = {topic.name: topic.weight for topic in one.topics}
    both = {topic.name: min(topic.weight, weights[topic.name]) for topic in other.topics if topic.name in weights}
    return dict(sorted(both.items(), key=lambda pair: (-pair[1], pair[0])))


def _total(one: Topics, other: Topics) -> float:
    """The smaller of what both weigh, so that a film of which little is known may be near one of which much is."""
    return max(0.01, min(sum(t.weight for t in one.topics), sum(t.weight for t in other.topics)))


def _nearness(film: MovieAnswer, movie: Movie) -> float:
    languages = {language.casefold() for language in film.languages}
    same = _LANGUAGE if any(language.casefold() in languages for language in movie.languages) else 0.0
    if film.year is None or movie.year is None:
        return same
    years = abs(film.year - movie.year)
    return same + _YEAR * math.pow(0.5, years / _DECADE)


def _answer(entry: Entry, candidate: _Candidate) -> RelatedFilm:
    return RelatedFilm(
        movie=own_answer(entry, "database"), score=round(candidate.score, 3), shared=tuple(candidate.shared)
    )
