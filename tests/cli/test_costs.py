"""The arithmetic of estimates, and what is refused instead of guessed."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from cli.costs.film import Workers, film_minute_lines
from cli.costs.lines import Line, gathered, tiered, total
from cli.costs.others import mediaconvert_minute
from cli.costs.prices import Assumptions, Prices, Unpriced
from cli.costs.viewer import account_line
from cli.main import app

TIERS = [(10.0, 2.0), (20.0, 1.0), (float("inf"), 0.5)]


@pytest.mark.parametrize(("quantity", "dollars"), [(0, 0), (5, 10), (10, 20), (15, 25), (30, 35)])
def test_what_is_above_a_tier_has_the_price_of_the_next(quantity: float, dollars: float) -> None:
    assert tiered(quantity, TIERS) == dollars


def test_what_is_free_is_free_once_for_all_resources_together() -> None:
    lines = [
        Line("CloudWatch", "alarms", 6, "alarms", 0.1, free=10),
        Line("CloudWatch", "alarms", 7, "alarms", 0.1, free=10),
    ]
    (together,) = gathered(lines)
    assert together.quantity == 13
    assert together.dollars == pytest.approx(0.3)
    assert together.listed == pytest.approx(1.3)
    assert total(gathered([lines[0]])) == 0


def test_the_dearest_comes_first() -> None:
    lines = [Line("A", "a", 1, "x", 1), Line("B", "b", 1, "x", 3), Line("C", "c", 1, "x", 2)]
    assert [line.service for line in gathered(lines)] == ["B", "C", "A"]


def test_every_price_has_a_source_and_the_file_a_date() -> None:
    prices = Prices.read()
    assert len(prices.date) == len("2026-11-21")
    assert all(source.startswith("https://") for source in prices.sources.values())


def test_a_price_without_a_source_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "prices.toml"
    file.write_text('date = "2026-01-01"\nregion = "x"\nhours_a_month = 730\n[s3]\ngb = 1\n')
    with pytest.raises(Unpriced, match="s3 has prices without a source"):
        Prices.read(file)


def test_a_price_that_is_not_there_is_no_zero() -> None:
    with pytest.raises(Unpriced, match=r"ec2\.instance_hour of c99\.huge"):
        Prices.read().of("ec2", "instance_hour", "c99.huge")
    with pytest.raises(Unpriced, match=r"no nothing\.at_all"):
        Prices.read().of("nothing", "at_all")


def test_an_assumption_can_be_another_one_and_a_misspelt_one_is_refused() -> None:
    assert Assumptions.read(["average_mbit=6"])["average_mbit"] == 6
    for wrong in ("averag_mbit=6", "average_mbit=much", "average_mbit=0", "average_mbit=-1", "average_mbit=nan"):
        with pytest.raises(ValueError, match=r"averag_mbit|much|must be above zero"):
            Assumptions.read([wrong])


def test_mediaconvert_is_asked_for_two_renditions_in_hd_and_two_below() -> None:
    assert mediaconvert_minute(Prices.read()) == pytest.approx(2 * 0.015 + 2 * 0.0075)


def test_a_task_is_paid_for_a_minute_however_soon_it_is_done() -> None:
    def hours(task_vcpus: float) -> float:
        workers = Workers(task_vcpus, 8.0, 1769.0, "off", "off")
        lines = film_minute_lines(workers, Prices.read(), Assumptions.read(["shard_seconds=60"]), 1e9)
        (processors,) = (line for line in lines if line.what == "encoding on Spot, processors")
        return processors.quantity / task_vcpus

    assert hours(2) == pytest.approx((30 + 150 / 2) / 3600)
    assert hours(16) == pytest.approx(60 / 3600)


def test_accounts_cost_nothing_until_there_are_more_than_are_free() -> None:
    assert account_line(Prices.read(), 10_000).dollars == 0
    assert account_line(Prices.read(), 10_100).dollars == pytest.approx(1.5)


def test_templates_that_are_not_there_are_told_of(tmp_path: Path) -> None:
    done = CliRunner().invoke(app, ["cost", "--env", "prod", "--assembly", str(tmp_path), "--json"])
    assert done.exit_code == 1
    assert json.loads(done.stdout)["error"]["code"] == "not_synthesized"
