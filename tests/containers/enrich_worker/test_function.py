"""The entry: an order by its kind, refusals by the names that the state machine knows."""

from __future__ import annotations

from typing import get_args

import pytest
from enrich_worker.function import WORK, build_handler
from marquee.domain.enrichment import EnrichKind, EnrichOrder
from marquee.domain.errors import PermanentError
from marquee.domain.pipeline import Source
from marquee.entry.steps import InternalError
from marquee.media.commands import Tool
from marquee.services.enrich_tools import EnrichTools

from tests.fakes import MemoryProgress
from tests.fakes_media import MemoryObjects


def tools() -> EnrichTools:
    return EnrichTools(MemoryObjects(), MemoryProgress(), Tool("ffmpeg"))


def event(kind: str, schema: str = "video.ai_analysis/1") -> dict[str, object]:
    source = Source(bucket="uploads", key="uploads/upl_1/source").model_dump()
    cause = {"upload_id": "upl_1", "request_id": "r1", "trace": ""}
    order = {"job_id": "job_1", "asset_id": "ast_1", "media_bucket": "media", "source": source, "caused_by": cause}
    return {"schema": schema, **order, "kind": kind, "index": 0}


def test_every_kind_of_order_has_its_work() -> None:
    assert set(WORK) == set(get_args(EnrichKind))


def test_an_order_is_what_the_worker_reads_of_a_message() -> None:
    order = EnrichOrder.model_validate(event("analyze"))
    assert {"schema": "video.ai_analysis/1", **order.model_dump(mode="json")} == event("analyze")


def test_a_message_of_a_version_that_nobody_knows_is_refused_for_good() -> None:
    with pytest.raises(PermanentError, match="unknown_schema"):
        build_handler(tools)(event("analyze", "video.ai_analysis/99"), None)


@pytest.mark.parametrize("odd", [event("dance"), {}], ids=["kind", "nothing"])
def test_what_is_no_order_never_begins(odd: dict[str, object]) -> None:
    with pytest.raises(InternalError):
        build_handler(tools)(odd, None)
