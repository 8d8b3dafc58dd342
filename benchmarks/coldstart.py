"""`python -m benchmarks coldstart`: what each function costs before its first call, beside the naive stack.

The naive stack is what a function has that imports at its top all that the project uses: Powertools with its
tracer, metrics and validating resolver, boto3 with one client, pymongo and Valkey's client. Both run in the same
Python, from bytecode, in turns; the median of their CPU seconds counts, less what Python itself takes.
"""

from __future__ import annotations

import argparse
import os
import resource
import subprocess
import sys
from pathlib import Path
from statistics import median

from rich.console import Console
from rich.table import Table

from infra.routes import ROUTES

ROOT = Path(__file__).resolve().parent.parent
TARGET = 0.35
NAIVE = """
import boto3, pymongo, valkey, pydantic
from aws_lambda_powertools import Logger, Metrics, Tracer
from aws_lambda_powertools.event_handler import APIGatewayHttpResolver
Logger(), Metrics(namespace="n"), Tracer(), APIGatewayHttpResolver(enable_validation=True)
from aws_lambda_powertools.event_handler.openapi.params import Query
boto3.client("s3", region_name="eu-central-1", aws_access_key_id="a", aws_secret_access_key="b")
"""
VARIABLES = {"POWERTOOLS_SERVICE_NAME": "benchmark", "POWERTOOLS_TRACE_DISABLED": "true", "LANG": "C.UTF-8"}


def cpu_seconds(code: str) -> float:
    """CPU of one fresh Python that runs `code`, user and system."""
    roots = (ROOT / "layers" / "marquee" / "python", ROOT / "functions")
    variables = {**VARIABLES, "PYTHONPATH": os.pathsep.join(map(str, roots)), "PATH": os.environ["PATH"]}
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run([sys.executable, "-c", code], env=variables, check=True, timeout=60)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def measure(codes: dict[str, str], rounds: int) -> dict[str, float]:
    """Median CPU seconds by name; the first round, which writes bytecode, does not count."""
    found: dict[str, list[float]] = {name: [] for name in codes}
    for number in range(rounds + 1):
        for name, code in codes.items():
            spent = cpu_seconds(code)
            if number:
                found[name].append(spent)
    return {name: median(spent) for name, spent in found.items()}


def package_bytes(folder: Path) -> int:
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())


def main() -> int:
    """0 when every function of the API keeps to the target."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks coldstart", description=__doc__)
    parser.add_argument("--rounds", type=int, default=7)
    rounds = parser.parse_args().rounds
    api = {route.function for route in ROUTES}
    names = sorted(path.parent.name for path in (ROOT / "functions").glob("*/handler.py"))
    codes = {"": "pass", "naive": NAIVE, **{name: f"import {name}.handler" for name in names}}
    costs = measure(codes, rounds)
    naive = costs["naive"] - costs[""]
    table = Table(
        "function", "CPU ms", "of the naive stack", "package KiB", title=f"naive stack: {naive * 1000:.0f} ms"
    )
    missed = []
    for name in names:
        cost = costs[name] - costs[""]
        ratio = cost / naive
        if name in api and ratio > TARGET:
            missed.append(name)
        size = package_bytes(ROOT / "build" / "staged" / "functions" / name)
        label = f"{name} (API)" if name in api else name
        table.add_row(label, f"{cost * 1000:.0f}", f"{ratio:.2f}", f"{size / 1024:.0f}")
    Console().print(table)
    shared = package_bytes(ROOT / "build" / "staged" / "marquee"), package_bytes(ROOT / "build/layers/dependencies")
    print(f"shared by all: our layer {shared[0] / 2**20:.1f} MiB, dependencies {shared[1] / 2**20:.1f} MiB")
    print(f"target (API functions): at most {TARGET} of the naive stack; " + (f"missed: {missed}" if missed else "met"))
    return 1 if missed else 0


if __name__ == "__main__":
    raise SystemExit(main())
