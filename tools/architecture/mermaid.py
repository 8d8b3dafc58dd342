"""Flowcharts in Mermaid's language."""

from __future__ import annotations

import re

SHAPES = {
    "box": ('["', '"]'),
    "round": ('("', '")'),
    "store": ('[("', '")]'),
    "queue": ('[["', '"]]'),
    "machine": ('{{"', '"}}'),
    "choice": ('{"', '"}'),
    "end": ('(["', '"])'),
}


class Flowchart:
    """Nodes are named by what they are; the same name is the same node."""

    def __init__(self, direction: str = "LR") -> None:
        self._lines = [f"flowchart {direction}"]
        self._depth = 1
        self._ids: dict[str, str] = {}
        self._edges: set[tuple[str, str, str]] = set()

    def node(self, name: str, label: str = "", shape: str = "box") -> str:
        """Adds it once, where it is named first; its id."""
        if name not in self._ids:
            self._ids[name] = self._new_id(name)
            opened, closed = SHAPES[shape]
            self._add(f"{self._ids[name]}{opened}{(label or name).replace(chr(34), chr(39))}{closed}")
        return self._ids[name]

    def edge(self, source: str, target: str, label: str = "", *, dotted: bool = False) -> None:
        """Between two nodes that are there."""
        arrow = "-.->" if dotted else "-->"
        said = f'|"{label}"|' if label else ""
        if (source, target, label) not in self._edges:
            self._edges.add((source, target, label))
            self._add(f"{self._ids[source]} {arrow}{said} {self._ids[target]}")

    def open(self, name: str, label: str) -> None:
        """A group; nodes that are added until `close` are in it."""
        self._ids[name] = self._new_id(name)
        self._add(f'subgraph {self._ids[name]}["{label}"]')
        self._depth += 1
        self._add("direction TB")

    def close(self) -> None:
        self._depth -= 1
        self._add("end")

    def _new_id(self, name: str) -> str:
        """Of the name's last part; `end` and the like are words of the language."""
        plain = re.sub(r"\W+", "", re.split(r"[./]", name)[-1]) or "n"
        taken = set(self._ids.values())
        return next(i for i in (plain, *(f"{plain}{n}" for n in range(2, 1000))) if i not in taken and i != "end")

    def __str__(self) -> str:
        return "\n".join(["```mermaid", *self._lines, "```"])

    def _add(self, line: str) -> None:
        self._lines.append("    " * self._depth + line)
