"""Firewalls: what AWS knows to be hostile, and floods from one address."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from aws_cdk import aws_wafv2 as wafv2
from constructs import Construct

FirewallMode = Literal["count", "block"]

RATE_WINDOW_SECONDS = 300
# Above the most that the API's own quotas let an honest sender of films do in as long a time.
FLOOD_REQUESTS = 40_000
# Where tokens are asked for and tried.
GUESSING_REQUESTS = 300
_SIGN_IN_PATHS = "^/api/v1/(identity|me)(/|$)"

_COUNT = wafv2.CfnWebACL.RuleActionProperty(count={})
_BLOCK = wafv2.CfnWebACL.RuleActionProperty(block={})


class WebAcl(Construct):
    """Lets through what no rule stops. A rule that only counts says what it would stop."""

    arn: str

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        description: str,
        reach: Literal["CLOUDFRONT", "REGIONAL"],
        rules: Sequence[wafv2.CfnWebACL.RuleProperty],
    ) -> None:
        super().__init__(scope, construct_id)
        acl = wafv2.CfnWebACL(
            self,
            "Acl",
            scope=reach,
            description=description,
            default_action=wafv2.CfnWebACL.DefaultActionProperty(allow={}),
            visibility_config=_visible("WebAcl"),
            rules=rules,
        )
        self.arn = acl.attr_arn


class DistributionAcl(WebAcl):
    """Before a distribution, hence only in us-east-1."""

    def __init__(self, scope: Construct, construct_id: str, *, description: str, mode: FirewallMode) -> None:
        super().__init__(
            scope,
            construct_id,
            description=description,
            reach="CLOUDFRONT",
            rules=[
                _rate("Flood", 0, mode, FLOOD_REQUESTS),
                _rate("Guessing", 1, mode, GUESSING_REQUESTS, _path_matches(_SIGN_IN_PATHS)),
                _managed("AmazonIpReputationList", 2, mode),
                # Bodies of `complete` list up to 10,000 parts: the API itself bounds them.
                _managed("CommonRuleSet", 3, mode, counting=("SizeRestrictions_BODY",)),
                _managed("KnownBadInputsRuleSet", 4, mode),
            ],
        )


class SignInAcl(WebAcl):
    """Before a user pool: passwords are tried there, past the distribution and all that stands behind it."""

    def __init__(
        self, scope: Construct, construct_id: str, *, description: str, mode: FirewallMode, user_pool_arn: str
    ) -> None:
        super().__init__(
            scope,
            construct_id,
            description=description,
            reach="REGIONAL",
            rules=[_rate("Guessing", 0, mode, GUESSING_REQUESTS), _managed("AmazonIpReputationList", 1, mode)],
        )
        wafv2.CfnWebACLAssociation(self, "Pool", resource_arn=user_pool_arn, web_acl_arn=self.arn)


def _rate(
    name: str,
    priority: int,
    mode: FirewallMode,
    limit: int,
    where: wafv2.CfnWebACL.StatementProperty | None = None,
) -> wafv2.CfnWebACL.RuleProperty:
    """At most `limit` requests of one address in the window."""
    return wafv2.CfnWebACL.RuleProperty(
        name=name,
        priority=priority,
        action=_BLOCK if mode == "block" else _COUNT,
        visibility_config=_visible(name),
        statement=wafv2.CfnWebACL.StatementProperty(
            rate_based_statement=wafv2.CfnWebACL.RateBasedStatementProperty(
                aggregate_key_type="IP",
                limit=limit,
                evaluation_window_sec=RATE_WINDOW_SECONDS,
                scope_down_statement=where,
            )
        ),
    )


def _managed(
    name: str, priority: int, mode: FirewallMode, *, counting: Sequence[str] = ()
) -> wafv2.CfnWebACL.RuleProperty:
    """A group that AWS keeps; rules in `counting` stop nothing."""
    override = wafv2.CfnWebACL.OverrideActionProperty
    overridden = [wafv2.CfnWebACL.RuleActionOverrideProperty(name=rule, action_to_use=_COUNT) for rule in counting]
    return wafv2.CfnWebACL.RuleProperty(
        name=name,
        priority=priority,
        override_action=override(none={}) if mode == "block" else override(count={}),
        visibility_config=_visible(name),
        statement=wafv2.CfnWebACL.StatementProperty(
            managed_rule_group_statement=wafv2.CfnWebACL.ManagedRuleGroupStatementProperty(
                vendor_name="AWS", name=f"AWSManagedRules{name}", rule_action_overrides=overridden or None
            )
        ),
    )


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
