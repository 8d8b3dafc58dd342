"""Identifiers."""

from marquee.domain.ids import new_asset_id, new_job_id, new_upload_id


def test_ids_say_of_what_they_are_and_never_repeat() -> None:
    made = [make() for make in (new_upload_id, new_asset_id, new_job_id) for _ in range(1000)]

    assert len(set(made)) == len(made)
    assert {(i[:4], len(i)) for i in made} == {("upl_", 30), ("ast_", 30), ("job_", 30)}


def test_ids_of_another_moment_sort_by_time() -> None:
    first = new_job_id()
    later = new_job_id()
    while later[:14] == first[:14]:  # the same millisecond
        later = new_job_id()

    assert first < later
