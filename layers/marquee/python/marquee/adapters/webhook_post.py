"""One HTTP attempt to deliver a webhook (`domain.webhook_stores.WebhookPost`).

The name is resolved once, every address it means is checked, and the connection goes to a checked address, with the
name kept for TLS and `Host`: nothing is looked up a second time in between. Redirects are answers like any other.
"""

from __future__ import annotations

import contextlib
import http.client
import ipaddress
import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager

from marquee.domain.webhook_targets import Address, ForbiddenTarget, Target, TargetPolicy
from marquee.domain.webhooks import Answered

DEADLINE_SECONDS = 15.0  # for all of an attempt
RESOLVE_SECONDS = 5.0
CONNECT_SECONDS = 5.0
RESPONSE_BYTES = 1024  # read and kept; the rest is left
USER_AGENT = "Marquee-Webhooks/1.0"

Resolve = Callable[[str, int], Sequence[Address]]


class HttpWebhookPost:
    """Posts to addresses that the policy allows."""

    def __init__(
        self,
        policy: TargetPolicy,
        *,
        resolve: Resolve | None = None,
        tls: ssl.SSLContext | None = None,
        deadline_seconds: float = DEADLINE_SECONDS,
    ) -> None:
        self._policy = policy
        self._resolve = resolve or resolved
        self._tls = tls
        self._deadline_seconds = deadline_seconds

    def __call__(self, url: str, headers: Mapping[str, str], body: str) -> Answered:
        started = time.monotonic()
        try:
            answered = self._post(url, headers, body, started + self._deadline_seconds)
        except ForbiddenTarget as error:
            answered = Answered(error=error.code, response_body=error.message)
        except ssl.SSLCertVerificationError as error:
            answered = Answered(error="bad_certificate", response_body=error.verify_message)
        except (OSError, http.client.HTTPException) as error:
            answered = Answered(error=_code_of(error))
        late = answered.status_code is None and time.monotonic() - started >= self._deadline_seconds
        changes = {"latency_ms": round((time.monotonic() - started) * 1000)}
        return answered.model_copy(update=changes | ({"error": "timed_out"} if late else {}))

    def _post(self, url: str, headers: Mapping[str, str], body: str, deadline: float) -> Answered:
        target = self._policy.check_url(url)
        addresses = self._resolve(target.host, target.port)
        for address in addresses:  # one forbidden among them is reason enough
            self._policy.check_address(target, address)
        with self._connected(target, addresses, deadline) as connection:
            sent = {"Host": target.authority, "User-Agent": USER_AGENT, "Accept": "*/*", "Connection": "close"}
            connection.request("POST", target.path, body.encode(), {**sent, **headers})
            response = connection.getresponse()
            if time.monotonic() >= deadline:  # cut off in the middle of its headers, it looks like their end
                raise TimeoutError
            beginning = b""
            # The status is the answer; that its body breaks off or dawdles changes nothing.
            with contextlib.suppress(OSError, http.client.HTTPException):
                beginning = response.read(RESPONSE_BYTES)
            return Answered(status_code=response.status, response_body=_text(beginning))

    @contextmanager
    def _connected(
        self, target: Target, addresses: Sequence[Address], deadline: float
    ) -> Iterator[http.client.HTTPConnection]:
        """A connection that is cut at the deadline, whatever the receiver does: drips, stalls, or never ends."""
        plain = _connect(addresses, target.port, deadline)
        cut = threading.Timer(max(0.0, deadline - time.monotonic()), _shut, [plain])
        cut.daemon = True
        cut.start()
        connection = http.client.HTTPConnection(target.host, target.port)
        try:
            connection.sock = self._secured(plain, target, deadline)
            yield connection
        finally:
            cut.cancel()
            connection.close()
            plain.close()

    def _secured(self, plain: socket.socket, target: Target, deadline: float) -> socket.socket:
        plain.settimeout(max(0.1, deadline - time.monotonic()))
        if target.scheme != "https":
            return plain
        context = self._tls or ssl.create_default_context()
        # `wrap_socket` would take the descriptor away from `plain`, and with it the power to cut.
        return context.wrap_socket(plain.dup(), server_hostname=target.host)


def resolved(host: str, port: int) -> Sequence[Address]:
    """All addresses of a name; raises `OSError`. The system's resolver knows no timeout: it gets one here."""
    found: list[Address] = []
    failed: list[OSError] = []

    def look_up() -> None:
        try:
            for *_, address in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM):
                found.append(ipaddress.ip_address(address[0]))
        except OSError as error:
            failed.append(error)

    thread = threading.Thread(target=look_up, daemon=True)
    thread.start()
    thread.join(RESOLVE_SECONDS)
    if failed:
        raise failed[0]
    if thread.is_alive() or not found:
        raise socket.gaierror(socket.EAI_AGAIN, "the name was not resolved in time")
    return found


def _connect(addresses: Sequence[Address], port: int, deadline: float) -> socket.socket:
    """The first of the addresses that takes the connection."""
    failure: OSError = ConnectionRefusedError("there is no address")
    for address in addresses:
        seconds = min(CONNECT_SECONDS, deadline - time.monotonic())
        if seconds <= 0:
            break
        try:
            return socket.create_connection((str(address), port), timeout=seconds)
        except OSError as error:
            failure = error
    raise failure


def _shut(connection: socket.socket) -> None:
    with contextlib.suppress(OSError):
        connection.shutdown(socket.SHUT_RDWR)


def _text(body: bytes) -> str:
    """As text that the log can show: what is not, is marked."""
    text = body.decode(errors="replace")
    return "".join(letter if letter.isprintable() or letter in "\n\t" else "\ufffd" for letter in text)


def _code_of(error: Exception) -> str:
    known: tuple[tuple[type[Exception], str], ...] = (
        (socket.gaierror, "name_not_resolved"),
        (TimeoutError, "timed_out"),
        (ConnectionRefusedError, "connection_refused"),
        (ssl.SSLError, "tls_failed"),
        (ConnectionError, "connection_lost"),  # some of these are HTTP exceptions, too
        (http.client.HTTPException, "not_http"),
    )
    return next((code for kind, code in known if isinstance(error, kind)), "connection_lost")
