"""What the steps of listening leave for each other. A file that cannot be read counts as one that is not there: whoever
should have written it writes it again."""

from __future__ import annotations

import logging
from typing import TypeVar

from pydantic import ValidationError

from marquee.domain import keys
from marquee.domain.media import Model
from marquee.domain.ports import ObjectStore
from marquee.domain.speech import SpeechPlan, Transcript

Left = TypeVar("Left", bound=Model)

logger = logging.getLogger("marquee.speech")


def speech_plan(objects: ObjectStore, bucket: str, job_id: str) -> SpeechPlan | None:
    """How the job's sound is cut; None when it is not yet."""
    return _read(objects, bucket, keys.speech_plan_key(job_id), SpeechPlan)


def heard_chunk(objects: ObjectStore, bucket: str, job_id: str, index: int) -> Transcript | None:
    """The words of a chunk; None when nobody has listened to it."""
    return _read(objects, bucket, keys.speech_chunk_key(job_id, index), Transcript)


def _read(objects: ObjectStore, bucket: str, key: str, kind: type[Left]) -> Left | None:
    stored = objects.get(bucket, key)
    if stored is None:
        return None
    try:
        return kind.model_validate_json(stored.body)
    except ValidationError:
        logger.warning("%s cannot be read", key)
        return None
