"""Write docs/architecture.md anew: `python -m tools.architecture [ASSEMBLY]`."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

from tools.architecture.document import PATH, synthesized, written

if __name__ == "__main__":
    given = Path(sys.argv[1]) if sys.argv[1:] else None
    assembly = given or synthesized()
    PATH.write_text(written(assembly, PATH.read_text()))
    if given is None:
        shutil.rmtree(assembly)
