"""Amazon Rekognition looks at pictures (`domain.analysis_services.PictureExaminer`)."""

from __future__ import annotations

import base64
from collections.abc import Sequence
from typing import Any

from pydantic import TypeAdapter, ValidationError

from marquee.adapters.aws import JsonService, ServiceError
from marquee.domain.analysis_services import Sighting
from marquee.domain.errors import PermanentError, TransientError
from marquee.domain.media import Model

# Percent: below these it sees things that are not there.
LEAST_LABEL, LEAST_OBJECTION = 80, 60
MOST_LABELS = 15
_TRANSIENT = frozenset({"ProvisionedThroughputExceededException", "LimitExceededException"})


class _Named(Model):
    """What `DetectLabels` and `DetectModerationLabels` have in common. `Confidence` in percent."""

    Name: str
    Confidence: float


class RekognitionExaminer:
    """One call a picture and question; pictures go along as bytes, and nothing is kept there."""

    name = "rekognition"

    def __init__(self) -> None:
        self._service = JsonService(
            "Rekognition", "rekognition", variable="REKOGNITION", target="RekognitionService", version="1.1"
        )

    def labels(self, picture: bytes) -> Sequence[Sighting]:
        answer = self._ask("DetectLabels", picture, MaxLabels=MOST_LABELS, MinConfidence=LEAST_LABEL)
        return _sightings(answer.get("Labels"))

    def objections(self, picture: bytes) -> Sequence[Sighting]:
        answer = self._ask("DetectModerationLabels", picture, MinConfidence=LEAST_OBJECTION)
        return _sightings(answer.get("ModerationLabels"))

    def _ask(self, operation: str, picture: bytes, **parameters: Any) -> dict[str, Any]:
        image = {"Bytes": base64.b64encode(picture).decode()}
        try:
            return self._service.call(operation, Image=image, **parameters)
        except ServiceError as error:
            if error.code in _TRANSIENT:
                raise TransientError("Rekognition has too much to do.") from error
            raise PermanentError(f"Rekognition refused a picture: {error.code}.", code="provider_refused") from error


def _sightings(found: object) -> list[Sighting]:
    """Raises PermanentError for what is no list of names; a list that is not there is not an empty one."""
    try:
        named = TypeAdapter(list[_Named]).validate_python(found)
        return [Sighting(name=one.Name, confidence=round(one.Confidence / 100, 4)) for one in named]
    except ValidationError as error:
        raise PermanentError("Rekognition's answer cannot be read.", code="provider_garbage") from error
