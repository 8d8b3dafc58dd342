"""Charts are drawn once for each name, in words that Mermaid understands."""

from __future__ import annotations

from tools.architecture.mermaid import Flowchart
from tools.architecture.words import rate, words


def lines(chart: Flowchart) -> list[str]:
    return [line.strip() for line in str(chart).splitlines()]


def test_a_name_is_one_node_and_two_names_are_never_one() -> None:
    chart = Flowchart()
    assert chart.node("Api/Ingest") == chart.node("Api/Ingest")
    assert chart.node("Data/Ingest") != chart.node("Api/Ingest")
    assert sum(line.startswith("Ingest") for line in lines(chart)) == 2


def test_a_word_of_the_language_is_no_name_of_a_node() -> None:
    chart = Flowchart()
    assert chart.node("end") != "end"


def test_an_edge_is_drawn_once_and_says_what_it_means() -> None:
    chart = Flowchart()
    chart.node("a")
    chart.node("b", 'says "b"', "queue")
    for _ in range(2):
        chart.edge("a", "b", "after a failure", dotted=True)
    assert lines(chart)[1:-1] == ["flowchart LR", 'a["a"]', "b[[\"says 'b'\"]]", 'a -.->|"after a failure"| b']


def test_what_is_in_a_group_stands_inside_of_it() -> None:
    chart = Flowchart("TD")
    chart.open("Make", "Make, for each")
    chart.node("Make/Encode")
    chart.close()
    assert lines(chart)[2:-1] == ['subgraph Make["Make, for each"]', "direction TB", 'Encode["Make/Encode"]', "end"]


def test_names_and_times_are_written_as_one_says_them() -> None:
    assert words("Ingest/DeadLetters") == "ingest dead letters"
    assert [rate("rate(1 minute)"), rate("rate(5 minutes)"), rate("cron(0 3 * * ? *)")] == [
        "every minute",
        "every 5 minutes",
        "cron(0 3 * * ? *)",
    ]
