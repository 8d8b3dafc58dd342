"""The local cloud's database: one that the user has, else an embedded one. See `select` for the order."""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from local.database.engine import DEFAULT_CACHE, Engine, EngineError, find_engine
    from local.database.install import install_engine
    from local.database.running import running_database
    from local.database.select import Database, choose_database, database_children

__all__ = [
    "DEFAULT_CACHE",
    "Database",
    "Engine",
    "EngineError",
    "choose_database",
    "database_children",
    "find_engine",
    "install_engine",
    "running_database",
]

_MODULES = {
    "install_engine": "install",
    "running_database": "running",
    "Database": "select",
    "choose_database": "select",
    "database_children": "select",
}


def __getattr__(name: str) -> object:
    """Imports on first use: the server's and the gateway's processes start with what they need only."""
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(importlib.import_module(f"{__name__}.{_MODULES.get(name, 'engine')}"), name)
