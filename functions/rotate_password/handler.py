"""Trigger: Secrets Manager, every month, four times. Effect: the database's user has another password, and the secret
says so."""

from marquee.entry.steps import step
from marquee.services.rotate_password import RotationRequest

from rotate_password.wiring import wiring


@step(RotationRequest)
def lambda_handler(request: RotationRequest) -> None:
    wiring.rotate_password(request)
