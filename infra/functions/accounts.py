"""What people ask about their own account, and clients before they sign somebody in."""

from __future__ import annotations

from infra.constructs.python_function import PythonFunction
from infra.databases import ExternalDatabase
from infra.functions.platform import ApiPlatform
from infra.stacks.identity import IdentityStack


def create_account_functions(platform: ApiPlatform, identity: IdentityStack) -> dict[str, PythonFunction]:
    environment = platform.environment
    choice, database = environment.identity, environment.database
    me = platform.http_function(
        "me",
        "Shows, exports and deletes accounts; tells clients where to sign in",
        {
            "USER_POOL_ID": identity.pool.user_pool_id,
            "ISSUER": identity.pool.user_pool_provider_url,
            "SIGN_IN_CLIENT_ID": identity.people.user_pool_client_id,
            "SIGN_IN_ENDPOINT": identity.address,
            "SIGN_IN_DOMAIN": identity.domain_address,
            "SOCIAL_PROVIDERS": " ".join(provider.kind for provider in choice.social),
            "SELF_SIGN_UP": str(choice.self_sign_up).lower(),
            "TERMS_VERSION": choice.terms_version,
            "ACCOUNT_DAYS": str(choice.account_days),
            "LOG_DAYS": str(environment.retention.log_days),
            "BACKUP_DAYS": "0" if isinstance(database, ExternalDatabase) else str(database.backup_days),
        },
    )
    identity.pool.grant(me, "cognito-idp:ListUsers", "cognito-idp:AdminDeleteUser")
    return {"me": me}
