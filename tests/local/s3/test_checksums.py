"""Checksums: the catalogue's check values, and wholes made of parts."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from local.s3.checksums import check_value, combined, composite, encode, new_digest
from local.s3.errors import S3Error


def _of(algorithm: str, data: bytes) -> str:
    digest = new_digest(algorithm)
    digest.update(data)
    return encode(digest.digest())


@pytest.mark.parametrize(
    ("algorithm", "value"),
    [("crc32", "y/Q5Jg=="), ("crc32c", "4waSgw=="), ("crc64nvme", "rosUhgp5mIg=")],
)
def test_the_published_check_values(algorithm: str, value: str) -> None:
    assert _of(algorithm, b"123456789") == value


@given(st.sampled_from(["crc32", "crc32c", "crc64nvme"]), st.lists(st.binary(max_size=40), min_size=1, max_size=5))
def test_the_crc_of_the_whole_follows_from_its_parts(algorithm: str, parts: list[bytes]) -> None:
    assert combined(algorithm, [(_of(algorithm, part), len(part)) for part in parts]) == _of(algorithm, b"".join(parts))


def test_a_composite_says_how_many_parts_it_has() -> None:
    assert composite("sha256", [_of("sha256", b"a"), _of("sha256", b"b")]).endswith("-2")


@pytest.mark.parametrize("value", ["", "short", "AAAAAAAA", "not base64!"])
def test_a_malformed_value_is_refused(value: str) -> None:
    with pytest.raises(S3Error, match="InvalidRequest"):
        check_value("crc32", value)
