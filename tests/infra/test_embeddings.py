"""Where an environment chose a maker of vectors, those who write and search films' text may ask that one model."""

from __future__ import annotations

from pathlib import Path

import pytest

from infra.build import build_app
from infra.environments import DEV
from infra.sources import Sources
from tests.infra.templates import Templates, plain, variables_of

MODEL = "amazon.titan-embed-text-v2:0"
EMBEDDING = {"movies", "tracks", "captions", "enrichment", "finish"}


@pytest.fixture(scope="module")
def chosen(sources: Sources, tmp_path_factory: pytest.TempPathFactory) -> Templates:
    folder: Path = tmp_path_factory.mktemp("assembly")
    enrichment = DEV.enrichment.model_copy(update={"embedding_provider": "bedrock"})
    build_app([DEV.model_copy(update={"enrichment": enrichment})], sources, outdir=folder).synth()
    return Templates.load(folder, "dev")


def asking(templates: Templates) -> set[str]:
    return {
        name
        for name, function in templates.functions().items()
        if any(action == "bedrock:InvokeModel" for action, _ in templates.grants(function["Role"]))
    }


def test_those_who_write_and_search_text_are_told_whom_to_ask_and_may(chosen: Templates) -> None:
    assert asking(chosen) == EMBEDDING
    for name in EMBEDDING:
        function = chosen.functions()[name]
        told = {key: plain(value) for key, value in variables_of(function).items()}
        assert (told["EMBEDDING_PROVIDER"], told["EMBEDDING_MODEL"]) == ("bedrock", MODEL)
        (resource,) = {of for action, of in chosen.grants(function["Role"]) if action == "bedrock:InvokeModel"}
        assert resource.endswith(f"::foundation-model/{MODEL}")
        assert "*" not in resource


def test_by_default_no_text_is_sent_to_a_model(templates: Templates) -> None:
    assert not asking(templates) & EMBEDDING
    assert not any("EMBEDDING_PROVIDER" in variables_of(function) for function in templates.functions().values())
