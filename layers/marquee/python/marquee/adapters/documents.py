"""Between domain models and documents: the model's `id` is the document's `_id`, all else is the same."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, TypeVar

from pymongo.errors import DuplicateKeyError

from marquee.adapters.database import Database, Document
from marquee.domain.media import Model

M = TypeVar("M", bound=Model)


def to_document(model: Model) -> Document:
    document: dict[str, Any] = model.model_dump(mode="python")
    document["_id"] = document.pop("id")
    stored: Document = plain(document)
    return stored


def from_document(model_type: type[M], document: Document | None) -> M | None:
    if document is None:
        return None
    return model_type.model_validate({**document, "id": document["_id"]})


def models_of(model_type: type[M], documents: Iterable[Document]) -> list[M]:
    return [model_type.model_validate({**document, "id": document["_id"]}) for document in documents]


def add_once(database: Database, collection: str, document: Document) -> None:
    """Insert; ids are random, so one that is there already is the same insert whose answer was lost."""
    try:
        database.run(collection, lambda target: target.insert_one(dict(document)))
    except DuplicateKeyError:
        return


def plain(value: Any) -> Any:
    """BSON knows lists, not tuples."""
    if isinstance(value, dict):
        return {key: plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [plain(item) for item in value]
    return value
