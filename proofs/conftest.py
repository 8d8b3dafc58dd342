"""What the synthesis tests have: all environments from the real code, with stand-ins for what is built."""

from __future__ import annotations

from tests.infra.conftest import assembly as every_environment
from tests.infra.conftest import sources

__all__ = ["every_environment", "sources"]
