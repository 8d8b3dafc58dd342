"""What the routes of `assets` work with, built on first use."""

from functools import cached_property

from marquee.domain.ports import Executions
from marquee.entry.catalogue_wiring import CatalogueWiring
from marquee.entry.wiring import ANSWERING_SECONDS, EventsWiring
from marquee.services.change_asset import ChangeAsset
from marquee.services.delete_asset import DeleteAsset
from marquee.services.list_assets import ListAssets
from marquee.services.release_asset import ReleaseAsset
from marquee.services.show_analysis import ShowAnalysis
from marquee.services.show_asset import ShowAsset

from assets.settings import Settings


class AssetsWiring(EventsWiring[Settings], CatalogueWiring[Settings]):
    """Use cases of assets."""

    patience_seconds = ANSWERING_SECONDS

    @cached_property
    def show_asset(self) -> ShowAsset:
        return ShowAsset(self.assets)

    @cached_property
    def show_analysis(self) -> ShowAnalysis:
        return ShowAnalysis(self.assets, self.objects, self.settings.media_bucket)

    @cached_property
    def list_assets(self) -> ListAssets:
        return ListAssets(self.assets)

    @cached_property
    def change_asset(self) -> ChangeAsset:
        release = ReleaseAsset(self.jobs, self.assets, self.objects, self.events)
        return ChangeAsset(self.assets, self.jobs, release)

    @cached_property
    def executions(self) -> Executions:
        return self.executions_of(self.settings.state_machine_arn)

    @cached_property
    def enrich_executions(self) -> Executions:
        return self.executions_of(self.settings.enrich_machine_arn)

    @cached_property
    def delete_asset(self) -> DeleteAsset:
        buckets = self.settings
        return DeleteAsset(
            self.assets,
            self.jobs,
            self.uploads,
            self.objects,
            self.executions,
            self.enrich_executions,
            self.events,
            buckets.uploads_bucket,
            buckets.media_bucket,
            self.link_movie,
            self.spoken,
        )


wiring = AssetsWiring(Settings)
