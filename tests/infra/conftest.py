"""One synthesis of all environments for the whole run, from the real code and tiny stand-ins for what is built."""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from pathlib import Path

import pytest

from infra.build import build_app
from infra.environments import DEV, ENVIRONMENTS, Environment
from infra.identity import Identity
from infra.network import Network
from infra.playback import Playback
from infra.sources import Sources
from infra.staging import LEFT_OUT
from tests.infra.templates import Templates

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="session")
def sources(tmp_path_factory: pytest.TempPathFactory) -> Sources:
    """The repository's functions and layer; the other layers, the page and the image as small stand-ins."""
    built = tmp_path_factory.mktemp("built")
    files = {
        "dependencies/python/dependency.py": "",
        "media_tools/python/tool.py": "",
        "vision/python/tool.py": "",
        "site/index.html": "<!doctype html><title>Marquee</title>",
        "context/containers/ffmpeg_worker/Dockerfile": "FROM scratch",
        "context/containers/ffmpeg_worker/task.py": "",
        "context/containers/enrich_worker/Dockerfile": "FROM scratch",
        "context/containers/enrich_worker/function.py": "",
        "context/containers/whisper_worker/Dockerfile": "FROM scratch",
        "context/containers/whisper_worker/task.py": "",
        "context/layers/marquee/python/marquee/__init__.py": "",
        "context/unrelated.txt": "",
    }
    for name, content in files.items():
        path = built / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content)
    # a copy, so that an edit during the run does not make two syntheses differ
    for folder in ("functions", "layers/marquee"):
        shutil.copytree(ROOT / folder, built / folder, ignore=LEFT_OUT)
    return Sources(
        functions=built / "functions",
        marquee_layer=built / "layers" / "marquee",
        dependencies_layer=built / "dependencies",
        media_tools_layer=built / "media_tools",
        vision_layer=built / "vision",
        site=built / "site",
        worker_context=built / "context",
    )


@pytest.fixture(scope="session")
def assembly(sources: Sources, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Folder of the cloud assembly with all environments."""
    folder = tmp_path_factory.mktemp("assembly")
    app = build_app(ENVIRONMENTS.values(), sources, outdir=folder, reviewed=True)
    try:
        app.synth()
    except RuntimeError as error:
        # it is written all the same; `test_review` says what was found
        if "ValidationFailed" not in str(error):
            raise
    return folder


@pytest.fixture(scope="session")
def environments(assembly: Path) -> Mapping[str, Templates]:
    """Templates of each environment by its name."""
    return {name: Templates.load(assembly, name) for name in ENVIRONMENTS}


@pytest.fixture(scope="session", params=list(ENVIRONMENTS))
def templates(request: pytest.FixtureRequest, environments: Mapping[str, Templates]) -> Templates:
    """The templates of each environment in turn."""
    return environments[request.param]


@pytest.fixture(scope="session")
def dev(environments: Mapping[str, Templates]) -> Templates:
    return environments["dev"]


@pytest.fixture(scope="session")
def prod(environments: Mapping[str, Templates]) -> Templates:
    return environments["prod"]


@pytest.fixture(scope="session")
def without_nat(sources: Sources, tmp_path_factory: pytest.TempPathFactory) -> Templates:
    """`dev` where nothing has a way out of the network: so with open playback, and films of TMDB all the same."""
    kept = {name: getattr(DEV, name) for name in Environment.model_fields}
    alone = Environment(
        **kept
        | {
            "network": Network(nat="none", worker_egress="https"),
            "identity": Identity(domain=False),
            "playback": Playback(access="open"),
            "tmdb": "live",
        }
    )
    folder = tmp_path_factory.mktemp("without_nat")
    build_app([alone], sources, outdir=folder).synth()
    return Templates.load(folder, "dev")
