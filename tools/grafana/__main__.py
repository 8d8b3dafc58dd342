"""Write docs/grafana anew."""

from __future__ import annotations

from tools.grafana.boards import BOARDS, FOLDER, written

if __name__ == "__main__":
    FOLDER.mkdir(parents=True, exist_ok=True)
    for name, board in BOARDS.items():
        (FOLDER / f"{name}.json").write_text(written(board))
