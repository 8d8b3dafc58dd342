"""What runbooks tell people to type is there to be typed: our commands with their options, AWS' calls with theirs."""

from __future__ import annotations

import re
from typing import Any

import botocore.session
import pytest
import typer.main
from botocore import xform_name

from cli.main import app
from tools.runbooks import FOLDER, blocks, pages

# What else a page may ask for, besides `marquee` and `aws`.
SHELL = {"export", "git", "make", "infra/cli/node_modules/.bin/cdk"}
# Other pages with calls of AWS.
BESIDE = ["../deployment.md", "../disaster-recovery.md", "../releases.md"]
# Of the command line itself, and of every call that is answered in pages.
OF_EVERY_CALL = {"--max-items", "--page-size", "--starting-token", "--no-paginate"}
# Where the command line has words of its own, and what they stand for in the service's model.
CALLED = {"deploy": "codedeploy"}
INSTEAD = {("cloudfront", "create-invalidation"): {"--paths": "--invalidation-batch"}}


def commands(*, at_aws: bool) -> list[tuple[str, list[str]]]:
    found = [(page, block) for page in [*pages(), *BESIDE] for block in blocks(page) if block.at_aws is at_aws]
    return [(page, words) for page, block in found for words in block.commands()]


def test_every_page_has_something_to_type() -> None:
    assert [page for page in pages() if not any(not block.at_aws for block in blocks(page))] == []


def test_every_page_is_in_the_index() -> None:
    named = set(re.findall(r"\]\(([a-z-]+\.md)\)", (FOLDER / "README.md").read_text()))
    assert named == set(pages()) - {"README.md"}


def test_what_runs_here_are_our_commands_alone() -> None:
    known = typer.main.get_group(app).commands  # type: ignore[attr-defined]
    for page, words in commands(at_aws=False):
        assert words[0] == "marquee", f"{page}: {words}"
        assert words[1] in known, f"{page}: {words}"


def test_calls_of_aws_and_their_arguments_are_known_to_aws() -> None:
    session, seen = botocore.session.get_session(), 0
    for page, words in commands(at_aws=True):
        if words[0] != "aws":
            assert words[0] in SHELL | {"marquee"}, f"{page}: {words}"
            continue
        _require_known(session, page, words)
        seen += 1
    assert seen


def _require_known(session: Any, page: str, words: list[str]) -> None:
    service = CALLED.get(words[1], words[1])
    if words[2] == "wait":
        assert words[3].replace("-", "_") in _waiters(session, service), f"{page}: {words}"
        return
    model = session.get_service_model(service)
    operations = {xform_name(name, "-"): name for name in model.operation_names}
    assert words[2] in operations, f"{page}: {words}"
    shape = model.operation_model(operations[words[2]]).input_shape
    known = {f"--{xform_name(name, '-')}" for name in (shape.members if shape else ())} | OF_EVERY_CALL
    instead = INSTEAD.get((service, words[2]), {})
    given = {instead.get(word, word) for word in words if word[:2] == "--"}
    assert {word if word in known else word.replace("--no-", "--", 1) for word in given} <= known, f"{page}: {words}"


def _waiters(session: Any, service: str) -> set[str]:
    return {xform_name(name) for name in session.get_waiter_model(service).waiter_names}


def test_a_mark_that_means_nothing_is_refused(tmp_path: object, monkeypatch: pytest.MonkeyPatch) -> None:
    import tools.runbooks

    page = FOLDER / "README.md"
    folder = type(page)(str(tmp_path))
    (folder / "x.md").write_text("```sh sometimes\nls\n```\n")
    monkeypatch.setattr(tools.runbooks, "FOLDER", folder)
    with pytest.raises(ValueError, match="sometimes"):
        list(blocks("x.md"))
