"""What viewers ask for before and while they watch."""

from __future__ import annotations

from infra.constructs.python_function import PythonFunction
from infra.functions.platform import ApiPlatform


def create_playback_functions(platform: ApiPlatform) -> dict[str, PythonFunction]:
    return {"streaming": platform.http_function("streaming", "Gives a viewer the right to one asset")}
