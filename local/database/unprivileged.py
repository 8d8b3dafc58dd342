"""How a program that refuses uid 0 is run by root, in the order of what asks least of the machine.

Containers and fresh virtual machines often run everything as root, from folders that only root may enter.
"""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

_ACCOUNTS = ("nobody", "daemon")  # must have a name in passwd: initdb looks its own uid up
_CHECK_SECONDS = 10
_DIE_WITH_PARENT = ("--pdeathsig", "INT")  # PostgreSQL's fast shutdown


class CannotDropRoot(Exception):
    """None of the ways works on this machine; one sentence."""


@dataclass(frozen=True)
class Way:
    """An argv prefix, and the real uid that must own the program's files (None: they stay ours)."""

    prefix: tuple[str, ...]
    owner: int | None = None

    def give(self, *folders: Path) -> None:
        """Makes folders, and all in them, belong to whom the program runs as."""
        if self.owner is None:
            return
        for folder in folders:
            if folder.stat().st_uid != self.owner:
                for path in [folder, *folder.rglob("*")]:
                    os.chown(path, self.owner, self.owner, follow_symlinks=False)


def _account() -> pwd.struct_passwd:
    for name in _ACCOUNTS:
        try:
            return pwd.getpwnam(name)
        except KeyError:
            continue
    return next(entry for entry in pwd.getpwall() if entry.pw_uid != 0)


def _tied() -> tuple[str, ...]:
    """PDEATHSIG as the last step: the kernel forgets it when a process changes its user."""
    return ("setpriv", *_DIE_WITH_PARENT) if shutil.which("setpriv") else ()


def user_namespace() -> Way:
    """Root under another number: files stay root's, no folder must be opened to others."""
    uid = str(_account().pw_uid)
    return Way(("unshare", "--user", f"--map-user={uid}", f"--map-group={uid}", *_tied()))


def other_user() -> Way:
    """Another uid that may enter and read root's folders: containers commonly forbid user namespaces."""
    uid = _account().pw_uid
    identity = ("--reuid", str(uid), "--regid", str(uid), "--clear-groups")
    reach = ("--inh-caps", "+dac_override", "--ambient-caps", "+dac_override")
    return Way(("setpriv", *identity, *reach, *_DIE_WITH_PARENT), owner=uid)


def works(way: Way) -> bool:
    """Tries it: does a program start, and is it not root?"""
    argv = [*way.prefix, "sh", "-c", 'test "$(id -u)" -ne 0']
    try:
        done = subprocess.run(argv, capture_output=True, timeout=_CHECK_SECONDS, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return False
    return done.returncode == 0


def choose_way(uid: int | None = None, ways: Sequence[Callable[[], Way]] = (user_namespace, other_user)) -> Way:
    """The first way that works here. Raises CannotDropRoot."""
    if (os.geteuid() if uid is None else uid) != 0:
        return Way(_tied())
    for make in ways:
        way = make()
        if works(way):
            return way
    raise CannotDropRoot(
        "PostgreSQL does not run as root, and neither `unshare --user` nor `setpriv` works here: "
        "run as another user, or set MONGODB_URI."
    )
