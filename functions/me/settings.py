"""Accounts are shown, exported and deleted here, and clients are told where to sign in."""

from marquee.entry.settings import CacheSettings, DatabaseSettings


class Settings(DatabaseSettings, CacheSettings):
    """Settings of the `me` function. `sign_in_domain` is empty when the user pool has none; `backup_days` is 0
    when backups are not ours; `social_providers` are names with spaces between them."""

    user_pool_id: str
    issuer: str
    sign_in_client_id: str
    sign_in_endpoint: str
    sign_in_domain: str = ""
    social_providers: str = ""
    self_sign_up: bool
    terms_version: str
    account_days: int
    log_days: int
    backup_days: int
