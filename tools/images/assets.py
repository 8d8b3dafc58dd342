"""Which images an assembly asks for: their build contexts, exactly as the CDK stages them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class ImageAsset:
    """`worker` is the folder in `containers/` whose Dockerfile it is."""

    worker: str
    tag: str
    context: Path
    dockerfile: str


def image_assets(assembly: Path) -> Iterator[ImageAsset]:
    """Every image of an assembly (`cdk.out` or one environment's folder in it) once."""
    seen: set[str] = set()
    for manifest in sorted(assembly.rglob("*.assets.json")):
        for tag, image in json.loads(manifest.read_text())["dockerImages"].items():
            if tag not in seen:
                seen.add(tag)
                source = image["source"]
                dockerfile = str(source["dockerFile"])
                yield ImageAsset(
                    worker=Path(dockerfile).parent.name,
                    tag=tag,
                    context=(manifest.parent / source["directory"]).resolve(),
                    dockerfile=dockerfile,
                )
