"""Films cut together from scenes of known length, with title cards, black, silence and a drawn face.

What is in them is known to the frame: each scene is rendered by itself, exactly so many frames long, before they are
joined. They look as a film's smallest rendition does: 640 × 360, 25 frames a second, encoded as that is.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from PIL import Image, ImageDraw, ImageFilter, ImageFont

from tests.films import kept_file, run_ffmpeg

RATE = 25
SIZE = (640, 360)
_ENCODE = ("-c:v", "libx264", "-preset", "veryfast", "-crf", "23", "-g", "150", "-pix_fmt", "yuv420p")


@dataclass(frozen=True)
class Scene:
    """`picture`: a lavfi source, `card:TEXT` or `face`; `tone`: heard in it, in hertz; 0: silence."""

    picture: str
    frames: int
    tone: int = 440


# Three parts, each behind a card; black and silent between them.
FEATURE: tuple[Scene, ...] = (
    Scene("card:The Deep Sea\nA short film", 75, tone=0),
    Scene("testsrc2=s=640x360:r=25", 151),
    Scene("mandelbrot=s=640x360:r=25", 124),
    Scene("gradients=s=640x360:r=25:speed=0.02:seed=3:c0=0x204060:c1=0x906030", 60),
    Scene("gradients=s=640x360:r=25:speed=0.02:seed=9:c0=0x305070:c1=0x805535", 101),
    Scene("color=black:s=640x360:r=25", 40, tone=0),
    Scene("card:Mountains and Rivers", 63, tone=0),
    Scene("life=s=320x180:r=25:mold=10:ratio=0.1:death_color=#C83232:life_color=#00ff00,scale=640:360", 133),
    Scene("face", 77),
    Scene("rgbtestsrc=s=640x360:r=25", 10),
    Scene("smptebars=s=640x360:r=25", 12),
    Scene("cellauto=s=320x180:r=25,scale=640:360", 140),
    Scene("color=black:s=640x360:r=25", 35, tone=0),
    Scene("card:The City at Night", 70, tone=0),
    Scene("testsrc=s=640x360:r=25", 180),
    Scene("mandelbrot=s=640x360:r=25:start_scale=1", 160),
    Scene("card:The End", 75, tone=0),
)


@dataclass(frozen=True)
class EditedFilm:
    """`pictures` and `sound` are files of one stream each; `starts`: the first frame of each scene."""

    pictures: Path
    sound: Path
    scenes: tuple[Scene, ...]

    @property
    def starts(self) -> list[int]:
        return [sum(scene.frames for scene in self.scenes[:index]) for index in range(len(self.scenes))]

    @property
    def duration_seconds(self) -> float:
        return sum(scene.frames for scene in self.scenes) / RATE

    def starts_of(self, picture: str) -> list[float]:
        """In seconds, of the scenes whose picture begins so."""
        return [
            start / RATE
            for start, scene in zip(self.starts, self.scenes, strict=True)
            if scene.picture.startswith(picture)
        ]


@cache
def edited_film(scenes: tuple[Scene, ...] = FEATURE) -> EditedFilm:
    """The film of these scenes, made at the first call."""
    recipe = f"2|{scenes!r}"
    return EditedFilm(
        kept_file("edited.mp4", recipe, lambda scratch: _pictures(scenes, scratch)),
        kept_file("edited-sound.mp4", recipe, lambda scratch: _sound(scenes, scratch)),
        scenes,
    )


def _pictures(scenes: Sequence[Scene], scratch: Path) -> Path:
    # Where scenes differ in such things the decoder's filters begin anew at each joint.
    alike = "format=yuv420p,setsar=1,setparams=range=tv:color_primaries=bt709:color_trc=bt709:colorspace=bt709"
    for number, scene in enumerate(scenes):
        length = ("-frames:v", str(scene.frames), "-r", str(RATE), "-vf", alike)
        exact = ("-c:v", "libx264", "-preset", "ultrafast", "-qp", "8", "-pix_fmt", "yuv420p", "-bf", "0")
        run_ffmpeg((*_input(scene, number, scratch), *length, *exact, f"{number}.mkv"), folder=scratch)
    names = "".join(f"file {number}.mkv\n" for number in range(len(scenes)))
    (scratch / "scenes.txt").write_text(names)
    run_ffmpeg(("-f", "concat", "-i", "scenes.txt", "-r", str(RATE), *_ENCODE, "film.mp4"), folder=scratch)
    return scratch / "film.mp4"


def _input(scene: Scene, number: int, scratch: Path) -> tuple[str, ...]:
    if scene.picture == "face":
        face_picture().save(scratch / f"{number}.png")
    elif scene.picture.startswith("card:"):
        card_picture(scene.picture.removeprefix("card:")).save(scratch / f"{number}.png")
    else:
        return ("-f", "lavfi", "-i", scene.picture)
    return ("-loop", "1", "-framerate", str(RATE), "-i", f"{number}.png")


def _sound(scenes: Sequence[Scene], scratch: Path) -> Path:
    pieces = [
        f"sine=f={scene.tone}:d={scene.frames / RATE}:r=48000"
        if scene.tone
        else f"anullsrc=r=48000:cl=mono:d={scene.frames / RATE}"
        for scene in scenes
    ]
    inputs = [word for piece in pieces for word in ("-f", "lavfi", "-i", piece)]
    joined = "".join(f"[{number}]" for number in range(len(pieces))) + f"concat=n={len(pieces)}:v=0:a=1[a]"
    run_ffmpeg((*inputs, "-filter_complex", joined, "-map", "[a]", "-c:a", "aac", "sound.mp4"), folder=scratch)
    return scratch / "sound.mp4"


def card_picture(text: str, *, ground: str = "#0a0a28", letters: str = "white", size: int = 40) -> Image.Image:
    """A title card."""
    card = Image.new("RGB", SIZE, ground)
    middle = (SIZE[0] / 2, SIZE[1] / 2)
    font = ImageFont.load_default(size)
    ImageDraw.Draw(card).multiline_text(middle, text, font=font, fill=letters, anchor="mm", align="center")
    return card


def face_picture() -> Image.Image:
    """A drawn face that looks into the camera, left of the middle."""
    picture = Image.new("RGB", SIZE, (120, 140, 160))
    draw = ImageDraw.Draw(picture)
    draw.rectangle((140, 250, 330, 360), fill=(40, 60, 120))
    _draw_face(draw, 230, 170, 70)
    return picture.filter(ImageFilter.GaussianBlur(1.2))


def _draw_face(draw: ImageDraw.ImageDraw, x: float, y: float, half: float) -> None:
    def oval(left: float, top: float, right: float, bottom: float, fill: tuple[int, int, int]) -> None:
        draw.ellipse((x + left * half, y + top * half, x + right * half, y + bottom * half), fill=fill)

    skin, shade, dark = (205, 165, 140), (150, 110, 95), (60, 40, 30)
    oval(-1, -1.4, 1, 1.35, dark)
    oval(-0.9, -0.95, 0.9, 1.3, skin)
    for eye in (-0.4, 0.4):
        oval(eye - 0.28, -0.42, eye + 0.28, -0.32, dark)
        oval(eye - 0.27, -0.30, eye + 0.27, 0.02, shade)
        oval(eye - 0.20, -0.24, eye + 0.20, -0.02, (235, 230, 225))
        oval(eye - 0.10, -0.24, eye + 0.10, -0.02, dark)
    oval(-0.17, 0.05, 0.17, 0.40, (185, 145, 120))
    oval(-0.36, 0.58, 0.36, 0.76, (150, 70, 70))
