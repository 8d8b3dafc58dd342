"""Errors as MongoDB clients know them, and what PostgreSQL's SQLSTATEs become.

The DocumentDB extension has SQLSTATEs of its own: `M` and four base-36 digits, an ordinal per error.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import psycopg

TRANSIENT_TRANSACTION = "TransientTransactionError"
RETRYABLE_WRITE = "RetryableWriteError"


class CommandError(Exception):
    """A command's failure: code, its name, a sentence, and labels that tell drivers what to do."""

    def __init__(self, code: int, message: str, *labels: str) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.labels = labels

    def document(self) -> dict[str, Any]:
        """The reply that says so."""
        reply: dict[str, Any] = {
            "ok": 0.0,
            "errmsg": self.message,
            "code": self.code,
            "codeName": _NAMES.get(self.code, f"Location{self.code}"),
        }
        if self.labels:
            reply["errorLabels"] = list(self.labels)
        return reply


class ConnectionLost(Exception):
    """PostgreSQL went away while it worked on a statement: whether it was carried out is not known."""


class Unreachable(ConnectionLost):
    """PostgreSQL was away for too long before the statement could be sent."""


_NAMES = {
    1: "InternalError",
    2: "BadValue",
    9: "FailedToParse",
    14: "TypeMismatch",
    15: "Overflow",
    16: "InvalidLength",
    20: "IllegalOperation",
    22: "InvalidBSON",
    24: "LockTimeout",
    26: "NamespaceNotFound",
    27: "IndexNotFound",
    28: "PathNotViable",
    34: "CannotBackfillArray",
    40: "ConflictingUpdateOperators",
    43: "CursorNotFound",
    48: "NamespaceExists",
    50: "MaxTimeMSExpired",
    52: "DollarPrefixedFieldName",
    53: "InvalidIdField",
    54: "NotSingleValueField",
    56: "EmptyFieldName",
    57: "DottedFieldName",
    59: "CommandNotFound",
    61: "ShardKeyNotFound",
    66: "ImmutableField",
    67: "CannotCreateIndex",
    68: "IndexAlreadyExists",
    72: "InvalidOptions",
    73: "InvalidNamespace",
    85: "IndexOptionsConflict",
    86: "IndexKeySpecsConflict",
    91: "ShutdownInProgress",
    111: "NotExactValueField",
    112: "WriteConflict",
    115: "CommandNotSupported",
    117: "ConflictingOperationInProgress",
    121: "DocumentValidationFailure",
    146: "ExceededMemoryLimit",
    159: "DurationOverflow",
    165: "ViewDepthLimitExceeded",
    166: "CommandNotSupportedOnView",
    167: "OptionNotSupportedOnView",
    181: "AmbiguousIndexKeyPattern",
    197: "InvalidIndexSpecificationOption",
    225: "TransactionTooOld",
    232: "MaxSubPipelineDepthExceeded",
    241: "ConversionFailure",
    251: "NoSuchTransaction",
    256: "TransactionCommitted",
    262: "ExceededTimeLimit",
    263: "OperationNotSupportedInTransaction",
    276: "IndexBuildAborted",
    291: "NoQueryExecutionPlans",
    352: "UnsupportedOpQueryCommand",
    10334: "BSONObjectTooLarge",
    11000: "DuplicateKey",
    11600: "InterruptedAtShutdown",
    12587: "BackgroundOperationInProgressForNamespace",
    14031: "OutOfDiskSpace",
}

# ordinals (the last three digits of an M-SQLSTATE) of the extension's errors that have names in MongoDB;
# all others are complaints about one operator's arguments
_ORDINALS = {
    "000": 1, "001": 2, "003": 9, "004": 14, "005": 15, "006": 20, "008": 26, "009": 27, "00A": 28,
    "00C": 34, "00D": 40, "00E": 43, "00F": 48, "00G": 52, "00H": 53, "00I": 54, "00J": 56, "00K": 57,
    "00L": 61, "00M": 66, "00N": 67, "00O": 68, "00P": 72, "00Q": 73, "00R": 85, "00S": 86, "00T": 111,
    "00U": 115, "00W": 146, "00X": 159, "00Y": 165, "00Z": 166, "010": 167, "011": 181, "012": 197,
    "014": 232, "015": 241, "016": 263, "017": 276, "018": 291, "01B": 10334, "01C": 11000, "01D": 12587,
    "0CO": 121, "0DO": 16, "0EW": 24, "0EX": 50, "0EY": 59, "0F0": 91, "0F1": 112, "0F2": 117,
    "0F5": 225, "0F6": 251, "0F7": 256, "07U": 40324,
}  # fmt: skip

_SQLSTATES = {
    "0A000": 115,  # feature_not_supported
    "23505": 11000,  # unique_violation
    "23P01": 11000,  # exclusion_violation: how a unique index of the extension is kept
    "40001": 112,  # serialization_failure
    "40P01": 112,  # deadlock_detected
    "55P03": 112,  # lock_not_available
    "53100": 14031,  # disk_full
    "53200": 146,  # out_of_memory
    "57014": 50,  # query_canceled: only a statement's time limit cancels here
}
_BAD_VALUE, _INTERNAL_ERROR, _WRITE_CONFLICT, _INTERRUPTED = 2, 1, 112, 11600


def code_of(sqlstate: str) -> int:
    """The MongoDB error code of an SQLSTATE."""
    if sqlstate.startswith("M"):
        return _ORDINALS.get(sqlstate[2:], _BAD_VALUE)
    return _SQLSTATES.get(sqlstate, _INTERNAL_ERROR)


def unpack_code(code: int) -> int:
    """A code inside a reply's document: the extension writes its SQLSTATE there, six bits a character."""
    state = "".join(chr(((code >> (6 * i)) & 0x3F) + 48) for i in range(5))
    known = (state.startswith("M") and state.isalnum()) or state in _SQLSTATES
    return code_of(state) if known else code


def nothing_but_conflicts(reply: Mapping[str, Any]) -> bool:
    """Whether a write's reply says that others were in its way and that it did nothing at all."""
    errors = reply.get("writeErrors") or []
    return bool(errors) and not reply.get("n") and all(unpack_code(int(e["code"])) == _WRITE_CONFLICT for e in errors)


def translate(error: Exception, command: Mapping[str, Any]) -> CommandError:
    """What a client is told about an exception that a command ended with."""
    in_transaction = command.get("autocommit") is False
    if isinstance(error, CommandError):
        return error
    if isinstance(error, ConnectionLost):
        return CommandError(_INTERRUPTED, str(error), *_lost_labels(command, in_transaction))
    if isinstance(error, psycopg.Error):
        code = code_of(error.sqlstate or "")
        labels = (TRANSIENT_TRANSACTION,) if in_transaction and code == _WRITE_CONFLICT else ()
        return CommandError(code, error.diag.message_primary or str(error), *labels)
    return CommandError(_INTERNAL_ERROR, f"the gateway failed: {error!r}")


def _lost_labels(command: Mapping[str, Any], in_transaction: bool) -> tuple[str, ...]:
    if in_transaction:
        committing = "commitTransaction" in command
        return (RETRYABLE_WRITE,) if committing else (TRANSIENT_TRANSACTION,)
    # repeated, a numbered write is answered what it was answered the first time (see retries)
    return (RETRYABLE_WRITE,) if "txnNumber" in command else ()
