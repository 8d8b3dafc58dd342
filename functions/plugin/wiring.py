"""What `plugin` works with, built on first use."""

from functools import cached_property

from marquee.entry.wiring import DatabaseWiring
from marquee.services.hear_plugin import HearPlugin

from plugin.settings import Settings


class PluginWiring(DatabaseWiring[Settings]):
    """The use case of plugin."""

    @cached_property
    def hear_plugin(self) -> HearPlugin:
        return HearPlugin(self.jobs)


wiring = PluginWiring(Settings)
