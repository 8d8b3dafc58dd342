"""Growing publication under any order of completion, twice and at once."""

import threading
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise

import m3u8
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from marquee.domain.errors import Conflict, TransientError
from marquee.domain.media import EncodeOrder, OrderKind, Plan
from marquee.services.publish_segments import Publication, publish_segments
from marquee.services.published import PublishedFolder

from tests.fakes_media import BUCKET, JOB, PREFIX, MemoryObjects, RecordedMarks
from tests.made_up_film import audio_result, made_up_plan, store_plan, store_result, video_result


class Stage:
    """A film whose workers report when a test says so."""

    def __init__(self, plan: Plan) -> None:
        self.plan = plan
        self.objects = MemoryObjects()
        self.marks = RecordedMarks()
        self.folder = PublishedFolder(self.objects, BUCKET, plan, pause=lambda _: None)
        store_plan(self.objects, plan)

    def report(self, kind: OrderKind, index: int, *, segments: int | None = None) -> None:
        if kind == "video":
            store_result(self.objects, self.plan, video_result(self.plan, index))
        else:
            result = audio_result(self.plan, index, segments)
            store_result(self.objects, self.plan, result, partial=segments is not None)

    def publish(self, kind: OrderKind, index: int) -> Publication:
        order = EncodeOrder(job_id=JOB, media_bucket=BUCKET, kind=kind, index=index)
        return publish_segments(order, self.objects, self.marks, folder=self.folder)

    def finish(self, kind: OrderKind, index: int) -> Publication:
        self.report(kind, index)
        return self.publish(kind, index)

    def uris(self, track: str) -> list[str]:
        return [segment.uri for segment in m3u8.loads(self.objects.text(f"{track}/index.m3u8")).segments]

    def variants(self) -> list[str]:
        return [variant.uri for variant in m3u8.loads(self.objects.text("main.m3u8")).playlists]


def test_a_job_that_fails_meanwhile_does_not_become_watchable() -> None:
    stage = Stage(made_up_plan())
    stage.report("audio", 0, segments=2)
    stage.marks.runs_for = 1

    with pytest.raises(Conflict):
        stage.finish("video", 0)
    assert "main.m3u8" not in stage.objects.published()


def test_the_low_rung_of_the_head_makes_the_film_playable() -> None:
    stage = Stage(made_up_plan())
    stage.report("audio", 0, segments=2)

    published = stage.finish("video", 0)

    assert published.playable
    assert stage.variants() == ["v360/index.m3u8"]
    assert stage.uris("v360") == ["00000.m4s", "00001.m4s"]
    assert len(stage.uris("a0")) == 2
    assert stage.marks.playable == [JOB]


def test_a_rung_is_listed_once_it_covers_what_is_listed() -> None:
    stage = Stage(made_up_plan())
    stage.report("audio", 0)
    stage.finish("video", 0)
    stage.finish("video", 2)
    assert stage.variants() == ["v360/index.m3u8"]
    assert "v720/index.m3u8" not in stage.objects.published()

    stage.finish("video", 1)

    assert set(stage.variants()) == {"v360/index.m3u8", "v720/index.m3u8"}
    assert stage.uris("v720") == stage.uris("v360") == [f"{n:05d}.m4s" for n in range(4)]


def test_a_film_with_sound_waits_for_its_sound() -> None:
    stage = Stage(made_up_plan())

    assert not stage.finish("video", 0).playable
    assert "main.m3u8" not in stage.objects.published()
    assert stage.marks.playable == []

    stage.report("audio", 0, segments=1)
    assert stage.publish("video", 0).playable
    assert 'URI="a0/index.m3u8"' in stage.objects.text("main.m3u8")


def test_a_second_audio_track_joins_when_it_has_begun() -> None:
    stage = Stage(made_up_plan(audio=2))
    stage.report("audio", 0, segments=1)
    stage.finish("video", 0)
    assert [m.name for m in m3u8.loads(stage.objects.text("main.m3u8")).media] == ["English"]

    stage.finish("audio", 1)

    assert [m.name for m in m3u8.loads(stage.objects.text("main.m3u8")).media] == ["English", "Deutsch"]


def test_a_film_without_sound_does_not_wait() -> None:
    stage = Stage(made_up_plan(audio=0))

    assert stage.finish("video", 0).playable
    assert "TYPE=AUDIO" not in stage.objects.text("main.m3u8")


def test_tasks_end_when_all_their_orders_are_published() -> None:
    stage = Stage(made_up_plan(segments=4, audio=2))
    stage.finish("audio", 0)
    stage.finish("video", 2)
    stage.finish("video", 0)
    assert stage.marks.finished == []
    stage.finish("audio", 1)
    assert stage.marks.finished == ["audio"]

    stage.finish("video", 1)

    assert stage.marks.finished == ["audio", "video"]


def test_growing_playlists_are_hardly_cached() -> None:
    stage = Stage(made_up_plan(audio=0))
    stage.finish("video", 0)

    for name in ("main.m3u8", "v360/index.m3u8"):
        assert stage.objects.types[PREFIX + name] == ("application/vnd.apple.mpegurl", "public, max-age=1")


def test_a_call_reads_only_the_reports_of_new_shards() -> None:
    stage = Stage(made_up_plan(segments=60))
    stage.report("audio", 0)
    for index in range(20):
        stage.finish("video", index)
    stage.report("video", 20)
    stage.objects.reads.clear()

    stage.publish("video", 20)

    assert {key for key in stage.objects.reads if "/results/video/" in key} == {
        f"work/{JOB}/results/video/00020.json",
        f"work/{JOB}/results/video/00021.json",
    }
    assert len(stage.objects.reads) < 10


def test_a_late_duplicate_does_not_open_a_finished_film() -> None:
    stage = Stage(made_up_plan(segments=2, audio=0))
    stage.finish("video", 0)
    stage.finish("video", 1)
    final = stage.objects.text("v360/index.m3u8").replace("EVENT", "VOD") + "#EXT-X-ENDLIST\n"
    stage.folder.write("v360/index.m3u8", final, "application/vnd.apple.mpegurl")

    stage.publish("video", 0)

    assert stage.objects.text("v360/index.m3u8") == final


def test_a_late_call_of_a_stopped_job_publishes_nothing() -> None:
    stage = Stage(made_up_plan(audio=0))
    stage.report("video", 0)
    stage.marks.running = False

    with pytest.raises(Conflict):
        stage.publish("video", 0)
    assert stage.objects.published() == set()


def test_endless_competition_is_a_transient_error() -> None:
    stage = Stage(made_up_plan(audio=0))
    folder = stage.folder
    count = 0

    def change(text: str | None) -> str:
        nonlocal count
        count += 1
        folder.write("x.m3u8", f"another {count}", "text/plain")
        return "mine"

    with pytest.raises(TransientError):
        folder.revise("x.m3u8", change)
    assert count < 100


@settings(max_examples=25, deadline=None)
@given(st.data())
def test_in_any_order_twice_and_at_once_lists_only_grow_and_end_whole(data: st.DataObject) -> None:
    plan = made_up_plan(segments=8)
    stage = Stage(plan)
    orders: list[tuple[OrderKind, int]] = [("video", shard.index) for shard in plan.shards]
    orders.append(("audio", 0))
    order = data.draw(st.permutations(orders))
    extra = data.draw(st.lists(st.sampled_from(orders), max_size=6))
    stage.report("audio", 0, segments=data.draw(st.integers(0, 3)))

    run_at_once(stage, list(order), extra)

    for key, versions in stage.objects.history.items():
        if key.endswith("/index.m3u8"):
            assert all(later.startswith(earlier) for earlier, later in pairwise(versions))
    assert stage.uris("v360") == stage.uris("v720") == [f"{n:05d}.m4s" for n in range(8)]
    assert len(stage.uris("a0")) == len(audio_result(plan, 0).tracks[0].segments)
    assert set(stage.variants()) == {"v360/index.m3u8", "v720/index.m3u8"}
    assert set(stage.marks.finished) == {"video", "audio"}


def run_at_once(stage: Stage, orders: list[tuple[OrderKind, int]], extra: list[tuple[OrderKind, int]]) -> None:
    """Three workers take orders one by one; extra calls are duplicates of orders that have reported."""
    reported: set[tuple[OrderKind, int]] = set()
    lock = threading.Lock()

    def work(order: tuple[OrderKind, int]) -> None:
        stage.finish(*order)
        with lock:
            reported.add(order)
            again = [one for one in extra if one in reported]
        for one in again:
            stage.publish(*one)

    with ThreadPoolExecutor(3) as pool:
        list(pool.map(work, orders))
