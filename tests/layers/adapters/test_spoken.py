"""What is said in films (`SpokenStore`), on the fake and on the real database."""

from __future__ import annotations

import pytest
from marquee.adapters.spoken import DatabaseSpoken
from marquee.domain import ids
from marquee.domain.spoken import Line, Meaning, Narrowed, Origin, Passage, PassageKind, SpokenStore, Topic, Topics

from tests.fakes_spoken import MemorySpoken

pytestmark = pytest.mark.contract


@pytest.fixture(params=["memory", "database"])
def spoken(request: pytest.FixtureRequest) -> SpokenStore:
    if request.param == "memory":
        return MemorySpoken()
    return DatabaseSpoken(request.getfixturevalue("shared_database"))


@pytest.fixture
def asset_id() -> str:
    return ids.new_asset_id()


def passage(
    asset_id: str, text: str, *, number: int = 0, edition: str = "1", kind: PassageKind = "said", language: str = "en"
) -> Passage:
    origin = Origin(asset_id=asset_id, asset_version=1, name="ten", edition=edition)
    line = Line(start_seconds=1.5, end_seconds=3.25, text=text)
    return Passage(id=f"{origin.key}:{number:05d}", origin=origin, kind=kind, language=language, lines=(line,))


def test_a_passage_comes_back_as_it_was_put(spoken: SpokenStore, asset_id: str) -> None:
    said = passage(asset_id, "The Zanzibarian xylophones")
    spoken.put([said])
    spoken.put([said])

    assert spoken.with_words([["zanzibarian"]], 1, Narrowed(), 10) == [said]
    assert spoken.those([said.id, "nothing"]) == [said]


def test_words_are_known_found_by_their_beginning_and_by_what_resembles_them(
    spoken: SpokenStore, asset_id: str
) -> None:
    spoken.put([passage(asset_id, "The krokodilwaechter, the krokodilbaum!")])

    assert spoken.known(["the", "krokodilbaum", "nobodysaid"]) == {"krokodilbaum"}
    assert spoken.beginning("krokodil", 10) == ["krokodilbaum", "krokodilwaechter"]
    assert spoken.beginning("krokodil", 1) == ["krokodilbaum"]
    assert list(spoken.resembling("krokodilbuam", 2)) == ["krokodilbaum", "krokodilwaechter"]


def test_who_has_more_of_what_is_sought_comes_first_and_who_has_too_little_not_at_all(
    spoken: SpokenStore, asset_id: str
) -> None:
    texts = ("qwertzuio", "qwertzuio yxcvbnmas", "qwertzuio yxcvbnmas plokijuhz", "plokijuhz")
    one, two, three, other = (passage(asset_id, text, number=number) for number, text in enumerate(texts))
    spoken.put([one, two, three, other])
    choices = [["qwertzuio", "qwertzuia"], ["yxcvbnmas"], ["plokijuhz"]]

    assert spoken.with_words(choices, 2, Narrowed(), 10) == [three, two]
    assert spoken.with_words(choices, 3, Narrowed(), 10) == [three]
    assert spoken.with_words(choices, 1, Narrowed(), 3) == [three, two, one]
    assert not spoken.with_words(choices, 4, Narrowed(), 10)
    assert not spoken.with_words([], 0, Narrowed(), 10)


def test_a_search_is_narrowed_by_kind_and_language(spoken: SpokenStore, asset_id: str) -> None:
    said = passage(asset_id, "wolkenkratzerhaus", language="de-AT")
    seen = passage(asset_id, "wolkenkratzerhaus", number=1, kind="seen", language="en")
    spoken.put([said, seen])
    sought = [["wolkenkratzerhaus"]]

    assert spoken.with_words(sought, 1, Narrowed(kind="seen"), 10) == [seen]
    assert spoken.with_words(sought, 1, Narrowed(language="de"), 10) == [said]
    assert spoken.with_words(sought, 1, Narrowed(language="DE-CH"), 10) == [said]
    assert not spoken.with_words(sought, 1, Narrowed(kind="seen", language="de"), 10)


def test_only_what_is_named_is_retained_and_other_films_are_left_alone(spoken: SpokenStore, asset_id: str) -> None:
    old, new = passage(asset_id, "ornithologically"), passage(asset_id, "ornithologically", edition="2")
    other = passage(ids.new_asset_id(), "ornithologically")
    spoken.put([old, new, other])
    spoken.put_meanings([Meaning(passage_id=p.id, asset_id=asset_id, digest=p.id, vector=(1.0,)) for p in (old, new)])
    spoken.retain(asset_id, [new.origin])

    assert {found.id for found in spoken.those([old.id, new.id, other.id])} == {new.id, other.id}
    assert list(spoken.meanings_of(asset_id)) == [new.id]


def test_a_film_that_goes_takes_all_with_it(spoken: SpokenStore, asset_id: str) -> None:
    said = passage(asset_id, "phosphorescent")
    spoken.put([said])
    spoken.put_meanings([Meaning(passage_id=said.id, asset_id=asset_id, digest="d", vector=(1.0, 0.0))])
    spoken.describe(Topics(asset_id=asset_id, asset_version=1, topics=(Topic(name=asset_id, weight=1.0),)))
    spoken.forget(asset_id)
    spoken.forget(asset_id)

    assert spoken.those([said.id]) == []
    assert (spoken.meanings_of(asset_id), spoken.topics_of(asset_id), spoken.sharing([asset_id], 9)) == ({}, None, [])


def test_films_that_share_more_topics_come_first(spoken: SpokenStore, asset_id: str) -> None:
    one, two = f"one {asset_id}", f"two {asset_id}"
    both, single = ids.new_asset_id(), ids.new_asset_id()
    for film, names in ((both, (one, two)), (single, (two,)), (ids.new_asset_id(), ())):
        topics = tuple(Topic(name=name, weight=0.5) for name in names)
        spoken.describe(Topics(asset_id=film, asset_version=1, topics=topics))

    assert [topics.asset_id for topics in spoken.sharing([one, two], 10)] == [both, single]
    assert spoken.sharing([one, two], 1)[0].topics[0].weight == 0.5
    assert spoken.sharing([], 10) == []


def test_vectors_come_back_as_they_were_and_those_of_the_newest_film_first(spoken: SpokenStore, asset_id: str) -> None:
    newer = f"ast_zz{asset_id[6:]}"
    vectors = {asset_id: (0.5, -0.25, 0.0), newer: (1.0, 0.0, 0.0)}
    for film, vector in vectors.items():
        said = passage(film, "text")
        spoken.put_meanings([Meaning(passage_id=said.id, asset_id=film, digest="d", vector=vector)])

    assert spoken.meanings_of(asset_id) == {"d": (0.5, -0.25, 0.0)}
    assert next(m.vector for m in spoken.meanings(100) if m.asset_id in vectors) == (1.0, 0.0, 0.0)
    assert len(spoken.meanings(1)) == 1
