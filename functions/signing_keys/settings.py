"""Keys lie in one secret."""

from marquee.entry.settings import ProcessSettings


class Settings(ProcessSettings):
    """Settings of the `signing_keys` function."""

    signing_secret_arn: str
