"""Parts of documents that are made by a tool: between a line that names them and a line that ends them.

<!-- made: NAME -->
…
<!-- end -->
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

_BLOCK = re.compile(r"(?P<head><!-- made: (?P<name>[a-z-]+) -->\n).*?(?P<end><!-- end -->)", re.DOTALL)


def filled(text: str, blocks: Mapping[str, str]) -> str:
    """`text` with each block made anew. Raises ValueError when the text's blocks are not exactly these."""
    found = [match["name"] for match in _BLOCK.finditer(text)]
    if sorted(found) != sorted(blocks):
        raise ValueError(f"the document has the blocks {sorted(found)}, made are {sorted(blocks)}")
    return _BLOCK.sub(lambda match: f"{match['head']}{blocks[match['name']].strip()}\n{match['end']}", text)


def table(head: tuple[str, ...], rows: Sequence[tuple[str, ...]]) -> str:
    """A table of Markdown."""
    lines = [head, tuple("---" for _ in head), *(tuple(cell.replace("|", "\\|") for cell in row) for row in rows)]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)
