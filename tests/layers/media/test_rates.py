"""Peak and average rates as RFC 8216 defines them."""

from hypothesis import given
from hypothesis import strategies as st
from marquee.media.rates import Span, average_rate, microseconds, peak_rate

spans = st.lists(st.builds(Span, st.integers(0, 5_000_000), st.integers(10_000, 9_000_000)), min_size=1, max_size=14)


@given(spans, st.integers(1, 8))
def test_peak_is_the_largest_rate_of_any_run_of_half_to_one_and_a_half_targets(some: list[Span], target: int) -> None:
    rates = []
    for first in range(len(some)):
        for last in range(first + 1, len(some) + 1):
            length = sum(s.microseconds for s in some[first:last]) / 1e6
            if 0.5 * target <= length <= 1.5 * target:
                rates.append(sum(s.size_bytes for s in some[first:last]) * 8 / length)
    expected = max(rates, default=0) or sum(s.size_bytes for s in some) * 8e6 / sum(s.microseconds for s in some)

    assert expected - 1e-3 <= peak_rate(some, target) <= expected + 1 + 1e-3


def test_a_film_shorter_than_half_a_target_has_its_average_as_peak() -> None:
    short = [Span(1000, 1_000_000)]

    assert peak_rate(short, 6) == average_rate(short) == 8000


def test_ticks_become_microseconds_rounded_half_up() -> None:
    assert microseconds(1001, 30000) == 33367
    assert microseconds(1, 2_000_000) == 1
    assert microseconds(6 * 12800, 12800) == 6_000_000
