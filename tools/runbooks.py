"""Commands of docs/runbooks: blocks of shell, and what is said of where they can be run."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

FOLDER = Path(__file__).resolve().parents[1] / "docs" / "runbooks"
_FENCED = re.compile(r"^(?P<indent> *)```sh(?P<mark>[^\n]*)\n(?P<text>.*?)^(?P=indent)```$", re.MULTILINE | re.DOTALL)
AT_AWS = "at-aws"


@dataclass(frozen=True)
class Block:
    """Lines of shell as one types them. `at_aws`: they need what only an account of AWS' has."""

    text: str
    at_aws: bool

    def commands(self) -> list[list[str]]:
        """Words of each line, without a `!` before them."""
        lines = self.text.replace("\\\n", " ").splitlines()
        words = [shlex.split(line, comments=True) for line in lines]
        return [each[1:] if each[0] == "!" else each for each in words if each]


def pages() -> list[str]:
    return sorted(path.name for path in FOLDER.glob("*.md"))


def blocks(page: str) -> Iterator[Block]:
    """Those of a page, in their order. Raises ValueError for a mark that means nothing."""
    for match in _FENCED.finditer((FOLDER / page).read_text()):
        mark = match["mark"].strip()
        if mark not in {"", AT_AWS}:
            raise ValueError(f"{page}: a block of shell is marked {mark!r}")
        indent = match["indent"]
        text = "\n".join(line.removeprefix(indent) for line in match["text"].splitlines())
        yield Block(text, at_aws=mark == AT_AWS)
