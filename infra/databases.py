"""What an environment chooses for its documents: `infra/environments.py` holds the choices themselves."""

from __future__ import annotations

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from infra.choice import Choice

DocumentDBUnits = Annotated[float, Field(ge=0.5, le=256, multiple_of=0.5)]


class ServerlessDatabase(Choice):
    """Amazon DocumentDB Serverless, capacities in DocumentDB capacity units (2 GiB of memory each)."""

    kind: Literal["serverless"] = "serverless"
    minimum_units: DocumentDBUnits = 0.5
    maximum_units: DocumentDBUnits = 2
    instance_count: int = Field(default=1, ge=1, le=16)
    backup_days: int = Field(default=7, ge=1, le=35)

    @model_validator(mode="after")
    def _ordered(self) -> Self:
        if self.minimum_units > self.maximum_units:
            raise ValueError("minimum_units may not be above maximum_units")
        return self


class InstanceDatabase(Choice):
    """Amazon DocumentDB on instances of a fixed class, e.g. `r8g.large`."""

    kind: Literal["instance"] = "instance"
    instance_type: str = Field(pattern=r"^[a-z]\d[a-z]*\.[a-z0-9]+$")
    instance_count: int = Field(default=2, ge=1, le=16)
    backup_days: int = Field(default=7, ge=1, le=35)


class ExternalDatabase(Choice):
    """Any MongoDB, named by a secret that exists already and holds `{"uri": "mongodb://…"}`."""

    kind: Literal["external"] = "external"
    secret_name: str = Field(min_length=1, max_length=512)
    port: int = Field(default=27017, ge=1, le=65_535)


Database = Annotated[ServerlessDatabase | InstanceDatabase | ExternalDatabase, Field(discriminator="kind")]
