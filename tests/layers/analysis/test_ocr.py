"""Writing is read, and what is none is not."""

from __future__ import annotations

import io
from pathlib import Path

import numpy as np
import pytest
from marquee.analysis.ocr import OcrUnavailable, lines_of, parse_tsv, read_writing
from PIL import Image

from tests.edited_films import SIZE, card_picture

HEADER = "level\tpage_num\tblock_num\tpar_num\tline_num\tword_num\tleft\ttop\twidth\theight\tconf\ttext\n"


def png(picture: Image.Image) -> bytes:
    file = io.BytesIO()
    picture.convert("L").save(file, "PNG")
    return file.getvalue()


def word(text: str, sure: float, *, page: int = 1, line: int = 1) -> str:
    return f"5\t{page}\t1\t1\t{line}\t1\t0\t0\t90\t30\t{sure}\t{text}\n"


def read(*rows: str) -> list[tuple[str, float]]:
    return [(line.text, line.confidence) for line in lines_of(parse_tsv(HEADER + "".join(rows)).get(1, []), 300)]


def test_cards_are_read_in_one_go_each_by_itself(tmp_path: Path) -> None:
    noise = np.random.default_rng(2).integers(0, 255, (SIZE[1], SIZE[0]), dtype=np.uint8)
    cards = [card_picture("Chapter One\nThe Ocean"), card_picture("Written by Ada", ground="white", letters="black")]
    found = read_writing([png(cards[0]), png(Image.fromarray(noise)), png(cards[1])], tmp_path)
    assert [[line.text for line in page] for page in found] == [["Chapter One", "The Ocean"], [], ["Written by Ada"]]
    assert all(0.75 < line.confidence <= 1 for page in found for line in page)
    assert found[0][0].height_share == pytest.approx(0.08, abs=0.03)


def test_small_pictures_are_read_too(tmp_path: Path) -> None:
    card = card_picture("The Ocean").resize((320, 180), Image.Resampling.LANCZOS)
    assert [line.text for line in read_writing([png(card)], tmp_path)[0]] == ["The Ocean"]


def test_without_tesseract_it_is_said_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(OcrUnavailable):
        read_writing([png(Image.new("L", (160, 90)))], tmp_path)


def test_specks_beside_a_line_are_no_letters() -> None:
    assert read(word("‘The", 90), word("Sea’", 90)) == [("The Sea", 0.9)]


def test_words_make_lines() -> None:
    assert read(word("The", 90), word("Sea", 96), word("Presents", 80, line=2)) == [
        ("The Sea", 0.93),
        ("Presents", 0.8),
    ]


@pytest.mark.parametrize(
    "row", [word("Wonderland", 55), word("Wy", 95), word("did", 80), word("—~|", 99), word("", 99)]
)
def test_what_tesseract_is_not_sure_of_is_not_told(row: str) -> None:
    assert read(row) == []


def test_a_quotation_mark_does_not_swallow_the_table() -> None:
    assert read(word('"Hello', 95), word("there", 95)) == [('"Hello there', 0.95)]


@pytest.mark.parametrize("script", ["exit 1", "exit 0"], ids=["fails", "writes nothing"])
def test_a_tesseract_that_does_not_work_is_none(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, script: str) -> None:
    tools = tmp_path / "tools"
    tools.mkdir()
    (tools / "tesseract").write_text(f"#!/bin/sh\n{script}\n")
    (tools / "tesseract").chmod(0o755)
    monkeypatch.setenv("PATH", str(tools))
    with pytest.raises(OcrUnavailable):
        read_writing([png(Image.new("L", (160, 90)))], tmp_path)
