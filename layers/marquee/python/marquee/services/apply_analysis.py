"""What was found in a film becomes part of its asset, and its verdict decides who may watch."""

from __future__ import annotations

from datetime import datetime

from pydantic import ValidationError

from marquee.domain import keys
from marquee.domain.analysis import Analysis, AnalysisPointer
from marquee.domain.enrichment import HoldState, ModerationPolicy
from marquee.domain.errors import PermanentError
from marquee.domain.moderation import NOT_EXAMINED, hold_of
from marquee.domain.pipeline import Execution
from marquee.domain.ports import ObjectStore
from marquee.domain.stores import AssetStore
from marquee.services.chapter_pictures import with_pictures
from marquee.services.discard_outputs import discard_of_deleted

JSON_TYPE = "application/json"


def nobody(media_bucket: str, asset_id: str) -> None:
    """Nobody is told that an asset's text is another one."""


def read_analysis(objects: ObjectStore, execution: Execution) -> Analysis | None:
    """None when there is none; raises `PermanentError` when what lies there is none."""
    stored = objects.get(execution.media_bucket, keys.analysis_work_key(execution.job_id))
    if stored is None:
        return None
    try:
        return Analysis.model_validate_json(stored.body)
    except ValidationError as error:
        raise PermanentError("The analysis cannot be read.", code="provider_garbage") from error


def apply_analysis(
    analysis: Analysis | None,
    execution: Execution,
    objects: ObjectStore,
    assets: AssetStore,
    policy: ModerationPolicy,
    now: datetime,
) -> HoldState:
    """Publish the analysis beside the film and write it, and its verdict, on the asset; may run again.

    Returns whether the version may be watched now; an administrator's word on it stands.
    """
    asset_id, version = execution.asset_id, execution.version
    if analysis is not None:
        chapters = with_pictures(analysis.chapters, execution, objects)
        analysis = analysis.model_copy(update={"chapters": chapters})
        key = keys.analysis_key(asset_id, version)
        objects.put(execution.media_bucket, key, analysis.model_dump_json().encode(), content_type=JSON_TYPE)
        assets.note_analysis(asset_id, _pointer(analysis, key, version), analysis.chapters, now)
        discard_of_deleted(assets, objects, execution.media_bucket, asset_id)
    verdict = NOT_EXAMINED if analysis is None else analysis.moderation
    if policy == "allow" and verdict.state == "not_examined":
        return "released"
    hold = hold_of(policy, verdict, version)
    asset = assets.moderate(asset_id, hold, now) or assets.get(asset_id)
    said = None if asset is None else asset.moderation
    return hold.state if said is None or said.asset_version != version else said.state


def _pointer(analysis: Analysis, key: str, version: int) -> AnalysisPointer:
    return AnalysisPointer(
        asset_version=version,
        key=key,
        schema_version=analysis.schema_version,
        provider=analysis.provider,
        language=None if analysis.language is None else analysis.language.language,
    )
