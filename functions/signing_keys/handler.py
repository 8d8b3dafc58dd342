"""Trigger: the custom resource `Custom::SigningKeys`, at deployments. Effect: there are keys to sign playback
sessions with; private halves in their secret alone, public ones as the resource's attributes."""

from marquee.entry.custom_resource import custom_resource
from marquee.services.make_signing_keys import SigningKeysRequest

from signing_keys.wiring import wiring

lambda_handler = custom_resource(
    SigningKeysRequest, lambda wanted: wiring.make_signing_keys(wanted), name="signing-keys"
)
