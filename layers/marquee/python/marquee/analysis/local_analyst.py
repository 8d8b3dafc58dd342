"""The analyst that needs no service: everything is found on this machine."""

from __future__ import annotations

from dataclasses import dataclass

from marquee.analysis.composing import compose
from marquee.analysis.material import Material
from marquee.analysis.seeing import see
from marquee.domain.analysis import Analysis


@dataclass(frozen=True, slots=True)
class LocalAnalyst:
    """`ffmpeg`: path of the decoder."""

    ffmpeg: str

    def analyze(self, material: Material) -> Analysis:
        return compose("local", material, see(self.ffmpeg, material))
