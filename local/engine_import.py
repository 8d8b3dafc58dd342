"""Imports moto's Step Functions engine without all of EC2.

The engine wants one enum of `moto.batch`, whose package imports every EC2 instance type there is: 100 MB of memory
and 1.7 CPU-seconds at every start. While the engine is imported, `moto.batch` is a package that finds its modules
and runs nothing; afterwards the real one can be imported by whoever asks for it.
"""

from __future__ import annotations

import importlib
import importlib.util
import sys
import types

_PACKAGE = "moto.batch"


def _import_engine() -> None:
    if _PACKAGE in sys.modules:
        return
    spec = importlib.util.find_spec(_PACKAGE)
    if spec is None or spec.submodule_search_locations is None:
        return
    bare = types.ModuleType(_PACKAGE)
    bare.__path__ = list(spec.submodule_search_locations)
    sys.modules[_PACKAGE] = bare
    try:
        importlib.import_module("moto.stepfunctions.parser.models")
    finally:
        del sys.modules[_PACKAGE]


_import_engine()
