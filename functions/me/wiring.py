"""What the routes of `me` work with, built on first use."""

from collections.abc import Sequence
from datetime import timedelta
from functools import cached_property

from marquee.domain.accounts import Accounts, PersonalData, UserStore
from marquee.entry.wiring import ANSWERING_SECONDS, CacheWiring, DatabaseWiring
from marquee.services.accept_terms import AcceptTerms
from marquee.services.erase_me import EraseMe
from marquee.services.export_me import ExportMe
from marquee.services.show_me import ShowMe
from marquee.services.show_sign_in import ShowSignIn
from marquee.services.signed_in_user import SignedInUser
from marquee.services.viewer_progress import ViewerProgress

from me.settings import Settings


class MeWiring(DatabaseWiring[Settings], CacheWiring[Settings]):
    """Use cases of accounts."""

    patience_seconds = ANSWERING_SECONDS

    @cached_property
    def users(self) -> UserStore:
        from marquee.adapters.users import DatabaseUsers

        return DatabaseUsers(self.database)

    @cached_property
    def accounts(self) -> Accounts:
        from marquee.adapters.accounts import CognitoAccounts

        return CognitoAccounts(self.settings.user_pool_id)

    @cached_property
    def personal(self) -> Sequence[PersonalData]:
        """Every area that keeps something of people."""
        return (ViewerProgress(self.live_watch, self.watch_progress),)

    @cached_property
    def user_of(self) -> SignedInUser:
        return SignedInUser(self.users, timedelta(days=self.settings.account_days))

    @cached_property
    def show_me(self) -> ShowMe:
        return ShowMe(self.user_of, self.settings.terms_version)

    @cached_property
    def accept_terms(self) -> AcceptTerms:
        return AcceptTerms(self.users, self.user_of, self.settings.terms_version)

    @cached_property
    def export_me(self) -> ExportMe:
        return ExportMe(self.user_of, self.accounts, self.personal)

    @cached_property
    def erase_me(self) -> EraseMe:
        told = self.settings
        return EraseMe(self.users, self.accounts, self.personal, told.log_days, told.backup_days)

    @cached_property
    def show_sign_in(self) -> ShowSignIn:
        told = self.settings
        return ShowSignIn(
            issuer=told.issuer,
            client_id=told.sign_in_client_id,
            endpoint=told.sign_in_endpoint,
            domain=told.sign_in_domain,
            providers=told.social_providers,
            self_sign_up=told.self_sign_up,
            terms_version=told.terms_version,
        )


wiring = MeWiring(Settings)
