"""Following libraries' needs to the packages that hold them."""

from __future__ import annotations

from pathlib import Path

import pytest

from local.database.libraries import LibraryError, Packages, gather, named_after


@pytest.mark.parametrize(
    ("soname", "package"),
    [
        ("libc.so.6", "libc6"),
        ("libproj.so.25", "libproj25"),
        ("libssl.so.3", "libssl3t64"),
        ("libgssapi_krb5.so.2", "libgssapi-krb5-2"),
        ("libstdc++.so.6", "libstdc++6"),
        ("libLerc.so.4", "liblerc4"),
    ],
)
def test_a_package_is_named_after_its_library(soname: str, package: str) -> None:
    others = ["libc-bin", "libproj-data", "libssl-dev", "libkrb5-3", "libproj2"]
    assert named_after(soname, [*others, package]) == [package]


class Archive:
    """Packages that exist, with the libraries they hold; `fetch` unpacks them. A library's text is its needs."""

    def __init__(self, root: Path, holds: dict[str, dict[str, str]], depends: dict[str, list[str]]) -> None:
        self.root = root
        self.fetched: list[str] = []
        self._holds = holds
        self.depends = depends

    def fetch(self, names: list[str]) -> None:
        self.fetched += names
        for name in names:
            folder = self.root / name / "usr" / "lib" / "x86_64-linux-gnu"
            folder.mkdir(parents=True)
            for soname, needs in self._holds[name].items():
                (folder / soname).write_text(needs, encoding="utf-8")


def needs_in_text(elf: Path) -> list[str]:
    return elf.read_text(encoding="utf-8").split()


def gathered(archive: Archive, program: Path) -> set[str]:
    found = gather(
        Packages(archive.root, needs_in_text),
        [program],
        lambda package: archive.depends.get(package, []),
        archive.fetch,
        {name for names in archive.depends.values() for name in names},
    )
    return set(found)


@pytest.fixture
def program(tmp_path: Path) -> Path:
    path = tmp_path / "server" / "usr" / "bin" / "serve"
    path.parent.mkdir(parents=True)
    return path


def test_needs_of_needs_are_fetched_and_nothing_else(tmp_path: Path, program: Path) -> None:
    program.write_text("liba.so.1 libm.so.6", encoding="utf-8")
    archive = Archive(
        tmp_path,
        {
            "liba1": {"liba.so.1": "libb.so.2", "libunused.so.1": "libhuge.so.9"},
            "libb2t64": {"libb.so.2": "libc.so.6"},
            "libc6": {"libc.so.6": "", "libm.so.6": "libc.so.6"},
            "libhuge9": {},
        },
        {"server": ["liba1", "libc6", "tools"], "liba1": ["libb2t64", "libhuge9"], "libb2t64": ["libc6"]},
    )
    assert gathered(archive, program) == {"liba.so.1", "libb.so.2", "libc.so.6", "libm.so.6"}
    assert "libhuge9" not in archive.fetched


def test_a_library_in_a_package_of_another_name_is_found(tmp_path: Path, program: Path) -> None:
    program.write_text("libz.so.1", encoding="utf-8")
    archive = Archive(tmp_path, {"zlib1g": {"libz.so.1": ""}}, {"server": ["zlib1g"]})
    assert gathered(archive, program) == {"libz.so.1"}


def test_a_library_that_no_package_holds_is_told(tmp_path: Path, program: Path) -> None:
    program.write_text("libgone.so.1", encoding="utf-8")
    archive = Archive(tmp_path, {"libother1": {}}, {"server": ["libother1"]})
    with pytest.raises(LibraryError, match=r"server depends on holds libgone\.so\.1"):
        gathered(archive, program)
