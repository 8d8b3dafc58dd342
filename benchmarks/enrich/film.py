"""A film in which somebody speaks: real pictures and a synthetic voice, with pauses as speakers make them."""

from __future__ import annotations

import shutil
import subprocess
import tempfile
from pathlib import Path

from benchmarks.encode.film import measured_film
from cli.films import FILMS, ffmpeg

PAUSE_SECONDS = 0.9
SENTENCES = (
    "Welcome back to our little journey through the natural world.",
    "The ocean covers more than half of our planet, and most of it has never been seen.",
    "Whales sing to each other over hundreds of miles of dark water.",
    "Far from the sea, high mountains keep the winter snow until the summer.",
    "When the snow melts, rivers carry the water down into the green valleys.",
    "Farmers have lived in these valleys for a thousand years, and they know every field.",
    "In the evening the light turns red, and birds return to the old trees.",
    "A small village lies beside the river, and its bridge was built by hand.",
    "Children play in the narrow streets while their parents prepare dinner.",
    "At night the stars are bright, because there is no city for many miles.",
    "Scientists come here to measure the wind and the temperature of the soil.",
    "Their numbers tell a story about the past and about what may happen next.",
)


def spoken_film(minutes: float, side: int) -> Path:
    """`minutes` of film whose short side is `side`, spoken over from beginning to end; made once, then kept."""
    target = FILMS / f"spoken-{side}-{minutes:g}-minutes.mp4"
    if not target.exists():
        with tempfile.TemporaryDirectory(dir=FILMS) as folder:
            voice, made = _voice(Path(folder)), Path(folder) / target.name
            pictures = ("-i", str(measured_film(minutes, side)), "-stream_loop", "-1", "-i", str(voice))
            _run(ffmpeg(), "-v", "error", "-nostdin", *pictures, "-map", "0:v", "-map", "1:a", "-c", "copy",
                 "-t", str(minutes * 60), "-movflags", "+faststart", str(made))  # fmt: skip
            made.replace(target)
    return target


def _voice(folder: Path) -> Path:
    """All sentences, one after another."""
    flite = shutil.which("flite")
    if flite is None:
        raise SystemExit("The film's speech needs flite: apt-get install flite")
    for number, sentence in enumerate(SENTENCES):
        _run(flite, "-voice", "slt", "-t", sentence, "-o", str(folder / f"{number}.wav"))
    inputs = [word for number in range(len(SENTENCES)) for word in ("-i", str(folder / f"{number}.wav"))]
    padded = ";".join(f"[{n}]apad=pad_dur={PAUSE_SECONDS}[p{n}]" for n in range(len(SENTENCES)))
    joined = "".join(f"[p{n}]" for n in range(len(SENTENCES))) + f"concat=n={len(SENTENCES)}:v=0:a=1[a]"
    voice = folder / "voice.m4a"
    _run(ffmpeg(), "-v", "error", "-nostdin", *inputs, "-filter_complex", f"{padded};{joined}", "-map", "[a]",
         "-ar", "48000", "-ac", "2", "-c:a", "aac", "-b:a", "128k", str(voice))  # fmt: skip
    return voice


def _run(*command: str) -> None:
    subprocess.run(command, check=True, timeout=600, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL)
