"""TMDB on this machine: films in the public domain, open ones and invented ones, in the shapes of TMDB's API."""

from local.tmdb.server import TOKEN, TmdbServer

__all__ = ["TOKEN", "TmdbServer"]
