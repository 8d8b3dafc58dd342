"""The contract of `Cache`, over memory and over a real Valkey; and what only instances together show."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from marquee.adapters.cache import JITTER, ServingCache
from marquee.adapters.cache_entries import COMPRESS_FROM, Entry, EntryStore, MemoryEntries, decoded
from marquee.adapters.cache_valkey import TAG_SECONDS, ValkeyEntries
from marquee.adapters.valkey_attempts import Attempts
from marquee.adapters.valkey_connection import connect
from marquee.domain.cache import LONGEST_SECONDS, POLICIES, CacheKey, Found
from marquee.domain.errors import TransientError

from tests.fakes_metrics import MemoryMetrics
from tests.layers.adapters.conftest import Connected, running_valkey

pytestmark = pytest.mark.contract

POLICY = POLICIES["tmdb_search"]
Instance = Callable[[], ValkeyEntries]


class Time:
    def __init__(self) -> None:
        self.now = 1_800_000_000.0

    def __call__(self) -> float:
        return self.now


class Loader:
    """Counts how often it was asked; gives its `value`, or fails while it is None and `fails`."""

    def __init__(self, value: object = "first") -> None:
        self.value = value
        self.fails = False
        self.asked = 0

    def __call__(self) -> object:
        self.asked += 1
        if self.fails:
            raise TransientError("away")
        return self.value


@pytest.fixture(scope="module")
def endpoint(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with running_valkey(tmp_path_factory.mktemp("valkey")) as (_, endpoint):
        yield endpoint


@pytest.fixture
def key() -> CacheKey:
    return CacheKey.of("tmdb_search", uuid.uuid4().hex)


@pytest.fixture
def time() -> Time:
    return Time()


@pytest.fixture(params=["memory", "valkey"])
def store(request: pytest.FixtureRequest) -> EntryStore:
    return MemoryEntries() if request.param == "memory" else request.getfixturevalue("instance")()  # type: ignore[no-any-return]


@pytest.fixture
def cache(store: EntryStore, time: Time) -> ServingCache:
    return ServingCache(store, clock=time, jitter=lambda low, high: 1.0)


@pytest.fixture
def instance(endpoint: str, connected: Connected) -> Instance:
    """The store as each instance of a function has it: with a connection of its own."""
    return lambda: ValkeyEntries(connected(endpoint), Attempts())


def test_what_was_asked_for_is_not_asked_for_again_while_it_is_fresh(
    cache: ServingCache, key: CacheKey, time: Time
) -> None:
    load = Loader({"films": [1, 2]})
    assert cache.read(key, load) == Found({"films": [1, 2]}, "loaded")
    time.now += POLICY.fresh - 1

    assert cache.read(key, load) == Found({"films": [1, 2]}, "cache")
    assert load.asked == 1


def test_an_old_value_is_asked_for_anew_by_who_gets_the_lease(cache: ServingCache, key: CacheKey, time: Time) -> None:
    load = Loader()
    cache.read(key, load)
    time.now += POLICY.fresh
    load.value = "second"

    assert cache.read(key, load) == Found("second", "loaded")


def test_an_old_value_is_given_out_while_another_asks_anew(
    cache: ServingCache, store: EntryStore, key: CacheKey, time: Time
) -> None:
    load = Loader()
    cache.read(key, load)
    time.now += POLICY.fresh
    lease = store.lease(str(key), seconds=5)
    assert lease is not None

    assert cache.read(key, load) == Found("first", "stale")
    store.release(str(key), lease, kept=False)
    assert load.asked == 1


def test_an_old_value_is_given_out_when_asking_fails_and_said_to_be_degraded(
    cache: ServingCache, key: CacheKey, time: Time
) -> None:
    load = Loader()
    cache.read(key, load)
    load.fails = True
    time.now += POLICY.fresh + POLICY.on_error - 1
    assert cache.read(key, load) == Found("first", "stale", degraded=True)

    time.now += 2
    with pytest.raises(TransientError):
        cache.read(key, load)


def test_an_error_without_anything_old_is_the_caller_s_and_the_next_may_ask(cache: ServingCache, key: CacheKey) -> None:
    load = Loader()
    load.fails = True
    with pytest.raises(TransientError, match="away"):
        cache.read(key, load)
    load.fails = False

    assert cache.read(key, load).value == "first"


def test_that_something_is_not_there_is_remembered_shortly(cache: ServingCache, key: CacheKey, time: Time) -> None:
    load = Loader(None)
    assert cache.read(key, load) == Found(None, "loaded")
    time.now += POLICY.negative - 1
    assert cache.read(key, load) == Found(None, "cache")
    time.now += 1
    load.value = "there now"

    assert cache.read(key, load).value == "there now"


def test_a_write_ends_everything_with_its_tag_and_nothing_else(cache: ServingCache) -> None:
    tag, other = uuid.uuid4().hex, uuid.uuid4().hex
    first, second = (CacheKey.of("movie", uuid.uuid4().hex) for _ in range(2))
    touched, untouched = Loader(), Loader()
    cache.read(first, touched, tags=[tag, other])
    cache.read(second, untouched, tags=[other])
    cache.invalidate(tag)

    assert cache.read(first, touched, tags=[tag, other]).origin == "loaded"
    assert cache.read(second, untouched, tags=[other]).origin == "cache"


def test_a_value_read_before_a_write_and_kept_after_it_is_not_given_out(cache: ServingCache, key: CacheKey) -> None:
    tag = uuid.uuid4().hex

    def load_while_someone_writes() -> str:
        cache.invalidate(tag)
        return "from before the write"

    cache.read(key, load_while_someone_writes, tags=[tag])

    assert cache.read(key, Loader("from after"), tags=[tag]).value == "from after"


def test_big_values_come_back_as_they_were(cache: ServingCache, store: EntryStore, key: CacheKey) -> None:
    value = [{"title": f"Ärger im Kino № {number}", "overview": "lang " * 50} for number in range(50)]
    cache.read(key, lambda: value)

    assert cache.read(key, Loader()).value == value
    entry, _ = store.get(str(key), [])
    assert entry is not None
    assert len(entry.encoded()) * 8 < len(str(value))
    assert decoded(entry.encoded()) == entry
    small = Entry("x", 1.0, 1.0, {})
    assert len(small.encoded()) < COMPRESS_FROM
    assert decoded("what another version wrote") is None


def test_everything_that_is_kept_ends_by_itself(endpoint: str, instance: Instance, key: CacheKey) -> None:
    cache = ServingCache(instance())
    tag = uuid.uuid4().hex
    cache.read(key, Loader(), tags=[tag])
    cache.invalidate(tag)

    with connect(endpoint, tls=False) as client:
        assert 0 < client.ttl(str(key)) <= POLICY.longest
        assert LONGEST_SECONDS < client.ttl(f"tag:{tag}") <= TAG_SECONDS
        assert client.exists(f"cache-lease:{key}") == 0


def test_no_area_keeps_anything_beyond_half_a_year() -> None:
    assert LONGEST_SECONDS == 180 * 86_400
    for policy in POLICIES.values():
        assert policy.fresh * (1 + JITTER) < policy.longest or policy.revalidate == policy.on_error == 0
        assert policy.longest <= LONGEST_SECONDS


def test_entries_made_together_do_not_end_together() -> None:
    store = MemoryEntries()
    cache = ServingCache(store)
    keys = [CacheKey.of("tmdb_search", number) for number in range(20)]
    for key in keys:
        cache.read(key, Loader())

    times = {entry.fresh_seconds for key in keys if (entry := store.get(str(key), [])[0]) is not None}
    assert len(times) > 10
    assert all(POLICY.fresh * 0.9 <= seconds <= POLICY.fresh * 1.1 for seconds in times)


def test_without_valkey_answers_come_from_memory_or_the_loader(
    tmp_path: Path, key: CacheKey, connected: Connected
) -> None:
    with running_valkey(tmp_path) as (process, endpoint):
        cache = ServingCache(ValkeyEntries(connected(endpoint), Attempts()))
        cache.read(key, Loader("seen before"))
        process.kill()
        process.wait(10)

        assert cache.read(key, Loader()) == Found("seen before", "cache")
        assert cache.read(CacheKey.of("tmdb_search", "new"), Loader()) == Found("first", "loaded")
        cache.invalidate("movies")


def test_lookups_are_counted_by_area_and_outcome(time: Time, key: CacheKey) -> None:
    metrics = MemoryMetrics()
    cache = ServingCache(MemoryEntries(), metrics=metrics, clock=time)
    load = Loader()
    cache.read(key, load)
    cache.read(key, load)
    load.fails = True
    time.now += 2 * POLICY.fresh
    cache.read(key, load)
    metrics.flush()

    assert metrics.read() == {
        f'cache_lookups_total{{area="tmdb_search",outcome="{outcome}"}}': 1
        for outcome in ("miss", "hit", "stale_on_error")
    }


def test_keys_hold_no_words_of_callers_and_never_mix_them_up() -> None:
    assert str(CacheKey.of("tmdb_details", 603)) == "cache:tmdb_details:603"
    spoken = str(CacheKey.of("tmdb_search", "the matrix\r\nDEL *", 1, None))
    assert spoken.startswith("cache:tmdb_search:")
    assert "matrix" not in spoken
    assert len({str(CacheKey.of("tmdb_search", *parts)) for parts in [("a", "b c"), ("a b", "c"), ("a b c",)]}) == 3
