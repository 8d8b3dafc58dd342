"""Builds the CDK app: a stage for each environment."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from pathlib import Path

from aws_cdk import App

from infra.environments import ENVIRONMENTS, Environment
from infra.layout import placed
from infra.sources import Sources
from infra.stacks.account import AccountStack
from infra.stacks.deployers import DeployersStack
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
    app = App(
        outdir=str(outdir), context={**_context(), PATH_METADATA: True}, analytics_reporting=False, stack_traces=False
    )
    chosen = placed(environments, _context())
    for environment in chosen:
        MarqueeStage(app, f"Marquee-{environment.name}", environment=environment, sources=sources)
    create_accounts(app, chosen)
    _create_deployers(app, chosen)
    if reviewed:
        from infra.review import review  # which takes as long to load as the rest

        review(app)
    return app


def create_accounts(app: App, environments: Iterable[Environment]) -> None:
    """One stack for each place that environments live in, apart from all of them."""
    for account, region in dict.fromkeys((e.account, e.region) for e in environments):
        name = "-".join(part for part in ("Marquee-account", account, region) if part)
        AccountStack(app, name, account=account, region=region)


def choose_environments(name: str | None) -> tuple[Environment, ...]:
    """All environments, or the one that is named."""
    if name is None:
        return tuple(ENVIRONMENTS.values())
    if name not in ENVIRONMENTS:
        raise ValueError(f"there is no environment {name!r}: choose from {', '.join(ENVIRONMENTS)}")
    return (ENVIRONMENTS[name],)


def _create_deployers(app: App, environments: Iterable[Environment]) -> None:
    """One stack for each account: rights are the same in all of its regions."""
    by_account: dict[str | None, list[Environment]] = {}
    for environment in environments:
        by_account.setdefault(environment.account, []).append(environment)
    for account, living in by_account.items():
        DeployersStack(
            app,
            "-".join(part for part in ("Marquee-deployers", account) if part),
            environments=[environment.name for environment in living],
            account=account,
            region=living[0].region,
        )


def _context() -> Mapping[str, object]:
    """Feature flags, and where environments live."""
    context: dict[str, object] = json.loads((ROOT / "cdk.json").read_text())["context"]
    return context
