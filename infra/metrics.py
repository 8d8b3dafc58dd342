"""Metrics as alarms and dashboards name them: ours by the catalogue of the layer, AWS' own by their dimensions."""

from __future__ import annotations

from collections.abc import Mapping

from aws_cdk import Duration
from aws_cdk import aws_cloudwatch as cloudwatch
from marquee.domain.measures import ENVIRONMENT, NAMESPACE, Measure

from infra.environments import Environment
from infra.watched import Watched

FIVE_MINUTES = Duration.minutes(5)


def measured(
    measure: Measure,
    environment: Environment,
    statistic: str,
    *,
    period: Duration = FIVE_MINUTES,
    label: str | None = None,
    **by: str,
) -> cloudwatch.Metric:
    """One of ours; without a `label` CloudWatch finds one. `by`: a value for each dimension that it is told by.
    Raises ValueError for others."""
    unknown = {name: value for name, value in by.items() if value not in measure.by.get(name, ())}
    if unknown or by.keys() != measure.by.keys():
        raise ValueError(f"{measure.name} is told by {dict(measure.by)}, not {by}")
    return cloudwatch.Metric(
        namespace=NAMESPACE,
        metric_name=measure.name,
        dimensions_map={ENVIRONMENT: environment.name, **by},
        statistic=statistic,
        period=period,
        label=label,
    )


def of_aws(
    namespace: str,
    name: str,
    statistic: str,
    dimensions: Mapping[str, str],
    *,
    period: Duration = FIVE_MINUTES,
    label: str | None = None,
    region: str | None = None,
) -> cloudwatch.Metric:
    """One that AWS tells: `SQS` stands for the namespace `AWS/SQS`."""
    return cloudwatch.Metric(
        namespace=f"AWS/{namespace}",
        metric_name=name,
        dimensions_map=dict(dimensions),
        statistic=statistic,
        period=period,
        label=label,
        region=region,
    )


def of_api(watched: Watched, name: str, statistic: str, label: str | None = None) -> cloudwatch.Metric:
    return of_aws("ApiGateway", name, statistic, {"ApiId": watched.api_id}, label=label)


def of_edge(watched: Watched, name: str, statistic: str, label: str | None = None) -> cloudwatch.Metric:
    """CloudFront tells all it knows in one region."""
    where = {"DistributionId": watched.distribution_id, "Region": "Global"}
    return of_aws("CloudFront", name, statistic, where, label=label, region="us-east-1")


def of_database(cluster: str, name: str, statistic: str) -> cloudwatch.Metric:
    return of_aws("DocDB", name, statistic, {"DBClusterIdentifier": cluster})


def of_cache(watched: Watched, name: str, statistic: str) -> cloudwatch.Metric:
    # of serverless caches; other caches' dimension is called otherwise
    return of_aws("ElastiCache", name, statistic, {"clusterId": watched.cache})


def together(
    expression: str, label: str, period: Duration = FIVE_MINUTES, **metrics: cloudwatch.IMetric
) -> cloudwatch.MathExpression:
    """Metric math over `metrics` by the names that `expression` has for them."""
    return cloudwatch.MathExpression(expression=expression, using_metrics=metrics, label=label, period=period)


def share(
    part: cloudwatch.IMetric, rest: cloudwatch.IMetric, label: str, *, at_least: int, period: Duration
) -> cloudwatch.MathExpression:
    """`part` of both in percent; 0 where both together are fewer than `at_least`: one of two is no rate."""
    whole = "SUM([part, rest])"  # of what there is: `+` gives nothing where one of both is not told
    return together(f"IF({whole} >= {at_least}, 100 * part / {whole}, 0)", label, period, part=part, rest=rest)


def every_function(environment: Environment, name: str, statistic: str) -> cloudwatch.MathExpression:
    """A Lambda metric of each function of the environment, found by name: for dashboards only. So a new function
    is on them by itself, and none is tied to them by a reference that would keep it from being removed."""
    words = f'{{AWS/Lambda,FunctionName}} MetricName="{name}" Marquee {environment.name}'
    return cloudwatch.MathExpression(
        expression=f"SEARCH('{words}', '{statistic}', 300)", using_metrics={}, label="", period=FIVE_MINUTES
    )
