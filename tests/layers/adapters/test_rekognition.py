"""Rekognition's answers, as it documents them, and what is not one."""

from __future__ import annotations

import base64
import json
from http.server import BaseHTTPRequestHandler
from typing import Any

import pytest
from marquee.adapters.rekognition import RekognitionExaminer
from marquee.domain.analysis_services import Sighting
from marquee.domain.errors import PermanentError, TransientError

from tests.receivers import Answer, receiver

LABELS = {
    "Labels": [
        {
            "Name": "Sea",
            "Confidence": 98.76,
            "Instances": [],
            "Parents": [{"Name": "Nature"}],
            "Aliases": [{"Name": "Ocean"}],
            "Categories": [{"Name": "Nature and Outdoors"}],
        },
        {"Name": "Whale", "Confidence": 81.0, "Instances": [], "Parents": []},
    ],
    "LabelModelVersion": "3.0",
}
OBJECTIONS = {
    "ModerationLabels": [
        {"Confidence": 99.2, "Name": "Weapons", "ParentName": "Violence", "TaxonomyLevel": 2},
        {"Confidence": 99.2, "Name": "Violence", "ParentName": "", "TaxonomyLevel": 1},
    ],
    "ModerationModelVersion": "7.0",
    "ContentTypes": [],
}


def saying(answer: Any, status: int = 200) -> Answer:
    body = answer if isinstance(answer, bytes) else json.dumps(answer).encode()

    def write(request: BaseHTTPRequestHandler) -> None:
        request.send_response(status)
        request.send_header("Content-Length", str(len(body)))
        request.end_headers()
        request.wfile.write(body)

    return write


def refusal(kind: str) -> dict[str, str]:
    return {"__type": kind, "message": "so it is"}


def test_labels_are_named_with_how_sure_they_are(aws: pytest.MonkeyPatch) -> None:
    with receiver(saying(LABELS)) as site:
        aws.setenv("AWS_ENDPOINT_URL_REKOGNITION", f"http://127.0.0.1:{site.port}")
        found = RekognitionExaminer().labels(b"picture")
    assert found == [Sighting(name="Sea", confidence=0.9876), Sighting(name="Whale", confidence=0.81)]
    (came,) = site.came
    assert came.headers["x-amz-target"] == "RekognitionService.DetectLabels"
    assert "/rekognition/aws4_request" in came.headers["authorization"]
    asked = json.loads(came.body)
    assert base64.b64decode(asked.pop("Image")["Bytes"]) == b"picture"
    assert asked == {"MaxLabels": 15, "MinConfidence": 80}


def test_objections_are_named_with_how_sure_they_are(aws: pytest.MonkeyPatch) -> None:
    with receiver(saying(OBJECTIONS)) as site:
        aws.setenv("AWS_ENDPOINT_URL_REKOGNITION", f"http://127.0.0.1:{site.port}")
        found = RekognitionExaminer().objections(b"picture")
    assert found == [Sighting(name="Weapons", confidence=0.992), Sighting(name="Violence", confidence=0.992)]
    assert site.came[0].headers["x-amz-target"] == "RekognitionService.DetectModerationLabels"


@pytest.mark.parametrize(
    "answer",
    [{}, {"Labels": None}, {"Labels": [{"Name": "Sea"}]}, {"Labels": [{"Name": "Sea", "Confidence": 300}]}],
    ids=str,
)
def test_an_answer_that_is_none_is_not_an_empty_one(aws: pytest.MonkeyPatch, answer: object) -> None:
    with receiver(saying(answer)) as site:
        aws.setenv("AWS_ENDPOINT_URL_REKOGNITION", f"http://127.0.0.1:{site.port}")
        with pytest.raises(PermanentError) as raised:
            RekognitionExaminer().labels(b"picture")
    assert raised.value.code == "provider_garbage"


@pytest.mark.parametrize(
    ("kind", "error"),
    [
        ("ThrottlingException", TransientError),
        ("ProvisionedThroughputExceededException", TransientError),
        ("InvalidImageFormatException", PermanentError),
        ("AccessDeniedException", PermanentError),
    ],
)
def test_refusals_are_told_apart_from_being_busy(aws: pytest.MonkeyPatch, kind: str, error: type[Exception]) -> None:
    with receiver(saying(refusal(kind), 400)) as site:
        aws.setenv("AWS_ENDPOINT_URL_REKOGNITION", f"http://127.0.0.1:{site.port}")
        with pytest.raises(error):
            RekognitionExaminer().objections(b"picture")
