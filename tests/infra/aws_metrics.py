"""Metrics that AWS tells of the services we use: namespace, name, and the dimensions that name one thing.

From the services' own pages ("Monitoring … with CloudWatch"), read in November 2026. Only what is written here may
be on a dashboard or under an alarm: a name that AWS does not know shows nothing and never rings.
"""

from __future__ import annotations

_API = ("ApiId",)
_EDGE = ("DistributionId", "Region")
_DATABASE = ("DBClusterIdentifier",)
_CACHE = ("clusterId",)
_MACHINE = ("StateMachineArn",)
_QUEUE = ("QueueName",)
# without a dimension: of all functions of the account together; of a function's alias by both
_FUNCTION: tuple[tuple[str, ...], ...] = ((), ("FunctionName",), ("FunctionName", "Resource"))

AWS_METRICS: dict[tuple[str, str], tuple[tuple[str, ...], ...]] = {
    **{("AWS/ApiGateway", name): (_API,) for name in ("Count", "4xx", "5xx", "Latency", "IntegrationLatency")},
    **{
        ("AWS/CloudFront", name): (_EDGE,)
        for name in ("Requests", "BytesDownloaded", "4xxErrorRate", "5xxErrorRate", "TotalErrorRate")
    },
    **{
        ("AWS/DocDB", name): (_DATABASE,)
        for name in ("CPUUtilization", "DatabaseConnections", "DCUUtilization", "FreeableMemory", "VolumeBytesUsed")
    },
    **{
        ("AWS/ElastiCache", name): (_CACHE,)
        for name in ("BytesUsedForCache", "ElastiCacheProcessingUnits", "ThrottledCmds", "CurrConnections")
    },
    **{
        ("AWS/Lambda", name): _FUNCTION
        for name in ("Throttles", "ConcurrentExecutions", "Duration", "Errors", "Invocations")
    },
    ("AWS/S3", "BucketSizeBytes"): (("BucketName", "StorageType"),),
    **{
        ("AWS/SQS", name): (_QUEUE,) for name in ("ApproximateNumberOfMessagesVisible", "ApproximateAgeOfOldestMessage")
    },
    **{
        ("AWS/States", name): (_MACHINE,)
        for name in ("ExecutionsStarted", "ExecutionsFailed", "ExecutionsTimedOut", "ExecutionsSucceeded")
    },
}
# Of each function, by a search for its name.
FUNCTION_METRICS = frozenset({"Errors", "Throttles", "Duration", "ConcurrentExecutions", "Invocations"})
