"""Rules of the template, carried out at midnight after their days."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

from local.s3.lifecycle import apply_lifecycle
from local.s3.model import Attributes
from local.s3.multipart import Multiparts
from local.s3.store import S3Store

RULES = {
    "Rules": [
        {"Status": "Enabled", "Prefix": "work/", "ExpirationInDays": 2},
        {"Status": "Enabled", "AbortIncompleteMultipartUpload": {"DaysAfterInitiation": 1}},
        {"Status": "Disabled", "ExpirationInDays": 1},
    ]
}


def test_work_files_expire_and_stale_uploads_are_aborted_and_nothing_else(tmp_path: Path) -> None:
    store = S3Store(tmp_path)
    store.create_bucket("films", lifecycle=RULES)
    for key in ("work/1/plan.json", "media/1/main.m3u8"):
        store.put("films", key, [], "e", Attributes(), event="ObjectCreated:Put")
    multiparts = Multiparts(store)
    upload_id = multiparts.create("films", "uploads/1/source", Attributes(), None)
    writer = store.blobs.create()
    writer.write(b"part")
    writer.finish()
    upload = multiparts.get("films", "uploads/1/source", upload_id)
    multiparts.add_part(upload, 1, (writer.name, writer.size), "0" * 32, {})
    now = datetime.now(UTC)
    midnight = now.replace(hour=0, minute=0, second=0, microsecond=0)
    assert apply_lifecycle(store, now) == (0, 0)
    assert apply_lifecycle(store, midnight + timedelta(days=2)) == (0, 1)
    assert not store.blobs.path(writer.name).exists()
    assert multiparts.uploads("films") == []
    assert apply_lifecycle(store, midnight + timedelta(days=2, hours=23)) == (0, 0)
    assert apply_lifecycle(store, midnight + timedelta(days=3)) == (1, 0)
    assert store.head("films", "work/1/plan.json") is None
    assert store.head("films", "media/1/main.m3u8") is not None
    store.close()
