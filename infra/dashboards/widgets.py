"""Parts of dashboards: three in a row, all of one height."""

from __future__ import annotations

from collections.abc import Sequence

from aws_cdk import aws_cloudwatch as cloudwatch

WIDTH, HEIGHT = 8, 6  # of 24 columns
Row = list[cloudwatch.IWidget]


def graph(
    title: str, *metrics: cloudwatch.IMetric, unit: str, right: Sequence[cloudwatch.IMetric] = ()
) -> cloudwatch.GraphWidget:
    """Lines over time; `unit` stands at the left axis, `right` has an axis of its own."""
    return cloudwatch.GraphWidget(
        title=title,
        left=list(metrics),
        right=list(right),
        width=WIDTH,
        height=HEIGHT,
        left_y_axis=cloudwatch.YAxisProps(label=unit, min=0, show_units=False),
        right_y_axis=cloudwatch.YAxisProps(min=0) if right else None,
    )


def number(title: str, *metrics: cloudwatch.IMetric) -> cloudwatch.SingleValueWidget:
    """What came together over the whole time that is shown."""
    return cloudwatch.SingleValueWidget(
        title=title, metrics=list(metrics), width=WIDTH, height=HEIGHT, set_period_to_time_range=True
    )
