"""Where the command line keeps what it must remember: sign-ins, and uploads that are not whole yet."""

from __future__ import annotations

import os
from pathlib import Path


def state_folder() -> Path:
    """`$XDG_STATE_HOME/marquee` (override: MARQUEE_CLI_STATE).

    Raises OSError where there is no home folder.
    """
    own = os.environ.get("MARQUEE_CLI_STATE")
    if own:
        return Path(own)
    return _state_home() / "marquee"


def _state_home() -> Path:
    home = os.environ.get("XDG_STATE_HOME")
    if home:
        return Path(home)
    try:
        return Path.home() / ".local" / "state"
    except RuntimeError as error:
        raise OSError("there is no home folder") from error
