"""Faces in the frames that may become a poster."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from marquee.media.posters import Faces

if TYPE_CHECKING:
    from PIL.Image import Image

logger = logging.getLogger("marquee.images")


def face_finder() -> Faces | None:
    """What looks for faces; None where it is not installed: posters are then judged by sharpness and light alone."""
    try:
        import cv2  # noqa: F401 - only to see whether it is there
        import numpy as np

        from marquee.analysis.faces import find_faces
    except ImportError as error:
        logger.warning("faces are not looked for: %s", error)
        return None

    def find(picture: Image) -> list[tuple[float, float]]:
        grey = np.asarray(picture, dtype=np.uint8)
        return [(face.confidence, face.box[2]) for face in find_faces(grey, 0.0)]

    return find
