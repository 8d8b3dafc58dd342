"""`finish` where a verdict decides who may watch: by each policy, for each verdict, and when nobody looked."""

from __future__ import annotations

from collections.abc import Iterator
from types import SimpleNamespace

import pytest
from finish.handler import lambda_handler
from finish.wiring import wiring
from marquee.domain.analysis import ModerationState
from marquee.domain.clock import utc_now
from marquee.domain.enrichment import ModerationHold, ModerationPolicy
from marquee.domain.jobs import Job

from tests.enriching import CHAPTER, encoded, heard
from tests.platform import CONTEXT, Platform


@pytest.fixture(params=["allow", "hold", "block"])
def policy(platform: Platform, request: pytest.FixtureRequest) -> Iterator[ModerationPolicy]:
    settings = SimpleNamespace(moderation_policy=request.param)
    with platform.within(wiring, settings=settings, text_changed=lambda bucket, asset_id: None):
        yield request.param


def finish(platform: Platform, verdict: ModerationState | None) -> Job:
    job = encoded(platform, verdict)
    heard(platform, job)
    lambda_handler(job.execution().model_dump(), CONTEXT)
    return platform.jobs.kept[job.id]


EXPECTED: dict[tuple[ModerationPolicy, ModerationState | None], str | None] = {
    ("allow", "clear"): None,
    ("allow", "flagged"): None,
    ("allow", "not_examined"): None,
    ("allow", None): None,
    ("hold", "clear"): None,
    ("hold", "flagged"): "held",
    ("hold", "not_examined"): "held",
    ("hold", None): "held",
    ("block", "clear"): None,
    ("block", "flagged"): "blocked",
    ("block", "not_examined"): "held",
    ("block", None): "held",
}


@pytest.mark.parametrize("verdict", ["clear", "flagged", "not_examined", None])
def test_the_policy_decides_what_is_withheld(
    platform: Platform, policy: ModerationPolicy, verdict: ModerationState | None
) -> None:
    job = finish(platform, verdict)
    asset, withheld = platform.assets.kept[job.asset_id], EXPECTED[policy, verdict]
    assert job.status == "completed"
    assert asset.withheld == withheld
    assert asset.version_to_play == (None if withheld else 1)
    assert job.playable is (withheld is None)
    ready = [event for event in platform.events.said if event.type == "asset.ready"]
    assert len(ready) == (0 if withheld else 1)


def test_chapters_are_the_asset_s_whatever_the_policy(platform: Platform, policy: ModerationPolicy) -> None:
    job = finish(platform, "clear")
    assert platform.assets.kept[job.asset_id].chapters == (CHAPTER,)


def test_a_job_says_which_of_its_tasks_left_nothing(platform: Platform, policy: ModerationPolicy) -> None:
    job = encoded(platform, None)
    lambda_handler(job.execution().model_dump(), CONTEXT)
    done = platform.jobs.kept[job.id]
    assert done.status == "completed"
    assert [warning.code for warning in done.warnings] == ["captions_failed", "analysis_failed"]


def test_an_administrator_s_word_outlasts_a_second_verdict(platform: Platform, policy: ModerationPolicy) -> None:
    job = encoded(platform, "flagged")
    decided = ModerationHold(
        asset_version=1, state="released", verdict="flagged", decided_by="ada", decided_at=utc_now()
    )
    platform.assets.moderate(job.asset_id, decided, utc_now())
    lambda_handler(job.execution().model_dump(), CONTEXT)
    assert platform.assets.kept[job.asset_id].version_to_play == 1
