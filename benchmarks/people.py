"""People at the local cloud: made as an operator would, signed in and watching as clients do."""

from __future__ import annotations

import uuid

import boto3
from botocore.config import Config

from benchmarks.service import MarqueeService
from cli.endpoint import Endpoint
from local.differences import ACCESS_KEY, SECRET_KEY


def new_token(service: MarqueeService, group: str | None = None) -> str:
    """The access token of a new person, in a group of the user pool or in none."""
    told = service.endpoint.get("/identity")
    cognito = boto3.client(
        "cognito-idp",
        endpoint_url=service.aws_url,
        region_name="us-east-1",
        aws_access_key_id=ACCESS_KEY,
        aws_secret_access_key=SECRET_KEY,
        config=Config(retries={"total_max_attempts": 1}, read_timeout=20, connect_timeout=5),
    )
    pool = told["issuer"].rpartition("/")[2]
    email, password = f"{uuid.uuid4().hex}@marquee.example", f"Aa1-{uuid.uuid4().hex}"
    cognito.admin_create_user(UserPoolId=pool, Username=email, MessageAction="SUPPRESS")
    cognito.admin_set_user_password(UserPoolId=pool, Username=email, Password=password, Permanent=True)
    if group is not None:
        cognito.admin_add_user_to_group(UserPoolId=pool, Username=email, GroupName=group)
    signed_in = cognito.initiate_auth(
        AuthFlow="USER_PASSWORD_AUTH",
        ClientId=told["client_id"],
        AuthParameters={"USERNAME": email, "PASSWORD": password},
    )
    return str(signed_in["AuthenticationResult"]["AccessToken"])


def cookie_for(endpoint: Endpoint, asset_id: str) -> str:
    """The `Cookie` header that opens an asset's media to whoever the endpoint calls as.

    Raises `EndpointError`, `not_playable` while there is nothing to watch.
    """
    session = endpoint.post("/streaming/sessions", {"asset_id": asset_id})
    return "; ".join(f"{name}={value}" for name, value in session["cookies"].items())
