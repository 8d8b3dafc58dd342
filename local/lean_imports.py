"""Imports the parts of moto that run here without all of EC2.

Its Step Functions engine wants one enum of `moto.batch`, and its parameter store names the machines of `moto.ec2` for
commands nobody sends here; either package imports every EC2 instance type there is: 100 MB of memory and 1.7
CPU-seconds at every start. While one of the two is imported, the package it asks for is one that finds its modules and
runs nothing; afterwards the real one can be imported by whoever asks for it.
"""

from __future__ import annotations

import importlib
import importlib.util
import sys
import types
from typing import Any


class _Machines(dict[str, Any]):
    """moto's EC2 state by account: imported when first asked for."""

    def __missing__(self, account: str) -> Any:
        return importlib.import_module("moto.ec2").ec2_backends[account]


def _import_without(package: str, module: str, **names: object) -> None:
    """Imports `module` while `package` is bare but for `names`; nothing, where the package was imported before."""
    spec = None if package in sys.modules else importlib.util.find_spec(package)
    if spec is None or spec.submodule_search_locations is None:
        return
    bare = types.ModuleType(package)
    bare.__path__ = list(spec.submodule_search_locations)
    vars(bare).update(names)
    sys.modules[package] = bare
    try:
        importlib.import_module(module)
    finally:
        del sys.modules[package]


_import_without("moto.batch", "moto.stepfunctions.parser.models")
_import_without("moto.ec2", "moto.ssm.models", ec2_backends=_Machines())
