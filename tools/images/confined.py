"""Runs a program of an image's file system as Fargate runs it by our task definitions.

Without a runtime for containers: namespaces of its own for processes and mounts, the root read-only, a writable
/tmp, the definition's user, no capability, and no way to gain one. The network is this machine's.
"""

from __future__ import annotations

import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
# $0 the root, $1 what is mounted as /tmp, then the program. Bound before it is made read-only: a mount of its own.
ENTER = """
root=$0 scratch=$1; shift
mount --bind "$root" "$root"
mount --bind "$scratch" "$root/tmp"
mount -t proc proc "$root/proc"
mount --rbind /dev "$root/dev"
mount -o remount,ro,bind "$root"
exec chroot "$root" setpriv "$@"
"""
LONGEST_SECONDS = 300


@dataclass(frozen=True)
class Ended:
    """How a program ended: its exit code, and what it printed to both streams."""

    code: int
    output: str


def run_confined(
    root: Path, scratch: Path, command: Sequence[str], *, user: str, folder: str, variables: Mapping[str, str]
) -> Ended:
    """Run `command` to its end. `user` is `uid:gid`; `scratch` becomes its /tmp; takes root."""
    uid, gid = user.split(":")
    done = subprocess.run(
        [
            "unshare", "--mount", "--pid", "--ipc", "--uts", "--fork", "--kill-child",
            "sh", "-euc", ENTER, str(root), str(scratch),
            "--reuid", uid, "--regid", gid, "--clear-groups", "--no-new-privs",
            "--bounding-set=-all", "--inh-caps=-all",
            "env", "--chdir", folder, *command,
        ],
        env={"PATH": PATH, **variables},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=LONGEST_SECONDS,
        check=False,
    )  # fmt: skip
    return Ended(done.returncode, done.stdout)
