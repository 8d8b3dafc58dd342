"""What one minute of film costs until it can be watched, and what it costs to keep it for a month."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from cli.costs.assembly import Assembly, Properties
from cli.costs.lines import Line
from cli.costs.prices import Assumptions, Prices

MIB_A_VCPU = 1769  # of a Lambda function
OURS = "captions and analysis by workers of ours"
AMAZONS = frozenset({"Transcribe", "Rekognition", "Bedrock"})
MEGABITS_A_GB = 8000


@dataclass(frozen=True)
class Workers:
    """Sizes of the encoders, as the templates say them."""

    task_vcpus: float
    task_gib: float
    function_mib: float
    captions: str
    analysis: str

    @classmethod
    def of(cls, assembly: Assembly) -> Workers:
        task = _task(assembly, "encode")
        function = _function(assembly, "encode")
        return cls(
            task_vcpus=float(task["Cpu"]) / 1024,
            task_gib=float(task["Memory"]) / 1024,
            function_mib=float(function["MemorySize"]),
            captions=assembly.variable("CAPTIONS_PROVIDER") or "off",
            analysis=assembly.variable("ANALYSIS_PROVIDER") or "off",
        )


def film_minute_lines(workers: Workers, prices: Prices, assumed: Assumptions, minutes: float) -> list[Line]:
    """Of each minute of a film of `minutes`, once."""
    return [
        *_encoding(workers, prices, assumed, minutes),
        *_steps(prices, assumed, minutes),
        *_storing(prices, assumed),
        *_enriching(workers, prices, assumed, minutes),
    ]


def kept_minute_lines(prices: Prices, assumed: Assumptions) -> list[Line]:
    """Of each minute of film in the library, every month: what is watched, and what it was made of."""
    made = published_gb(assumed)
    source = assumed["source_mbit"] * 60 / MEGABITS_A_GB
    return [
        Line("S3", "film, kept for a month", made, "GB", prices.of("s3", "standard_gb_month")),
        Line("S3", "source, archived, for a month", source, "GB", prices.of("s3", "archive_gb_month")),
    ]


def is_enriching(line: Line) -> bool:
    """Whether it is for captions or the analysis, and not for the film."""
    return line.service in AMAZONS or line.what == OURS


def published_gb(assumed: Assumptions) -> float:
    """GB of a minute in all its renditions."""
    mbit = sum(assumed.ladder_mbit) * assumed["rate_of_cap"] + assumed["audio_mbit"]
    return mbit * 60 / MEGABITS_A_GB


def _encoding(workers: Workers, prices: Prices, assumed: Assumptions, minutes: float) -> Iterator[Line]:
    head = min(1.0, assumed["head_seconds"] / 60 / minutes)
    seconds = assumed["encode_vcpu_seconds"] * head / (workers.function_mib / MIB_A_VCPU)
    gib_seconds = seconds * workers.function_mib / 1024
    yield Line("Lambda", "encoding the head", gib_seconds, "GiB s", prices.of("lambda", "gib_second"))
    shards = (1 - head) * 60 / assumed["shard_seconds"]
    work = assumed["encode_vcpu_seconds"] * assumed["shard_seconds"] / 60 / workers.task_vcpus
    paid = max(assumed["task_start_seconds"] + work, prices.of("fargate", "least_seconds"))
    hours = shards * paid / 3600
    share = prices.of("fargate", "spot_share")
    vcpus, gib = hours * workers.task_vcpus, hours * workers.task_gib
    yield Line("Fargate", "encoding on Spot, processors", vcpus, "vCPU h", prices.of("fargate", "vcpu_hour") * share)
    yield Line("Fargate", "encoding on Spot, memory", gib, "GiB h", prices.of("fargate", "gib_hour") * share)


def _steps(prices: Prices, assumed: Assumptions, minutes: float) -> Iterator[Line]:
    shards = 60 / assumed["shard_seconds"]
    transitions = shards * assumed["transitions_a_shard"] + assumed["transitions_a_film"] / minutes
    price = prices.of("stepfunctions", "million_transitions") / 1e6
    yield Line("Step Functions", "transitions", transitions, "transitions", price)
    seconds = assumed["steps_gib_seconds_a_film"] / minutes
    yield Line("Lambda", "steps beside the encoding", seconds, "GiB s", prices.of("lambda", "gib_second"))


def _storing(prices: Prices, assumed: Assumptions) -> Iterator[Line]:
    """Every segment is put once, and is read by who checks the film."""
    renditions = len(assumed.ladder_mbit) + 1
    thousands = renditions * 60 / assumed["segment_seconds"] / 1000
    yield Line("S3", "writing segments", thousands, "thousand", prices.of("s3", "thousand_puts"))
    yield Line("S3", "reading segments", thousands, "thousand", prices.of("s3", "thousand_gets"))
    source = assumed["source_mbit"] * 60 / MEGABITS_A_GB
    # put in parts of 16 MB, read by each shard
    yield Line("S3", "writing the source", source / 0.016 / 1000, "thousand", prices.of("s3", "thousand_puts"))


def _enriching(workers: Workers, prices: Prices, assumed: Assumptions, minutes: float) -> Iterator[Line]:
    """Who listens and looks, as the environment chose."""
    ours = [kind for kind in (workers.captions, workers.analysis) if kind in {"sphinx", "local"}]
    if ours:
        seconds = assumed["listener_vcpu_seconds"] * MIB_A_VCPU / 1024
        price = prices.of("lambda", "gib_second")
        yield Line("Lambda", OURS, seconds, "GiB s", price)
    if workers.captions == "transcribe":
        yield Line("Transcribe", "captions", 1, "minutes", prices.of("transcribe", "minute"))
    if workers.analysis == "amazon":
        pictures = min(assumed["pictures_looked_at"], minutes * 6) * 2 / minutes
        yield Line("Rekognition", "pictures", pictures, "pictures", prices.of("rekognition", "picture"))
        for way in ("in", "out"):
            tokens = assumed[f"language_tokens_{way}"] / minutes / 1e6
            yield Line("Bedrock", f"tokens {way}", tokens, "million", prices.of("bedrock", f"million_tokens_{way}"))


def _task(assembly: Assembly, service: str) -> Properties:
    for task in assembly.of("AWS::ECS::TaskDefinition"):
        (container,) = task.properties["ContainerDefinitions"]
        if {"Name": "POWERTOOLS_SERVICE_NAME", "Value": service} in container["Environment"]:
            return task.properties
    raise LookupError(f"no task of {service}")


def _function(assembly: Assembly, service: str) -> Properties:
    for function in assembly.of("AWS::Lambda::Function"):
        variables: dict[str, Any] = function.properties.get("Environment", {}).get("Variables", {})
        if variables.get("POWERTOOLS_SERVICE_NAME") == service:
            return function.properties
    raise LookupError(f"no function {service}")
