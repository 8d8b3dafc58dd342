"""Messages as releases sent them. A file here is never changed: what was sent once has to be read for ever.

`{name}.v{version}.json` has all fields; `….least.json` those alone that its version asks for. Version 0 is what
was handed to steps before messages had a schema.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).resolve().parent / "golden"
GOLDEN = sorted(FOLDER.glob("*.json"))


def golden(path: object) -> dict[str, Any]:
    message: dict[str, Any] = json.loads(Path(str(path)).read_text())
    return message
