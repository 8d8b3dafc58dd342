"""One attempt against real receivers: well-behaved, slow, endless, lying and forbidden ones."""

from __future__ import annotations

import ipaddress
import ssl
from collections.abc import Sequence
from http.server import BaseHTTPRequestHandler
from pathlib import Path

import pytest
from marquee.adapters.webhook_post import RESPONSE_BYTES, HttpWebhookPost, resolved
from marquee.domain.webhook_targets import Address, Target, TargetPolicy

from tests.receivers import Receiver, certificate, receiver

HEADERS = {"content-type": "application/json", "webhook-id": "evt_1"}
LOOPBACK = ipaddress.ip_address("127.0.0.1")
DEVELOPER = TargetPolicy(loopback=True)


class Elsewhere(TargetPolicy):
    """A policy to which the receiver of a test is a public one: its port is 443, its address is allowed."""

    def check_url(self, url: str) -> Target:
        checked = TargetPolicy().check_url(url)
        return Target(checked.scheme, checked.host, PORTS[checked.host], checked.path)

    def check_address(self, target: Target, address: Address) -> None:
        """Any."""


PORTS: dict[str, int] = {}


def post_to(there: Receiver, *, seconds: float = 15.0) -> HttpWebhookPost:
    return HttpWebhookPost(DEVELOPER, deadline_seconds=seconds)


def test_what_is_posted_arrives_to_the_byte() -> None:
    with receiver() as there:
        answered = post_to(there)(f"{there.url}?a=1", HEADERS, '{"ü":1}')
    (came,) = there.came
    assert (answered.status_code, answered.error, answered.accepted) == (204, None, True)
    assert (came.path, came.body) == ("/hook?a=1", '{"ü":1}')
    assert came.headers["webhook-id"] == "evt_1"
    assert came.headers["host"] == f"127.0.0.1:{there.port}"


def test_a_redirect_is_an_answer_and_is_not_followed() -> None:
    def redirect(request: BaseHTTPRequestHandler) -> None:
        request.send_response(302)
        request.send_header("Location", there.url + "/elsewhere")
        request.end_headers()

    with receiver(redirect) as there:
        answered = post_to(there)(there.url, HEADERS, "{}")
    assert (answered.status_code, answered.accepted, len(there.came)) == (302, False, 1)


def test_an_endless_answer_is_read_to_its_cap_and_a_gibberish_one_made_readable() -> None:
    def endless(request: BaseHTTPRequestHandler) -> None:
        request.send_response(200)
        request.end_headers()
        request.wfile.write(b"\xff\x00ok")
        while not there.stopping.is_set():
            request.wfile.write(b"x" * 65536)

    with receiver(endless) as there:
        answered = post_to(there)(there.url, HEADERS, "{}")
    assert answered.status_code == 200
    assert answered.response_body == "\ufffd\ufffdok" + "x" * (RESPONSE_BYTES - 4)


def test_a_receiver_that_says_nothing_is_left_at_the_deadline() -> None:
    with receiver(lambda _: there.stopping.wait(60)) as there:  # type: ignore[arg-type,return-value]
        answered = post_to(there, seconds=0.3)(there.url, HEADERS, "{}")
        there.stopping.set()
    assert (answered.status_code, answered.error) == (None, "timed_out")
    assert answered.latency_ms >= 300


def test_a_receiver_that_drips_headers_is_cut_at_the_deadline() -> None:
    def drip(request: BaseHTTPRequestHandler) -> None:
        request.wfile.write(b"HTTP/1.1 200 OK\r\n")
        while not there.stopping.wait(0.02):
            request.wfile.write(b"X-Drip: 1\r\n"[:1])
            request.wfile.flush()

    with receiver(drip) as there:
        answered = post_to(there, seconds=0.4)(there.url, HEADERS, "{}")
    assert (answered.status_code, answered.error) == (None, "timed_out")


def test_a_status_counts_even_if_its_body_dawdles() -> None:
    def dawdle(request: BaseHTTPRequestHandler) -> None:
        request.send_response(200)
        request.send_header("Content-Length", "100")
        request.end_headers()
        request.wfile.write(b"half")
        request.wfile.flush()
        there.stopping.wait(60)

    with receiver(dawdle) as there:
        answered = post_to(there, seconds=0.4)(there.url, HEADERS, "{}")
        there.stopping.set()
    assert (answered.status_code, answered.error) == (200, None)


@pytest.mark.parametrize(("said", "error"), [(b"SSH-2.0-OpenSSH\r\n\r\n", "not_http"), (b"", "connection_lost")])
def test_what_is_no_http_is_told_so(said: bytes, error: str) -> None:
    def speak(request: BaseHTTPRequestHandler) -> None:
        request.wfile.write(said)
        request.close_connection = True

    with receiver(speak) as there:
        assert post_to(there)(there.url, HEADERS, "{}").error == error


def test_nobody_there_is_told_so(free_port: int) -> None:
    answered = HttpWebhookPost(DEVELOPER)(f"http://127.0.0.1:{free_port}/", HEADERS, "{}")
    assert (answered.status_code, answered.error) == (None, "connection_refused")


def test_a_forbidden_address_is_never_connected_to() -> None:
    with receiver() as there:
        for url in (there.url, f"https://127.0.0.1:{there.port}/", "https://169.254.169.254/latest/meta-data/"):
            answered = HttpWebhookPost(TargetPolicy())(url, HEADERS, "{}")
            assert (answered.status_code, answered.error) == (None, "forbidden_target")
    assert there.connections == 0


@pytest.mark.parametrize(
    "found", [["127.0.0.1"], ["93.184.216.34", "10.0.0.1"], ["::ffff:169.254.169.254"], ["64:ff9b::a00:1"]]
)
def test_a_name_that_means_something_inner_is_refused_even_beside_a_public_address(found: list[str]) -> None:
    def resolve(host: str, port: int) -> Sequence[Address]:
        return [ipaddress.ip_address(address) for address in found]

    answered = HttpWebhookPost(TargetPolicy(), resolve=resolve)("https://hooks.example.com/", HEADERS, "{}")
    assert answered.error == "forbidden_target"


def test_a_name_is_asked_once_an_attempt_and_checked_at_each(tmp_path: Path) -> None:
    """DNS rebinding: what was public at the first attempt is inner at the second."""
    asked: list[str] = []
    answers = [[LOOPBACK], [ipaddress.ip_address("10.0.0.1")]]

    class FirstPublic(Elsewhere):
        def check_address(self, target: Target, address: Address) -> None:
            if address != LOOPBACK:  # the loopback stands for a public address
                TargetPolicy().check_address(target, address)

    def resolve(host: str, port: int) -> Sequence[Address]:
        asked.append(host)
        return answers[len(asked) - 1]

    server, client = certificate(tmp_path, "hooks.example.com")
    with receiver(tls=server) as there:
        PORTS["hooks.example.com"] = there.port
        post = HttpWebhookPost(FirstPublic(), resolve=resolve, tls=client)
        results = [post("https://hooks.example.com/", HEADERS, "{}") for _ in range(2)]

    assert [(r.status_code, r.error) for r in results] == [(204, None), (None, "forbidden_target")]
    assert asked == ["hooks.example.com"] * 2
    assert len(there.came) == 1


def over_tls(there: Receiver, name: str, client: ssl.SSLContext | None) -> HttpWebhookPost:
    PORTS[name] = there.port
    return HttpWebhookPost(Elsewhere(), resolve=lambda host, port: [LOOPBACK], tls=client)


def test_the_name_is_kept_for_tls_and_host_when_the_address_is_pinned(tmp_path: Path) -> None:
    names: list[str | None] = []
    server, client = certificate(tmp_path, "hooks.example.com")
    server.sni_callback = lambda connection, name, context: names.append(name)
    with receiver(tls=server) as there:
        answered = over_tls(there, "hooks.example.com", client)("https://hooks.example.com/x", HEADERS, "{}")
    assert (answered.status_code, names) == (204, ["hooks.example.com"])
    assert there.came[0].headers["host"].partition(":")[0] == "hooks.example.com"


def test_a_certificate_of_another_name_or_of_nobody_known_is_refused(tmp_path: Path) -> None:
    server, client = certificate(tmp_path, "hooks.example.com")
    with receiver(tls=server) as there:
        wrong = over_tls(there, "other.example.com", client)("https://other.example.com/", HEADERS, "{}")
        unknown = over_tls(there, "hooks.example.com", None)("https://hooks.example.com/", HEADERS, "{}")
    assert (wrong.error, unknown.error) == ("bad_certificate", "bad_certificate")
    assert there.came == []


def test_a_name_that_nobody_has_is_told_so() -> None:
    def nobody(host: str, port: int) -> Sequence[Address]:
        return resolved("nobody.invalid", port)

    answered = HttpWebhookPost(TargetPolicy(), resolve=nobody)("https://hooks.example.com/", HEADERS, "{}")
    assert answered.error == "name_not_resolved"
