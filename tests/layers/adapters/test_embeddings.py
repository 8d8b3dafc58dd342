"""Amazon Titan's answers become vectors of length 1, and what is none is said so."""

from __future__ import annotations

import math

import pytest
from marquee.adapters.embeddings import MAX_CHARACTERS, TitanEmbeddings
from marquee.domain.errors import PermanentError


class Runtime:
    """`BedrockRuntime` that gives recorded shapes."""

    def __init__(self, answer: object) -> None:
        self.answer = answer
        self.asked: list[tuple[str, str, dict[str, object]]] = []

    def ask(self, model_id: str, operation: str, body: dict[str, object]) -> object:
        self.asked.append((model_id, operation, body))
        return self.answer


def test_each_text_is_asked_for_and_answered_in_its_place() -> None:
    runtime = Runtime({"embedding": [3.0, 4.0], "inputTextTokenCount": 5})
    vectors = TitanEmbeddings("titan", runtime, dimensions=2).embed(["one", "x" * 20_000])

    assert vectors == ((0.6, 0.8), (0.6, 0.8))
    texts = sorted((str(body["inputText"]) for _, _, body in runtime.asked), key=len)
    assert (texts[0], len(texts[1])) == ("one", MAX_CHARACTERS)
    model, operation, body = runtime.asked[0]
    assert (model, operation) == ("titan", "invoke")
    assert (body["dimensions"], body["normalize"]) == (2, True)
    assert TitanEmbeddings("titan", runtime, dimensions=2).embed([]) == ()


@pytest.mark.parametrize(
    "answer",
    [
        {},
        [],
        {"embedding": []},
        {"embedding": [1.0]},
        {"embedding": [0.0, 0.0]},
        {"embedding": [math.inf, 1.0]},
        {"embedding": ["a", "b"]},
    ],
    ids=repr,
)
def test_what_is_no_vector_is_refused(answer: object) -> None:
    with pytest.raises(PermanentError) as refused:
        TitanEmbeddings("titan", Runtime(answer), dimensions=2).embed(["text"])

    assert refused.value.code == "provider_garbage"
