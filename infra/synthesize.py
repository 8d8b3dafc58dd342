"""Synthesizes one environment for those who only read its templates: `python -m infra.synthesize prod FOLDER`.

What is deployed comes from `app.py`, by way of the CDK's command line, and is reviewed.
"""

from __future__ import annotations

import sys

from infra.build import ROOT, build_app, choose_environments
from infra.sources import MissingSource, Sources
from infra.staging import stage


def main() -> None:
    name, folder = sys.argv[1:]
    try:
        stage(ROOT)
        build_app(choose_environments(name), Sources.in_repository(ROOT), outdir=folder).synth()
    except (MissingSource, ValueError) as error:
        sys.exit(str(error))


if __name__ == "__main__":
    main()
