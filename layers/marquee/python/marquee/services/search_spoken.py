"""Find moments in films by what is said and seen in them."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, NamedTuple

from pydantic import Field

from marquee.domain.assets import Asset
from marquee.domain.errors import MarqueeError
from marquee.domain.identity import Principal
from marquee.domain.media import Model
from marquee.domain.movie_store import MovieStore
from marquee.domain.movies import Movie, MovieFilter
from marquee.domain.playback import Audience
from marquee.domain.search_terms import fold
from marquee.domain.spoken import Line, Narrowed, Passage, PassageKind, SpokenStore
from marquee.domain.stores import AssetStore
from marquee.services.find_meanings import FindMeanings
from marquee.services.find_passages import find_passages
from marquee.services.movie_pages import OURS, KeyTypes, Position, decode_position, encode_position
from marquee.services.rank_passages import match
from marquee.services.show_asset import answer_of

# Passages that are looked at closely.
CANDIDATES = 300
# More moments of one film would hide the others.
MOMENTS_A_FILM = 10
_FIRST = Position(OURS)
_MEANING = 1_000  # behind all that are found by their words

logger = logging.getLogger("marquee.spoken")


class MomentQuery(Model):
    """What is searched for. `kind`: only what is said, or what stands in the picture. `wanted`: year, genre and
    language of what is said; a film that no movie stands for has neither year nor genre."""

    q: str = ""
    kind: PassageKind | None = None
    wanted: MovieFilter = MovieFilter()

    @property
    def narrowed(self) -> Narrowed:
        return Narrowed(kind=self.kind, language=self.wanted.language)

    @property
    def scope(self) -> str:
        return self.model_dump_json()


class Moment(Model):
    """A place in a film. `start_seconds` and `end_seconds` are of the `line` that answers, in seconds on the player's
    timeline; `at_seconds` is when its words are said, where somebody heard each of them, else the line's beginning.
    `text` is what stands around it.

    `url` opens the player at `at_seconds`, root-relative. `movie_id` None: no movie of the catalogue stands for the
    asset. `draft`: a machine has heard or read it, and nobody read it over. `found_by` `meaning`: not by its words;
    `similarity` says how near it is, 0..1.
    """

    asset_id: str
    movie_id: str | None
    title: str
    poster_url: str | None
    kind: PassageKind
    language: str | None
    draft: bool
    start_seconds: float
    end_seconds: float
    at_seconds: float
    line: str
    text: str
    url: str
    found_by: Literal["words", "meaning"] = "words"
    similarity: float | None = Field(default=None, ge=0, le=1)


class MomentsPage(Model):
    """The best first. `next_cursor` is None on the last page. `degraded`: the search by meaning is away."""

    items: tuple[Moment, ...]
    next_cursor: str | None
    degraded: bool


class _Place(NamedTuple):
    """Where a moment stands; lower comes first. Plain, so that a cursor can carry it."""

    missing: int
    scattered: bool
    typos: int
    distance: float
    passage_id: str


_PLACE_TYPES: KeyTypes = (int, bool, int, float, str)


class _Found(NamedTuple):
    place: _Place
    passage: Passage
    line: Line
    at_seconds: float


@dataclass(frozen=True)
class SearchSpoken:
    """`GET /movies/search?in=transcript`. What the viewer may not watch he does not find.

    Raises `TransientError` when the database is away.
    """

    spoken: SpokenStore
    assets: AssetStore
    movies: MovieStore
    audience: Audience
    meanings: FindMeanings | None = None

    def __call__(self, query: MomentQuery, viewer: Principal, limit: int, cursor: str | None) -> MomentsPage:
        after = decode_position(cursor, query.scope, _FIRST, _PLACE_TYPES).after
        found, degraded = self._found(query)
        assets = {asset.id: asset for asset in self.assets.those(sorted({f.passage.origin.asset_id for f in found}))}
        open_to = [hit for hit in found if self._may_see(assets.get(hit.passage.origin.asset_id), hit.passage, viewer)]
        movies = self._movies_of({hit.passage.origin.asset_id for hit in open_to}, assets)
        wanted = [hit for hit in open_to if _accepts(query.wanted, movies.get(hit.passage.origin.asset_id))]
        left = [hit for hit in _few_of_each_film(wanted) if after is None or tuple(hit.place) > after]
        page = left[:limit]
        following = encode_position(Position(OURS, tuple(page[-1].place)), query.scope) if len(left) > limit else None
        return MomentsPage(
            items=tuple(_moment(hit, assets[hit.passage.origin.asset_id], movies) for hit in page),
            next_cursor=following,
            degraded=degraded,
        )

    def _found(self, query: MomentQuery) -> tuple[list[_Found], bool]:
        """Everything that answers, best first; and whether something that would find more is away."""
        if not fold(query.q):
            return [], False
        by_words = self._by_words(query)
        if self.meanings is None:
            return by_words, False
        try:
            by_meaning = self._by_meaning(query, self.meanings, {hit.passage.id for hit in by_words})
        except MarqueeError as error:
            logger.warning("nothing is searched by its meaning: %s", error)
            return by_words, True
        return by_words + by_meaning, False

    def _by_words(self, query: MomentQuery) -> list[_Found]:
        found: list[_Found] = []
        for passage in find_passages(self.spoken, query.q, query.narrowed, CANDIDATES):
            met = match(query.q, passage)
            if met is not None:
                found.append(_Found(_Place(*met.fit, 0.0, passage.id), passage, met.line, met.at_seconds))
        return sorted(found, key=lambda hit: hit.place)

    def _by_meaning(self, query: MomentQuery, meanings: FindMeanings, known: set[str]) -> list[_Found]:
        near = [found for found in meanings(query.q) if found.passage_id not in known]
        passages = {passage.id: passage for passage in self.spoken.those([found.passage_id for found in near])}
        hits = [
            _Found(
                _Place(_MEANING, True, 0, 1.0 - found.similarity, passage.id),
                passage,
                line := passage.lines[0],
                line.start_seconds,
            )
            for found in near
            if (passage := passages.get(found.passage_id)) is not None and query.narrowed.accepts(passage)
        ]
        return sorted(hits, key=lambda hit: hit.place)

    def _may_see(self, asset: Asset | None, passage: Passage, viewer: Principal) -> bool:
        if asset is None or not passage.origin.is_current(asset):
            return False
        return self.audience.lets_in(asset.visibility, viewer)

    def _movies_of(self, asset_ids: Iterable[str], assets: Mapping[str, Asset]) -> Mapping[str, Movie]:
        """The movie that stands for each asset: the one that leads to it, else the one that it was brought for."""
        meant = {asset_id: assets[asset_id].movie_id or "" for asset_id in asset_ids}
        known = {movie.id: movie for movie in self.movies.those([movie_id for movie_id in meant.values() if movie_id])}
        found = {asset_id: known[movie_id] for asset_id, movie_id in meant.items() if movie_id in known}
        return found | {movie.asset_id: movie for movie in self.movies.of_assets(sorted(meant)) if movie.asset_id}


def moment_url(asset_id: str, seconds: float) -> str:
    """Where the site plays the asset from there on. Rounded down: the line shall not have begun."""
    return f"/#/watch/{asset_id}?t={int(seconds * 10) / 10:g}"


def _accepts(wanted: MovieFilter, movie: Movie | None) -> bool:
    if wanted.year is None and wanted.genre is None:
        return True
    described = wanted.model_copy(update={"language": None})
    return movie is not None and described.accepts(year=movie.year, genres=movie.genres, languages=movie.languages)


def _few_of_each_film(hits: Sequence[_Found]) -> Iterator[_Found]:
    """The same moment once, though two passages share its line; and not more of a film than one reads."""
    counts: dict[str, int] = {}
    seen: set[tuple[str, PassageKind, float, str]] = set()
    for hit in hits:
        asset_id = hit.passage.origin.asset_id
        moment = (asset_id, hit.passage.kind, hit.line.start_seconds, hit.line.text)
        if moment in seen or counts.get(asset_id, 0) >= MOMENTS_A_FILM:
            continue
        seen.add(moment)
        counts[asset_id] = counts.get(asset_id, 0) + 1
        yield hit


def _moment(hit: _Found, asset: Asset, movies: Mapping[str, Movie]) -> Moment:
    passage, line, movie = hit.passage, hit.line, movies.get(asset.id)
    by_meaning = hit.place.missing == _MEANING
    return Moment(
        asset_id=asset.id,
        movie_id=None if movie is None else movie.id,
        title=asset.title if movie is None else movie.title,
        poster_url=answer_of(asset).poster_url,
        kind=passage.kind,
        language=passage.language,
        draft=passage.draft,
        start_seconds=line.start_seconds,
        end_seconds=line.end_seconds,
        at_seconds=hit.at_seconds,
        line=line.text,
        text=passage.text,
        url=moment_url(asset.id, hit.at_seconds),
        found_by="meaning" if by_meaning else "words",
        similarity=round(1.0 - hit.place.distance, 4) if by_meaning else None,
    )
