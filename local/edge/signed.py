"""Signed cookies and signed addresses, checked as CloudFront checks them.

https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/PrivateContent.html
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Mapping
from dataclasses import dataclass

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.serialization import load_pem_public_key

from local.edge.signed_policies import MalformedPolicyError, canned_text, read_policy

# Parameters that belong to CloudFront: the origin never sees them.
PARAMETERS = ("Expires", "Policy", "Signature", "Key-Pair-Id", "Hash-Algorithm")
_COOKIE = "CloudFront-"
_LETTERS = str.maketrans("-_~", "+=/")
_HASHES: Mapping[str, hashes.HashAlgorithm] = {
    "SHA1": hashes.SHA1(),  # noqa: S303  (CloudFront's default)
    "SHA256": hashes.SHA256(),
}

PublicKey = ec.EllipticCurvePublicKey | rsa.RSAPublicKey


class DeniedError(Exception):
    """The viewer may not have it; `code` and the text are CloudFront's."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


@dataclass(frozen=True)
class ViewerRequest:
    """What a signature is compared with. `url` is what the viewer asked for, with its whole query as sent."""

    url: str
    cookies: Mapping[str, str]
    address: str
    now: int


@dataclass(frozen=True)
class _Claim:
    """What came with a request: in the query, or as cookies."""

    fields: Mapping[str, str]
    resource: str

    @property
    def canned(self) -> bool:
        return "Policy" not in self.fields


class TrustedKeys:
    """The public keys of a behaviour's key groups: PEM by CloudFront's id of the key. Raises ValueError for others."""

    def __init__(self, keys: Mapping[str, str]) -> None:
        self._keys = {key_id: _loaded(pem) for key_id, pem in keys.items()}

    def check(self, request: ViewerRequest) -> None:
        """Raises DeniedError unless the request brings a policy that a trusted key signed and that allows it."""
        claim = _claim_of(request)
        key_id = claim.fields.get("Key-Pair-Id")
        if key_id is None:
            raise DeniedError("MissingKey", "Missing Key-Pair-Id query parameter or cookie value")
        key = self._keys.get(key_id)
        if key is None:
            raise DeniedError("InvalidKey", "Unknown Key")
        text = _policy_text(claim)
        _verify(key, claim.fields, text)
        try:
            policy = read_policy(text)
        except MalformedPolicyError as error:
            raise DeniedError("MalformedPolicy", "Malformed Policy") from error
        if not policy.allows(claim.resource, request.address, request.now):
            raise DeniedError("AccessDenied", "Access denied")


def without_parameters(raw_query: str) -> str:
    """The query as the origin gets it."""
    return "&".join(pair for pair in raw_query.split("&") if pair.partition("=")[0] not in PARAMETERS)


def _claim_of(request: ViewerRequest) -> _Claim:
    base, _, query = request.url.partition("?")
    pairs = [pair.partition("=") for pair in query.split("&") if pair]
    own = {name: value for name, _, value in pairs if name in PARAMETERS}
    if {"Signature", "Policy", "Expires"} & own.keys():
        # Who uses a signed address is judged by it alone, whatever cookies there are.
        rest = without_parameters(query)
        return _Claim(own, f"{base}?{rest}" if rest else base)
    cookies = {n.removeprefix(_COOKIE): v for n, v in request.cookies.items() if n.startswith(_COOKIE)}
    return _Claim(cookies, request.url)


def _policy_text(claim: _Claim) -> bytes:
    if not claim.canned:
        return _decoded(claim.fields["Policy"], "Policy")
    expires = claim.fields.get("Expires", "")
    if not re.fullmatch(r"\d{1,12}", expires):
        raise DeniedError("MalformedPolicy", "Malformed Policy")
    return canned_text(claim.resource, int(expires))


def _verify(key: PublicKey, fields: Mapping[str, str], text: bytes) -> None:
    signature = _decoded(fields.get("Signature", ""), "Signature")
    digest = _HASHES.get(fields.get("Hash-Algorithm", "SHA1"))
    if digest is None:
        raise DeniedError("AccessDenied", "Access denied")
    try:
        if isinstance(key, ec.EllipticCurvePublicKey):
            key.verify(signature, text, ec.ECDSA(digest))
        else:
            key.verify(signature, text, padding.PKCS1v15(), digest)
    except InvalidSignature as error:
        raise DeniedError("AccessDenied", "Access denied") from error


def _decoded(text: str, name: str) -> bytes:
    try:
        return base64.b64decode(text.translate(_LETTERS), validate=True)
    except (binascii.Error, ValueError) as error:
        raise DeniedError(f"Malformed{name}", f"Could not unencode {name}") from error


def _loaded(pem: str) -> PublicKey:
    key = load_pem_public_key(pem.encode())
    if isinstance(key, ec.EllipticCurvePublicKey) and isinstance(key.curve, ec.SECP256R1):
        return key
    if isinstance(key, rsa.RSAPublicKey) and key.key_size == 2048:
        return key
    raise ValueError("CloudFront takes keys of ECDSA P-256 and RSA 2048")
