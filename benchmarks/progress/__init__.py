"""Watch progress under load: what the database is spared, and that nothing is lost."""

import sys
from pathlib import Path

# The service's code lies in a Lambda layer, which is on nobody's path but a function's.
sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "layers" / "marquee" / "python"))
