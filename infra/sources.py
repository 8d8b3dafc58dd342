"""What a deployment is made of: the folders that become assets.

One object, so that a test can synthesize with placeholders and nothing else has to know where things lie.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Self

# Never part of an asset: what tools leave behind, and what only they read. The bytecode of functions and layers is
# no such thing: it is made for Lambda, where they are staged.
STRAY = ("**/.*_cache", "**/ruff.toml", "**/.DS_Store")
NOT_CODE = (*STRAY, "**/__pycache__", "**/*.pyc")


class MissingSource(Exception):
    """Something that has to be built before synthesis is not there."""


@dataclass(frozen=True)
class Sources:
    """Folders read by synthesis. `worker_context` is the Docker build context's root."""

    functions: Path
    marquee_layer: Path
    dependencies_layer: Path
    media_tools_layer: Path
    vision_layer: Path
    site: Path
    worker_context: Path

    @classmethod
    def in_repository(cls, root: Path) -> Self:
        """The real ones: `make layers` builds `build/layers`, `make web` builds `web/dist`, synthesis the rest."""
        return cls(
            functions=root / "build" / "staged" / "functions",
            marquee_layer=root / "build" / "staged" / "marquee",
            dependencies_layer=root / "build" / "layers" / "dependencies",
            media_tools_layer=root / "build" / "layers" / "media_tools",
            vision_layer=root / "build" / "layers" / "vision",
            site=root / "web" / "dist",
            worker_context=root,
        )

    def require(self) -> None:
        """Raise `MissingSource`, which names what to run, unless everything is there."""
        wanted = {
            self.functions: "run `python app.py`, which stages them",
            self.marquee_layer: "run `python app.py`, which stages it",
            self.dependencies_layer / "python": "run `make layers`",
            self.media_tools_layer / "python": "run `make layers`",
            self.vision_layer / "python": "run `make layers`",
            self.site / "index.html": "run `make web`",
            self.worker_context / "containers" / "ffmpeg_worker" / "Dockerfile": "the repository's own file",
            self.worker_context / "containers" / "enrich_worker" / "Dockerfile": "the repository's own file",
        }
        missing = [f"{path}: {remedy}" for path, remedy in wanted.items() if not path.exists()]
        if missing:
            raise MissingSource("cannot synthesize without\n  " + "\n  ".join(missing))
