"""`python -m benchmarks coldstart`: what each function costs before its first call, beside the naive stack, and
what a call then costs of the function's own time.

The naive stack is what a function has that imports at its top all that the project uses: Powertools with its
tracer, metrics and validating resolver, boto3 with one client, pymongo and Valkey's client. Both run in the same
Python, from bytecode, in turns; the median of their CPU seconds counts, less what Python itself takes.

A call's own time is that of the warm function from event to answer, with everything of ours in it and with stores
in memory instead of what is elsewhere (`handlers.py`); its median counts, since the longest ones are other
processes' turns on the same machine.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import subprocess
import sys
from pathlib import Path
from statistics import median, quantiles
from typing import Any

from rich.console import Console
from rich.table import Table

from infra.routes import ROUTES

ROOT = Path(__file__).resolve().parents[2]
TARGET = 0.35
CALL_TARGET_MS = 2.0
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


def measure_calls() -> dict[str, Any]:
    """What `handlers.py` finds, in a process of its own."""
    command = [sys.executable, "-m", "benchmarks.coldstart.handlers"]
    variables = {**VARIABLES, "PATH": os.environ["PATH"]}
    found = subprocess.run(command, cwd=ROOT, env=variables, check=True, timeout=300, capture_output=True)
    answered: dict[str, Any] = json.loads(found.stdout)
    return answered


def show_imports(rounds: int) -> list[str]:
    """Prints what imports cost; gives the functions of the API that miss the target."""
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
    return missed


def show_calls() -> list[str]:
    """Prints what calls cost; gives the functions that miss the target, or did not answer what was asked."""
    table = Table("function", "call", "status", "median ms", "p95 ms", title="a warm call, without what is elsewhere")
    missed = []
    for name, found in measure_calls().items():
        middle, p95 = median(found["milliseconds"]), quantiles(found["milliseconds"], n=20)[-1]
        if middle > CALL_TARGET_MS or found["status"] >= 300:
            missed.append(name)
        table.add_row(name, found["call"], str(found["status"]), f"{middle:.2f}", f"{p95:.2f}")
    Console().print(table)
    return missed


def main() -> int:
    """0 when every function of the API keeps to both targets."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks coldstart", description=__doc__)
    parser.add_argument("--rounds", type=int, default=7)
    slow_to_import, slow_to_answer = show_imports(parser.parse_args().rounds), show_calls()
    for target, missed in (
        (f"import at most {TARGET} of the naive stack", slow_to_import),
        (f"a call at most {CALL_TARGET_MS:.0f} ms of the function's own time", slow_to_answer),
    ):
        print(f"target (API functions): {target}; " + (f"missed: {missed}" if missed else "met"))
    return 1 if slow_to_import or slow_to_answer else 0


if __name__ == "__main__":
    raise SystemExit(main())
