"""Builds the CDK app: a stage for each environment."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from pathlib import Path

from aws_cdk import App

from infra.environments import ENVIRONMENTS, Environment
from infra.sources import Sources
from infra.stage import MarqueeStage

ROOT = Path(__file__).resolve().parent.parent
PATH_METADATA = "aws:cdk:enable-path-metadata"  # the command line's default, and no key for cdk.json


def build_app(
    environments: Iterable[Environment], sources: Sources, *, outdir: Path | str, reviewed: bool = False
) -> App:
    """The app with one stage per environment; `synth()` it to write the cloud assembly to `outdir`.

    `reviewed`: by cdk-nag, too. What it finds and nobody has explained stops the synthesis, after it was written.
    """
    sources.require()
    # The CLI passes the context of cdk.json by itself; reading it here makes every other way of
    # synthesizing (tests, `python app.py`) give the same templates.
    app = App(outdir=str(outdir), context=_feature_flags(), analytics_reporting=False, stack_traces=False)
    for environment in environments:
        MarqueeStage(app, f"Marquee-{environment.name}", environment=environment, sources=sources)
    if reviewed:
        from infra.review import review  # which takes as long to load as the rest

        review(app)
    return app


def choose_environments(name: str | None) -> tuple[Environment, ...]:
    """All environments, or the one that is named."""
    if name is None:
        return tuple(ENVIRONMENTS.values())
    if name not in ENVIRONMENTS:
        raise ValueError(f"there is no environment {name!r}: choose from {', '.join(ENVIRONMENTS)}")
    return (ENVIRONMENTS[name],)


def _feature_flags() -> Mapping[str, object]:
    flags: dict[str, object] = json.loads((ROOT / "cdk.json").read_text())["context"]
    return {**flags, PATH_METADATA: True}
