"""People to try Marquee with: one a role, in every pool of this machine, with passwords of its own.

They are in no template: whoever deploys Marquee has no such users.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass

from moto.cognitoidp.models import CognitoIdpUser, UserStatus

from local.identity.passwords import HashedPassword
from local.identity.pool import DurablePool
from local.identity.store import IdentityStore

# nothing that is read for something else
_LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"
_ROLES = {"viewer": "free", "premium": "premium", "admin": "admin"}


@dataclass(frozen=True)
class DemoUser:
    """`password` is the same at every start on one state folder. `client_id`: of the client that people sign in
    by; None when the pool has none that takes passwords."""

    email: str
    password: str
    group: str
    client_id: str | None


def add_demo_users(pool: DurablePool, store: IdentityStore) -> list[DemoUser]:
    """Those whose group the pool has; who was deleted is there again."""
    return [_add(pool, store, name, group) for name, group in _ROLES.items() if group in pool.groups]


def _add(pool: DurablePool, store: IdentityStore, name: str, group_name: str) -> DemoUser:
    email = f"{name}@marquee.example"
    password = store.fact(f"password of {email}", lambda: _password(name))
    if pool._get_user(email) is None:
        attributes = [{"Name": "email", "Value": email}, {"Name": "email_verified", "Value": "true"}]
        user = CognitoIdpUser(pool.id, None, HashedPassword.of(password), UserStatus.CONFIRMED, attributes)
        pool.users[user.username] = user
        pool.groups[group_name].users.add(user)
        user.groups.add(pool.groups[group_name])
    return DemoUser(email, password, group_name, _client_of_people(pool))


def _client_of_people(pool: DurablePool) -> str | None:
    taking = "ALLOW_USER_PASSWORD_AUTH"
    return next((c.id for c in pool.clients.values() if taking in c.extended_config.get("ExplicitAuthFlows", ())), None)


def _password(name: str) -> str:
    """Has all that policies ask for, and can be typed."""
    drawn = "".join(secrets.choice(_LETTERS) for _ in range(12))
    return f"{name.capitalize()}-{drawn}-{secrets.randbelow(10)}"
