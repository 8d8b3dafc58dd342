"""Cognito: moto's user pools made strict and durable, the endpoints beside its API, and the tokens' keys."""

from local.identity.demo import DemoUser
from local.identity.service import IdentityService

__all__ = ["DemoUser", "IdentityService"]
