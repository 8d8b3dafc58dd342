"""Looks at and listens to a film with what this machine has; no service is asked."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from marquee.analysis.faces import find_faces
from marquee.analysis.look import listen, look_at_pictures
from marquee.analysis.material import Material, Seen
from marquee.analysis.reading import STEP_SECONDS, read_stretches
from marquee.analysis.shots import find_shots
from marquee.analysis.writing import WritingWatch
from marquee.domain.analysis import Face
from marquee.domain.deadline import Deadline
from marquee.domain.errors import MarqueeError

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

logger = logging.getLogger("marquee.analysis")

# Faces are looked for this often, and at most so many times in a film.
_FACES_EVERY_SECONDS, _MOST_LOOKS = 2.0, 1800
# Of the time that is left, as each begins; reading has the rest.
_LOOKING, _LISTENING = 0.68, 0.78


class _Watcher:
    """Is shown the samples one after another."""

    def __init__(self, material: Material) -> None:
        self._shape = (material.size.height, material.size.width)
        self._every = max(_FACES_EVERY_SECONDS, material.duration_seconds / _MOST_LOOKS)
        self._next_look = 0.0
        self.faces: list[Face] = []
        self.writing = WritingWatch(material.duration_seconds)

    def __call__(self, at_seconds: float, pixels: bytes) -> None:
        import numpy as np

        picture: NDArray[np.uint8] = np.frombuffer(pixels, np.uint8).reshape(self._shape)
        self.writing.look(picture, at_seconds)
        if at_seconds >= self._next_look:
            self._next_look = at_seconds + self._every - STEP_SECONDS / 2
            self.faces += find_faces(picture, at_seconds)


def see(ffmpeg: str, material: Material) -> Seen:
    """Everything that is measured. Raises as `look.look_at_pictures`: without pictures there is no analysis."""
    watcher, duration = _Watcher(material), material.duration_seconds
    pictures = look_at_pictures(
        ffmpeg,
        material.pictures,
        material.size,
        watcher,
        duration_seconds=duration,
        on_seconds=lambda seconds: material.on_fraction(min(1.0, seconds / duration)),
        deadline=_share(material.deadline, _LOOKING),
    )
    until = pictures.until_seconds
    seen = Seen(pictures, find_shots(pictures.frames, pictures.black, until), faces=watcher.faces)
    if until < duration:
        seen.missing |= dict.fromkeys(("shots", "black", "faces", "on_screen_text"), _only_until(until))
    _listen(seen, ffmpeg, material)
    _read(seen, watcher, material)
    return seen


def _share(deadline: Deadline | None, share: float) -> Deadline | None:
    """Something has to be left for what comes afterwards."""
    return None if deadline is None else deadline.within(deadline.remaining() * share)


def _only_until(seconds: float) -> str:
    return f"The film is too long: only its first {max(1, int(seconds / 60))} minutes were examined."


def _read(seen: Seen, watcher: _Watcher, material: Material) -> None:
    folder, duration = material.pictures.parent, material.duration_seconds
    try:
        reading = read_stretches(watcher.writing.close(), seen.shots, duration, folder, material.deadline)
    except MarqueeError as error:
        logger.warning("writing in the pictures could not be read: %s", error.message)
        seen.missing["on_screen_text"] = error.message
        return
    seen.texts, seen.cards = reading.texts, reading.cards
    left_out = watcher.writing.left_out
    if left_out:
        seen.missing["on_screen_text"] = f"{left_out} pictures with writing were not read: there are too many."
    elif material.deadline is not None and not material.deadline.remaining():
        seen.missing.setdefault("on_screen_text", "Not all pictures with writing were read: it took too long.")


def _listen(seen: Seen, ffmpeg: str, material: Material) -> None:
    if material.sound is None:
        return
    try:
        seen.sound = listen(
            ffmpeg,
            material.sound,
            duration_seconds=material.duration_seconds,
            deadline=_share(material.deadline, _LISTENING),
        )
    except MarqueeError as error:
        logger.warning("the sound could not be listened to: %s", error.message)
        seen.missing["loudness"] = seen.missing["silence"] = error.message
        return
    if seen.sound.until_seconds < material.duration_seconds:
        seen.missing["loudness"] = seen.missing["silence"] = _only_until(seen.sound.until_seconds)
