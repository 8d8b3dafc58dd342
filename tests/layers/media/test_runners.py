from __future__ import annotations

from marquee.media.runners import audio_runner, body_runner, head_runner

from tests.layers.media.films_to_plan import numbered_film


def test_the_head_of_a_film_goes_to_the_runner_that_starts_at_once() -> None:
    assert head_runner(numbered_film(), 8.0) == "lambda"
    assert head_runner(numbered_film(size=(3840, 2160), rate=60), 8.0) == "lambda"


def test_a_head_that_would_outlast_a_function_goes_to_the_one_that_stays() -> None:
    assert head_runner(numbered_film(size=(8192, 4320), rate=120), 20.0) == "fargate"


def test_the_body_goes_to_the_cheap_runner() -> None:
    assert body_runner() == "fargate"


def test_sound_goes_to_a_function_unless_the_film_is_too_long_or_too_large() -> None:
    assert audio_runner(numbered_film(frames=90 * 60 * 25, size_bytes=4 << 30)) == "lambda"
    assert audio_runner(numbered_film(frames=11 * 3600 * 25, size_bytes=4 << 30)) == "fargate"
    assert audio_runner(numbered_film(frames=3600 * 25, size_bytes=100 << 30)) == "fargate"
