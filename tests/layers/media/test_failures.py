"""What the encoder's end means, by its code and its words."""

from __future__ import annotations

import pytest
from marquee.domain.errors import InvalidMedia, MarqueeError, TransientError
from marquee.media.failures import CorruptSource, ReadFailed, raise_for_exit, without_addresses
from marquee.media.process import Exit

ENDS: list[tuple[Exit, type[MarqueeError], str]] = [
    (Exit(183, "Invalid NAL unit size (16034 > 10569).", 1.0), CorruptSource, "corrupt_source"),
    (Exit(69, "", 1.0), CorruptSource, "corrupt_source"),
    (Exit(8, "[https @ 0x1] HTTP error 403 Forbidden", 1.0), ReadFailed, "source_unreachable"),
    (Exit(251, "Error during demuxing: Input/output error", 1.0), ReadFailed, "source_unreachable"),
    (Exit(1, "[tcp @ 0x1] Connection refused", 1.0), ReadFailed, "source_unreachable"),
    (Exit(187, "Error: Cannot allocate memory", 1.0), TransientError, "out_of_memory"),
    (Exit(-9, "", 1.0), TransientError, "encoder_ended"),
    (Exit(255, "", 99.0, spent=True), InvalidMedia, "too_costly"),
]


@pytest.mark.parametrize(("ended", "kind", "code"), ENDS, ids=[code + str(end.code) for end, _, code in ENDS])
def test_every_bad_end_has_its_error(ended: Exit, kind: type[MarqueeError], code: str) -> None:
    with pytest.raises(kind) as caught:
        raise_for_exit(ended)
    assert caught.value.code == code


def test_a_good_end_says_nothing() -> None:
    raise_for_exit(Exit(0, "deprecated pixel format", 1.0))


def test_presigned_addresses_stay_out_of_messages() -> None:
    text = "Error opening input https://bucket.s3/key?X-Amz-Signature=abc: 403"
    assert without_addresses(text) == "Error opening input (source) 403"
