"""Post webhook knows where it may post to, and of nothing else."""

from marquee.entry.settings import ProcessSettings


class Settings(ProcessSettings):
    """Settings of the `post_webhook` function. `aws_lambda_runtime_api`: `host:port`, set by Lambda."""

    webhooks_loopback: bool = False
    aws_lambda_runtime_api: str = ""
