"""What a search for movies may ask for."""

from __future__ import annotations

from typing import Annotated, Literal

from aws_lambda_powertools.event_handler.openapi.params import Query

Text = Annotated[str, Query(max_length=200)]
Year = Annotated[int | None, Query(ge=1870, le=2200)]
Genre = Annotated[str | None, Query(min_length=1, max_length=50)]
Language = Annotated[str | None, Query(pattern=r"^[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})?$")]
Available = Annotated[bool | None, Query()]
Where = Annotated[
    Literal["titles", "transcript"],
    Query(alias="in", description="`transcript`: what is said in films and stands in their pictures, with its second."),
]
Kind = Annotated[
    Literal["said", "seen"] | None, Query(description="In a transcript: only what is said, or only what is seen.")
]
Place = Annotated[str | None, Query(max_length=500)]
