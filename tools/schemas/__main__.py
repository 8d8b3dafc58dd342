"""Write docs/schemas/ anew."""

from __future__ import annotations

from tools.schemas.documents import write_all

if __name__ == "__main__":
    write_all()
