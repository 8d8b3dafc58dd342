"""Which mirror is used, read from this machine's own apt sources."""

from __future__ import annotations

from pathlib import Path

import pytest

from tools.debian import Apt, AptError, debian_sources


def etc_apt(folder: Path, files: dict[str, str]) -> Path:
    (folder / "sources.list.d").mkdir()
    for name, text in files.items():
        (folder / name).write_text(text, encoding="utf-8")
    return folder


def test_deb822_sources_are_read(tmp_path: Path) -> None:
    text = """\
Types: deb
# a comment
URIs: http://mirror.example/debian
Suites: bookworm bookworm-updates
Components: main
Signed-By: /usr/share/keyrings/debian.gpg

Types: deb
URIs: http://mirror.example/debian-security
Suites: bookworm-security
Components: main

Types: deb-src
URIs: http://source.example/debian
Suites: bookworm

Enabled: no
Types: deb
URIs: http://off.example/debian
Suites: bookworm
"""
    (source,) = debian_sources(etc_apt(tmp_path, {"sources.list.d/debian.sources": text}))
    assert source.uri == "http://mirror.example/debian"
    assert source.options == {"signed-by": "/usr/share/keyrings/debian.gpg"}


def test_a_key_inside_a_stanza_keeps_its_lines(tmp_path: Path) -> None:
    text = "Types: deb\nURIs: http://m.example/debian/\nSuites: x\nSigned-By:\n -----BEGIN\n .\n abc\n"
    (source,) = debian_sources(etc_apt(tmp_path, {"sources.list.d/a.sources": text}))
    assert source.options["signed-by"] == "\n -----BEGIN\n .\n abc"


def test_one_line_sources_are_read(tmp_path: Path) -> None:
    files = {
        "sources.list": (
            "# deb http://no.example/debian stable main\n"
            "deb [signed-by=/k.gpg arch=amd64] http://one.example/debian/ bookworm main contrib\n"
            "deb-src http://one.example/debian bookworm main\n"
        ),
        "sources.list.d/more.list": "deb https://packages.example/node stable main\n",
    }
    (source,) = debian_sources(etc_apt(tmp_path, files))
    assert (source.uri, source.options) == ("http://one.example/debian/", {"signed-by": "/k.gpg"})


def test_a_mirror_named_twice_is_used_once(tmp_path: Path) -> None:
    files = {
        "sources.list": "deb http://m.example/debian bookworm main\n",
        "sources.list.d/a.list": "deb http://m.example/debian/ bookworm-updates main\n",
    }
    assert len(debian_sources(etc_apt(tmp_path, files))) == 1


def test_a_machine_without_a_debian_mirror_is_told(tmp_path: Path) -> None:
    with pytest.raises(AptError, match="no Debian mirror"):
        Apt(tmp_path, [])
