"""Sizes of parts."""

from hypothesis import given
from hypothesis import strategies as st
from marquee.domain.clock import utc_now
from marquee.domain.uploads import MAX_PARTS, MAX_SIZE_BYTES, MIB, MIN_PART_SIZE, Upload, part_size_for

NOW = utc_now()


@given(st.integers(min_value=1, max_value=MAX_SIZE_BYTES))
def test_parts_make_up_the_file_within_storages_limits(size: int) -> None:
    upload = Upload(
        id="upl_1",
        asset_id="ast_1",
        job_id="job_1",
        filename="f",
        size_bytes=size,
        content_type="video/mp4",
        part_size=part_size_for(size),
        multipart_id="m",
        created_at=NOW,
        expires_at=NOW,
    )

    assert 1 <= upload.part_count <= MAX_PARTS
    assert upload.part_size >= MIN_PART_SIZE
    assert upload.part_size % MIB == 0
    last = upload.part_bytes(upload.part_count)
    assert 1 <= last <= upload.part_size
    assert (upload.part_count - 1) * upload.part_size + last == size
