"""The firewall in front of the distribution: what AWS knows to be hostile, and floods from one address."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from aws_cdk import aws_wafv2 as wafv2
from constructs import Construct

FirewallMode = Literal["count", "block"]

RATE_WINDOW_SECONDS = 300
# Above the most that the API's own quotas let an honest sender of films do in as long a time.
FLOOD_REQUESTS = 40_000
# Addresses where tokens are asked for and tried.
GUESSING_REQUESTS = 300
_SIGN_IN_PATHS = "^/api/v1/(identity|me)(/|$)"

# Managed groups by the part of their name that tells them apart, with rules that only count. Bodies of
# `complete` list up to 10,000 parts: the API itself bounds them.
_MANAGED: Mapping[str, tuple[str, ...]] = {
    "AmazonIpReputationList": (),
    "CommonRuleSet": ("SizeRestrictions_BODY",),
    "KnownBadInputsRuleSet": (),
}


class WebAcl(Construct):
    """For a distribution, hence only in us-east-1. `count` lets everything through and says what it would stop."""

    arn: str

    def __init__(self, scope: Construct, construct_id: str, *, description: str, mode: FirewallMode) -> None:
        super().__init__(scope, construct_id)
        self._mode = mode
        rules = [
            self._rate("Flood", 0, FLOOD_REQUESTS),
            self._rate("Guessing", 1, GUESSING_REQUESTS, _path_matches(_SIGN_IN_PATHS)),
            *(self._managed(n + 2, name, counting) for n, (name, counting) in enumerate(_MANAGED.items())),
        ]
        acl = wafv2.CfnWebACL(
            self,
            "Acl",
            scope="CLOUDFRONT",
            description=description,
            default_action=wafv2.CfnWebACL.DefaultActionProperty(allow={}),
            visibility_config=_visible("WebAcl"),
            rules=rules,
        )
        self.arn = acl.attr_arn

    def _rate(
        self, name: str, priority: int, limit: int, statement: wafv2.CfnWebACL.StatementProperty | None = None
    ) -> wafv2.CfnWebACL.RuleProperty:
        """At most `limit` requests of one address in the window."""
        return wafv2.CfnWebACL.RuleProperty(
            name=name,
            priority=priority,
            action=wafv2.CfnWebACL.RuleActionProperty(block={}) if self._mode == "block" else _COUNT,
            visibility_config=_visible(name),
            statement=wafv2.CfnWebACL.StatementProperty(
                rate_based_statement=wafv2.CfnWebACL.RateBasedStatementProperty(
                    aggregate_key_type="IP",
                    limit=limit,
                    evaluation_window_sec=RATE_WINDOW_SECONDS,
                    scope_down_statement=statement,
                )
            ),
        )

    def _managed(self, priority: int, name: str, counting: tuple[str, ...]) -> wafv2.CfnWebACL.RuleProperty:
        override = wafv2.CfnWebACL.OverrideActionProperty
        return wafv2.CfnWebACL.RuleProperty(
            name=name,
            priority=priority,
            override_action=override(none={}) if self._mode == "block" else override(count={}),
            visibility_config=_visible(name),
            statement=wafv2.CfnWebACL.StatementProperty(
                managed_rule_group_statement=wafv2.CfnWebACL.ManagedRuleGroupStatementProperty(
                    vendor_name="AWS",
                    name=f"AWSManagedRules{name}",
                    rule_action_overrides=[
                        wafv2.CfnWebACL.RuleActionOverrideProperty(name=rule, action_to_use=_COUNT) for rule in counting
                    ]
                    or None,
                )
            ),
        )


_COUNT = wafv2.CfnWebACL.RuleActionProperty(count={})


def _path_matches(pattern: str) -> wafv2.CfnWebACL.StatementProperty:
    return wafv2.CfnWebACL.StatementProperty(
        regex_match_statement=wafv2.CfnWebACL.RegexMatchStatementProperty(
            field_to_match=wafv2.CfnWebACL.FieldToMatchProperty(uri_path={}),
            regex_string=pattern,
            text_transformations=[wafv2.CfnWebACL.TextTransformationProperty(priority=0, type="URL_DECODE")],
        )
    )


def _visible(name: str) -> wafv2.CfnWebACL.VisibilityConfigProperty:
    return wafv2.CfnWebACL.VisibilityConfigProperty(
        cloud_watch_metrics_enabled=True, metric_name=name, sampled_requests_enabled=True
    )
