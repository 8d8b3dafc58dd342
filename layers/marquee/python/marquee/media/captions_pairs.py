"""Byte pairs of captions (CEA-608, also those within 708) in coded video: found without decoding a picture.

They lie as ATSC A/53 user data in an SEI message of H.264 and HEVC, or in MPEG-2's user data, picture by picture.
Runs in the confined child; imports neither the domain nor pydantic.
"""

from __future__ import annotations

from collections.abc import Iterator

# country code US, provider ATSC
_ITU_T_T35 = b"\xb5\x00\x31GA94\x03"
_MPEG2_USER_DATA = b"\x00\x00\x01\xb2GA94\x03"
_REGISTERED = 4  # SEI payload type: user data registered by ITU-T T.35
_MAX_UNITS = 64  # SEI stands in front of the picture
_SEI_TYPES = {"h264": (6,), "hevc": (39, 40)}
_SLICES = {"h264": range(1, 6), "hevc": range(32)}


def field_one(packet: bytes, codec: str, length_size: int) -> bytes:
    """The valid byte pairs of field 1 in one coded picture, in order, without parity bits; nulls are left out.

    `codec`: ffmpeg's name; `length_size`: bytes of each unit's length, 0: units stand behind start codes.
    """
    if codec == "mpeg2video":
        at = packet.find(_MPEG2_USER_DATA)
        return _pairs(packet[at + len(_MPEG2_USER_DATA) :]) if at >= 0 else b""
    if codec not in _SEI_TYPES:
        return b""
    units = _behind_lengths(packet, length_size) if length_size else _behind_start_codes(packet)
    return b"".join(_in_sei(unit) for unit in _before_picture(units, codec))


def triplets_of_field_one(data: bytes) -> bytes:
    """The same of `cc_data` triplets by themselves, as a track of captions (`c608`) has them."""
    found = bytearray()
    for at in range(0, len(data) - 2, 3):
        marker, first, second = data[at : at + 3]
        # bits: five ones, valid, two of the type (0: field 1)
        if marker & 0x07 == 0x04:
            pair = bytes((first & 0x7F, second & 0x7F))
            found += pair if pair != b"\0\0" else b""
    return bytes(found)


def length_size_of(codec: str, extradata: bytes | None) -> int:
    """How long the units' lengths are by the decoder configuration; 0 for streams with start codes."""
    if not extradata or extradata[0] != 1:
        return 0
    at = {"h264": 4, "hevc": 21}.get(codec)
    return (extradata[at] & 3) + 1 if at is not None and len(extradata) > at else 0


def _behind_lengths(packet: bytes, length_size: int) -> Iterator[bytes]:
    at = 0
    while at + length_size < len(packet):
        length = int.from_bytes(packet[at : at + length_size], "big")
        at += length_size
        yield packet[at : at + length]
        at += length


def _behind_start_codes(packet: bytes) -> Iterator[bytes]:
    at = packet.find(b"\0\0\1")
    while at >= 0:
        start = at + 3
        at = packet.find(b"\0\0\1", start)
        yield packet[start : at if at >= 0 else len(packet)]


def _before_picture(units: Iterator[bytes], codec: str) -> Iterator[bytes]:
    """The payloads of SEI units in front of the first slice."""
    for count, unit in enumerate(units):
        if not unit or count >= _MAX_UNITS:
            return
        kind = unit[0] & 0x1F if codec == "h264" else unit[0] >> 1 & 0x3F
        if kind in _SLICES[codec]:
            return
        if kind in _SEI_TYPES[codec]:
            yield unit[1 if codec == "h264" else 2 :].replace(b"\0\0\3", b"\0\0")


def _in_sei(payload: bytes) -> bytes:
    """The pairs of all messages in one SEI unit's payload."""
    at, found = 0, b""
    while at + 2 < len(payload):
        kind, at = _number(payload, at)
        size, at = _number(payload, at)
        message = payload[at : at + size]
        if kind == _REGISTERED and message.startswith(_ITU_T_T35):
            found += _pairs(message[len(_ITU_T_T35) :])
        at += size
    return found


def _number(data: bytes, at: int) -> tuple[int, int]:
    """A number written as a run of 255s and a rest."""
    value = 0
    while at < len(data) and data[at] == 0xFF:
        value, at = value + 0xFF, at + 1
    return (value + data[at], at + 1) if at < len(data) else (value, at)


def _pairs(user_data: bytes) -> bytes:
    """`cc_data()` of ATSC A/53: flags and count, a reserved byte, triplets."""
    if len(user_data) < 2 or not user_data[0] & 0x40:
        return b""
    return triplets_of_field_one(user_data[2 : 2 + 3 * (user_data[0] & 0x1F)])
