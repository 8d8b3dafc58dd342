"""What a bucket is told to do: CORS, notifications and lifecycle, in the shape of `AWS::S3::Bucket` properties."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from typing import Any, Self

Properties = Mapping[str, Any]


@dataclass(frozen=True)
class CorsRule:
    origins: tuple[str, ...]
    methods: tuple[str, ...]
    headers: tuple[str, ...]
    exposed_headers: tuple[str, ...]
    max_age_seconds: int | None

    @classmethod
    def from_properties(cls, rule: Properties) -> Self:
        max_age = rule.get("MaxAge")
        return cls(
            origins=tuple(rule.get("AllowedOrigins", ())),
            methods=tuple(rule.get("AllowedMethods", ())),
            headers=tuple(rule.get("AllowedHeaders", ())),
            exposed_headers=tuple(rule.get("ExposedHeaders", ())),
            max_age_seconds=None if max_age is None else int(max_age),
        )

    def allows(self, origin: str, method: str, headers: Iterable[str] = ()) -> bool:
        return (
            method in self.methods
            and any(_matches(pattern, origin) for pattern in self.origins)
            and all(any(_matches(p.lower(), name.lower()) for p in self.headers) for name in headers)
        )


def _matches(pattern: str, value: str) -> bool:
    """One `*` stands for anything; nothing else is special."""
    head, star, tail = pattern.partition("*")
    if not star:
        return pattern == value
    return len(value) >= len(head) + len(tail) and value.startswith(head) and value.endswith(tail)


@dataclass(frozen=True)
class QueueRule:
    """Events like `s3:ObjectCreated:*` of keys with this prefix and suffix go to this queue."""

    queue_arn: str
    event: str
    prefix: str
    suffix: str
    rule_id: str

    @classmethod
    def from_properties(cls, rule: Properties, number: int) -> Self:
        filters = {
            str(item["Name"]).lower(): str(item["Value"])
            for item in rule.get("Filter", {}).get("S3Key", {}).get("Rules", ())
        }
        return cls(
            queue_arn=rule["Queue"],
            event=rule["Event"],
            prefix=filters.get("prefix", ""),
            suffix=filters.get("suffix", ""),
            rule_id=str(rule.get("Id") or f"queue-{number}"),
        )

    def wants(self, event_name: str, key: str) -> bool:
        """`event_name` without its `s3:`, e.g. `ObjectCreated:Put`."""
        return (
            fnmatchcase(event_name, self.event.removeprefix("s3:"))
            and key.startswith(self.prefix)
            and key.endswith(self.suffix)
        )


@dataclass(frozen=True)
class LifecycleRule:
    prefix: str
    expiration_days: int | None
    abort_multipart_days: int | None

    @classmethod
    def from_properties(cls, rule: Properties) -> Self:
        expiration = rule.get("ExpirationInDays", rule.get("Expiration", {}).get("Days"))
        abort = rule.get("AbortIncompleteMultipartUpload", {}).get("DaysAfterInitiation")
        return cls(
            prefix=rule.get("Prefix") or rule.get("Filter", {}).get("Prefix") or "",
            expiration_days=None if expiration is None else int(expiration),
            abort_multipart_days=None if abort is None else int(abort),
        )


@dataclass(frozen=True)
class BucketConfiguration:
    cors: tuple[CorsRule, ...] = ()
    queues: tuple[QueueRule, ...] = ()
    lifecycle: tuple[LifecycleRule, ...] = ()
    properties: str = field(default="{}", repr=False)

    @classmethod
    def from_properties(
        cls,
        cors: Properties | None = None,
        notifications: Properties | None = None,
        lifecycle: Properties | None = None,
    ) -> Self:
        """CorsConfiguration, NotificationConfiguration and LifecycleConfiguration, intrinsics resolved."""
        queue_rules = (notifications or {}).get("QueueConfigurations", ())
        rules = (lifecycle or {}).get("Rules", ())
        given = {"cors": cors, "notifications": notifications, "lifecycle": lifecycle}
        return cls(
            cors=tuple(CorsRule.from_properties(rule) for rule in (cors or {}).get("CorsRules", ())),
            queues=tuple(QueueRule.from_properties(rule, number) for number, rule in enumerate(queue_rules)),
            lifecycle=tuple(LifecycleRule.from_properties(r) for r in rules if r.get("Status") == "Enabled"),
            properties=json.dumps(given),
        )

    @classmethod
    def from_json(cls, text: str) -> Self:
        return cls.from_properties(**json.loads(text))
