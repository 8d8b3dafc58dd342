"""Trigger: the state machine, when a plug-in has answered or never will. Effect: the job goes on, warns or ends."""

from marquee.entry.steps import step
from marquee.services.hear_plugin import PluginHeard

from plugin.wiring import wiring


@step(PluginHeard)
def lambda_handler(heard: PluginHeard) -> None:
    wiring.hear_plugin(heard)
