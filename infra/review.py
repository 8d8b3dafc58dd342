"""Each synthesis is reviewed by cdk-nag: a finding that nobody has explained where it is found stops it."""

from __future__ import annotations

import re
from functools import cache

import jsii
from aws_cdk import (
    Acknowledgment,
    App,
    IPolicyValidationContext,
    IPolicyValidationPlugin,
    PolicyValidationPluginReport,
    PolicyViolation,
    Validations,
)
from cdk_nag import AwsSolutionsChecks, NagPack, ServerlessChecks
from constructs import IConstruct

from infra.constructs.findings import ACCEPTED, ANY

Explanation = tuple[re.Pattern[str], str]


def review(app: App) -> None:
    """Have the app reviewed when it is synthesized."""
    for pack in (AwsSolutionsChecks(app), ServerlessChecks(app)):
        Validations.of(app).add_plugins(ExplainedPack(app, pack))


@jsii.implements(IPolicyValidationPlugin)
class ExplainedPack:
    """A pack whose findings may be accepted by patterns (`infra.constructs.findings.accept`).

    The CDK knows acknowledgments of exact findings only, and many names in them are made after the constructs
    are: so what a pattern fits is acknowledged here, between the pack's report and the CDK's reading of it.
    """

    def __init__(self, app: App, pack: NagPack) -> None:
        self._app = app
        self._pack = pack
        self.accepted_at = cache(self._accepted_at)

    @property
    def name(self) -> str:
        return self._pack.name

    @property
    def version(self) -> str | None:
        return self._pack.version

    @property
    def rule_ids(self) -> list[str] | None:
        return self._pack.rule_ids

    def validate(self, context: IPolicyValidationContext) -> PolicyValidationPluginReport:
        report = self._pack.validate(context)
        for violation in report.violations:
            for resource in violation.violating_resources:
                self._explain(violation, resource.construct_path or "")
        return report

    def _explain(self, violation: PolicyViolation, path: str) -> None:
        names = path.split("/")
        for depth in range(len(names), 0, -1):
            for rule, reason in self.accepted_at("/".join(names[:depth])):
                if rule.fullmatch(violation.rule_name):
                    found = Acknowledgment(id=f"{self.name}::{violation.rule_name}", reason=reason)
                    Validations.of(self._find(path)).acknowledge(found)
                    return

    def _accepted_at(self, path: str) -> list[Explanation]:
        metadata = [entry.data for entry in self._find(path).node.metadata if entry.type == ACCEPTED]
        return [(_pattern(data["rule"]), data["reason"]) for data in metadata]

    def _find(self, path: str) -> IConstruct:
        found: IConstruct = self._app
        for name in path.split("/"):
            found = found.node.find_child(name)
        return found


def _pattern(rule: str) -> re.Pattern[str]:
    return re.compile(".*".join(re.escape(part) for part in rule.split(ANY)), re.DOTALL)
