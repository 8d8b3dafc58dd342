"""aws-chunked bodies against the worked examples of Amazon's reference, cut anywhere."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from local.s3.chunked import SIGNED, SIGNED_TRAILER, UNSIGNED_TRAILER, ChunkedDecoder, is_chunked
from local.s3.errors import S3Error
from local.s3.signature import Identity, signing_key

KEY = signing_key("wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY", "20130524", "us-east-1", "s3")
SCOPE = "20130524/us-east-1/s3/aws4_request"
DATA = b"a" * 66560


def _identity(seed: str) -> Identity:
    return Identity("AKIAIOSFODNN7EXAMPLE", "", KEY, SCOPE, "20130524T000000Z", seed)


def _body(first: str, second: str, last: str, end: bytes = b"") -> bytes:
    chunks = ((DATA[:65536], first), (DATA[65536:], second), (b"", last))
    framed = b"".join(
        b"%x;chunk-signature=%s\r\n%s" % (len(data), signature.encode(), data + b"\r\n" if data else b"")
        for data, signature in chunks
    )
    return framed + end + b"\r\n"


SIGNED_SEED = "4f232c4386841ef735655705268965c44a0e4690baa4adea153f7db9fa80a0a9"
SIGNED_BODY = _body(
    "ad80c730a21e5b8d04586a2213dd63b9a0e99e0e2307b0ade35a65485a288648",
    "0055627c9e194cb4542bae2aa5492e3c1575bbb81b612b7d234b86a503ef5497",
    "b6c6ea8a5354eaf15b3cb7646744f4275b71ea724fed81ceb9323e279d449df9",
)
TRAILER_SEED = "106e2a8a18243abcf37539882f36619c00e2dfc72633413f02d3b74544bfeb8e"
TRAILER_BODY = _body(
    "b474d8862b1487a5145d686f57f013e54db672cee1c953b3010fb58501ef5aa2",
    "1c1344b170168f8e65b41376b44b20fe354e373826ccbbe2c1d40a8cae51e5c7",
    "2ca2aba2005185cf7159c6277faf83795951dd77a3a99e6e65d5c9f85863f992",
    b"x-amz-checksum-crc32c:sOO8/Q==\r\n"
    b"x-amz-trailer-signature:d81f82fc3505edab99d459891051a732e8730629a2e4a59689829ca17fe2e435\r\n",
)


def _decode(mode: str, seed: str, body: bytes, cuts: tuple[int, ...] = ()) -> tuple[bytes, dict[str, str]]:
    out = bytearray()
    decoder = ChunkedDecoder(mode, _identity(seed), out.extend)
    edges = [0, *sorted(min(cut, len(body)) for cut in cuts), len(body)]
    for start, end in pairwise(edges):
        decoder.feed(body[start:end])
    decoder.finish()
    return bytes(out), decoder.trailers


@given(st.lists(st.integers(0, len(SIGNED_BODY)), max_size=6))
def test_the_documented_signed_chunks_decode_wherever_they_are_cut(cuts: list[int]) -> None:
    assert _decode(SIGNED, SIGNED_SEED, SIGNED_BODY, tuple(cuts)) == (DATA, {})


def test_the_documented_signed_trailer_is_verified_and_read() -> None:
    data, trailers = _decode(SIGNED_TRAILER, TRAILER_SEED, TRAILER_BODY)
    assert (data, trailers) == (DATA, {"x-amz-checksum-crc32c": "sOO8/Q=="})


@pytest.mark.parametrize(
    ("mode", "seed", "body", "code"),
    [
        (SIGNED, SIGNED_SEED, SIGNED_BODY.replace(b"aaaa", b"aaba", 1), "SignatureDoesNotMatch"),
        (SIGNED, SIGNED_SEED, SIGNED_BODY.replace(b"b6c6", b"b6c7"), "SignatureDoesNotMatch"),
        (SIGNED, TRAILER_SEED, SIGNED_BODY, "SignatureDoesNotMatch"),
        (SIGNED, SIGNED_SEED, SIGNED_BODY[:-90], "IncompleteBody"),
        (SIGNED, SIGNED_SEED, SIGNED_BODY + b"more", "IncompleteBody"),
        (SIGNED_TRAILER, TRAILER_SEED, TRAILER_BODY.replace(b"sOO8", b"sOO9"), "SignatureDoesNotMatch"),
        (UNSIGNED_TRAILER, "", b"3\r\nabcd\r\n0\r\n\r\n", "IncompleteBody"),
        (UNSIGNED_TRAILER, "", b"zz\r\nabc\r\n0\r\n\r\n", "IncompleteBody"),
        (UNSIGNED_TRAILER, "", b"-3\r\nabc\r\n0\r\n\r\n", "IncompleteBody"),
        (UNSIGNED_TRAILER, "", b"0" * 20_000, "IncompleteBody"),
        (UNSIGNED_TRAILER, "", b"3\r\nabc\r\n", "IncompleteBody"),
    ],
)
def test_a_body_that_is_not_what_was_signed_or_framed_is_refused(mode: str, seed: str, body: bytes, code: str) -> None:
    with pytest.raises(S3Error) as caught:
        _decode(mode, seed, body)
    assert caught.value.code == code


def test_unsigned_chunks_with_a_trailer_decode() -> None:
    body = b"3\r\nabc\r\n2\r\nde\r\n0\r\nx-amz-checksum-crc32: hYfYZQ==\r\n\r\n"
    assert _decode(UNSIGNED_TRAILER, "", body) == (b"abcde", {"x-amz-checksum-crc32": "hYfYZQ=="})


def test_a_streaming_mode_nobody_verifies_is_refused() -> None:
    assert not is_chunked("UNSIGNED-PAYLOAD")
    with pytest.raises(S3Error) as caught:
        is_chunked("STREAMING-AWS4-ECDSA-P256-SHA256-PAYLOAD")
    assert caught.value.code == "NotImplemented"
