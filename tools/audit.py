"""Asks PyPI and npm whether anything that is locked is known to be vulnerable: `make audit`.

Exit code 0: asked about everything, nothing found · 1: something is vulnerable · 2: somebody could not be asked, which
is no answer. pip-audit says "no known vulnerabilities" of packages that it could not ask about: here that is 2.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tomllib
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from tools.sbom import DEFAULT, NPM_LOCKS, PYTHON_LOCK, ROOT, bill_of_materials

EXCEPTIONS = ROOT / "tools" / "audit_exceptions.toml"
LONGEST_SECONDS = 600
CLEAN, VULNERABLE, NOT_ASKED = 0, 1, 2

Run = Callable[[Sequence[str], Path], str]


@dataclass
class Answer:
    """`vulnerable`: `{id} in {package} {version}`, by id. `unasked`: why there is none, or not about everything."""

    vulnerable: dict[str, str] = field(default_factory=dict)
    unasked: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Exemption:
    """A vulnerability that does not reach us, and the day on which that is looked at again."""

    id: str
    reason: str
    until: date


def read_pip_audit(text: str) -> Answer:
    """What `pip-audit --format json` says."""
    try:
        dependencies: list[dict[str, Any]] = json.loads(text)["dependencies"]
    except (ValueError, KeyError):
        return Answer(unasked=["pip-audit gave no answer"])
    answer = Answer()
    skipped = [d["name"] for d in dependencies if "skip_reason" in d]
    if skipped or not dependencies:
        answer.unasked.append(f"PyPI did not say anything about {len(skipped)} of {len(dependencies)} packages")
    for dependency in dependencies:
        for found in dependency.get("vulns", []):
            answer.vulnerable[found["id"]] = f"{found['id']} in {dependency['name']} {dependency['version']}"
    return answer


def read_npm_audit(text: str) -> Answer:
    """What `npm audit --json` says."""
    try:
        report: dict[str, Any] = json.loads(text)
    except ValueError:
        report = {}
    if "auditReportVersion" not in report:
        return Answer(unasked=[f"npm was not answered: {report.get('message', 'no report')}"])
    advisories = [
        via
        for package in report["vulnerabilities"].values()
        for via in package["via"]
        if isinstance(via, dict)  # a text only names another package of the report
    ]
    names = [(str(a["url"]).rpartition("/")[2], a["name"], a["range"]) for a in advisories]
    return Answer(vulnerable={found: f"{found} in {package} {versions}" for found, package, versions in names})


def audit(run: Run, root: Path = ROOT) -> Answer:
    """Everything that is locked."""
    pip_audit = ("--no-deps", "--disable-pip", "--format", "json", "--progress-spinner", "off")
    whole = read_pip_audit(run(("pip-audit", "--requirement", PYTHON_LOCK, *pip_audit), root))
    for lock in NPM_LOCKS:
        found = read_npm_audit(run(("npm", "audit", "--json", "--package-lock-only"), (root / lock).parent))
        whole.vulnerable |= found.vulnerable
        whole.unasked += [f"{lock}: {reason}" for reason in found.unasked]
    return whole


def read_exceptions(text: str) -> tuple[Exemption, ...]:
    return tuple(Exemption(**entry) for entry in tomllib.loads(text).get("exception", []))


def judge(answer: Answer, exceptions: Iterable[Exemption], today: date) -> tuple[int, list[str]]:
    """The exit code, and what is to be said."""
    excused = {exemption.id: exemption for exemption in exceptions if today <= exemption.until}
    lines = [line for found, line in sorted(answer.vulnerable.items()) if found not in excused]
    code = VULNERABLE if lines else NOT_ASKED if answer.unasked else CLEAN
    lines += [f"NOT ASKED: {reason}" for reason in answer.unasked]
    lines += [
        f"excused until {e.until}: {answer.vulnerable[e.id]} ({e.reason})"
        for e in excused.values()
        if e.id in answer.vulnerable
    ]
    return code, lines or ["Nothing that is locked is known to be vulnerable."]


def run_tool(command: Sequence[str], folder: Path) -> str:
    """What a tool prints; its exit code says less than that. Nothing, when it is not there or does not end."""
    try:
        done = subprocess.run(
            list(command), cwd=folder, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=LONGEST_SECONDS
        )
    except (FileNotFoundError, subprocess.TimeoutExpired) as error:
        sys.stderr.write(f"ERROR: {error}\n")
        return ""
    sys.stderr.write("".join(f"{line}\n" for line in done.stderr.splitlines() if "ERROR" in line))
    return done.stdout


def main() -> int:
    DEFAULT.parent.mkdir(parents=True, exist_ok=True)
    DEFAULT.write_text(json.dumps(bill_of_materials(), indent=1) + "\n")
    code, lines = judge(audit(run_tool), read_exceptions(EXCEPTIONS.read_text()), date.today())
    print("\n".join([*lines, f"What Marquee is made of: {DEFAULT.relative_to(ROOT)}"]))
    return code


if __name__ == "__main__":
    sys.exit(main())
