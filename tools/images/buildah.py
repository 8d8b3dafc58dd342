"""Builds Dockerfiles with buildah, where there is no Docker and perhaps no registry of images.

`RUN` happens in a chroot with this machine's network: no daemon, no namespaces, no cgroups, only root. Images are for
this machine's processor; that every wheel is there for arm64, too, is proven by `tests/infra/test_packages.py`.
"""

from __future__ import annotations

import json
import subprocess
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

BUILD_SECONDS = 1800
CERTIFICATES = Path("/etc/ssl/certs/ca-certificates.crt")

# The official image that the Dockerfiles start from, and what makes Debian's Python lie as it does there: under
# /usr/local, with nothing but pip beside it.
BASE = "docker.io/library/python:3.13-slim"
SUITE, PACKAGES = "trixie", "ca-certificates,python3-venv"
AS_IN_THE_BASE = "python3 -m venv /usr/local"


class ImageFailed(Exception):
    """A tool could not do its part; the message ends with its own last words."""


class Store:
    """Images in `folder`. Raises `ImageFailed` from every method."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._folder = folder
        self._buildah = next(command for command in _drivers(folder) if _works(command))

    def make_base(self) -> None:
        """The base image out of Debian's packages, unless it is there."""
        if self._has(BASE):
            return
        with tempfile.TemporaryDirectory(dir=self._folder) as scratch:
            packed = Path(scratch) / "base.tar"
            run(
                [
                    "mmdebstrap",
                    "--quiet",
                    "--variant=minbase",
                    "--include=ca-certificates,python3-venv",
                    SUITE,
                    str(packed),
                ]
            )
            container = self._do("from", "scratch")
            self._do("add", "--quiet", container, str(packed), "/")
            self._do("run", "--isolation", "chroot", container, *AS_IN_THE_BASE.split())
            self._do("commit", "--quiet", "--rm", container, BASE)

    def build(self, name: str, *, context: Path, dockerfile: str) -> None:
        """The image `name` of a Dockerfile, as it lies in its build context."""
        # whom this machine trusts: its way to the packages may lead over a proxy of its own
        trust = ["--volume", f"{CERTIFICATES}:{CERTIFICATES}:ro"] if CERTIFICATES.exists() else []
        self._do(
            "build-using-dockerfile", "--isolation", "chroot", "--pull-never", "--quiet", *trust,
            "--file", str(context / dockerfile), "--tag", name, str(context),
        )  # fmt: skip

    @contextmanager
    def mounted(self, name: str) -> Iterator[Path]:
        """The file system of a new container of an image."""
        container = self._do("from", "--pull-never", name)
        try:
            yield Path(self._do("mount", container))
        finally:
            self._do("rm", container)

    def configuration(self, name: str) -> dict[str, Any]:
        """The image's configuration as OCI has it: `User`, `Env`, `Entrypoint`, `WorkingDir`, …"""
        configured: dict[str, Any] = json.loads(self._do("inspect", "--type", "image", name))["OCIv1"]["config"]
        return configured

    def _has(self, name: str) -> bool:
        return name in self._do("images", "--format", "{{.Name}}:{{.Tag}}").split()

    def _do(self, *arguments: str) -> str:
        return run([*self._buildah, *arguments])


def run(command: Sequence[str]) -> str:
    """What a tool prints. Raises `ImageFailed`."""
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=BUILD_SECONDS, check=False)
    except OSError as error:
        raise ImageFailed(f"{command[0]}: {error}") from error
    if done.returncode != 0:
        raise ImageFailed(f"{' '.join(command)}\n{(done.stdout + done.stderr)[-2000:]}")
    return done.stdout.strip()


def _drivers(folder: Path) -> Iterator[list[str]]:
    """Overlays where the file system can carry them; copies, which are slow, work everywhere."""
    for driver in ("overlay", "vfs"):
        yield [
            "buildah", "--storage-driver", driver,
            "--root", str(folder / driver), "--runroot", str(folder / f"{driver}-run"),
        ]  # fmt: skip


def _works(buildah: Sequence[str]) -> bool:
    try:
        run([*buildah, "info"])
    except ImageFailed:
        if "vfs" in buildah:
            raise
        return False
    return True
