"""Captions of television: what a set would have shown, when."""

from collections.abc import Sequence

import pytest
from marquee.media.captions_608 import LONGEST_SECONDS, decode_captions
from marquee.media.captions_pairs import field_one, triplets_of_field_one

from tests.captioned_films import ERASE, ROW_15, Pair, pop_on, spelled

ROLL_2, RETURN, PAINT, BACK = (0x14, 0x25), (0x14, 0x2D), (0x14, 0x29), (0x14, 0x21)


def shown(*spoken: tuple[float, Sequence[Pair]], end: float = 60.0) -> list[tuple[float, float, str]]:
    pairs = [(at, bytes(byte for pair in group for byte in pair)) for at, group in spoken]
    return [(c.start_seconds, c.end_seconds, c.text) for c in decode_captions(pairs, end)]


def test_pop_on_captions_appear_whole_and_end_when_they_are_erased() -> None:
    assert shown((1.0, pop_on("Hello\nthere")), (3.0, [ERASE, ERASE])) == [(1.0, 3.0, "Hello\nthere")]


def test_one_caption_ends_where_the_next_one_appears() -> None:
    assert shown((1, pop_on("One")), (2, pop_on("Two")), (3, [ERASE])) == [(1, 2, "One"), (2, 3, "Two")]


def test_lines_that_roll_up_are_one_cue_each_from_their_first_letter_on() -> None:
    rolling = [
        (1.0, [ROLL_2, ROLL_2, RETURN, RETURN, ROW_15, ROW_15]),
        (1.5, spelled("First")),
        (1.8, spelled(" line")),
        (3.0, [RETURN, RETURN]),
        (3.2, spelled("Second")),
        (5.0, [ERASE, ERASE]),
    ]
    assert shown(*rolling) == [(1.5, 3.0, "First line"), (3.2, 5.0, "Second")]


def test_painted_captions_can_be_corrected() -> None:
    assert shown((1, [PAINT, PAINT, *spelled("Hellp"), BACK, *spelled("o")]), (2, [ERASE])) == [(1, 2, "Hello")]


def test_letters_beyond_ascii_are_those_of_the_standard() -> None:
    spanish = [(0x7D, 0x6F), (0x21, 0x11), (0x11, 0x37), (0x11, 0x37)]  # Ñ o ! …, then ♪
    extended = [(0x55, 0), (0x13, 0x2A), (0x13, 0x2A)]
    assert shown((1, [PAINT, *spanish[:1], *spanish[2:], ERASE]), end=2) == []
    assert shown((1, [PAINT, *spanish[:1], *spanish[2:]]), end=2) == [(1, 2, "Ño♪")]
    (cue,) = shown((1, [PAINT, *spelled("A"), *extended]), end=2)
    # The stand-in gives way to the letter that follows it.
    assert cue[2] == "A}"


def test_a_control_that_is_sent_twice_counts_once_and_one_that_is_repeated_counts_again() -> None:
    assert shown((1, [PAINT, *spelled("abcd"), BACK, BACK, BACK, BACK]), end=2) == [(1, 2, "ab")]


def test_the_second_channel_and_text_services_are_left_out() -> None:
    second = [(a | 0x08 if 0x10 <= a <= 0x1F else a, b) for a, b in pop_on("Hola")]
    service = [(0x14, 0x2A), *spelled("Weather")]
    assert shown((1, pop_on("Hello")), (1.5, second), (2, service), (3, pop_on("Bye")), (4, [ERASE])) == [
        (1, 3, "Hello"),
        (3, 4, "Bye"),
    ]


def test_a_caption_that_nobody_erases_goes_by_itself() -> None:
    assert shown((1, pop_on("Stuck")), end=100) == [(1, 1 + LONGEST_SECONDS, "Stuck")]


@pytest.mark.parametrize("seed", range(20))
def test_noise_never_fails(seed: int) -> None:
    import random

    chance = random.Random(seed)
    noise = [(n / 25, bytes(chance.randrange(128) for _ in range(2 * chance.randrange(1, 5)))) for n in range(2000)]
    cues = decode_captions(noise, 100)
    assert all(0 <= c.start_seconds < c.end_seconds <= 100 and c.text for c in cues)


def test_only_valid_pairs_of_the_first_field_count() -> None:
    data = bytes((0xFC, 0x94, 0x20, 0xFD, 0x94, 0x20, 0xF8, 0x94, 0x20, 0xFE, 1, 2, 0xFC, 0x80, 0x80))
    assert triplets_of_field_one(data) == bytes((0x14, 0x20))


@pytest.mark.parametrize("codec", ["h264", "hevc", "mpeg2video", "vp9"])
@pytest.mark.parametrize("seed", range(10))
def test_damaged_pictures_have_no_captions_and_never_fail(codec: str, seed: int) -> None:
    import random

    chance = random.Random(seed)
    for length_size in (0, 1, 2, 4):
        noise = bytes(chance.choice((0, 1, 4, 6, 0x4E, 0xB5, 0xFF, chance.randrange(256))) for _ in range(400))
        assert len(field_one(noise, codec, length_size)) % 2 == 0
