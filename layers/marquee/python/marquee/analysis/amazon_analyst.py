"""The analyst that asks Amazon's services, too: what is measured is measured here, what is in the pictures is asked."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass

from marquee.analysis.composing import compose
from marquee.analysis.describing import describe
from marquee.analysis.examining import choose_times, find_labels, moderate, take_stills
from marquee.analysis.material import Material
from marquee.analysis.seeing import see
from marquee.domain.analysis import Analysis, Span
from marquee.domain.analysis_services import LanguageModel, PictureExaminer
from marquee.domain.errors import PermanentError

logger = logging.getLogger("marquee.analysis")


@dataclass(frozen=True, slots=True)
class AmazonAnalyst:
    """`model` None: nobody proposes texts. A service that refuses leaves its part out and says so; one that is away
    raises TransientError, as the whole can be tried again."""

    ffmpeg: str
    examiner: PictureExaminer
    model: LanguageModel | None = None

    def analyze(self, material: Material) -> Analysis:
        analysis = compose("amazon", material, see(self.ffmpeg, material))
        return self._described(self._examined(analysis, material), material)

    def _examined(self, analysis: Analysis, material: Material) -> Analysis:
        stills = take_stills(self.ffmpeg, material.pictures, choose_times(_whole(analysis)))
        try:
            labels = find_labels(self.examiner, stills)
        except PermanentError as error:
            analysis = _without(analysis, "labels", error)
        else:
            analysis = analysis.model_copy(update={"labels": labels})
        try:
            return analysis.model_copy(update={"moderation": moderate(self.examiner, stills)})
        except PermanentError as error:
            return _without(analysis, "moderation", error)

    def _described(self, analysis: Analysis, material: Material) -> Analysis:
        if self.model is None:
            return analysis
        try:
            return describe(self.model, analysis, material.words)
        except PermanentError as error:
            return _without(analysis, "suggestions", error)


def _whole(analysis: Analysis) -> Sequence[Span]:
    """The shots, and what there was no time to look for shots in: a verdict is of all of the film."""
    looked_until = analysis.shots[-1].end_seconds if analysis.shots else 0.0
    if analysis.duration_seconds <= looked_until:
        return analysis.shots
    rest = Span(source="film", confidence=1.0, start_seconds=looked_until, end_seconds=analysis.duration_seconds)
    return (*analysis.shots, rest)


def _without(analysis: Analysis, part: str, error: PermanentError) -> Analysis:
    logger.warning("%s are missing: %s", part, error.message)
    return analysis.model_copy(update={"missing": {**analysis.missing, part: error.message}})
