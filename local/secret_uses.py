"""What functions use secrets for: some of them this machine knows better than the template."""

from __future__ import annotations

from collections.abc import Iterable

from local.differences import tmdb_url
from local.model import Function
from local.references import Platform


def database_secrets(functions: Iterable[Function]) -> frozenset[str]:
    """ARNs of secrets that say where the database is."""
    environments = (function.environment for function in functions)
    return frozenset(e["DATABASE_SECRET_ARN"] for e in environments if "DATABASE_SECRET_ARN" in e)


def tmdb_secrets(functions: Iterable[Function], platform: Platform) -> frozenset[str]:
    """ARNs of secrets with the token for the TMDB that is asked from here."""
    environments = (function.environment for function in functions)
    here = tmdb_url(platform)
    return frozenset(e["TMDB_SECRET_ARN"] for e in environments if e.get("TMDB_URL") == here)
