"""A command as the gateway's parts see it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from bson import CodecOptions, DatetimeConversion, decode
from bson.errors import BSONError
from bson.raw_bson import RawBSONDocument

from local.database.gateway.errors import CommandError
from local.database.gateway.wire import Request

# embedded documents stay bytes: the extension reads them, not we; dates beyond Python's years are let through
_OPTIONS: CodecOptions[RawBSONDocument] = CodecOptions(
    document_class=RawBSONDocument, datetime_conversion=DatetimeConversion.DATETIME_MS
)
_FAILED_TO_PARSE, _INVALID_BSON = 9, 22


@dataclass(slots=True)
class Call:
    """A command: `name` in lower case, its document's own fields, and the document as it came."""

    name: str
    command: Mapping[str, Any]
    body: bytes
    sequences: Mapping[str, bytes]
    database: str
    connection_id: int

    @property
    def target(self) -> Any:
        """The value of the command's own field: mostly a collection's name."""
        return next(iter(self.command.values()))

    @property
    def session_id(self) -> bytes | None:
        """The logical session's id."""
        lsid = self.command.get("lsid")
        return None if lsid is None else bytes(lsid["id"])

    @property
    def in_transaction(self) -> bool:
        return self.command.get("autocommit") is False

    @property
    def transaction_number(self) -> int:
        return int(self.command.get("txnNumber", -1))

    @property
    def retry_key(self) -> tuple[bytes, int] | None:
        """Session and number of a retryable write; None for any other command."""
        if self.in_transaction or self.session_id is None or "txnNumber" not in self.command:
            return None
        return self.session_id, self.transaction_number


def parse_call(request: Request, connection_id: int) -> Call:
    """Reads a request's command. Raises CommandError."""
    try:
        command = decode(request.body, _OPTIONS)
        name = next(iter(command), "")
        database = request.legacy_database or command.get("$db", "")
    except (BSONError, ValueError, TypeError) as error:
        raise CommandError(_INVALID_BSON, f"the command is not valid BSON: {error}") from error
    if not name or not isinstance(database, str) or not database:
        raise CommandError(_FAILED_TO_PARSE, "a command needs a name and a $db")
    return Call(name.lower(), command, request.body, request.sequences, database, connection_id)
