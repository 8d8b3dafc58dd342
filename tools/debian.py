"""Debian packages fetched without installing anything: apt with its own lists and caches in a folder of ours.

Runs as any user. The mirror is the one this machine's own apt sources name; only the suite differs.
"""

from __future__ import annotations

import re
import shutil
import subprocess
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import unquote

SYSTEM_APT = Path("/etc/apt")
_UPDATE_SECONDS = 300
_DOWNLOAD_SECONDS = 900


class AptError(Exception):
    """apt is missing, or it could not reach or find what was asked; one sentence."""


@dataclass(frozen=True)
class Source:
    """A package source: `options` are deb822 fields other than Types, URIs, Suites and Components."""

    uri: str
    options: Mapping[str, str]


def debian_sources(etc_apt: Path = SYSTEM_APT) -> list[Source]:
    """The sources this machine takes Debian's own packages from, in both of apt's formats, without repeats."""
    found: dict[str, Source] = {}
    for source in [*_deb822_sources(etc_apt), *_one_line_sources(etc_apt)]:
        found.setdefault(source.uri.rstrip("/"), source)
    return list(found.values())


def _is_debian(uri: str) -> bool:
    # debian-security and third parties end otherwise; a dated snapshot ends with its date
    return re.search(r"/debian(/\d{8}T\d{6}Z)?/?$", uri) is not None


def _deb822_sources(etc_apt: Path) -> Iterator[Source]:
    for file in sorted((etc_apt / "sources.list.d").glob("*.sources")):
        for stanza in re.split(r"\n\s*\n", file.read_text(encoding="utf-8")):
            fields = _fields(stanza)
            if "deb" not in fields.get("types", "").split() or fields.get("enabled", "yes") == "no":
                continue
            options = {k: v for k, v in fields.items() if k in {"signed-by", "trusted", "architectures"}}
            yield from (Source(uri, options) for uri in fields.get("uris", "").split() if _is_debian(uri))


def _fields(stanza: str) -> dict[str, str]:
    """The fields of a deb822 stanza, names in lower case; continuation lines keep their line breaks."""
    fields: dict[str, str] = {}
    name = ""
    for line in stanza.splitlines():
        if line.startswith("#"):
            continue
        if line[:1] in {" ", "\t"} and name:
            fields[name] += "\n" + line
        elif ":" in line:
            name, _, value = line.partition(":")
            name = name.strip().lower()
            fields[name] = value.strip()
    return fields


def _one_line_sources(etc_apt: Path) -> Iterator[Source]:
    for file in [etc_apt / "sources.list", *sorted((etc_apt / "sources.list.d").glob("*.list"))]:
        if not file.is_file():
            continue
        for line in file.read_text(encoding="utf-8").splitlines():
            match = re.match(r"deb\s+(?:\[(?P<options>[^]]*)\]\s+)?(?P<uri>\S+)\s", line.strip())
            if match and _is_debian(match["uri"]):
                pairs = dict(o.split("=", 1) for o in (match["options"] or "").split() if "=" in o)
                kept = {k: v for k, v in pairs.items() if k in {"signed-by", "trusted"}}
                yield Source(match["uri"], kept)


class Apt:
    """apt whose state lives in `folder`; the system's own package lists are neither read nor changed."""

    def __init__(self, folder: Path, sources: Sequence[Source]) -> None:
        if shutil.which("apt-get") is None or shutil.which("dpkg-deb") is None:
            raise AptError("this machine has no apt")
        if not sources:
            raise AptError("this machine's apt sources name no Debian mirror")
        self._folder = folder
        self._sources = sources
        for name in ("etc", "lists/partial", "cache/archives/partial"):
            (folder / name).mkdir(parents=True, exist_ok=True)
        (folder / "status").touch()  # an empty one: every dependency counts as missing and is planned

    def update(self, suite: str) -> None:
        """Fetches the package lists of a Debian suite."""
        stanzas = []
        for source in self._sources:
            fields = {"Types": "deb", "URIs": source.uri, "Suites": suite, "Components": "main"}
            stanzas.append("".join(f"{k}: {v}\n" for k, v in {**fields, **source.options}.items()))
        (self._folder / "etc" / "debian.sources").write_text("\n".join(stanzas), encoding="utf-8")
        self._run("update", "-qq", seconds=_UPDATE_SECONDS)

    def plan(self, package: str) -> dict[str, str]:
        """Package name → version of everything an installation of `package` on an empty system takes."""
        # a simulation would also work out the order in which to configure them, which takes twice as long
        output = self._run("install", "--print-uris", "-qq", "--yes", package, seconds=_UPDATE_SECONDS)
        files = re.findall(r"^'\S+' ([^_\s]+)_([^_\s]+)_\w+\.deb ", output, flags=re.MULTILINE)
        return {name: unquote(version) for name, version in files}

    def download(self, packages: Mapping[str, str], into: Path) -> None:
        """Fetches `name → version` into a folder; files that are there and complete are not fetched again."""
        into.mkdir(parents=True, exist_ok=True)
        wanted = [f"{name}={version}" for name, version in sorted(packages.items())]
        self._run("download", "-qq", *wanted, seconds=_DOWNLOAD_SECONDS, cwd=into)

    def _run(self, *arguments: str, seconds: float, cwd: Path | None = None) -> str:
        options = {
            "Dir::Etc::sourcelist": "/dev/null",
            "Dir::Etc::sourceparts": self._folder / "etc",
            "Dir::Etc::preferences": "/dev/null",
            "Dir::Etc::preferencesparts": "/dev/null",
            "Dir::State::lists": self._folder / "lists",
            "Dir::State::status": self._folder / "status",
            "Dir::Cache": self._folder / "cache",
            "Dir::Cache::pkgcache": "pkgcache.bin",  # images often turn it off; every call would parse the lists
            "Dir::Cache::srcpkgcache": "srcpkgcache.bin",
            "Acquire::Check-Valid-Until": "false",  # mirrors keep a suite in motion past its date
            "Acquire::Languages": "none",
            "Acquire::Retries": "3",
            "Acquire::http::Timeout": "30",
            "APT::Install-Recommends": "false",
            "APT::Sandbox::User": "",  # the `_apt` user cannot write into a private folder
            "APT::Update::Error-Mode": "any",  # else an unreachable mirror counts as success
            "Debug::NoLocking": "true",
        }
        flags = [part for key, value in options.items() for part in ("-o", f"{key}={value}")]
        try:
            done = subprocess.run(
                ["apt-get", *flags, *arguments],
                cwd=cwd,
                capture_output=True,
                text=True,
                stdin=subprocess.DEVNULL,
                timeout=seconds,
                check=False,
            )
        except subprocess.TimeoutExpired as error:
            raise AptError(f"apt-get {arguments[0]} took longer than {seconds:.0f} s") from error
        if done.returncode != 0:
            raise AptError(f"apt-get {arguments[0]} failed: {_reason(done.stderr)}")
        return done.stdout


def _reason(stderr: str) -> str:
    lines = [line for line in stderr.splitlines() if line.startswith(("E:", "W:"))]
    return lines[0][2:].strip() if lines else "it gave no reason"


def unpack(archives: Iterable[Path], into: Path) -> None:
    """Unpacks packages' files; no maintainer script runs."""
    into.mkdir(parents=True, exist_ok=True)
    for archive in archives:
        done = subprocess.run(
            ["dpkg-deb", "--extract", str(archive), str(into)],
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
        if done.returncode != 0:
            raise AptError(f"{archive.name} could not be unpacked: {done.stderr.strip()}")


def dependencies(archive: Path) -> list[str]:
    """Names of the packages a package depends on directly, alternatives included, without versions."""
    done = subprocess.run(
        ["dpkg-deb", "--field", str(archive), "Depends"],
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    return re.findall(r"(?:^|[,|])\s*([a-z0-9][a-z0-9+.-]+)", done.stdout)
