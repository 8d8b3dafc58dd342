"""docs/architecture.md with what is made from the templates."""

from __future__ import annotations

import tempfile
from pathlib import Path

from tools.architecture import diagrams
from tools.architecture.functions import functions_table
from tools.architecture.machines import machine
from tools.architecture.templates import load
from tools.blocks import filled

ROOT = Path(__file__).resolve().parents[2]
PATH = ROOT / "docs" / "architecture.md"
SHOWN = "prod"  # the whole of it: environments that are smaller lack some of this


def written(assembly: Path, text: str) -> str:
    """The document anew, by a cloud assembly that has `prod` and `dev`."""
    shown, small = load(assembly, SHOWN), load(assembly, "dev")
    return filled(
        text,
        {
            "stacks": diagrams.stacks(shown),
            "edge": diagrams.edge(shown),
            "transcode": machine(shown, "Transcode"),
            "enrich": machine(shown, "EnrichMachine"),
            "events": diagrams.events(shown),
            "network": diagrams.network(shown),
            "network-dev": diagrams.network(small),
            "functions": functions_table(shown),
        },
    )


def synthesized() -> Path:
    """A cloud assembly of all environments, in a folder of its own."""
    from infra.build import build_app
    from infra.environments import ENVIRONMENTS
    from infra.sources import Sources
    from infra.staging import stage

    folder = Path(tempfile.mkdtemp(prefix="marquee-architecture-"))
    stage(ROOT)
    build_app(ENVIRONMENTS.values(), Sources.in_repository(ROOT), outdir=folder).synth()
    return folder
