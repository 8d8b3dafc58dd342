"""Trigger: a function that wants something of TMDB, in a network that has no way out. Effect: one GET to TMDB.

Lives outside of our network and asks nobody but TMDB, whatever it is told.
"""

from marquee.domain.errands import Errand, Found
from marquee.entry.steps import step

from ask_tmdb.wiring import wiring


@step(Errand)
def lambda_handler(errand: Errand) -> Found:
    return wiring.run_errand(errand)
