"""Versions and aliases: what a deployment publishes and moves, what a rollback moves back."""

from __future__ import annotations

from pathlib import Path

import pytest

from local.releases import NoSuchReleaseError, Releases


def released(path: Path, *ids: str, chance: float = 0.0) -> Releases:
    """Deployments one after the other, each with another version."""
    releases = Releases(path, chance=lambda: chance)
    for version_id in ids:
        releases.publish("film", version_id, lambda i=version_id: {"code": i})  # type: ignore[misc]
        releases.deploy("film", "live", version_id)
    releases.keep()
    return releases


def called(releases: Releases, qualifier: str = "live") -> str:
    return str(releases.find("film", qualifier).content["code"])


def test_a_deployment_moves_the_alias_to_what_it_publishes(tmp_path: Path) -> None:
    assert called(released(tmp_path / "r.json", "a", "b")) == "b"


def test_a_deployment_without_a_change_publishes_nothing(tmp_path: Path) -> None:
    releases = released(tmp_path / "r.json", "a", "a")
    assert [version.number for version in releases.versions("film")] == [1]


def test_what_is_taken_back_stays_so_over_a_restart_until_the_templates_ask_for_another(tmp_path: Path) -> None:
    path = tmp_path / "r.json"
    released(path, "a", "b").move("film", "live", 1, None)
    assert called(released(path, "b")) == "a"
    assert called(released(path, "c")) == "c"


def test_a_part_of_the_calls_goes_to_another_version(tmp_path: Path) -> None:
    path = tmp_path / "r.json"
    released(path, "a", "b").move("film", "live", 1, {"2": 0.1})
    assert [called(released(path, chance=chance)) for chance in (0.05, 0.1, 0.9)] == ["b", "a", "a"]


def test_versions_are_found_by_number_and_by_the_templates_name(tmp_path: Path) -> None:
    releases = released(tmp_path / "r.json", "a", "b")
    assert (called(releases, "1"), called(releases, "b")) == ("a", "b")
    for unknown in ("3", "nothing"):
        with pytest.raises(NoSuchReleaseError):
            releases.find("film", unknown)


def test_an_alias_never_names_what_is_not_there(tmp_path: Path) -> None:
    releases = released(tmp_path / "r.json", "a")
    with pytest.raises(NoSuchReleaseError):
        releases.move("film", "live", 2, None)
    with pytest.raises(NoSuchReleaseError):
        releases.move("film", "live", None, {"2": 0.1})
    assert called(releases) == "a"


def test_old_versions_go_but_for_those_that_are_called(tmp_path: Path) -> None:
    path = tmp_path / "r.json"
    released(path, "a", "b").move("film", "live", 1, None)
    releases = Releases(path)
    for number in range(6):
        releases.publish("film", f"v{number}", lambda: {"code": ""})
    releases.keep()
    assert [version.number for version in Releases(path).versions("film")] == [1, 4, 5, 6, 7, 8]
