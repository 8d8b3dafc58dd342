"""Write docs/openapi.json anew."""

from __future__ import annotations

from tools.openapi.document import PATH, document, written

if __name__ == "__main__":
    PATH.write_text(written(document()))
