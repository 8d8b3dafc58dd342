"""The contract of `UploadStore`, on the fake and on the real database."""

from datetime import timedelta

import pytest
from marquee.adapters.uploads import DatabaseUploads
from marquee.domain import ids
from marquee.domain.clock import utc_now
from marquee.domain.stores import UploadStore
from marquee.domain.uploads import Upload

from tests.fakes import MemoryUploads

pytestmark = pytest.mark.contract
NOW = utc_now()


@pytest.fixture(params=["memory", "database"])
def uploads(request: pytest.FixtureRequest) -> UploadStore:
    if request.param == "memory":
        return MemoryUploads()
    return DatabaseUploads(request.getfixturevalue("shared_database"))


def added(uploads: UploadStore, *, days: int = 7) -> Upload:
    upload = Upload(
        id=ids.new_upload_id(),
        asset_id="ast_1",
        job_id="job_1",
        filename="f.mp4",
        size_bytes=5 * 1024**4,
        content_type="video/mp4",
        part_size=16,
        multipart_id="m",
        created_at=NOW,
        expires_at=NOW + timedelta(days=days),
    )
    uploads.add(upload)
    return upload


def test_what_is_added_is_read_back_whole(uploads: UploadStore) -> None:
    upload = added(uploads)

    assert uploads.get(upload.id) == upload
    assert uploads.get("upl_none") is None


@pytest.mark.parametrize("other", ["completed", "aborted"])
def test_an_upload_is_closed_once(uploads: UploadStore, other: str) -> None:
    upload = added(uploads)
    closed = uploads.close(upload.id, "completed", NOW)

    assert closed is not None
    assert (closed.status, closed.completed_at) == ("completed", NOW)
    assert uploads.close(upload.id, other, NOW) is None  # type: ignore[arg-type]
    assert uploads.get(upload.id) == closed


def test_only_open_uploads_past_their_time_are_expired(uploads: UploadStore) -> None:
    late, later, closed, fresh = (added(uploads, days=days) for days in (-2, -1, -2, 1))
    uploads.close(closed.id, "completed", NOW)
    mine = {late.id, later.id, closed.id, fresh.id}

    assert [u.id for u in uploads.expired(NOW, 100) if u.id in mine] == [late.id, later.id]
    assert len(uploads.expired(NOW, 1)) == 1


def test_a_deleted_upload_is_gone(uploads: UploadStore) -> None:
    upload = added(uploads)
    uploads.delete(upload.id)

    assert uploads.get(upload.id) is None
