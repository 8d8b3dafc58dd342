"""Where webhooks are not sent, one disguise after the other."""

from __future__ import annotations

import ipaddress

import pytest
from marquee.domain.webhook_targets import ForbiddenTarget, Target, TargetPolicy, is_public

PUBLIC, DEVELOPER = TargetPolicy(), TargetPolicy(loopback=True, closed_ports=frozenset({9001}))


@pytest.mark.parametrize(
    ("url", "target"),
    [
        ("https://hooks.example.com", Target("https", "hooks.example.com", 443, "/")),
        ("https://Hooks.Example.com/a/b?c=d&e=f", Target("https", "hooks.example.com", 443, "/a/b?c=d&e=f")),
        ("https://hooks.example.com:8443/x", Target("https", "hooks.example.com", 8443, "/x")),
        ("https://xn--bcher-kva.example.com/", Target("https", "xn--bcher-kva.example.com", 443, "/")),
        ("https://10.example.com/", Target("https", "10.example.com", 443, "/")),
    ],
)
def test_public_https_is_allowed(url: str, target: Target) -> None:
    assert PUBLIC.check_url(url) == target


FORBIDDEN = [
    # other schemes, and http
    "http://hooks.example.com/",
    "ftp://hooks.example.com/",
    "file:///etc/passwd",
    "gopher://hooks.example.com/",
    "//hooks.example.com/",
    "hooks.example.com",
    "",
    # users, passwords, and what looks like a host but is a user
    "https://user:password@hooks.example.com/",
    "https://hooks.example.com@127.0.0.1/",
    "https://hooks.example.com:443@127.0.0.1/",
    "https://@hooks.example.com/",
    # what parsers read in different ways
    "https://hooks.example.com\\@127.0.0.1/",
    "https://hooks.example.com#@127.0.0.1/",
    "https://hooks.example.com#",
    "https://hooks.example.com /",
    "https://hooks.example.com/\r\nHost: other",
    "https://hooks.example.com\t.evil/",
    "https://hooks.example.com%2f@127.0.0.1/",
    "https://127%2e0%2e0%2e1/",
    # addresses as numbers, in all their spellings
    "https://127.0.0.1/",
    "https://93.184.216.34/",
    "https://2130706433/",
    "https://0x7f000001/",
    "https://0x7f.0.0.1/",
    "https://0177.0.0.1/",
    "https://127.1/",
    "https://[::1]/",
    "https://[::ffff:127.0.0.1]/",
    "https://[64:ff9b::7f00:1]/",
    "https://[fe80::1%25eth0]/",
    # names that are not of the public DNS
    "https://localhost/",
    "https://metadata/",
    "https://hooks.localhost/",
    "https://printer.local/",
    "https://metadata.google.internal/",
    "https://hooks.example.com./",
    "https://-hooks.example.com/",
    "https://a_b.example.com/",
    "https://.example.com/",
    f"https://{'a' * 64}.example.com/",
    f"https://{'a.' * 130}com/",
    # letters that become others
    "https://１２７.０.０.１/",
    "https://①②⑦.⓪.⓪.①/",
    "https://ⓗooks.example.com/",
    "https://ho\u200boks.example.com/",
    "https://127。0。0。1/",
    "https://bücher.example.com/",
    "https://hooks.example.com/ü",
    "https://\u212aiosk.example.com/",
    # ports that are no web servers'
    "https://hooks.example.com:22/",
    "https://hooks.example.com:25/",
    "https://hooks.example.com:6379/",
    "https://hooks.example.com:80/",
    "https://hooks.example.com:0/",
    "https://hooks.example.com:65536/",
    "https://hooks.example.com:x/",
    f"https://hooks.example.com/{'a' * 2048}",
]


@pytest.mark.parametrize("url", FORBIDDEN)
def test_everything_else_is_refused(url: str) -> None:
    with pytest.raises(ForbiddenTarget):
        PUBLIC.check_url(url)


def test_a_developer_s_own_machine_is_for_http_and_only_where_the_environment_says_so() -> None:
    assert DEVELOPER.check_url("http://127.0.0.1:8000/hook") == Target("http", "127.0.0.1", 8000, "/hook")
    assert DEVELOPER.check_url("http://localhost:8000").is_loopback
    for url in (
        "http://hooks.example.com:8000/",
        "http://10.0.0.1:8000/",
        "http://127.0.0.2:8000/",
        "http://127.0.0.1/",
        "http://127.0.0.1:22/",
        "http://127.0.0.1:9001/2018-06-01/runtime/invocation/next",
        "http://user@127.0.0.1:8000/",
        "https://127.0.0.1:8000/",
    ):
        with pytest.raises(ForbiddenTarget):
            DEVELOPER.check_url(url)


@pytest.mark.parametrize(
    "address",
    [
        "0.0.0.1", "10.1.2.3", "100.64.0.1", "100.100.100.200", "127.0.0.1", "127.255.255.254", "169.254.169.254",
        "169.254.170.2", "169.254.79.129", "168.63.129.16", "172.16.0.1", "172.31.255.255", "192.0.0.192", "192.0.2.1",
        "192.88.99.1", "192.168.1.1", "198.18.0.1", "198.51.100.1", "203.0.113.1", "224.0.0.1", "239.255.255.250",
        "240.0.0.1", "255.255.255.255",
        "::", "::1", "::ffff:127.0.0.1", "::ffff:93.184.216.34", "::127.0.0.1", "64:ff9b::a9fe:a9fe", "64:ff9b:1::1",
        "100::1", "2001::1", "2001:db8::1", "2002:7f00:1::", "3fff::1", "fc00::1", "fd00:ec2::254", "fe80::1",
        "fe80::1%eth0", "2606:4700::1%eth0", "fec0::1", "ff02::1",
    ],
)  # fmt: skip
def test_an_address_that_is_not_one_public_host_is_refused(address: str) -> None:
    target = PUBLIC.check_url("https://hooks.example.com/")
    with pytest.raises(ForbiddenTarget):
        PUBLIC.check_address(target, ipaddress.ip_address(address))


@pytest.mark.parametrize("address", ["93.184.216.34", "172.32.0.1", "8.8.8.8", "2606:4700::1111", "2a00:1450::1"])
def test_a_public_address_is_allowed(address: str) -> None:
    assert is_public(ipaddress.ip_address(address))


def test_the_developer_s_choice_opens_the_loopback_to_http_alone() -> None:
    loopback = ipaddress.ip_address("127.0.0.1")
    DEVELOPER.check_address(DEVELOPER.check_url("http://localhost:8000/"), loopback)
    with pytest.raises(ForbiddenTarget):
        DEVELOPER.check_address(DEVELOPER.check_url("https://hooks.example.com/"), loopback)
    with pytest.raises(ForbiddenTarget):  # `localhost` that means something else
        DEVELOPER.check_address(DEVELOPER.check_url("http://localhost:8000/"), ipaddress.ip_address("10.0.0.1"))
