"""Uploads, jobs and assets: a film's way from its owner to what viewers watch."""

from __future__ import annotations

from dataclasses import dataclass

from infra.constructs.embeddings import let_embed
from infra.constructs.media_bucket import PUBLISHED, WORK
from infra.constructs.python_function import PythonFunction
from infra.constructs.released_machine import ReleasedStateMachine
from infra.constructs.transcode import allow_execution_control
from infra.constructs.uploads_bucket import SOURCES
from infra.functions.platform import ApiPlatform

# A child of its own decodes 40 megapixels.
PICTURES_MIB = 1024


@dataclass(frozen=True)
class Machines:
    """`transcode` makes films, `enrich` does one task of a finished one again."""

    transcode: ReleasedStateMachine
    enrich: ReleasedStateMachine


def create_film_functions(platform: ApiPlatform, machines: Machines) -> dict[str, PythonFunction]:
    return {
        "uploads": _create_uploads(platform),
        "jobs": _create_jobs(platform, machines),
        "assets": _create_assets(platform, machines),
        "tracks": _create_tracks(platform, machines),
        "pictures": _create_pictures(platform),
    }


def _create_uploads(platform: ApiPlatform) -> PythonFunction:
    bucket = platform.data.uploads
    uploads = platform.http_function(
        "uploads",
        "Opens, signs, completes and aborts transfers of source files",
        {"UPLOADS_BUCKET": bucket.bucket_name},
    )
    bucket.allow_objects(
        uploads,
        SOURCES,
        "PutObject",  # also what a signed part URL may do
        "GetObject",
        "DeleteObject",
        "AbortMultipartUpload",
        "ListMultipartUploadParts",
    )
    bucket.allow_listing(uploads)
    platform.data.webhooks.tell_from(uploads)
    return uploads


def _create_jobs(platform: ApiPlatform, machines: Machines) -> PythonFunction:
    media = platform.data.media
    jobs = platform.http_function(
        "jobs",
        "Shows jobs and their live progress; cancels and retries them",
        {
            "MEDIA_BUCKET": media.bucket_name,
            "STATE_MACHINE_ARN": machines.transcode.live_arn,
            "ENRICH_MACHINE_ARN": machines.enrich.live_arn,
            "ENRICH_TASKS": ",".join(platform.environment.enrichment.tasks),
        },
    )
    for machine in (machines.transcode, machines.enrich):
        machine.grant_start_execution(jobs)
    allow_execution_control(machines.transcode, jobs, "DescribeExecution", "StopExecution")
    allow_execution_control(machines.enrich, jobs, "DescribeExecution")
    for prefix in (WORK, PUBLISHED):
        media.allow_objects(jobs, prefix, "DeleteObject")
    media.allow_objects(jobs, WORK, "GetObject")
    media.allow_listing(jobs)
    platform.data.webhooks.tell_from(jobs)
    return jobs


def _create_assets(platform: ApiPlatform, machines: Machines) -> PythonFunction:
    uploads, media = platform.data.uploads, platform.data.media
    assets = platform.http_function(
        "assets",
        "Shows assets; deletes them with their source",
        {
            "UPLOADS_BUCKET": uploads.bucket_name,
            "MEDIA_BUCKET": media.bucket_name,
            "STATE_MACHINE_ARN": machines.transcode.state_machine_arn,
            "ENRICH_MACHINE_ARN": machines.enrich.state_machine_arn,
        },
    )
    for machine in (machines.transcode, machines.enrich):
        allow_execution_control(machine, assets, "StopExecution")
    uploads.allow_objects(assets, SOURCES, "DeleteObject")
    uploads.allow_listing(assets)
    for prefix in (WORK, PUBLISHED):
        media.allow_objects(assets, prefix, "DeleteObject")
    media.allow_objects(assets, PUBLISHED, "GetObject")  # the analysis
    media.allow_listing(assets)
    platform.data.webhooks.tell_from(assets)
    return assets


def _create_tracks(platform: ApiPlatform, machines: Machines) -> PythonFunction:
    media = platform.data.media
    tracks = platform.http_function(
        "tracks",
        "Shows, takes and edits text tracks",
        {
            "MEDIA_BUCKET": media.bucket_name,
            "ENRICH_MACHINE_ARN": machines.enrich.live_arn,
            "ENRICH_TASKS": ",".join(platform.environment.enrichment.tasks),
        },
    )
    # captions are made again when somebody says what is said in the film
    machines.enrich.grant_start_execution(tracks)
    allow_execution_control(machines.enrich, tracks, "DescribeExecution")
    media.allow_objects(tracks, WORK, "GetObject", "DeleteObject")
    media.allow_objects(tracks, PUBLISHED, "GetObject", "PutObject", "DeleteObject")
    media.allow_listing(tracks)
    let_embed(tracks, platform.environment)
    return tracks


def _create_pictures(platform: ApiPlatform) -> PythonFunction:
    media = platform.data.media
    pictures = platform.http_function(
        "pictures",
        "Takes posters; gives them in other sizes and formats",
        {"MEDIA_BUCKET": media.bucket_name},
        memory_mib=PICTURES_MIB,
        more="Vision",
    )
    media.allow_objects(pictures, PUBLISHED, "GetObject", "PutObject")
    media.allow_listing(pictures)
    return pictures
