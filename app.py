"""Synthesizes Marquee: `cdk synth [-c environment=dev]`, or without the CLI `python app.py [-c environment=dev]`."""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

from infra.build import build_app, choose_environments
from infra.sources import MissingSource, Sources
from infra.staging import stage

ROOT = Path(__file__).resolve().parent


def environment_asked_for(arguments: Sequence[str], variables: Mapping[str, str]) -> str | None:
    """Value of the context key `environment`, from the command line or from the CDK CLI's variable."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("-c", "--context", action="append", default=[], metavar="KEY=VALUE")
    context: dict[str, str] = json.loads(variables.get("CDK_CONTEXT_JSON", "{}"))
    context.update(pair.split("=", 1) for pair in parser.parse_args(arguments).context)
    return context.get("environment")


def main() -> None:
    environments = choose_environments(environment_asked_for(sys.argv[1:], os.environ))
    outdir = os.environ.get("CDK_OUTDIR", str(ROOT / "cdk.out"))
    try:
        stage(ROOT)
        # what may be deployed is reviewed; what runs on this machine alone need not wait for it
        reviewed = "CDK_OUTDIR" in os.environ
        build_app(environments, Sources.in_repository(ROOT), outdir=outdir, reviewed=reviewed).synth()
    except MissingSource as missing:
        sys.exit(str(missing))


if __name__ == "__main__":
    main()
