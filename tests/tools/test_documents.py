"""Documents lead to what is there, and the template for privacy names whatever is kept of people."""

from __future__ import annotations

import re
from pathlib import Path

from me.settings import Settings
from me.wiring import MeWiring

ROOT = Path(__file__).resolve().parents[2]
DOCUMENTS = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", ROOT / "local" / "README.md", *ROOT.glob("docs/**/*.md")]
_LINK = re.compile(r"\]\((?!https?:|mailto:|#)([^)#\s]+)")
_FENCED = re.compile(r"^ *```.*?^ *```", re.MULTILINE | re.DOTALL)


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


def test_what_is_kept_of_people_is_named_in_the_template_for_privacy() -> None:
    told = (ROOT / "docs" / "privacy.md").read_text()
    wiring = MeWiring(Settings)
    vars(wiring).update(live_watch=None, watch_progress=None)  # nothing is asked of them
    areas = [area.name for area in wiring.personal]
    assert areas
    assert [name for name in areas if f"`{name}`" not in told] == []
