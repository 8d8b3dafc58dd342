"""What an environment chooses for its encoders: `infra/environments.py` holds the choices themselves."""

from __future__ import annotations

from typing import Literal, Self

from pydantic import Field, model_validator

from infra.choice import Choice


class Worker(Choice):
    """Sizes of the encoding workers, and how many there are at once. Lambda gives one processor for each 1,769 MiB.

    `shard_concurrency`: tasks of one film. `jobs_at_once`: films that are made together, `jobs_at_once_each`: of one
    who uploads; others wait for their turn. `fargate_vcpu_quota`: what the account must allow, on demand and on Spot.
    `reserved_lambdas`: so many runs of the function that encodes heads are set aside for it, and no more let to it;
    None: it takes of what all share, which is all that a new account can do.
    """

    lambda_memory_mib: int = Field(ge=2048, le=10_240)
    fargate_cpu_units: Literal[1024, 2048, 4096, 8192, 16384]
    fargate_memory_mib: int = Field(ge=2048, le=122_880)
    shard_concurrency: int = Field(ge=1, le=1000)
    jobs_at_once: int = Field(ge=1, le=1000)
    jobs_at_once_each: int = Field(ge=1, le=1000)
    fargate_vcpu_quota: int = Field(ge=1)
    reserved_lambdas: int | None = Field(default=None, ge=1, le=1000)

    @model_validator(mode="after")
    def _within_the_quota(self) -> Self:
        """Tasks above the quota are refused, and a job whose tasks are refused for minutes fails."""
        if self.jobs_at_once * self.shard_concurrency * self.fargate_cpu_units // 1024 > self.fargate_vcpu_quota:
            raise ValueError("jobs_at_once films of shard_concurrency tasks want more than fargate_vcpu_quota")
        if self.jobs_at_once_each > self.jobs_at_once:
            raise ValueError("one may not have more turns (jobs_at_once_each) than there are (jobs_at_once)")
        return self
