"""Signs as the owner of a key pair would: by the book, not by the service's own code."""

from __future__ import annotations

import base64
import json
from typing import Any

from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa

PrivateKey = ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey


def public_pem(key: PrivateKey) -> str:
    return (
        key.public_key()
        .public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
        .decode()
    )


def encoded(content: bytes) -> str:
    return base64.b64encode(content).decode().replace("+", "-").replace("=", "_").replace("/", "~")


def policy(resource: str | None, before: int, **conditions: Any) -> bytes:
    """`conditions`: by CloudFormation's names, the values inside (`IpAddress="192.0.2.0/24"`)."""
    names = {"DateGreaterThan": "AWS:EpochTime", "IpAddress": "AWS:SourceIp"}
    condition = {"DateLessThan": {"AWS:EpochTime": before}}
    condition |= {name: {names[name]: value} for name, value in conditions.items()}
    statement = {"Resource": resource, "Condition": condition} if resource else {"Condition": condition}
    return json.dumps({"Statement": [statement]}, separators=(",", ":")).encode()


def sign(key: PrivateKey, text: bytes, digest: hashes.HashAlgorithm | None = None) -> str:
    chosen = digest or hashes.SHA256()
    if isinstance(key, ec.EllipticCurvePrivateKey):
        return encoded(key.sign(text, ec.ECDSA(chosen)))
    return encoded(key.sign(text, padding.PKCS1v15(), chosen))


def fields(key: PrivateKey, key_id: str, text: bytes) -> dict[str, str]:
    """A custom policy's four, as they are in a query."""
    return {
        "Policy": encoded(text),
        "Signature": sign(key, text),
        "Key-Pair-Id": key_id,
        "Hash-Algorithm": "SHA256",
    }


def cookies(key: PrivateKey, key_id: str, text: bytes) -> dict[str, str]:
    return {f"CloudFront-{name}": value for name, value in fields(key, key_id, text).items()}


def query(key: PrivateKey, key_id: str, text: bytes) -> str:
    return "&".join(f"{name}={value}" for name, value in fields(key, key_id, text).items())
