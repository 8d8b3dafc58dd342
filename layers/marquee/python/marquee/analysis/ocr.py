"""Reads writing in pictures with tesseract: one process for many pictures, confined like the encoder."""

from __future__ import annotations

import csv
import io
import re
import shutil
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from marquee.domain.deadline import Deadline
from marquee.domain.errors import PermanentError
from marquee.media import process

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Picture = NDArray[np.uint8]

SOURCE = "tesseract"
PICTURES_A_PROCESS = 40
# Percent, as tesseract gives it. Textures are read as letters, too, but rarely with any confidence.
_SURE_WORD = 60.0
_SURE_LINE, _SURE_SHORT_LINE = 75.0, 88.0
_SHORT_LINE = 6  # letters
_WORD = re.compile(r"\w")
_LETTERS = re.compile(r"[^\W\d_]{3,}|\d{2,}")
_SPECKS = "‘’'`|_~^"  # what a speck beside a line is read as
_MARGIN = 24
_SHORT_SIDE = 360
_CPU_SECONDS_A_PICTURE = 10


class OcrUnavailable(PermanentError):
    """There is no tesseract here, or it does not work."""

    code = "ocr_unavailable"


@dataclass(frozen=True, slots=True)
class Line:
    """One line of writing. `height_share`: of the picture's height; `confidence` 0..1."""

    text: str
    confidence: float
    height_share: float


def read_writing(
    pictures: Sequence[bytes], folder: Path, *, language: str = "eng", deadline: Deadline | None = None
) -> list[list[Line]]:
    """The lines of each picture (PNG), from top to bottom; none where nothing is read with confidence, and of the
    pictures that nobody has begun to read at the `deadline`.

    Raises `OcrUnavailable`, and TransientError when a process does not get on.
    """
    tesseract = shutil.which("tesseract")
    if tesseract is None:
        raise OcrUnavailable("This machine has no tesseract to read writing in pictures.")
    found: list[list[Line]] = []
    for first in range(0, len(pictures), PICTURES_A_PROCESS):
        if deadline is not None and not deadline.remaining():
            return found + [[]] * (len(pictures) - first)
        found += _read_some(tesseract, pictures[first : first + PICTURES_A_PROCESS], folder, language)
    return found


def _read_some(tesseract: str, pictures: Sequence[bytes], folder: Path, language: str) -> list[list[Line]]:
    import cv2

    heights = []
    for number, picture in enumerate(pictures):
        prepared = _prepared(picture)
        heights.append(prepared.shape[0])
        cv2.imwrite(str(folder / f"writing-{number}.png"), prepared)
    names = "".join(f"writing-{number}.png\n" for number in range(len(pictures)))
    (folder / "writing.txt").write_text(names)
    ended = process.run(
        # 11: writing may stand anywhere
        lambda _: [tesseract, "writing.txt", "writing", "-l", language, "--psm", "11", "tsv"],
        [],
        folder=folder,
        limits=process.Limits(
            cpu_seconds=30 + _CPU_SECONDS_A_PICTURE * len(pictures),
            wall_seconds=60 + 2 * _CPU_SECONDS_A_PICTURE * len(pictures),
        ),
        # its threads cost more than they bring for pictures of this size
        environment={"OMP_THREAD_LIMIT": "1"},
    )
    table = folder / "writing.tsv"
    if ended.code != 0 or not table.exists():
        raise OcrUnavailable("Tesseract could not read the pictures.")
    pages = parse_tsv(table.read_text(errors="replace"))
    table.unlink()
    return [lines_of(pages.get(number + 1, ()), height) for number, height in enumerate(heights)]


def _prepared(png: bytes) -> Picture:
    """With a margin of its own colours, as letters at the edge are misread; small pictures twice as large."""
    import cv2
    import numpy as np

    picture = np.asarray(cv2.imdecode(np.frombuffer(png, np.uint8), cv2.IMREAD_GRAYSCALE), np.uint8)
    if min(picture.shape) < _SHORT_SIDE:
        picture = np.asarray(cv2.resize(picture, None, fx=2, fy=2, interpolation=cv2.INTER_CUBIC), np.uint8)
    return np.pad(picture, _MARGIN, mode="edge")


def parse_tsv(text: str) -> dict[int, list[Mapping[str, str]]]:
    """The words of each page (counted from 1), as tesseract's table has them."""
    pages: dict[int, list[Mapping[str, str]]] = {}
    for row in csv.DictReader(io.StringIO(text), delimiter="\t", quoting=csv.QUOTE_NONE):
        if row.get("level") == "5" and (row.get("text") or "").strip():
            pages.setdefault(int(row["page_num"]), []).append(row)
    return pages


def lines_of(words: Iterable[Mapping[str, str]], picture_height: int) -> list[Line]:
    """Lines out of the words of one page; words and lines that are not sure are left out."""
    lines: dict[tuple[str, str, str], list[Mapping[str, str]]] = {}
    for word in words:
        if float(word["conf"]) >= _SURE_WORD and _WORD.search(word["text"]):
            lines.setdefault((word["block_num"], word["par_num"], word["line_num"]), []).append(word)
    found = [_line(of_line, picture_height) for of_line in lines.values()]
    return [line for line in found if line.confidence * 100 >= _needed(line.text) and _LETTERS.search(line.text)]


def _needed(text: str) -> float:
    """Two letters are soon seen in leaves."""
    return _SURE_LINE if sum(letter.isalnum() for letter in text) >= _SHORT_LINE else _SURE_SHORT_LINE


def _line(words: Sequence[Mapping[str, str]], picture_height: int) -> Line:
    letters = sum(len(word["text"]) for word in words)
    sure = sum(float(word["conf"]) * len(word["text"]) for word in words) / letters
    return Line(
        text=" ".join(word["text"].strip() for word in words).strip(_SPECKS),
        confidence=round(sure / 100, 3),
        height_share=max(float(word["height"]) for word in words) / picture_height,
    )
