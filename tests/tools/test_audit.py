"""Silence is not taken for an answer, and what is found is said."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import date
from pathlib import Path

from tools.audit import CLEAN, NOT_ASKED, VULNERABLE, Exemption, audit, judge, read_exceptions, run_tool

TODAY = date(2026, 11, 21)
FINE = {"dependencies": [{"name": "pymongo", "version": "4.20.0", "vulns": []}], "fixes": []}
HOLE = {
    "dependencies": [
        {"name": "urllib3", "version": "1.0", "vulns": [{"id": "PYSEC-2021-108", "fix_versions": ["1.26.5"]}]},
        *FINE["dependencies"],
    ]
}
# as pip-audit 2.10 answers with exit code 0 where PyPI has no such page
SKIPPED = {
    "dependencies": [{"name": "pymongo", "skip_reason": "Dependency not found on PyPI and could not be audited"}]
}
NPM_FINE = {"auditReportVersion": 2, "vulnerabilities": {}}
ADVISORY = {"name": "vite", "range": "<8.0.1", "url": "https://github.com/advisories/GHSA-aaaa-bbbb-cccc"}
NPM_HOLE = {
    "auditReportVersion": 2,
    "vulnerabilities": {"vite": {"via": [ADVISORY]}, "plugin": {"via": ["vite"]}},
}
NPM_REFUSED = {"message": "405 Method Not Allowed - POST …/-/npm/v1/security/advisories/bulk", "method": "POST"}


def judged(pip: object, npm: object, *exceptions: Exemption) -> tuple[int, list[str]]:
    """With both tools saying this."""

    def run(command: Sequence[str], folder: Path) -> str:
        said = pip if command[0] == "pip-audit" else npm
        return said if isinstance(said, str) else json.dumps(said)

    return judge(audit(run), exceptions, TODAY)


def test_when_all_have_been_asked_and_nothing_is_known_it_is_clean() -> None:
    assert judged(FINE, NPM_FINE)[0] == CLEAN


def test_what_is_vulnerable_is_named() -> None:
    code, lines = judged(HOLE, NPM_HOLE)
    assert code == VULNERABLE
    assert lines == ["GHSA-aaaa-bbbb-cccc in vite <8.0.1", "PYSEC-2021-108 in urllib3 1.0"]


def test_a_registry_that_knows_nothing_of_a_package_has_not_been_asked() -> None:
    code, lines = judged(SKIPPED, NPM_FINE)
    assert code == NOT_ASKED
    assert lines == ["NOT ASKED: PyPI did not say anything about 1 of 1 packages"]


def test_a_registry_that_refuses_or_says_nothing_has_not_been_asked() -> None:
    assert judged(FINE, NPM_REFUSED)[0] == NOT_ASKED
    assert judged("", NPM_FINE)[0] == NOT_ASKED
    assert judged(FINE, "<html>")[0] == NOT_ASKED
    assert judged({"dependencies": []}, NPM_FINE)[0] == NOT_ASKED


def test_a_tool_that_is_not_there_has_asked_nobody(tmp_path: Path) -> None:
    assert run_tool(("no-such-tool", "audit"), tmp_path) == ""


def test_what_is_known_is_worse_than_what_is_not() -> None:
    code, lines = judged(HOLE, NPM_REFUSED)
    assert code == VULNERABLE
    assert any(line.startswith("NOT ASKED: web/package-lock.json") for line in lines)


def test_an_exception_holds_until_its_day_and_is_said() -> None:
    until = Exemption("PYSEC-2021-108", "We never call it.", TODAY)
    code, lines = judged(HOLE, NPM_FINE, until)
    assert code == CLEAN
    assert lines == ["excused until 2026-11-21: PYSEC-2021-108 in urllib3 1.0 (We never call it.)"]
    assert judged(HOLE, NPM_FINE, Exemption("PYSEC-2021-108", "We never call it.", date(2026, 11, 20)))[0] == VULNERABLE


def test_exceptions_are_read_with_their_day() -> None:
    (only,) = read_exceptions('[[exception]]\nid = "GHSA-a"\nreason = "never"\nuntil = 2027-01-31\n')
    assert only == Exemption("GHSA-a", "never", date(2027, 1, 31))
