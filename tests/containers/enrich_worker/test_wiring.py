"""Who looks at a film is what the environment chose."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

import pytest
from enrich_worker.wiring import wire
from marquee.analysis.amazon_analyst import AmazonAnalyst
from marquee.services.enrich_tools import EnrichTools

COMMON = {
    "AWS_REGION": "eu-central-1",
    "AWS_ACCESS_KEY_ID": "AK",
    "AWS_SECRET_ACCESS_KEY": "secret",
    "VALKEY_ENDPOINT": "localhost:6379",
    "ENVIRONMENT": "staging",
    "POWERTOOLS_SERVICE_NAME": "enrich",
}

Wired = Callable[[Mapping[str, str]], EnrichTools]


@pytest.fixture
def wired(monkeypatch: pytest.MonkeyPatch) -> Iterator[Wired]:
    def build(variables: Mapping[str, str]) -> EnrichTools:
        for name, value in {**COMMON, **variables}.items():
            monkeypatch.setenv(name, value)
        return wire()

    wire.cache_clear()
    yield build
    wire.cache_clear()


def test_without_a_choice_everything_is_found_here(wired: Wired) -> None:
    assert wired({}).analyst is None


@pytest.mark.parametrize(
    ("model", "name"), [("amazon.nova-lite-v1:0", "bedrock:amazon.nova-lite-v1:0"), ("", None)], ids=["model", "none"]
)
def test_amazon_is_asked_where_it_is_chosen_and_described_by_the_model_that_is_named(
    wired: Wired, model: str, name: str | None
) -> None:
    build = wired({"ANALYSIS_PROVIDER": "amazon", "LANGUAGE_MODEL": model}).analyst
    assert build is not None
    analyst = build()
    assert isinstance(analyst, AmazonAnalyst)
    assert analyst.examiner.name == "rekognition"
    assert (analyst.model.name if analyst.model else None) == name
