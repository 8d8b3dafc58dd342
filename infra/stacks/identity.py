"""Accounts and the clients that may ask for tokens. Stateful: without it nobody has an account any more."""

from __future__ import annotations

from aws_cdk import Aws, CfnOutput, Duration, Stack
from aws_cdk import aws_cognito as cognito
from constructs import Construct

from infra.constructs.user_pool import AccountPool
from infra.constructs.web_acl import SignInAcl
from infra.environments import Environment

RESOURCE_SERVER = "marquee"
ACCESS_TOKEN_FOR = Duration.hours(1)
SIGNED_IN_FOR = Duration.days(30)

_PROVIDERS = {
    "google": cognito.UserPoolClientIdentityProvider.GOOGLE,
    "facebook": cognito.UserPoolClientIdentityProvider.FACEBOOK,
    "apple": cognito.UserPoolClientIdentityProvider.APPLE,
}


class IdentityStack(Stack):
    """`people` is the client of page and command line, `machine` that of other programs (client credentials).

    `address` is where people's clients sign in, `domain_address` where machines get tokens, "" without a domain.
    """

    pool: AccountPool
    people: cognito.UserPoolClient
    machine: cognito.UserPoolClient | None
    address: str
    domain_address: str

    def __init__(
        self, scope: Construct, construct_id: str, *, environment: Environment, termination_protection: bool
    ) -> None:
        super().__init__(scope, construct_id, termination_protection=termination_protection)
        self._social = bool(environment.identity.social)
        self.address = f"https://cognito-idp.{Aws.REGION}.{Aws.URL_SUFFIX}"
        self.pool = AccountPool(self, "Accounts", environment=environment)
        self.people = self._people(environment)
        self.pool.wait_for_providers(self.people)
        self.machine = None
        self.domain_address = ""
        if environment.identity.domain:
            self.domain_address = self.pool.add_domain_of(environment).base_url()
            self.machine = self._machine()
        if (mode := environment.protection.firewall) != "off":
            SignInAcl(
                self,
                "Firewall",
                description=f"Marquee {environment.name}: sign-in",
                mode=mode,
                user_pool_arn=self.pool.user_pool_arn,
            )
        CfnOutput(self, "UserPoolId", value=self.pool.user_pool_id)

    @property
    def page_addresses(self) -> list[str]:
        """What the page calls to sign somebody in."""
        return [self.address, *([self.domain_address] if self._social else [])]

    @property
    def clients(self) -> list[cognito.IUserPoolClient]:
        """All whose tokens the API takes."""
        return [client for client in (self.people, self.machine) if client is not None]

    def _people(self, environment: Environment) -> cognito.UserPoolClient:
        social = [provider.kind for provider in environment.identity.social]
        return self.pool.add_client(
            "People",
            auth_flows=cognito.AuthFlow(user_password=True, user_srp=True),
            generate_secret=False,  # a page and a program on somebody's machine can keep none
            prevent_user_existence_errors=True,
            enable_token_revocation=True,
            access_token_validity=ACCESS_TOKEN_FOR,
            id_token_validity=ACCESS_TOKEN_FOR,
            refresh_token_validity=SIGNED_IN_FOR,
            disable_o_auth=not social,
            o_auth=cognito.OAuthSettings(
                flows=cognito.OAuthFlows(authorization_code_grant=True),
                scopes=[cognito.OAuthScope.OPENID, cognito.OAuthScope.EMAIL, cognito.OAuthScope.COGNITO_ADMIN],
                callback_urls=list(environment.identity.callback_urls),
                logout_urls=list(environment.identity.callback_urls),
            )
            if social
            else None,
            supported_identity_providers=[
                cognito.UserPoolClientIdentityProvider.COGNITO,
                *(_PROVIDERS[kind] for kind in social),
            ],
        )

    def _machine(self) -> cognito.UserPoolClient:
        read = cognito.ResourceServerScope(scope_name="read", scope_description="What every signed-in caller may")
        admin = cognito.ResourceServerScope(scope_name="admin", scope_description="What administrators may")
        server = self.pool.add_resource_server("Api", identifier=RESOURCE_SERVER, scopes=[read, admin])
        return self.pool.add_client(
            "Machine",
            generate_secret=True,
            access_token_validity=ACCESS_TOKEN_FOR,
            enable_token_revocation=True,
            o_auth=cognito.OAuthSettings(
                flows=cognito.OAuthFlows(client_credentials=True),
                scopes=[
                    cognito.OAuthScope.resource_server(server, read),
                    cognito.OAuthScope.resource_server(server, admin),
                ],
            ),
        )
