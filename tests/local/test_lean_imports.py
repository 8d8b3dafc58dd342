"""What the imports of moto leave out, seen in a process of its own: this one has long imported all of it."""

from __future__ import annotations

import subprocess
import sys

_PROGRAM = """
import sys
import local.lean_imports
import moto.stepfunctions.parser.models, moto.ssm.models
print(*[name for name in sys.modules if name.startswith(("moto.ec2", "moto.batch.models"))])
from moto.ssm.models import ec2_backends
print(type(ec2_backends["123456789012"]["eu-west-1"]).__name__)
"""


def test_the_engine_and_the_parameter_store_leave_the_machines_of_ec2_out_until_they_are_asked_for() -> None:
    done = subprocess.run([sys.executable, "-c", _PROGRAM], capture_output=True, text=True, check=True, timeout=120)
    assert done.stdout.splitlines() == ["", "EC2Backend"]
