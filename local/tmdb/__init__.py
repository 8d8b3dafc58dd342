"""TMDB on this machine: films in the public domain, open ones and invented ones, in the shapes of TMDB's API."""

from local.tmdb.server import MAX_FAULTS_BYTES, TOKEN, TmdbServer

__all__ = ["MAX_FAULTS_BYTES", "TOKEN", "TmdbServer"]
