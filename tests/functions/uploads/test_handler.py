"""`uploads` through its real entry, over stores in memory."""

import json
from collections.abc import Iterator
from datetime import timedelta

import pytest
from marquee.domain import keys
from marquee.domain.clock import utc_now
from marquee.domain.errors import TransientError
from marquee.domain.uploads import MIB
from marquee.services.create_upload import CreateUpload
from uploads.handler import lambda_handler
from uploads.wiring import wiring

from tests.platform import CONTEXT, UPLOADS, Answer, Platform, authorizer_of, http_event

FILM = {"filename": "My film.mp4", "size": 20 * MIB, "content_type": "video/mp4"}
BASE = "/api/v1/uploads"


@pytest.fixture(autouse=True)
def _wired(platform: Platform) -> Iterator[None]:
    platform.caller = "admin"
    with platform.within(wiring):
        yield


def create(platform: Platform, **changes: object) -> Answer:
    return platform.call(lambda_handler, "POST", BASE, {**FILM, **changes})


def send_all(platform: Platform, made: Answer, sizes: tuple[int, ...] = (16 * MIB, 4 * MIB)) -> list[dict[str, object]]:
    upload = platform.uploads.kept[made.body["upload_id"]]
    return [
        {"part_number": n, "etag": platform.multipart.send(upload.multipart_id, n, b"x" * size)}
        for n, size in enumerate(sizes, 1)
    ]


def complete(platform: Platform, made: Answer, parts: object) -> Answer:
    path = f"{BASE}/{made.body['upload_id']}/complete"
    return platform.call(lambda_handler, "POST", path, {"parts": parts})


def test_a_new_upload_answers_with_signed_parts_of_exact_sizes(platform: Platform) -> None:
    made = create(platform)

    assert made.status == 201
    assert made.body["part_size"] == 16 * MIB
    assert [(p["part_number"], p["size"]) for p in made.body["parts"]] == [(1, 16 * MIB), (2, 4 * MIB)]
    assert f"length={4 * MIB}" in made.body["parts"][1]["url"]
    job = platform.jobs.kept[made.body["job_id"]]
    assert (job.status, job.asset_id) == ("pending", made.body["asset_id"])
    assert platform.assets.kept[job.asset_id].title == "My film"


def test_a_film_can_be_for_some_viewers_from_its_first_second(platform: Platform) -> None:
    made = create(platform, visibility="premium")

    assert platform.assets.kept[made.body["asset_id"]].visibility == "premium"


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"size": 0}, "empty_file"),
        ({"size": 6 * 1024**4}, "file_too_large"),
        ({"size": -1}, "invalid_request"),
        ({"size": "12"}, "invalid_request"),
        ({"filename": ""}, "invalid_request"),
        ({"filename": "a\x00b.mp4"}, "invalid_filename"),
        ({"filename": "../.."}, "invalid_filename"),
        ({"content_type": "text/html"}, "unsupported_content_type"),
        ({"visibility": "friends"}, "invalid_request"),
    ],
)
def test_an_impossible_upload_is_refused_with_its_code(
    platform: Platform, changes: dict[str, object], code: str
) -> None:
    answer = create(platform, **changes)

    assert (answer.status, answer.body["code"]) == (422, code)
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.body["request_id"].startswith("req-")
    assert not platform.uploads.kept


def test_the_field_at_fault_is_named(platform: Platform) -> None:
    answer = platform.call(lambda_handler, "POST", BASE, {"filename": "a.mp4"})

    assert [e["location"] for e in answer.body["errors"]] == ["body.size"]


def test_a_body_that_is_no_json_is_a_400(platform: Platform) -> None:
    answer = platform.call(lambda_handler, "POST", BASE, '{"filename": ')

    assert (answer.status, answer.body["code"]) == (400, "malformed_json")


@pytest.mark.parametrize("body", ["[" * 100_000, b"\xff\xfe", '{"size": ' + "9" * 5_000 + "}"])
def test_a_body_that_no_parser_can_follow_is_a_400(platform: Platform, body: str | bytes) -> None:
    answer = platform.call(lambda_handler, "POST", BASE, body)

    assert (answer.status, answer.body["code"]) == (400, "malformed_json")


def test_a_packed_body_is_a_415(platform: Platform) -> None:
    answer = platform.call(lambda_handler, "POST", BASE, b"\x1f\x8b\x08", {"Content-Encoding": "gzip"})

    assert (answer.status, answer.body["code"]) == (415, "unsupported_media_type")
    assert "Content-Encoding" in answer.body["detail"]


def test_another_media_type_is_a_415(platform: Platform) -> None:
    answer = platform.call(lambda_handler, "POST", BASE, "<film/>", {"Content-Type": "text/xml"})

    assert (answer.status, answer.body["code"]) == (415, "unsupported_media_type")


def test_a_huge_body_is_a_413(platform: Platform) -> None:
    answer = platform.call(lambda_handler, "POST", BASE, {**FILM, "title": "x" * 2 * MIB})

    assert (answer.status, answer.body["code"]) == (413, "body_too_large")


def test_an_unknown_address_is_a_404_problem(platform: Platform) -> None:
    answer = platform.call(lambda_handler, "GET", f"{BASE}/a/b/c")

    assert (answer.status, answer.body["code"]) == (404, "not_found")


def test_a_wrong_method_is_a_405_that_says_which_are_right(platform: Platform) -> None:
    answer = platform.call(lambda_handler, "PUT", f"{BASE}/upl_1")

    assert (answer.status, answer.headers["allow"]) == (405, "DELETE, GET, HEAD, OPTIONS")


def test_the_same_key_and_body_answer_the_same_once_done(platform: Platform) -> None:
    first, second = (platform.call(lambda_handler, "POST", BASE, FILM, {"Idempotency-Key": "k1"}) for _ in range(2))

    assert (first.status, second.status) == (201, 201)
    assert second.body == first.body
    assert ("idempotency-replayed" in first.headers, second.headers["idempotency-replayed"]) == (False, "true")
    assert len(platform.uploads.kept) == 1


def test_callers_share_no_keys(platform: Platform) -> None:
    made = []
    for subject in ("u1", "u2", "u1"):
        event = http_event("POST", BASE, FILM, {"Idempotency-Key": "k1"})
        event["requestContext"]["authorizer"] = authorizer_of(subject, "admin")
        made.append(json.loads(lambda_handler(event, CONTEXT)["body"])["upload_id"])

    assert made[0] == made[2] != made[1]


def test_the_same_key_with_another_body_is_a_422(platform: Platform) -> None:
    platform.call(lambda_handler, "POST", BASE, FILM, {"Idempotency-Key": "k1"})
    answer = platform.call(lambda_handler, "POST", BASE, {**FILM, "size": 7}, {"Idempotency-Key": "k1"})

    assert (answer.status, answer.body["code"]) == (422, "idempotency_mismatch")


def test_a_key_whose_first_call_still_runs_is_a_409(platform: Platform) -> None:
    platform.call(lambda_handler, "POST", BASE, FILM, {"Idempotency-Key": "k1"})
    ((key, (digest, _, _)),) = platform.answers.kept.items()
    platform.answers.kept[key] = (digest, None, utc_now() + timedelta(seconds=60))
    answer = platform.call(lambda_handler, "POST", BASE, FILM, {"Idempotency-Key": "k1"})

    assert (answer.status, answer.body["code"]) == (409, "idempotency_running")


def test_a_failed_call_frees_its_key(platform: Platform) -> None:
    platform.call(lambda_handler, "POST", BASE, {**FILM, "size": 0}, {"Idempotency-Key": "k1"})
    answer = platform.call(lambda_handler, "POST", BASE, FILM, {"Idempotency-Key": "k1"})

    assert answer.status == 201


def test_a_long_film_gets_its_later_parts_signed_on_demand(platform: Platform) -> None:
    made = create(platform, size=20_000 * MIB)
    assert (made.body["part_count"], len(made.body["parts"])) == (1250, 1000)

    path = f"{BASE}/{made.body['upload_id']}/parts"
    signed = platform.call(lambda_handler, "POST", path, {"part_numbers": [1001, 1250]})
    assert [p["part_number"] for p in signed.body["parts"]] == [1001, 1250]

    beyond = platform.call(lambda_handler, "POST", path, {"part_numbers": [1251]})
    assert (beyond.status, beyond.body["code"]) == (422, "no_such_part")


def test_a_huge_film_keeps_within_ten_thousand_parts(platform: Platform) -> None:
    made = create(platform, size=5 * 1024**4)

    assert made.body["part_count"] <= 10_000
    assert made.body["part_size"] % MIB == 0


def test_what_has_arrived_is_shown(platform: Platform) -> None:
    made = create(platform)
    path = f"{BASE}/{made.body['upload_id']}"
    assert platform.call(lambda_handler, "GET", path).body["status"] == "created"
    upload = platform.uploads.kept[made.body["upload_id"]]
    platform.multipart.send(upload.multipart_id, 2, b"x" * 4 * MIB)

    shown = platform.call(lambda_handler, "GET", path)

    assert shown.body["status"] == "uploading"
    assert [(p["part_number"], p["size"]) for p in shown.body["received_parts"]] == [(2, 4 * MIB)]


def test_completing_joins_the_parts(platform: Platform) -> None:
    made = create(platform)
    done = complete(platform, made, send_all(platform, made))

    assert (done.status, done.body["job_id"]) == (202, made.body["job_id"])
    source = platform.objects.head(UPLOADS, keys.source_key(made.body["upload_id"]))
    assert source is not None
    assert source.size_bytes == FILM["size"]


def test_completing_twice_is_answered_twice(platform: Platform) -> None:
    made = create(platform)
    parts = send_all(platform, made)

    assert [complete(platform, made, parts).status for _ in range(2)] == [202, 202]


def test_completing_after_storage_did_but_the_answer_was_lost_succeeds(platform: Platform) -> None:
    made = create(platform)
    parts = send_all(platform, made)
    upload = platform.uploads.kept[made.body["upload_id"]]
    platform.multipart.complete(UPLOADS, keys.source_key(upload.id), upload.multipart_id, [])

    assert complete(platform, made, parts).status == 202


@pytest.mark.parametrize(
    ("sizes", "status", "code"),
    [((16 * MIB,), 409, "parts_missing"), ((16 * MIB, 4), 422, "size_mismatch")],
)
def test_wrong_parts_change_nothing(platform: Platform, sizes: tuple[int, ...], status: int, code: str) -> None:
    made = create(platform)
    answer = complete(platform, made, send_all(platform, made, sizes))

    assert (answer.status, answer.body["code"]) == (status, code)
    assert platform.objects.head(UPLOADS, keys.source_key(made.body["upload_id"])) is None
    assert complete(platform, made, send_all(platform, made)).status == 202


def test_a_part_other_than_the_client_sent_is_refused(platform: Platform) -> None:
    made = create(platform)
    parts = send_all(platform, made)
    parts[0]["etag"] = '"other"'

    assert complete(platform, made, parts).body["code"] == "etag_mismatch"


@pytest.mark.parametrize(("number", "code"), [(2, "part_repeated"), (3, "no_such_part")])
def test_a_part_too_many_is_refused(platform: Platform, number: int, code: str) -> None:
    made = create(platform)
    parts = send_all(platform, made)

    answer = complete(platform, made, [*parts, {"part_number": number, "etag": parts[1]["etag"]}])
    assert (answer.status, answer.body["code"]) == (422, code)
    assert complete(platform, made, parts).status == 202


def test_aborting_leaves_nothing_and_may_be_repeated(platform: Platform) -> None:
    made = create(platform)
    path = f"{BASE}/{made.body['upload_id']}"

    assert [platform.call(lambda_handler, "DELETE", path).status for _ in range(2)] == [204, 204]
    assert not platform.multipart.open
    assert not platform.assets.kept
    assert platform.jobs.kept[made.body["job_id"]].status == "canceled"
    assert complete(platform, made, [{"part_number": 1, "etag": "x"}]).body["code"] == "upload_aborted"


def test_a_completed_upload_cannot_be_aborted(platform: Platform) -> None:
    made = create(platform)
    complete(platform, made, send_all(platform, made))
    answer = platform.call(lambda_handler, "DELETE", f"{BASE}/{made.body['upload_id']}")

    assert (answer.status, answer.body["code"]) == (409, "upload_completed")


@pytest.mark.parametrize(("method", "tail"), [("GET", ""), ("DELETE", ""), ("POST", "/parts")])
def test_an_unknown_upload_is_a_404(platform: Platform, method: str, tail: str) -> None:
    answer = platform.call(lambda_handler, method, f"{BASE}/upl_none{tail}", {"part_numbers": [1]})

    assert (answer.status, answer.body["code"]) == (404, "not_found")


class Away(CreateUpload):
    """The use case when the database is away."""

    def __call__(self, new: object) -> None:  # type: ignore[override]
        raise TransientError("The database cannot be reached.")


class Broken(CreateUpload):
    """The use case with a bug."""

    def __call__(self, new: object) -> None:  # type: ignore[override]
        raise ZeroDivisionError("secret detail")


def test_a_dependency_that_is_away_is_a_503_to_be_tried_again(platform: Platform) -> None:
    made = wiring.create_upload
    away = Away(made.uploads, made.assets, made.jobs, made.multipart, UPLOADS, made.link_movie)
    with platform.within(wiring, create_upload=away):
        answer = create(platform)

    assert (answer.status, answer.body["code"]) == (503, "temporarily_unavailable")
    assert answer.headers["retry-after"]


def test_a_bug_is_a_500_that_tells_nothing(platform: Platform) -> None:
    made = wiring.create_upload
    broken = Broken(made.uploads, made.assets, made.jobs, made.multipart, UPLOADS, made.link_movie)
    with platform.within(wiring, create_upload=broken):
        answer = create(platform)

    assert (answer.status, answer.body["code"]) == (500, "internal_error")
    assert "secret" not in answer.body["detail"]
