"""Synthesizes Marquee: `cdk synth [-c environment=dev]`, or without the CLI `python app.py [-c environment=dev]`."""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parent
# Domain names and settings models live in the layer; it is no installed package.
sys.path[:0] = [str(ROOT), str(ROOT / "layers" / "marquee" / "python")]

from infra.build import build_app, choose_environments  # noqa: E402 -- needs the path above
from infra.sources import Sources  # noqa: E402


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
    build_app(environments, Sources.in_repository(ROOT), outdir=outdir).synth()


if __name__ == "__main__":
    main()
