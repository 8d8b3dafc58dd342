"""The call that an execution goes back to, which its orders carry on for their log."""

from __future__ import annotations

from aws_cdk import aws_stepfunctions as sfn
from constructs import Construct


def known_cause(scope: Construct, *, then: sfn.IChainable) -> sfn.IChainable:
    """Goes on to `then` with `$.caused_by` in any case: an execution that a person started, or a release that knew
    of none, is no worse for it."""
    unknown = sfn.Pass(scope, "CauseUnknown", result=sfn.Result.from_object({}), result_path="$.caused_by")
    unknown.next(then)
    known = sfn.Choice(scope, "IsCauseKnown")
    return known.when(sfn.Condition.is_present("$.caused_by"), then).otherwise(unknown)
