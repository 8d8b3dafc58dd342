"""What the routes of `reference` work with, built on first use."""

import json
from functools import cached_property
from pathlib import Path

from marquee.entry.wiring import CacheWiring
from marquee.services.reference_page import ReferencePage

from reference.settings import Settings

# In the repository a link to docs/openapi.json, which is made from the handlers.
DOCUMENT = Path(__file__).with_name("openapi.json")


class ReferenceWiring(CacheWiring[Settings]):
    """The document, and the page made of it."""

    @cached_property
    def document(self) -> str:
        return DOCUMENT.read_text()

    @cached_property
    def page(self) -> ReferencePage:
        return ReferencePage.of(json.loads(self.document))


wiring = ReferenceWiring(Settings)
