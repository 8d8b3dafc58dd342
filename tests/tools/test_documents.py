"""Documents lead to what is there and tell people to type what is there to be typed; the template for privacy names
whatever is kept of people."""

from __future__ import annotations

import importlib.util
import re
import shlex
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import typer.main
from me.settings import Settings
from me.wiring import MeWiring

from cli.main import app
from infra.environments import ENVIRONMENTS

ROOT = Path(__file__).resolve().parents[2]
DOCUMENTS = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", ROOT / "local" / "README.md", *ROOT.glob("docs/**/*.md")]
_LINK = re.compile(r"\]\((?!https?:|mailto:|#)([^)#\s]+)")
_FENCED = re.compile(r"^ *```.*?^ *```", re.MULTILINE | re.DOTALL)


def typed(document: Path) -> Iterator[list[str]]:
    """Words of each command in a document's blocks of shell and between backticks, without what is set before it."""
    text = document.read_text()
    blocks = re.findall(r"^ *```sh[^\n]*\n(.*?)^ *```", text, re.MULTILINE | re.DOTALL)
    between = re.findall(r"`((?:make|marquee|python -m) [^`\n]+)`", _FENCED.sub("", text))
    for line in [*between, *(line for block in blocks for line in block.replace("\\\n", " ").splitlines())]:
        words = shlex.split(line, comments=True)
        while words and (words[0] == "!" or re.fullmatch(r"\w+=.*", words[0])):
            words = words[1:]
        if words:
            yield words


def is_known(command: Any, words: list[str]) -> bool:
    """Whether a command, or the one below it that the words name, has the options that they give. `…`: any other."""
    options = {name for parameter in command.params for name in (*parameter.opts, *parameter.secondary_opts)}
    for at, word in enumerate(words):
        if word == "…":
            return True
        if word.startswith("-"):
            if word.partition("=")[0] not in options | {"--help"}:
                return False
        elif word in getattr(command, "commands", {}):
            return is_known(command.commands[word], words[at + 1 :])
    return not getattr(command, "commands", {})


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_what_it_says_to_type_is_there_to_be_typed(document: Path) -> None:
    marquee = typer.main.get_command(app)
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    for words in typed(document):
        called = words[0].rpartition("/")[2]
        if called == "marquee":
            assert is_known(marquee, words[1:]), words
        if called == "make":
            assert words[1] in targets, words
        if words[:2] == ["python", "-m"]:
            assert (ROOT / words[2].replace(".", "/")).with_suffix(".py").exists() or importlib.util.find_spec(words[2])


def test_links_lead_to_files_that_are_there() -> None:
    lost = [
        f"{document.relative_to(ROOT)}: {target}"
        for document in DOCUMENTS
        for target in _LINK.findall(_FENCED.sub("", document.read_text()))
        if not (document.parent / target).exists()
    ]
    assert lost == []


def test_tests_that_documents_name_are_there() -> None:
    named = {
        (document, name)
        for document in DOCUMENTS
        for name in re.findall(r"`((?:tests|proofs)/[\w./-]+\.(?:py|json))`", document.read_text())
    }
    assert [f"{document.name}: {name}" for document, name in named if not (ROOT / name).exists()] == []


def test_the_scaling_guide_tells_the_limits_that_environments_have() -> None:
    told = (ROOT / "docs" / "scaling.md").read_text()
    for name, environment in ENVIRONMENTS.items():
        worker = environment.worker
        body = f"{worker.shard_concurrency} × {worker.fargate_cpu_units // 1024}"
        assert f"| `{name}` | {body} | {worker.jobs_at_once} | {worker.fargate_vcpu_quota:,} |" in told


def test_what_is_kept_of_people_is_named_in_the_template_for_privacy() -> None:
    told = (ROOT / "docs" / "privacy.md").read_text()
    wiring = MeWiring(Settings)
    vars(wiring).update(live_watch=None, watch_progress=None)  # nothing is asked of them
    areas = [area.name for area in wiring.personal]
    assert areas
    assert [name for name in areas if f"`{name}`" not in told] == []
