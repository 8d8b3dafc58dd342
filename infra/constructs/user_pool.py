"""The user pool: who has an account, and how it is proved."""

from __future__ import annotations

from aws_cdk import Aws, Duration, RemovalPolicy, SecretValue
from aws_cdk import aws_cognito as cognito
from constructs import Construct

from infra.constructs.findings import accept
from infra.environments import Environment
from infra.identity import SocialProvider

GROUPS = ("admin", "premium", "free")  # the domain's roles, the highest first

_MULTI_FACTOR = {"off": cognito.Mfa.OFF, "optional": cognito.Mfa.OPTIONAL, "required": cognito.Mfa.REQUIRED}


class AccountPool(cognito.UserPool):
    """Accounts by e-mail address; the groups are the domain's roles, the highest first in precedence.

    A new account is in no group: that is the role `free` (`marquee.domain.identity`).
    """

    def __init__(self, scope: Construct, construct_id: str, *, environment: Environment) -> None:
        choice = environment.identity
        keep = environment.retention.protect
        super().__init__(
            scope,
            construct_id,
            sign_in_aliases=cognito.SignInAliases(email=True),
            sign_in_case_sensitive=False,
            self_sign_up_enabled=choice.self_sign_up,
            auto_verify=cognito.AutoVerifiedAttrs(email=True),
            standard_attributes=cognito.StandardAttributes(
                email=cognito.StandardAttribute(required=True, mutable=True)
            ),
            # Length guards better than kinds of characters do, and is easier to remember.
            password_policy=cognito.PasswordPolicy(
                min_length=12,
                require_lowercase=True,
                require_uppercase=False,
                require_digits=True,
                require_symbols=False,
                temp_password_validity=Duration.days(3),
            ),
            mfa=_MULTI_FACTOR[choice.multi_factor],
            # text messages cost money and can be taken over: authenticator apps only
            mfa_second_factor=cognito.MfaSecondFactor(otp=True, sms=False),
            account_recovery=cognito.AccountRecovery.EMAIL_ONLY,
            deletion_protection=keep,
            removal_policy=RemovalPolicy.RETAIN if keep else RemovalPolicy.DESTROY,
        )
        accept(
            self,
            "Length guards better than kinds of characters do (NIST SP 800-63B). Viewers choose a second factor "
            "themselves, unless the environment demands one; guessing is slowed down by the firewall and by Cognito.",
            "AwsSolutions-COG1",
            "AwsSolutions-COG2",
            "AwsSolutions-COG8",
        )
        for precedence, role in enumerate(GROUPS):
            cognito.UserPoolGroup(self, role.capitalize(), user_pool=self, group_name=role, precedence=precedence)
        self._providers = [self._provider(provider) for provider in choice.social]

    def wait_for_providers(self, client: cognito.UserPoolClient) -> None:
        """A client can only name providers that are there."""
        client.node.add_dependency(*self._providers)

    def add_domain_of(self, environment: Environment) -> cognito.UserPoolDomain:
        """The pool's own address; its name must be free in the whole region, so it carries the account."""
        return self.add_domain(
            "Domain",
            cognito_domain=cognito.CognitoDomainOptions(domain_prefix=f"marquee-{environment.name}-{Aws.ACCOUNT_ID}"),
        )

    def _provider(self, provider: SocialProvider) -> Construct:
        def secret(field: str) -> SecretValue:
            return SecretValue.secrets_manager(provider.secret_name, json_field=field)

        mapping = cognito.AttributeMapping(email=cognito.ProviderAttribute.other("email"))
        if provider.kind == "google":
            return cognito.UserPoolIdentityProviderGoogle(
                self,
                "Google",
                user_pool=self,
                client_id=provider.client_id,
                client_secret_value=secret("client_secret"),
                scopes=["openid", "email"],
                attribute_mapping=mapping,
            )
        if provider.kind == "facebook":
            return cognito.UserPoolIdentityProviderFacebook(
                self,
                "Facebook",
                user_pool=self,
                client_id=provider.client_id,
                client_secret=secret("client_secret").unsafe_unwrap(),
                scopes=["email"],
                attribute_mapping=mapping,
            )
        return cognito.UserPoolIdentityProviderApple(
            self,
            "Apple",
            user_pool=self,
            client_id=provider.client_id,
            team_id=provider.team_id or "",
            key_id=provider.key_id or "",
            private_key_value=secret("private_key"),
            scopes=["email"],
            attribute_mapping=mapping,
        )
